-- For the readers' tests: a column of each type, and none that a program apart from Veilpoint could not work out.
-- Names are lower case, as Hive has them.
-- reveals: "Admitted"
SELECT
  token("Insured")                AS "account",
  generalize_date("Born", 'year') AS "born",
  "Admitted"                      AS "admitted",
  "Emergency"                     AS "emergency",
  "Ward"                          AS "ward",
  "Days"                          AS "days",
  "Cost"                          AS "cost",
  "Weight"                        AS "weight",
  "Diagnosis"                     AS "diagnosis"
FROM stays
