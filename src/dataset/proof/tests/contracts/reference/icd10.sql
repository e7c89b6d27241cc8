CREATE EXTERNAL TABLE icd10 (
  code VARCHAR    PRIMARY KEY COMMENT 'insensitive',
  chapter VARCHAR             COMMENT 'insensitive',
  title VARCHAR               COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'icd10.csv'
