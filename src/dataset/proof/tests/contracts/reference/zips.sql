CREATE EXTERNAL TABLE zips (
  zip VARCHAR     PRIMARY KEY COMMENT 'insensitive',
  region VARCHAR              COMMENT 'insensitive',
  place VARCHAR               COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'zips.csv'
