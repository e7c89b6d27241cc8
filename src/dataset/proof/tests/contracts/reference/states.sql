CREATE EXTERNAL TABLE states (
  state VARCHAR   PRIMARY KEY COMMENT 'insensitive',
  region VARCHAR              COMMENT 'insensitive',
  census INT                  COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'states.csv'
