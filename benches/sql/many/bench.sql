-- Three texts with many values: more than a dictionary of 16 bits holds, millions, and all of them.
-- reveals: "measured_at"
SELECT
  pseudonym("patient") AS "name",
  "device",
  "lot",
  "sample",
  "result",
  "measured_at"
FROM many
