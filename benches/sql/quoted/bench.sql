-- Half of each text is quoted, in the input and in a CSV release.
-- reveals: "place"
SELECT
  age("birth_date")     AS "age",
  pseudonym("patient")  AS "name",
  "ward",
  "diagnosis",
  "drug",
  "place",
  "note"
FROM quoted
