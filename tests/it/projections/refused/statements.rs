//! Statements that are not one SELECT over the dataset's table, and clauses that the engine would run or leave out.

use super::{Row, row};

pub fn rows() -> Vec<Row> {
    let mut rows = tables();
    rows.extend(stars());
    rows.extend(clauses());
    rows.extend(statements());
    rows.extend(columns());
    rows.extend(sizes());
    rows
}

fn tables() -> Vec<Row> {
    let no = "has no place in a projection";
    let other = "is not the dataset's";
    let rows = [
        ("JOIN", "t JOIN t AS u ON t.\"SSN\" = u.\"SSN\"", no),
        ("LEFT JOIN", "t LEFT JOIN t AS u ON true", no),
        ("NATURAL JOIN", "t NATURAL JOIN t AS u", no),
        ("CROSS JOIN", "t CROSS JOIN t AS u", no),
        ("USING", "t JOIN t AS u USING (\"SSN\")", no),
        ("a comma", "t, t AS u", no),
        ("a join in parentheses", "(t JOIN t AS u ON true)", no),
        ("LATERAL", "LATERAL (SELECT * FROM t) AS s", no),
        (
            "a join with a subquery",
            "t JOIN (SELECT \"SSN\" FROM t) AS s ON true",
            no,
        ),
        ("UNNEST", "UNNEST(['a']) AS u(\"Weight\")", no),
        ("VALUES as a table", "(VALUES (1)) AS v(\"Weight\")", no),
        (
            "a table function",
            "generate_series(1, 3) AS g(\"Weight\")",
            no,
        ),
        ("a file by a function", "read_csv('/etc/passwd')", no),
        ("TABLE()", "TABLE(f(1))", "is not on the list"),
        ("TABLESAMPLE", "t TABLESAMPLE BERNOULLI (10)", no),
        (
            "a time of the table",
            "t FOR SYSTEM_TIME AS OF '2020-01-01'",
            "syntax error",
        ),
        (
            "PIVOT",
            "t PIVOT (sum(\"Weight\") FOR \"Smoking\" IN ('a'))",
            no,
        ),
        ("a table of a schema", "public.t", no),
        ("a table of a catalog", "datafusion.public.t", no),
        ("information_schema", "information_schema.tables", no),
        ("another table", "patients", other),
        ("the table in another case", "\"T\"", other),
        ("a file as a table", "\"t.csv\"", other),
        ("a path as a table", "'/etc/passwd'", ""),
    ];
    let mut rows: Vec<Row> = rows
        .map(|(name, from, says)| row(name, format!("SELECT \"Weight\" FROM {from}"), says))
        .into();
    rows.extend(others());
    rows
}

/// No table, the table twice, and tables put together.
fn others() -> Vec<Row> {
    let no = "has no place in a projection";
    vec![
        row("no column", "SELECT FROM t", "a SELECT without columns"),
        row(
            "no column in a subquery",
            "SELECT 1 AS x FROM (SELECT FROM t) AS s",
            "a SELECT without columns",
        ),
        row("no table", "SELECT 1 AS x", "a SELECT without FROM"),
        row(
            "no table in a subquery",
            "SELECT x FROM (SELECT 1 AS x) AS s",
            "a SELECT without FROM",
        ),
        row(
            "the table twice by a CTE",
            "WITH c AS (SELECT \"SSN\" FROM t) SELECT \"Weight\" FROM t",
            "stands 2 times",
        ),
        row(
            "a CTE called as the table",
            "WITH t AS (SELECT \"SSN\" AS \"Weight\" FROM t) SELECT \"Weight\" FROM t",
            no,
        ),
        row(
            "a CTE called as the table in capitals",
            "WITH \"T\" AS (SELECT 1 AS a FROM t) SELECT a FROM \"T\"",
            no,
        ),
        row(
            "WITH RECURSIVE",
            "WITH RECURSIVE c AS (SELECT \"Weight\" FROM t) SELECT \"Weight\" FROM c",
            no,
        ),
        row(
            "UNION",
            "SELECT \"Weight\" FROM t UNION SELECT \"SSN\" FROM t",
            no,
        ),
        row(
            "UNION ALL",
            "SELECT \"Weight\" FROM t UNION ALL SELECT 1",
            no,
        ),
        row(
            "INTERSECT",
            "SELECT \"Weight\" FROM t INTERSECT SELECT 1",
            no,
        ),
        row("EXCEPT", "SELECT \"Weight\" FROM t EXCEPT SELECT 1", no),
        row(
            "a union in a subquery",
            "SELECT a FROM (SELECT 1 AS a FROM t UNION SELECT 2) AS s",
            no,
        ),
        row(
            "a union in a CTE",
            "WITH c AS (SELECT 1 AS a FROM t UNION SELECT 2) SELECT a FROM c",
            no,
        ),
        row("VALUES", "VALUES (1)", no),
        row("TABLE", "TABLE t", "syntax error"),
    ]
}

fn stars() -> Vec<Row> {
    let no = "has no place in a projection";
    [
        ("* EXCLUDE", "* EXCLUDE (\"SSN\") FROM t", no),
        ("* EXCLUDE of one", "* EXCLUDE \"SSN\" FROM t", no),
        ("* EXCEPT", "* EXCEPT (\"SSN\") FROM t", no),
        ("* REPLACE", "* REPLACE (\"SSN\" AS \"Weight\") FROM t", no),
        ("* RENAME", "* RENAME (\"SSN\" AS x) FROM t", no),
        ("* ILIKE", "* ILIKE '%s%' FROM t", no),
        ("t.* EXCLUDE", "t.* EXCLUDE (\"SSN\") FROM t", no),
        ("* over a subquery", "* FROM (SELECT \"Weight\" FROM t) AS s", no),
        ("* over a subquery of everything", "* FROM (SELECT * FROM t) AS s", no),
        ("s.* over a subquery", "s.* FROM (SELECT \"Weight\" FROM t) AS s", no),
        ("* of a table behind an alias", "t.* FROM t AS p", no),
        ("* of no table", "u.* FROM t", no),
        ("* of a renamed table", "* FROM t AS p(\"Weight\")", ""),
        (
            "* of a table whose alias swaps names",
            "* FROM t AS p(\"Weight\", \"Height\", \"Visit\", \"Smoking\", a, b, c, d, e, f, g, h, i, j)",
            "leaves whole",
        ),
    ]
    .map(|(name, rest, says)| row(name, format!("SELECT {rest}"), says))
    .into()
}

fn clauses() -> Vec<Row> {
    let no = "has no place in a projection";
    let rows = [
        (
            "DISTINCT ON",
            "SELECT DISTINCT ON (\"SSN\") \"Weight\" FROM t",
            no,
        ),
        ("TOP", "SELECT TOP 1 \"Weight\" FROM t", no),
        ("INTO", "SELECT \"Weight\" INTO u FROM t", no),
        (
            "GROUP BY ALL",
            "SELECT \"Weight\", count(*) AS n FROM t GROUP BY ALL",
            no,
        ),
        (
            "ROLLUP",
            "SELECT count(*) AS n FROM t GROUP BY ROLLUP (\"Weight\")",
            no,
        ),
        (
            "CUBE",
            "SELECT count(*) AS n FROM t GROUP BY CUBE (\"Weight\")",
            no,
        ),
        (
            "GROUPING SETS",
            "SELECT count(*) AS n FROM t GROUP BY GROUPING SETS ((\"Weight\"), ())",
            no,
        ),
        (
            "WITH ROLLUP",
            "SELECT count(*) AS n FROM t GROUP BY \"Weight\" WITH ROLLUP",
            no,
        ),
        (
            "ORDER BY ALL",
            "SELECT \"Weight\" FROM t ORDER BY ALL",
            "there is no column",
        ),
        (
            "WITH FILL",
            "SELECT \"Weight\" FROM t ORDER BY \"Weight\" WITH FILL",
            no,
        ),
        (
            "FETCH",
            "SELECT \"Weight\" FROM t FETCH FIRST 1 ROWS ONLY",
            no,
        ),
        (
            "LIMIT BY",
            "SELECT \"Weight\" FROM t LIMIT 1 BY \"SSN\"",
            no,
        ),
        (
            "LIMIT with a comma",
            "SELECT \"Weight\" FROM t LIMIT 1, 2",
            no,
        ),
        ("FOR UPDATE", "SELECT \"Weight\" FROM t FOR UPDATE", no),
        ("FOR JSON", "SELECT \"Weight\" FROM t FOR JSON AUTO", no),
        ("SETTINGS", "SELECT \"Weight\" FROM t SETTINGS a = 1", no),
        ("FORMAT", "SELECT \"Weight\" FROM t FORMAT JSON", no),
    ];
    let rows = rows.map(|(name, sql, says)| row(name, sql, says));
    rows.into_iter().chain(more_clauses()).collect()
}

fn more_clauses() -> Vec<Row> {
    let no = "has no place in a projection";
    let rows = [
        ("SORT BY", "SELECT \"Weight\" FROM t SORT BY \"SSN\"", no),
        (
            "CLUSTER BY",
            "SELECT \"Weight\" FROM t CLUSTER BY \"SSN\"",
            no,
        ),
        (
            "DISTRIBUTE BY",
            "SELECT \"Weight\" FROM t DISTRIBUTE BY \"SSN\"",
            no,
        ),
        (
            "PREWHERE",
            "SELECT \"Weight\" FROM t PREWHERE \"SSN\" = '1'",
            no,
        ),
        (
            "LATERAL VIEW",
            "SELECT \"Weight\" FROM t LATERAL VIEW explode(\"SSN\") u AS x",
            "is not on the list",
        ),
        ("FROM before SELECT", "FROM t SELECT \"Weight\"", no),
        ("FROM alone", "FROM t", no),
        ("a pipe operator", "SELECT \"Weight\" FROM t |> LIMIT 1", no),
        (
            "SELECT AS STRUCT",
            "SELECT AS STRUCT \"Weight\" FROM t",
            "syntax error",
        ),
        (
            "LIMIT by a column",
            "SELECT \"Weight\" FROM t LIMIT \"Weight\"",
            "",
        ),
        (
            "LIMIT by a subquery",
            "SELECT \"Weight\" FROM t LIMIT (SELECT 1)",
            no,
        ),
        (
            "OFFSET by an identifier",
            "SELECT \"Weight\" FROM t OFFSET \"Account\"",
            "",
        ),
        (
            "a column beside an aggregate",
            "SELECT \"Weight\", count(*) AS n FROM t",
            "stands in GROUP BY",
        ),
        (
            "HAVING without a group",
            "SELECT \"Weight\" FROM t HAVING \"Weight\" > 1",
            "",
        ),
        (
            "an aggregate in WHERE",
            "SELECT \"Weight\" FROM t WHERE count(*) > 1",
            "",
        ),
        (
            "ORDER BY a position beyond the last",
            "SELECT \"Weight\" FROM t ORDER BY 2",
            "",
        ),
        (
            "the name of the window twice",
            "SELECT count(*) OVER w AS n FROM t WINDOW w AS (), w AS ()",
            "",
        ),
    ];
    rows.map(|(name, sql, says)| row(name, sql, says)).into()
}

fn statements() -> Vec<Row> {
    let no = "which is one SELECT";
    let rows = [
        ("nothing", "", "has no statement"),
        ("white space", " \n\t ", "has no statement"),
        ("a head alone", "-- For nobody\n", "has no statement"),
        (
            "two statements",
            "SELECT \"Weight\" FROM t; SELECT \"SSN\" FROM t",
            "is one statement",
        ),
        (
            "a statement behind a semicolon",
            "SELECT \"Weight\" FROM t; DROP TABLE t",
            "is one statement",
        ),
        (
            "CREATE TABLE AS",
            "CREATE TABLE u AS SELECT \"SSN\" FROM t",
            no,
        ),
        ("CREATE VIEW", "CREATE VIEW t AS SELECT 1 AS a", no),
        (
            "CREATE EXTERNAL TABLE",
            "CREATE EXTERNAL TABLE u STORED AS CSV LOCATION 'x'",
            no,
        ),
        (
            "CREATE FUNCTION",
            "CREATE FUNCTION token(x INT) RETURNS INT RETURN x",
            no,
        ),
        ("INSERT", "INSERT INTO t SELECT * FROM t", no),
        ("UPDATE", "UPDATE t SET \"SSN\" = '1'", no),
        ("DELETE", "DELETE FROM t", no),
        ("DROP", "DROP TABLE t", no),
        ("ALTER", "ALTER TABLE t ADD COLUMN a INT", no),
        ("TRUNCATE", "TRUNCATE TABLE t", no),
        ("COPY", "COPY t TO '/tmp/x.csv'", no),
        (
            "COPY of a query",
            "COPY (SELECT \"SSN\" FROM t) TO '/tmp/x.csv' STORED AS CSV",
            no,
        ),
        ("SET", "SET datafusion.execution.target_partitions = 1", no),
        ("RESET", "RESET datafusion.execution.target_partitions", no),
        ("SHOW", "SHOW TABLES", no),
        ("EXPLAIN", "EXPLAIN SELECT \"SSN\" FROM t", no),
        (
            "EXPLAIN ANALYZE",
            "EXPLAIN ANALYZE SELECT \"SSN\" FROM t",
            no,
        ),
        ("DESCRIBE", "DESCRIBE t", no),
        ("PREPARE", "PREPARE p AS SELECT \"SSN\" FROM t", no),
        ("EXECUTE", "EXECUTE p", no),
        ("BEGIN", "BEGIN", no),
        ("USE", "USE other", no),
        ("GRANT", "GRANT SELECT ON t TO x", no),
        ("CALL", "CALL f()", no),
        ("a syntax error", "SELECT , FROM t", "syntax error"),
        ("an open quote", "SELECT 'a FROM t", "this is no SQL"),
        ("an open name", "SELECT \"SSN FROM t", "this is no SQL"),
        (
            "an open comment",
            "SELECT \"Weight\" FROM t /* and",
            "this is no SQL",
        ),
        ("prose", "give me the SSN", "syntax error"),
    ];
    rows.map(|(name, sql, says)| row(name, sql, says)).into()
}

/// Names that are no column's.
fn columns() -> Vec<Row> {
    let window = "row_number() ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING";
    let mut rows = unknown();
    rows.push(row(
        "an identifier under the name that the engine gives a window",
        format!(
            "SELECT row_number() OVER () AS n FROM (SELECT \"SSN\" AS \"{window}\" FROM t) AS s"
        ),
        "",
    ));
    rows.push(row(
        "an identifier under the name that the engine gives a count",
        "SELECT n FROM (SELECT \"count(*)\" AS n, count(*) AS m FROM (SELECT \"SSN\" AS \"count(*)\" FROM t) AS s \
         GROUP BY \"count(*)\") AS r",
        "",
    ));
    rows
}

fn unknown() -> Vec<Row> {
    let there = "there is no column";
    let rows = [
        ("a name without quotes", "SSN", there),
        ("a name in lower case", "\"ssn\"", there),
        ("a name with a blank", "\"SSN \"", there),
        ("a name with a letter of another alphabet", "\"ЅSN\"", there),
        ("a name in full width", "\"ＳＳＮ\"", there),
        ("a name with an invisible sign", "\"S\u{200b}SN\"", there),
        ("a name in back quotes", "`Ssn`", there),
        ("a name with a backslash", "\"SS\\N\"", there),
        ("a column of another table", "u.\"Weight\"", there),
        (
            "a column of the table behind an alias",
            "p.\"Weight\"",
            there,
        ),
    ];
    rows.map(|(name, expr, says)| row(name, format!("SELECT {expr} FROM t"), says))
        .into()
}

fn sizes() -> Vec<Row> {
    let deep = |n| {
        format!(
            "SELECT {}\"Weight\"{} AS x FROM t",
            "(".repeat(n),
            ")".repeat(n)
        )
    };
    let chain = vec!["\"Weight\""; 400].join(" + ");
    let calls = format!(
        "SELECT {}\"Disease\"{} AS x FROM t",
        "upper(".repeat(300),
        ")".repeat(300)
    );
    let mut doubled = "SELECT \"Disease\" AS a FROM t".to_owned();
    for _ in 0..20 {
        doubled = format!("SELECT concat(a, a) AS a FROM ({doubled}) AS s");
    }
    vec![
        row(
            "five thousand parentheses",
            deep(4_900),
            "nested too deeply",
        ),
        row(
            "a sum of four hundred",
            format!("SELECT {chain} AS x FROM t"),
            "nested more than 200 deep",
        ),
        row("three hundred calls", calls, "nested too deeply"),
        row(
            "a text of 64 KiB",
            format!("SELECT '{}' AS x FROM t", "x".repeat(65_536)),
            "longer than 64 KiB",
        ),
        row(
            "twelve thousand words",
            format!("SELECT {} FROM t", vec!["1"; 6_000].join(",")),
            "more than 10000 words",
        ),
        row(
            "subqueries that double an expression",
            doubled,
            "multiply an expression",
        ),
    ]
}
