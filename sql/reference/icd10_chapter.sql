-- Codes of ICD-10 by their first two characters: the chapter that they stand in.
-- Chapters begin and end at whole tens of a letter (C00-D48 is II, D50-D89 is III), so that two characters tell them. A
-- code of that form is in the table, be it assigned or not; national modifications have more codes in the same chapters.
-- Origin: the chapters of the International Statistical Classification of Diseases and Related Health Problems, 10th
-- Revision, of the World Health Organization, by their ranges and titles; the rows are made from these ranges.
--
-- JOIN icd10_chapter AS c ON c.code = left("Diagnosis", 2)
CREATE EXTERNAL TABLE icd10_chapter (
  "code"    VARCHAR PRIMARY KEY COMMENT 'insensitive',
  "chapter" VARCHAR NOT NULL    COMMENT 'insensitive',
  "title"   VARCHAR NOT NULL    COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'icd10_chapter.csv'
