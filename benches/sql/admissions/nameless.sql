-- The same without the name, which other engines make in another form: for comparing the sizes of files.
-- reveals: "gender", "zip", "city", "admitted_at"
SELECT
  "gender",
  age("birth_date") AS "age",
  "zip",
  "city",
  "blood_type",
  "weight_kg",
  "height_cm",
  "diagnosis",
  "admitted_at"
FROM admissions
