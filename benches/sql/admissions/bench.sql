-- The work that benches/compare measures: five columns dropped, two replaced, eight kept with their types.
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
FROM admissions
