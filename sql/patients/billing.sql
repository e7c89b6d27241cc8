-- For the billing office: the account, how to reach the patient's region, and the year of birth for the tariff.
-- It needs no name, no address and no measure of the body.
-- The first characters of the phone number are its country and area.
-- reveals: "Phone"
SELECT
  token("SSN")                         AS "Account",
  keep_prefix("Phone", 3)              AS "Area",
  generalize_date("Birthdate", 'year') AS "Born in",
  "Disease"                            AS "Item"
FROM patients
