-- The work of admissions/bench, with a tenth of the fields NULL in every column.
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
FROM nulls
