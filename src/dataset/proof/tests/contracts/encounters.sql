CREATE EXTERNAL TABLE encounters (
  "Encounter"  VARCHAR NOT NULL COMMENT 'direct identifier',
  "MRN"        VARCHAR NOT NULL COMMENT 'direct identifier',
  "Fullname"   VARCHAR          COMMENT 'direct identifier',
  "SSN"        VARCHAR          COMMENT 'direct identifier',
  "Phone"      VARCHAR          COMMENT 'direct identifier',
  "Birthdate"  DATE             COMMENT 'quasi-identifier',
  "Gender"     VARCHAR          COMMENT 'quasi-identifier',
  "Zip"        VARCHAR          COMMENT 'quasi-identifier',
  "Admitted"   DATE             COMMENT 'quasi-identifier',
  "Discharged" DATE             COMMENT 'quasi-identifier',
  "Ward"       VARCHAR          COMMENT 'insensitive',
  "ICD10"      VARCHAR          COMMENT 'sensitive',
  "Systolic"   INT              COMMENT 'sensitive',
  "Weight"     DOUBLE           COMMENT 'sensitive',
  "Cost"       DECIMAL(10, 2)   COMMENT 'insensitive',
  "Emergency"  BOOLEAN          COMMENT 'insensitive',
  "Triaged"    TIMESTAMP        COMMENT 'insensitive',
  "Note"       VARCHAR
)
STORED AS CSV
LOCATION 'encounters*.csv'
OPTIONS ('veilpoint.subject' '"SSN"')
