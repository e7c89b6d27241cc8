CREATE EXTERNAL TABLE steps (
  step INT        PRIMARY KEY COMMENT 'insensitive',
  band VARCHAR                COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'steps.csv'
