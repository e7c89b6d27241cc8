-- All of them as they are.
-- reveals: "pickup_at", "dropoff_at", "pickup_zone", "dropoff_zone"
SELECT
  "vendor_id",
  "pickup_at",
  "dropoff_at",
  "passenger_count",
  "trip_distance",
  "rate_code",
  "pickup_zone",
  "dropoff_zone",
  "payment_type",
  "fare",
  "extra",
  "mta_tax",
  "tip",
  "tolls",
  "improvement_surcharge",
  "total",
  "congestion_surcharge",
  "airport_fee"
FROM trips
