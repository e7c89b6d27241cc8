//! Columns, expressions, and rows that are chosen.

use super::Row;

pub const EVERYDAY: &[Row] = &[
    (
        "the table in parentheses",
        "SELECT \"Weight\" FROM (t)",
        "Weight",
    ),
    ("a column", "SELECT \"Disease\" FROM t", "Disease"),
    (
        "a column renamed",
        "SELECT \"Disease\" AS \"Diagnosis\" FROM t",
        "Diagnosis",
    ),
    (
        "a token",
        "SELECT token(\"SSN\") AS \"Patient\" FROM t",
        "Patient",
    ),
    (
        "a token under the column's own name",
        "SELECT token(\"SSN\") AS \"SSN\" FROM t",
        "SSN",
    ),
    (
        "a pseudonym",
        "SELECT pseudonym(\"Name\") AS \"Name\" FROM t",
        "Name",
    ),
    (
        "a pseudonym of a fixed list",
        "SELECT pseudonym(\"Name\", 'f') AS n FROM t",
        "n",
    ),
    (
        "a pseudonym with a gender",
        "-- reveals: \"Gender\"\nSELECT pseudonym(\"Name\", \"Gender\") AS n, \"Gender\" FROM t",
        "n,Gender",
    ),
    (
        "nothing of a column",
        "SELECT redact(\"Name\") AS a, redact(\"Account\") AS b FROM t",
        "a,b",
    ),
    (
        "a word for a column",
        "SELECT redact(\"SSN\", '***') AS x FROM t",
        "x",
    ),
    (
        "the unclassified, redacted",
        "SELECT redact(\"Email\") AS x, \"Weight\" FROM t",
        "x,Weight",
    ),
    (
        "the unclassified, as a token",
        "SELECT token(\"Email\") AS x FROM t",
        "x",
    ),
    (
        "an age",
        "SELECT age(\"Birthdate\") AS \"Age\" FROM t",
        "Age",
    ),
    (
        "an age at a visit",
        "SELECT age(\"Birthdate\", \"Visit\") AS \"Age\" FROM t",
        "Age",
    ),
    (
        "an age at a date",
        "SELECT age(\"Birthdate\", DATE '2026-01-01') AS \"Age\" FROM t",
        "Age",
    ),
    (
        "a band",
        "SELECT age_band(\"Birthdate\", 10) AS \"Age\" FROM t",
        "Age",
    ),
    (
        "a year",
        "SELECT generalize_date(\"Birthdate\", 'year') AS y FROM t",
        "y",
    ),
    (
        "a step",
        "SELECT generalize(\"Income\", 1000) AS i FROM t",
        "i",
    ),
    (
        "a beginning",
        "SELECT keep_prefix(\"Zip\", 1) AS z FROM t",
        "z",
    ),
    (
        "a beginning of an identifier, admitted",
        "-- reveals: \"SSN\"\nSELECT keep_prefix(\"SSN\", 3) AS z FROM t",
        "z",
    ),
    (
        "a token and an admitted beginning",
        "-- reveals: \"SSN\"\nSELECT token(\"SSN\") AS k, keep_prefix(\"SSN\", 3) AS z FROM t",
        "k,z",
    ),
    (
        "a date admitted",
        "-- reveals: \"Birthdate\"\nSELECT \"Birthdate\" FROM t",
        "Birthdate",
    ),
    (
        "two admitted",
        "-- reveals: \"Gender\", \"Zip\"\nSELECT \"Gender\", \"Zip\" FROM t",
        "Gender,Zip",
    ),
    (
        "the as-of date",
        "SELECT as_of() AS today, \"Weight\" FROM t",
        "today,Weight",
    ),
    (
        "a constant",
        "SELECT 'x' AS source, 1 AS version FROM t",
        "source,version",
    ),
    (
        "everything insensitive",
        "SELECT * FROM t",
        "Weight,Height,Visit,Smoking",
    ),
    (
        "everything of the table",
        "SELECT t.* FROM t",
        "Weight,Height,Visit,Smoking",
    ),
    (
        "everything of its alias",
        "SELECT p.* FROM t AS p",
        "Weight,Height,Visit,Smoking",
    ),
    (
        "everything and a token",
        "SELECT token(\"SSN\") AS k, * FROM t",
        "k,Weight,Height,Visit,Smoking",
    ),
    (
        "everything in a subquery",
        "SELECT \"Weight\" FROM (SELECT * FROM t) AS s",
        "Weight",
    ),
    (
        "a body mass index",
        "SELECT round(\"Weight\" / (\"Height\" * \"Height\"), 1) AS bmi FROM t",
        "bmi",
    ),
    (
        "a case",
        "SELECT CASE WHEN \"Weight\" > 75 THEN 'heavy' ELSE 'light' END AS w FROM t",
        "w",
    ),
    (
        "a case over a band",
        "SELECT CASE age_band(\"Birthdate\", 10) WHEN '30-39' THEN 'yes' END AS w FROM t",
        "w",
    ),
    (
        "a month of a visit",
        "SELECT date_trunc('month', \"Visit\") AS m FROM t",
        "m",
    ),
    (
        "a hash of what is no identifier",
        "SELECT md5(\"Disease\") AS h FROM t",
        "h",
    ),
    (
        "text functions",
        "SELECT upper(trim(\"Disease\")) || '!' AS d, left(\"Disease\", 3) AS l FROM t",
        "d,l",
    ),
    (
        "casts",
        "SELECT CAST(\"Weight\" AS VARCHAR) AS w, \"Height\"::INT AS h FROM t",
        "w,h",
    ),
    (
        "coalesce",
        "SELECT coalesce(\"Disease\", 'none') AS d FROM t",
        "d",
    ),
    (
        "quoted names with signs",
        "SELECT \"Weight\" AS \"Weight (kg), today\" FROM t",
        "\"Weight (kg), today\"",
    ),
    (
        "a name beyond ASCII",
        "SELECT \"Weight\" AS \"Größe Ж\" FROM t",
        "Größe Ж",
    ),
];

pub const ROWS_CHOSEN: &[Row] = &[
    (
        "a predicate",
        "SELECT \"Disease\" FROM t WHERE \"Weight\" > 70 AND \"Smoking\"",
        "Disease",
    ),
    (
        "a predicate over an age",
        "SELECT \"Disease\" FROM t WHERE age(\"Birthdate\") >= 18",
        "Disease",
    ),
    (
        "a predicate over the age selected",
        "SELECT age(\"Birthdate\") AS a FROM t WHERE age(\"Birthdate\") BETWEEN 18 AND 90",
        "a",
    ),
    (
        "whether an identifier is there",
        "SELECT \"Disease\" FROM t WHERE \"SSN\" IS NOT NULL",
        "Disease",
    ),
    (
        "whether an identifier is there, as a column",
        "SELECT \"SSN\" IS NULL AS missing FROM t",
        "missing",
    ),
    (
        "whether it is there, by CASE",
        "SELECT CASE WHEN \"Account\" IS NULL THEN 'no' ELSE 'yes' END AS a FROM t",
        "a",
    ),
    (
        "a predicate over what is admitted",
        "-- reveals: \"Gender\"\nSELECT \"Disease\" FROM t WHERE \"Gender\" = 'f'",
        "Disease",
    ),
    (
        "a list",
        "SELECT \"Disease\" FROM t WHERE \"Weight\" IN (60, 63, 66)",
        "Disease",
    ),
    (
        "a pattern",
        "SELECT \"Weight\" FROM t WHERE \"Disease\" ILIKE 'ill%'",
        "Weight",
    ),
    (
        "nothing chosen",
        "SELECT \"Weight\" FROM t WHERE false",
        "Weight",
    ),
    (
        "an order",
        "SELECT \"Disease\", \"Weight\" FROM t ORDER BY \"Weight\" DESC, \"Disease\" NULLS LAST",
        "Disease,Weight",
    ),
    (
        "an order by position",
        "SELECT \"Disease\", \"Weight\" FROM t ORDER BY 2",
        "Disease,Weight",
    ),
    (
        "an order by a token",
        "SELECT \"Disease\" FROM t ORDER BY token(\"SSN\")",
        "Disease",
    ),
    (
        "an order by the name that a token has",
        "SELECT token(\"SSN\") AS \"SSN\", \"Weight\" FROM t ORDER BY \"SSN\"",
        "SSN,Weight",
    ),
    (
        "an order by nothing",
        "SELECT \"Disease\" FROM t ORDER BY redact(\"SSN\", 'x')",
        "Disease",
    ),
    (
        "the first rows",
        "SELECT \"Disease\" FROM t ORDER BY \"Weight\" LIMIT 3 OFFSET 1",
        "Disease",
    ),
    (
        "all rows by LIMIT ALL",
        "SELECT \"Disease\" FROM t LIMIT ALL",
        "Disease",
    ),
    (
        "distinct rows",
        "SELECT DISTINCT \"Disease\", age_band(\"Birthdate\", 10) AS a FROM t",
        "Disease,a",
    ),
    (
        "distinct tokens",
        "SELECT DISTINCT token(\"SSN\") AS k FROM t",
        "k",
    ),
];
