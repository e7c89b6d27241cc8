-- Taxi trips: numbers and times.
CREATE EXTERNAL TABLE trips (
  "vendor_id"             INT       COMMENT 'insensitive',
  "pickup_at"             TIMESTAMP COMMENT 'quasi-identifier',
  "dropoff_at"            TIMESTAMP COMMENT 'quasi-identifier',
  "passenger_count"       INT       COMMENT 'insensitive',
  "trip_distance"         DOUBLE    COMMENT 'insensitive',
  "rate_code"             INT       COMMENT 'insensitive',
  "pickup_zone"           INT       COMMENT 'quasi-identifier',
  "dropoff_zone"          INT       COMMENT 'quasi-identifier',
  "payment_type"          INT       COMMENT 'insensitive',
  "fare"                  DOUBLE    COMMENT 'insensitive',
  "extra"                 DOUBLE    COMMENT 'insensitive',
  "mta_tax"               DOUBLE    COMMENT 'insensitive',
  "tip"                   DOUBLE    COMMENT 'insensitive',
  "tolls"                 DOUBLE    COMMENT 'insensitive',
  "improvement_surcharge" DOUBLE    COMMENT 'insensitive',
  "total"                 DOUBLE    COMMENT 'insensitive',
  "congestion_surcharge"  DOUBLE    COMMENT 'insensitive',
  "airport_fee"           DOUBLE    COMMENT 'insensitive'
)
STORED AS CSV
LOCATION '**/trips*.csv'
OPTIONS ('format.has_header' 'true', 'format.delimiter' ',');
