-- Admissions with lines that end with CRLF.
CREATE EXTERNAL TABLE crlf (
  "id"          BIGINT NOT NULL COMMENT 'direct identifier',
  "ssn"         VARCHAR         COMMENT 'direct identifier',
  "first_name"  VARCHAR         COMMENT 'direct identifier',
  "last_name"   VARCHAR         COMMENT 'direct identifier',
  "birth_date"  DATE            COMMENT 'quasi-identifier',
  "gender"      VARCHAR         COMMENT 'quasi-identifier',
  "address"     VARCHAR         COMMENT 'direct identifier',
  "zip"         INT             COMMENT 'quasi-identifier',
  "city"        VARCHAR         COMMENT 'quasi-identifier',
  "phone"       VARCHAR         COMMENT 'direct identifier',
  "email"       VARCHAR         COMMENT 'direct identifier',
  "blood_type"  VARCHAR         COMMENT 'sensitive',
  "weight_kg"   DOUBLE          COMMENT 'insensitive',
  "height_cm"   DOUBLE          COMMENT 'insensitive',
  "diagnosis"   VARCHAR         COMMENT 'sensitive',
  "admitted_at" TIMESTAMP       COMMENT 'quasi-identifier'
)
STORED AS CSV
LOCATION '**/crlf*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',');
