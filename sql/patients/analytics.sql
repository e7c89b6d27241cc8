-- For the analysts: which diseases at which age, and no way back to whom.
-- A name stands in for the patient, the same one in every file; it is made up, and no key to join by.
-- reveals: "Gender"
SELECT
  pseudonym("Fullname", "Gender") AS "Fullname",
  age("Birthdate")                AS "Age",
  "Gender",
  "Smoking",
  "Weight",
  "Height",
  "Disease"
FROM patients
