//! Functions and expressions that are on no list: volatile ones, nested values, lists, variables, other people's.

use super::{Row, row, selects};

pub fn rows() -> Vec<Row> {
    let mut rows = unlisted();
    rows.extend(expressions());
    rows.extend(left_out());
    rows.extend(types());
    rows
}

fn unlisted() -> Vec<Row> {
    selects(
        "is not on the list of a projection's functions",
        &[
            ("random", "random()"),
            ("uuid", "uuid()"),
            ("now", "now()"),
            ("current_date", "current_date"),
            ("current_date with parentheses", "current_date()"),
            ("current_timestamp", "current_timestamp"),
            ("current_time", "current_time"),
            ("today", "today()"),
            ("version", "version()"),
            ("current_user", "current_user"),
            ("input_file_name", "input_file_name()"),
            ("pg_sleep", "pg_sleep(1)"),
            ("arrow_cast", "arrow_cast(\"Disease\", 'LargeUtf8')"),
            ("arrow_typeof", "arrow_typeof(\"SSN\")"),
            ("arrow_metadata", "arrow_metadata(\"SSN\")"),
            ("named_struct", "named_struct('a', \"Disease\")"),
            ("row as a function", "row(\"Disease\")"),
            ("get_field", "get_field(\"Disease\", 'a')"),
            ("make_array", "make_array(\"Disease\")"),
            ("array_agg", "array_agg(\"Disease\")"),
            ("array_agg of an identifier", "array_agg(\"SSN\")"),
            ("string_agg", "string_agg(\"SSN\", ',')"),
            ("listagg", "listagg(\"SSN\", ',')"),
            ("map as a function", "map('a', \"SSN\")"),
            ("make_map", "make_map('a', \"SSN\")"),
            ("unnest", "unnest(\"Disease\")"),
            ("approx_distinct", "approx_distinct(\"SSN\")"),
            (
                "approx_percentile_cont",
                "approx_percentile_cont(\"Account\", 0.5)",
            ),
            ("mode", "mode(\"SSN\")"),
            ("grouping", "grouping(\"Disease\")"),
            ("regexp_match", "regexp_match(\"Disease\", 'a')"),
            ("union_extract", "union_extract(\"Disease\", 'a')"),
            ("a function of nobody", "unmask(\"SSN\")"),
            ("token in capitals and quotes", "\"TOKEN\"(\"SSN\")"),
            ("token with a letter of another alphabet", "tоken(\"SSN\")"),
        ],
    )
}

fn expressions() -> Vec<Row> {
    let mut rows = selects(
        "has no place in a projection",
        &[
            ("a scalar subquery", "(SELECT max(\"Disease\") FROM t)"),
            (
                "a scalar subquery of an identifier",
                "(SELECT max(\"SSN\") FROM t)",
            ),
            ("EXISTS", "EXISTS (SELECT 1 FROM t)"),
            ("IN a subquery", "\"SSN\" IN (SELECT \"SSN\" FROM t)"),
            ("ANY", "\"SSN\" = ANY (SELECT \"SSN\" FROM t)"),
            ("ALL", "\"Weight\" > ALL (SELECT \"Weight\" FROM t)"),
            ("an array", "['a', \"SSN\"]"),
            ("ARRAY", "ARRAY['a', \"Disease\"]"),
            ("a struct in braces", "{'a': \"SSN\"}"),
            ("MAP", "MAP {'a': \"SSN\"}"),
            ("STRUCT", "STRUCT(\"SSN\" AS a)"),
            ("struct as a function", "struct(\"Disease\")"),
            ("a tuple", "(\"SSN\", \"Name\")"),
            ("an access by position", "\"Disease\"[1]"),
            ("a placeholder", "$1"),
            ("a placeholder by position", "?"),
            ("a variable", "@x"),
            ("a variable of the system", "@@version"),
            ("COLLATE", "\"Disease\" COLLATE \"C\""),
        ],
    );
    rows.extend(selects(
        "sql/t/p.sql",
        &[
            ("a function of a schema", "public.token(\"SSN\")"),
            ("an ODBC escape", "{fn token(\"SSN\")}"),
            ("a lambda", "token(x -> x)"),
            ("a field of a text", "\"Disease\".a"),
            (
                "a cast with a format",
                "CAST(\"Visit\" AS VARCHAR FORMAT 'YYYY')",
            ),
            ("a computed time zone", "\"Visit\" AT TIME ZONE \"Disease\""),
            ("a JSON path", "\"Disease\" -> 'a'"),
            ("LIKE ANY", "\"Disease\" LIKE ANY ('a', 'b')"),
            (
                "within group",
                "min(\"Weight\") WITHIN GROUP (ORDER BY \"Height\")",
            ),
            ("an aggregate in an aggregate", "max(min(\"Weight\"))"),
            ("the token of a star", "token(t.*)"),
        ],
    ));
    rows
}

/// Clauses of aggregates and windows that the planner would leave out without a word.
fn left_out() -> Vec<Row> {
    selects(
        "takes a value at a time",
        &[
            (
                "OVER behind a scalar function",
                "upper(\"Disease\") OVER (PARTITION BY \"SSN\")",
            ),
            (
                "FILTER behind a scalar function",
                "lower(\"Disease\") FILTER (WHERE \"SSN\" = '1')",
            ),
            ("DISTINCT in a scalar function", "token(DISTINCT \"SSN\")"),
            (
                "ORDER BY in a scalar function",
                "upper(\"Disease\" ORDER BY \"SSN\")",
            ),
            (
                "IGNORE NULLS behind a scalar function",
                "upper(\"Disease\") IGNORE NULLS",
            ),
            ("OVER behind redact", "redact(\"SSN\") OVER ()"),
        ],
    )
}

/// Types that no release has, and arguments that do not fit.
fn types() -> Vec<Row> {
    let mut rows = selects(
        "which is not released",
        &[
            ("bytes", "sha256(\"Disease\")"),
            ("bytes by a cast", "CAST(\"Disease\" AS BYTEA)"),
            ("an interval", "INTERVAL '1 day'"),
            (
                "an interval between dates",
                "CAST(\"Visit\" AS TIMESTAMP) - CAST(\"Visit\" AS TIMESTAMP)",
            ),
            ("a time of day", "TIME '10:00:00'"),
        ],
    );
    rows.extend(selects(
        "sql/t/p.sql",
        &[
            ("types that do not fit", "\"Smoking\" + \"Visit\""),
            ("a text in lower as a number", "abs(\"Disease\")"),
        ],
    ));
    rows.push(row(
        "two output columns of one name",
        "SELECT \"Weight\" AS a, \"Height\" AS a FROM t",
        "the same name",
    ));
    rows.push(row(
        "an output column without a name",
        "SELECT \"Weight\" AS \"\" FROM t",
        "has an empty name",
    ));
    rows
}
