-- For the research group: one row a patient, joinable by "Patient" over files and over the group's other extracts.
-- The age is counted from the first day of the year of birth, the only thing this extract tells of the birth date;
-- weight and height come in steps: enough for cohorts, too coarse to pick a person out.
-- domain: research
SELECT
  token("SSN")                                        AS "Patient",
  generalize_date("Birthdate", 'year')                AS "Born in",
  age_band(generalize_date("Birthdate", 'year'), 10)  AS "Age band",
  "Smoking",
  generalize("Weight", 5)                             AS "Weight from",
  generalize("Height", 5)                             AS "Height from",
  "Disease"
FROM patients
