CREATE EXTERNAL TABLE clients (
  client_no   BIGINT NOT NULL COMMENT 'direct identifier',
  iban        VARCHAR         COMMENT 'direct identifier',
  card_no     VARCHAR         COMMENT 'direct identifier',
  first_name  VARCHAR         COMMENT 'direct identifier',
  last_name   VARCHAR         COMMENT 'direct identifier',
  mobile      VARCHAR         COMMENT 'direct identifier',
  birth_date  DATE            COMMENT 'quasi-identifier',
  gender      VARCHAR         COMMENT 'quasi-identifier',
  nationality VARCHAR         COMMENT 'quasi-identifier',
  postcode    VARCHAR         COMMENT 'quasi-identifier',
  income      INT             COMMENT 'quasi-identifier',
  branch      VARCHAR         COMMENT 'insensitive',
  segment     VARCHAR         COMMENT 'insensitive',
  opened      DATE            COMMENT 'insensitive',
  last_login  TIMESTAMP       COMMENT 'insensitive',
  balance     DECIMAL(14, 2)  COMMENT 'sensitive',
  mortgage    DECIMAL(14, 2)  COMMENT 'sensitive',
  risk_rating SMALLINT        COMMENT 'sensitive',
  pep         BOOLEAN         COMMENT 'sensitive',
  currency    VARCHAR         COMMENT 'insensitive'
)
STORED AS CSV
LOCATION 'clients_*.csv'
OPTIONS ('format.delimiter' ';', 'veilpoint.subject' '"client_no"', 'veilpoint.min_step.income' '1000')
