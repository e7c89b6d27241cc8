CREATE EXTERNAL TABLE holidays (
  code VARCHAR    PRIMARY KEY COMMENT 'insensitive',
  day DATE                    COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'holidays.csv'
