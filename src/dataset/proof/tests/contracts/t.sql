CREATE EXTERNAL TABLE t (
  "Name"      VARCHAR NOT NULL COMMENT 'direct identifier',
  "SSN"       VARCHAR          COMMENT 'direct identifier',
  "Account"   BIGINT           COMMENT 'direct identifier',
  "Joined"    DATE             COMMENT 'direct identifier',
  "Email"     VARCHAR,
  "Birthdate" DATE             COMMENT 'quasi-identifier',
  "Gender"    VARCHAR          COMMENT 'quasi-identifier',
  "Zip"       VARCHAR          COMMENT 'quasi-identifier',
  "Income"    INT              COMMENT 'quasi-identifier',
  "Disease"   VARCHAR          COMMENT 'sensitive',
  "Weight"    INT              COMMENT 'insensitive',
  "Height"    DOUBLE           COMMENT 'insensitive',
  "Visit"     DATE             COMMENT 'insensitive',
  "Smoking"   BOOLEAN          COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 't*.csv'
