CREATE EXTERNAL TABLE calls (
  msisdn   VARCHAR NOT NULL COMMENT 'direct identifier',
  imei     VARCHAR          COMMENT 'direct identifier',
  imsi     BIGINT           COMMENT 'direct identifier',
  peer     VARCHAR          COMMENT 'direct identifier',
  cell     VARCHAR          COMMENT 'quasi-identifier',
  born     DATE             COMMENT 'quasi-identifier',
  handset  VARCHAR          COMMENT 'quasi-identifier',
  started  TIMESTAMP        COMMENT 'insensitive',
  seconds  INT              COMMENT 'insensitive',
  bytes    BIGINT           COMMENT 'insensitive',
  tariff   VARCHAR          COMMENT 'insensitive',
  roaming  BOOLEAN          COMMENT 'insensitive',
  country  VARCHAR          COMMENT 'insensitive',
  dropped  BOOLEAN          COMMENT 'insensitive',
  charge   DOUBLE           COMMENT 'sensitive'
)
STORED AS CSV
LOCATION 'cdr/*.csv'
OPTIONS ('veilpoint.subject' '"msisdn"')
