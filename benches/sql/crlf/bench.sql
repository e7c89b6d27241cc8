-- The work of admissions/bench, with lines that end with CRLF.
-- reveals: "gender", "zip", "city", "admitted_at"
SELECT
  "gender",
  age("birth_date")                                         AS "age",
  pseudonym("first_name" || ' ' || "last_name", "gender")   AS "name",
  "zip",
  "city",
  "blood_type",
  "weight_kg",
  "height_cm",
  "diagnosis",
  "admitted_at"
FROM crlf
