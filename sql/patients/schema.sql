-- What a file of patients must look like, and what each column says about a person.
-- A column that is left without a class counts as a direct identifier.
CREATE EXTERNAL TABLE patients (
  "Fullname"  VARCHAR NOT NULL COMMENT 'direct identifier',
  "SSN"       VARCHAR          COMMENT 'direct identifier',
  "Phone"     VARCHAR          COMMENT 'direct identifier',
  "Birthdate" DATE             COMMENT 'quasi-identifier',
  "Gender"    VARCHAR          COMMENT 'quasi-identifier',
  "Smoking"   BOOLEAN          COMMENT 'insensitive',
  "Weight"    INT              COMMENT 'insensitive',
  "Height"    INT              COMMENT 'insensitive',
  "Disease"   VARCHAR          COMMENT 'sensitive',
  "Address"   VARCHAR          COMMENT 'direct identifier'
)
STORED AS CSV
LOCATION '**/patients*.csv'
OPTIONS (
  'format.has_header' 'true',
  'format.delimiter'  ',',
  'veilpoint.subject' '"SSN"'
);
