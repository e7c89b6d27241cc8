-- Texts of which more than 65,536 are distinct.
CREATE EXTERNAL TABLE many (
  "id"          BIGINT    COMMENT 'direct identifier',
  "patient"     VARCHAR   COMMENT 'direct identifier',
  "device"      VARCHAR   COMMENT 'insensitive',
  "lot"         VARCHAR   COMMENT 'insensitive',
  "sample"      VARCHAR   COMMENT 'insensitive',
  "result"      DOUBLE    COMMENT 'sensitive',
  "measured_at" TIMESTAMP COMMENT 'quasi-identifier'
)
STORED AS CSV
LOCATION '**/many*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',');
