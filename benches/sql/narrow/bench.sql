-- Five of two hundred columns.
SELECT "c003", "c050", "c100", "c151", "c200"
FROM narrow
