-- Stays in a hospital, as the readers' tests make them: every type that engines tell apart.
CREATE EXTERNAL TABLE stays (
  "Patient"   VARCHAR NOT NULL COMMENT 'direct identifier',
  "Insured"   VARCHAR          COMMENT 'direct identifier',
  "Born"      DATE             COMMENT 'quasi-identifier',
  "Admitted"  TIMESTAMP        COMMENT 'quasi-identifier',
  "Emergency" BOOLEAN          COMMENT 'insensitive',
  "Ward"      VARCHAR          COMMENT 'insensitive',
  "Days"      INT              COMMENT 'insensitive',
  "Cost"      BIGINT           COMMENT 'insensitive',
  "Weight"    DOUBLE           COMMENT 'insensitive',
  "Diagnosis" VARCHAR          COMMENT 'sensitive',
  "Note"      VARCHAR          COMMENT 'direct identifier'
)
STORED AS CSV
LOCATION '**/stays*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',')
