-- Five wide columns of text with many quotes and line breaks.
CREATE EXTERNAL TABLE wide (
  "complaint" VARCHAR COMMENT 'sensitive',
  "history"   VARCHAR COMMENT 'sensitive',
  "findings"  VARCHAR COMMENT 'sensitive',
  "therapy"   VARCHAR COMMENT 'sensitive',
  "remark"    VARCHAR COMMENT 'sensitive'
)
STORED AS CSV
LOCATION '**/wide*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',');
