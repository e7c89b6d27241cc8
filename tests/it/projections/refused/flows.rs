//! Direct identifiers in what chooses, groups and orders rows; and behind a head that admits them.

use super::{Row, row};

pub fn rows() -> Vec<Row> {
    let mut rows = predicates();
    rows.extend(orders());
    rows.extend(groups());
    rows.extend(windows());
    rows.extend(heads());
    rows
}

fn predicates() -> Vec<Row> {
    let predicate = "stands in a predicate";
    vec![
        row(
            "WHERE",
            "SELECT \"Disease\" FROM t WHERE \"SSN\" = '123'",
            predicate,
        ),
        row(
            "WHERE LIKE",
            "SELECT \"Disease\" FROM t WHERE \"Name\" LIKE 'A%'",
            predicate,
        ),
        row(
            "WHERE beside another",
            "SELECT \"Disease\" FROM t WHERE \"Weight\" > 5 AND \"SSN\" > '5'",
            predicate,
        ),
        row(
            "WHERE that is always true",
            "SELECT \"Disease\" FROM t WHERE \"SSN\" = '1' OR true",
            predicate,
        ),
        row(
            "WHERE over a part",
            "SELECT \"Disease\" FROM t WHERE keep_prefix(\"SSN\", 3) = '123'",
            predicate,
        ),
        row(
            "WHERE over an age",
            "SELECT \"Disease\" FROM t WHERE age(\"Joined\") > 30",
            predicate,
        ),
        row(
            "WHERE that fails",
            "SELECT \"Disease\" FROM t WHERE CAST(\"SSN\" AS INT) > 0",
            predicate,
        ),
        row(
            "WHERE that divides by zero",
            "SELECT \"Disease\" FROM t WHERE 1 / \"Account\" > 0",
            predicate,
        ),
        row(
            "WHERE in a subquery",
            "SELECT \"Disease\" FROM (SELECT \"Disease\" FROM t WHERE \"SSN\" = '123') AS s",
            predicate,
        ),
        row(
            "WHERE over an alias",
            "SELECT x FROM (SELECT \"Disease\" AS x, \"SSN\" = '123' AS y FROM t) AS s WHERE y",
            predicate,
        ),
        row(
            "WHERE of count",
            "SELECT count(*) AS n FROM t WHERE \"SSN\" = '123'",
            predicate,
        ),
        row(
            "WHERE in a CTE",
            "WITH c AS (SELECT \"Disease\" FROM t WHERE \"Email\" IS DISTINCT FROM 'x') SELECT \"Disease\" FROM c",
            predicate,
        ),
        row(
            "HAVING",
            "SELECT \"Disease\" FROM t GROUP BY \"Disease\" HAVING min(\"SSN\") > '5'",
            "stands in min",
        ),
        row(
            "HAVING count of a chosen value",
            "SELECT \"Disease\" FROM t GROUP BY \"Disease\" HAVING count(nullif(\"SSN\", '123')) > 0",
            "stands in count",
        ),
        row(
            "QUALIFY",
            "SELECT \"Disease\" FROM t QUALIFY row_number() OVER (ORDER BY \"SSN\") = 1",
            "ORDER BY in a window",
        ),
    ]
}

fn orders() -> Vec<Row> {
    let order = "stands in ORDER BY";
    vec![
        row(
            "ORDER BY",
            "SELECT \"Disease\" FROM t ORDER BY \"SSN\"",
            order,
        ),
        row(
            "ORDER BY an expression",
            "SELECT \"Disease\" FROM t ORDER BY length(\"SSN\") DESC",
            order,
        ),
        row(
            "ORDER BY with LIMIT",
            "SELECT \"Disease\" FROM t ORDER BY \"Joined\" LIMIT 1",
            order,
        ),
        row(
            "ORDER BY a position",
            "SELECT \"Disease\", \"SSN\" FROM t ORDER BY 2",
            order,
        ),
        row(
            "ORDER BY an alias",
            "SELECT \"Disease\", \"SSN\" AS x FROM t ORDER BY x",
            order,
        ),
        row(
            "ORDER BY in a subquery",
            "SELECT \"Disease\" FROM (SELECT \"Disease\" FROM t ORDER BY \"SSN\" LIMIT 3) AS s",
            order,
        ),
        row(
            "ORDER BY a comparison",
            "SELECT \"Disease\" FROM t ORDER BY \"SSN\" = '123'",
            order,
        ),
    ]
}

fn groups() -> Vec<Row> {
    let group = "stands in GROUP BY";
    let mut rows = vec![
        row(
            "GROUP BY",
            "SELECT count(*) AS n FROM t GROUP BY \"SSN\"",
            group,
        ),
        row(
            "GROUP BY an expression",
            "SELECT count(*) AS n FROM t GROUP BY left(\"SSN\", 1)",
            group,
        ),
        row(
            "GROUP BY a position",
            "SELECT \"SSN\", count(*) AS n FROM t GROUP BY 1",
            group,
        ),
        row(
            "GROUP BY an alias",
            "SELECT \"SSN\" AS x, count(*) AS n FROM t GROUP BY x",
            group,
        ),
        row(
            "GROUP BY a comparison",
            "SELECT count(*) AS n FROM t GROUP BY \"SSN\" = '123'",
            group,
        ),
        row(
            "DISTINCT over a hidden column",
            "SELECT n FROM (SELECT DISTINCT \"SSN\", 1 AS n FROM t) AS s",
            "DISTINCT",
        ),
        row(
            "FILTER",
            "SELECT count(*) FILTER (WHERE \"SSN\" = '123') AS n FROM t",
            "stands in FILTER",
        ),
        row(
            "ORDER BY in an aggregate",
            "SELECT sum(\"Weight\" ORDER BY \"SSN\") AS n FROM t",
            "ORDER BY in an aggregate",
        ),
    ];
    let aggregates = [
        ("min", "min(\"SSN\")", "stands in min"),
        ("max", "max(\"Name\")", "stands in max"),
        ("sum", "sum(\"Account\")", "stands in sum"),
        ("avg", "avg(\"Account\")", "stands in avg"),
        ("median", "median(\"Account\")", "stands in median"),
        ("stddev", "stddev(\"Account\")", "stands in stddev"),
        ("corr", "corr(\"Account\", \"Weight\")", "stands in corr"),
        ("bit_xor", "bit_xor(\"Account\")", "stands in bit_xor"),
        ("bool_or", "bool_or(\"SSN\" = '123')", "stands in bool_or"),
        (
            "count of CASE",
            "count(CASE WHEN \"SSN\" = '123' THEN 1 END)",
            "stands in a CASE condition",
        ),
        (
            "count of nullif",
            "count(nullif(\"SSN\", '123'))",
            "stands in count",
        ),
        (
            "count of distinct parts",
            "count(DISTINCT left(\"SSN\", 1))",
            "stands in count",
        ),
        (
            "count of an age",
            "count(age(\"Joined\"))",
            "stands in count",
        ),
        ("max of the length", "max(length(\"SSN\"))", "stands in max"),
        (
            "sum of a comparison",
            "sum(CAST(\"SSN\" = '123' AS INT))",
            "stands in sum",
        ),
        (
            "min of a coarse value",
            "min(generalize_date(\"Joined\", 'year'))",
            "stands in min",
        ),
    ];
    rows.extend(
        aggregates.map(|(name, expr, says)| row(name, format!("SELECT {expr} AS x FROM t"), says)),
    );
    rows
}

fn windows() -> Vec<Row> {
    let rows = [
        (
            "PARTITION BY",
            "count(*) OVER (PARTITION BY \"SSN\")",
            "stands in PARTITION BY",
        ),
        (
            "window ORDER BY",
            "row_number() OVER (ORDER BY \"SSN\")",
            "stands in ORDER BY in a window",
        ),
        (
            "rank",
            "rank() OVER (PARTITION BY \"Disease\" ORDER BY \"Joined\")",
            "stands in ORDER BY in a window",
        ),
        (
            "lag",
            "lag(\"SSN\") OVER (ORDER BY \"Weight\")",
            "stands in lag",
        ),
        (
            "lead",
            "lead(\"Email\", 2) OVER (ORDER BY \"Weight\")",
            "stands in lead",
        ),
        (
            "the default of lag",
            "lag(\"Disease\", 1, \"SSN\") OVER (ORDER BY \"Weight\")",
            "stands in lag",
        ),
        (
            "first_value",
            "first_value(\"SSN\") OVER (ORDER BY \"Weight\")",
            "stands in first_value",
        ),
        (
            "nth_value",
            "nth_value(\"SSN\", 2) OVER (ORDER BY \"Weight\")",
            "stands in nth_value",
        ),
        (
            "whether neighbours are one",
            "count(DISTINCT \"SSN\") OVER (ORDER BY \"Weight\" ROWS 1 PRECEDING)",
            "stands in count",
        ),
        ("max as a window", "max(\"SSN\") OVER ()", "stands in max"),
        (
            "a frame of one row",
            "sum(\"Account\") OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW)",
            "stands in sum",
        ),
        (
            "FILTER in a window",
            "count(*) FILTER (WHERE \"SSN\" > '5') OVER ()",
            "stands in FILTER",
        ),
        (
            "ntile",
            "ntile(100) OVER (ORDER BY \"Account\")",
            "stands in ORDER BY in a window",
        ),
    ];
    let mut rows: Vec<Row> = rows
        .map(|(name, expr, says)| {
            row(
                name,
                format!("SELECT \"Disease\", {expr} AS x FROM t"),
                says,
            )
        })
        .into();
    rows.push(row(
        "a named window",
        "SELECT row_number() OVER w AS x FROM t WINDOW w AS (ORDER BY \"SSN\")",
        "stands in ORDER BY in a window",
    ));
    rows
}

/// What the head admits goes only so far.
fn heads() -> Vec<Row> {
    let rows = [
        ("revealed whole", "\"SSN\"", "it never leaves so"),
        (
            "revealed in two parts",
            "keep_prefix(\"SSN\", 3) AS a, keep_prefix(\"SSN\", 4)",
            "put the value together",
        ),
        (
            "revealed by a prefix of twice itself",
            "keep_prefix(\"SSN\" || \"SSN\", 9)",
            "it never leaves so",
        ),
        ("revealed as an MD5", "md5(\"SSN\")", "it never leaves so"),
        (
            "revealed as the gender of a name",
            "pseudonym(\"Name\", \"SSN\")",
            "it never leaves so",
        ),
    ];
    let mut rows: Vec<Row> = rows
        .map(|(name, expr, says)| {
            row(
                name,
                format!("-- reveals: \"SSN\"\nSELECT {expr} AS x FROM t"),
                says,
            )
        })
        .into();
    rows.push(row(
        "revealed in a predicate",
        "-- reveals: \"SSN\"\nSELECT \"Disease\" FROM t WHERE \"SSN\" = '123'",
        "stands in a predicate",
    ));
    rows
}
