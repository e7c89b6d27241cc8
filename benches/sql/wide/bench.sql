-- All of them as they are.
SELECT "complaint", "history", "findings", "therapy", "remark"
FROM wide
