-- Text of which half is quoted.
CREATE EXTERNAL TABLE quoted (
  "id"         BIGINT  COMMENT 'direct identifier',
  "patient"    VARCHAR COMMENT 'direct identifier',
  "birth_date" DATE    COMMENT 'quasi-identifier',
  "ward"       VARCHAR COMMENT 'insensitive',
  "diagnosis"  VARCHAR COMMENT 'sensitive',
  "drug"       VARCHAR COMMENT 'sensitive',
  "place"      VARCHAR COMMENT 'quasi-identifier',
  "note"       VARCHAR COMMENT 'insensitive'
)
STORED AS CSV
LOCATION '**/quoted*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',');
