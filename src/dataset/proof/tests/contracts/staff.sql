CREATE EXTERNAL TABLE staff (
  "Employee"    INT NOT NULL COMMENT 'direct identifier',
  "Name"        VARCHAR      COMMENT 'direct identifier',
  "E-mail"      VARCHAR      COMMENT 'direct identifier',
  "AHV"         VARCHAR      COMMENT 'direct identifier',
  "Manager"     INT          COMMENT 'direct identifier',
  "Born"        DATE         COMMENT 'quasi-identifier',
  "Sex"         VARCHAR      COMMENT 'quasi-identifier',
  "Nationality" VARCHAR      COMMENT 'quasi-identifier',
  "Postcode"    INT          COMMENT 'quasi-identifier',
  "Hired"       DATE         COMMENT 'quasi-identifier',
  "Title"       VARCHAR      COMMENT 'quasi-identifier',
  "Department"  VARCHAR      COMMENT 'insensitive',
  "Site"        VARCHAR      COMMENT 'insensitive',
  "Grade"       SMALLINT     COMMENT 'insensitive',
  "Workload"    REAL         COMMENT 'insensitive',
  "Salary"      INT          COMMENT 'sensitive',
  "Bonus"       INT          COMMENT 'sensitive',
  "Sick days"   SMALLINT     COMMENT 'sensitive',
  "Rating"      SMALLINT     COMMENT 'sensitive',
  "Left"        DATE         COMMENT 'insensitive',
  "Remark"      VARCHAR      COMMENT 'direct identifier'
)
STORED AS CSV
LOCATION 'hr/staff_*.csv'
OPTIONS ('veilpoint.subject' '"AHV"')
