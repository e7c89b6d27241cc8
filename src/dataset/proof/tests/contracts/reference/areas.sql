CREATE EXTERNAL TABLE areas (
  prefix VARCHAR  PRIMARY KEY COMMENT 'insensitive',
  region VARCHAR              COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'areas.csv'
