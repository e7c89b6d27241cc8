//! Groups, windows, subqueries, and what goes into a keyed function.

use super::Row;

pub const GROUPED: &[Row] = &[
    ("a count of the table", "SELECT count(t.*) AS n FROM t", "n"),
    ("a count", "SELECT count(*) AS n FROM t", "n"),
    (
        "a count of an identifier",
        "SELECT count(\"SSN\") AS n, count(DISTINCT \"SSN\") AS d FROM t",
        "n,d",
    ),
    (
        "a count of tokens",
        "SELECT count(DISTINCT token(\"SSN\")) AS n FROM t",
        "n",
    ),
    (
        "a count in groups",
        "SELECT \"Disease\", count(*) AS n FROM t GROUP BY \"Disease\"",
        "Disease,n",
    ),
    (
        "groups by position",
        "SELECT \"Disease\", count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC",
        "Disease,n",
    ),
    (
        "groups by age",
        "SELECT age_band(\"Birthdate\", 10) AS a, count(*) AS n FROM t GROUP BY a",
        "a,n",
    ),
    (
        "groups by token",
        "SELECT token(\"SSN\") AS k, max(\"Weight\") AS w FROM t GROUP BY token(\"SSN\")",
        "k,w",
    ),
    (
        "groups by what is admitted",
        "-- reveals: \"Gender\"\nSELECT \"Gender\", avg(\"Weight\") AS w FROM t GROUP BY \"Gender\"",
        "Gender,w",
    ),
    (
        "having",
        "SELECT \"Disease\" FROM t GROUP BY \"Disease\" HAVING count(*) >= 1 AND count(\"SSN\") < 99",
        "Disease",
    ),
    (
        "a filter",
        "SELECT count(*) FILTER (WHERE \"Smoking\") AS n, sum(\"Weight\") AS w FROM t",
        "n,w",
    ),
    (
        "many aggregates",
        "SELECT min(\"Weight\") AS a, max(\"Visit\") AS b, median(\"Height\") AS c, stddev(\"Height\") AS d FROM t",
        "a,b,c,d",
    ),
    (
        "an aggregate that shadows a column",
        "SELECT max(\"Weight\") AS \"SSN\" FROM t",
        "SSN",
    ),
    (
        "an aggregate in arithmetic",
        "SELECT sum(\"Weight\") * 1.0 / count(*) AS w FROM t",
        "w",
    ),
    (
        "a row number",
        "SELECT \"Disease\", row_number() OVER (PARTITION BY \"Disease\" ORDER BY \"Weight\") AS n FROM t",
        "Disease,n",
    ),
    (
        "a window by token",
        "SELECT rank() OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\") AS n FROM t",
        "n",
    ),
    (
        "the visit before",
        "SELECT lag(\"Visit\") OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\") AS v FROM t",
        "v",
    ),
    (
        "a running sum",
        "SELECT sum(\"Weight\") OVER (ORDER BY \"Visit\" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w FROM t",
        "w",
    ),
    (
        "a named window",
        "SELECT count(*) OVER w AS n, sum(\"Weight\") OVER w AS s FROM t WINDOW w AS (PARTITION BY \"Smoking\")",
        "n,s",
    ),
    (
        "the last visit of each",
        "SELECT token(\"SSN\") AS k, \"Visit\" FROM t QUALIFY row_number() OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\" DESC) = 1",
        "k,Visit",
    ),
    (
        "the least age",
        "SELECT min(age(\"Birthdate\")) AS a FROM t",
        "a",
    ),
    (
        "the sum of an admitted income",
        "-- reveals: \"Income\"\nSELECT sum(\"Income\") AS i FROM t",
        "i",
    ),
];

pub const NESTED: &[Row] = &[
    (
        "a subquery",
        "SELECT k FROM (SELECT token(\"SSN\") AS k, \"Weight\" FROM t) AS s WHERE \"Weight\" > 60",
        "k",
    ),
    (
        "a column bare through a subquery",
        "SELECT token(x) AS k FROM (SELECT \"SSN\" AS x FROM t) AS s",
        "k",
    ),
    (
        "a column bare through a CTE",
        "WITH c(x, y) AS (SELECT \"Birthdate\", \"SSN\" FROM t) SELECT age(x) AS a, token(y) AS k FROM c",
        "a,k",
    ),
    (
        "a column bare through the table's alias",
        "SELECT token(b) AS k FROM t AS p(a, b, c, d, e, f, g, h, i, j, k, l, m, n)",
        "k",
    ),
    (
        "a chain of CTEs",
        "WITH c AS (SELECT \"Disease\" AS d, \"Weight\" AS w FROM t), e AS (SELECT d, avg(w) AS w FROM c GROUP BY d) SELECT d, w FROM e WHERE w > 0",
        "d,w",
    ),
    (
        "an age generalized",
        "SELECT age_band(generalize_date(\"Birthdate\", 'year'), 10) AS a FROM t",
        "a",
    ),
    (
        "one age twice",
        "SELECT age(\"Birthdate\") AS a, age(\"Birthdate\") >= 65 AS old FROM t",
        "a,old",
    ),
    (
        "an identifier in a subquery that nothing reads",
        "SELECT \"Weight\" FROM (SELECT \"SSN\", \"Weight\" FROM t) AS s",
        "Weight",
    ),
    (
        "a failing cast that nothing reads",
        "SELECT \"Weight\" FROM (SELECT CAST(\"SSN\" AS INT) AS n, \"Weight\" FROM t) AS s",
        "Weight",
    ),
    (
        "a failing cast that a group does not read",
        "SELECT count(*) AS n FROM (SELECT CAST(\"Name\" AS INT) AS x, \"Weight\" FROM t) AS s GROUP BY \"Weight\"",
        "n",
    ),
    (
        "parentheses around it all",
        "((SELECT \"Weight\" FROM t))",
        "Weight",
    ),
    (
        "counted groups",
        "SELECT n, count(*) AS m FROM (SELECT count(*) AS n FROM t GROUP BY token(\"SSN\")) AS s GROUP BY n",
        "n,m",
    ),
];

pub const KEYED: &[Row] = &[
    (
        "a token of a number",
        "SELECT token(\"Account\") AS k FROM t",
        "k",
    ),
    (
        "a token of a date",
        "SELECT token(\"Joined\") AS k FROM t",
        "k",
    ),
    (
        "a token of a truth",
        "SELECT token(\"Smoking\") AS k FROM t",
        "k",
    ),
    (
        "a token of a number as text",
        "SELECT token(CAST(\"Account\" AS VARCHAR)) AS k FROM t",
        "k",
    ),
    (
        "a token of trimmed text",
        "SELECT token(lower(trim(\"Name\"))) AS k FROM t",
        "k",
    ),
    (
        "a token of two columns",
        "SELECT token(\"Name\" || ' ' || \"SSN\") AS k FROM t",
        "k",
    ),
    (
        "a token of three columns",
        "SELECT token(concat(upper(\"Name\"), '|', \"SSN\", ' / ', CAST(\"Joined\" AS VARCHAR))) AS k FROM t",
        "k",
    ),
    (
        "a token by its alias",
        "SELECT crypto_hash(\"SSN\") AS k FROM t",
        "k",
    ),
    (
        "a pseudonym by its alias",
        "SELECT seeded_full_name(\"Name\") AS k FROM t",
        "k",
    ),
    (
        "functions in capitals",
        "SELECT TOKEN(\"SSN\") AS k, Redact(\"Name\") AS r FROM t",
        "k,r",
    ),
    (
        "a token as text",
        "SELECT CAST(token(\"SSN\") AS VARCHAR) AS k FROM t",
        "k",
    ),
    (
        "a token of a quasi-identifier",
        "SELECT token(\"Zip\") AS k FROM t",
        "k",
    ),
    (
        "a token of what is no identifier",
        "SELECT token(\"Disease\") AS k FROM t",
        "k",
    ),
    (
        "two tokens of two columns",
        "SELECT token(\"SSN\") AS a, token(\"Name\") AS b FROM t",
        "a,b",
    ),
];
