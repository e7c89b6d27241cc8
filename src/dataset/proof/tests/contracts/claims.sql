CREATE EXTERNAL TABLE claims (
  claim_id       VARCHAR NOT NULL COMMENT 'direct identifier',
  policy_no      VARCHAR NOT NULL COMMENT 'direct identifier',
  member_ssn     VARCHAR          COMMENT 'direct identifier',
  adjuster_email VARCHAR          COMMENT 'direct identifier',
  birth_date     DATE             COMMENT 'quasi-identifier',
  sex            VARCHAR          COMMENT 'quasi-identifier',
  zip            VARCHAR          COMMENT 'quasi-identifier',
  incident_date  DATE             COMMENT 'quasi-identifier',
  state          VARCHAR          COMMENT 'insensitive',
  reported_date  DATE             COMMENT 'insensitive',
  paid_date      DATE             COMMENT 'insensitive',
  cause          VARCHAR          COMMENT 'insensitive',
  status         VARCHAR          COMMENT 'insensitive',
  diagnosis      VARCHAR          COMMENT 'sensitive',
  claimed        DECIMAL(12, 2)   COMMENT 'sensitive',
  paid           DECIMAL(12, 2)   COMMENT 'sensitive',
  lawyer         BOOLEAN          COMMENT 'sensitive',
  vehicle_year   SMALLINT         COMMENT 'insensitive',
  mileage        INT              COMMENT 'quasi-identifier',
  statement      VARCHAR
)
STORED AS CSV
LOCATION 'claims/**/*.csv'
OPTIONS ('veilpoint.subject' '"member_ssn"')
