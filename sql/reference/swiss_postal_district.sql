-- Swiss postal codes (those of Liechtenstein among them) by their first digit: the postal district that it stands for.
-- Districts are regions of mail and not cantons: their borders follow railways and roads.
-- Origin: how Swiss Post numbers its postal codes, nine districts from west to east; the names are ours.
--
-- JOIN swiss_postal_district AS d ON d.district = keep_prefix("Zip", 1)
CREATE EXTERNAL TABLE swiss_postal_district (
  "district"  VARCHAR PRIMARY KEY COMMENT 'insensitive',
  "region"    VARCHAR NOT NULL    COMMENT 'insensitive',
  "main_town" VARCHAR NOT NULL    COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'swiss_postal_district.csv'
