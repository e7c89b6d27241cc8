//! Direct identifiers, and a column that nobody classified: on every way out but `redact`, `pseudonym` and `token`.

use super::{Row, row, selects};

const WHOLE: &str = "leaves whole";

pub fn rows() -> Vec<Row> {
    let mut rows = names();
    rows.extend(texts());
    rows.extend(hashes());
    rows.extend(truths());
    rows.extend(choices());
    rows.extend(numbers());
    rows.extend(dates());
    rows
}

/// The column itself, under whatever name.
fn names() -> Vec<Row> {
    let all = "p(a, \"Weight\", c, d, e, f, g, h, i, j, k, l, m, n)";
    vec![
        row("bare", "SELECT \"SSN\" FROM t", WHOLE),
        row("unclassified", "SELECT \"Email\" FROM t", WHOLE),
        row("a number", "SELECT \"Account\" FROM t", WHOLE),
        row("a date", "SELECT \"Joined\" FROM t", WHOLE),
        row(
            "under the name of another column",
            "SELECT \"SSN\" AS \"Disease\" FROM t",
            WHOLE,
        ),
        row("by the table's name", "SELECT t.\"SSN\" FROM t", WHOLE),
        row(
            "by the table's alias",
            "SELECT p.\"SSN\" FROM t AS p",
            WHOLE,
        ),
        row(
            "renamed by the table's alias",
            format!("SELECT \"Weight\" FROM t AS {all}"),
            "\"SSN\" leaves whole",
        ),
        row(
            "renamed in a subquery",
            "SELECT \"Disease\" FROM (SELECT \"SSN\" AS \"Disease\" FROM t) AS s",
            "\"SSN\" leaves whole",
        ),
        row(
            "renamed by a subquery's alias",
            "SELECT b FROM (SELECT \"Weight\", \"SSN\" FROM t) AS s(a, b)",
            "\"SSN\" leaves whole",
        ),
        row(
            "renamed crosswise in two subqueries",
            "SELECT a FROM (SELECT b AS a, a AS b FROM (SELECT \"Weight\" AS a, \"SSN\" AS b FROM t) AS r) AS s",
            "\"SSN\" leaves whole",
        ),
        row(
            "through a CTE",
            "WITH c AS (SELECT \"SSN\" AS x FROM t) SELECT x FROM c",
            WHOLE,
        ),
        row(
            "through a CTE with column names",
            "WITH c(x) AS (SELECT \"SSN\" FROM t) SELECT x FROM c",
            WHOLE,
        ),
        row(
            "through two CTEs",
            "WITH c AS (SELECT \"SSN\" AS x FROM t), d AS (SELECT x AS y FROM c) SELECT y FROM d",
            WHOLE,
        ),
        row(
            "beside its token",
            "SELECT token(\"SSN\") AS \"SSN\", \"SSN\" AS \"Number\" FROM t",
            "output column \"Number\"",
        ),
        row("in parentheses", "SELECT ((\"SSN\")) AS x FROM t", WHOLE),
        row(
            "through a parenthesised query",
            "(SELECT \"SSN\" FROM t)",
            WHOLE,
        ),
        row(
            "made distinct",
            "SELECT DISTINCT \"SSN\" FROM t",
            "stands in DISTINCT",
        ),
        row(
            "with the first row alone",
            "SELECT \"SSN\" FROM t LIMIT 1",
            WHOLE,
        ),
        row(
            "with no row at all",
            "SELECT \"SSN\" FROM t WHERE false",
            WHOLE,
        ),
        row("with LIMIT 0", "SELECT \"SSN\" FROM t LIMIT 0", WHOLE),
    ]
}

fn texts() -> Vec<Row> {
    selects(
        WHOLE,
        &[
            ("upper", "upper(\"SSN\")"),
            ("lower", "lower(\"Name\")"),
            ("trim", "trim(\"SSN\")"),
            ("trim of a letter", "TRIM(BOTH 'x' FROM \"SSN\")"),
            ("reverse", "reverse(\"SSN\")"),
            ("initcap", "initcap(\"Name\")"),
            ("concat", "concat('', \"SSN\")"),
            ("concat of two", "concat(\"Name\", \"SSN\")"),
            ("concat_ws", "concat_ws('-', \"Disease\", \"SSN\")"),
            ("joined with a harmless column", "\"Disease\" || \"SSN\""),
            ("substr", "substr(\"SSN\", 1, 3)"),
            ("SUBSTRING FROM", "SUBSTRING(\"SSN\" FROM 2 FOR 1)"),
            ("left", "left(\"SSN\", 4)"),
            ("left of nothing", "left(\"SSN\", 0)"),
            ("right", "right(\"SSN\", 4)"),
            ("split_part", "split_part(\"Name\", ' ', 1)"),
            ("substr_index", "substr_index(\"Email\", '@', 1)"),
            ("overlay", "OVERLAY(\"SSN\" PLACING '*' FROM 1)"),
            ("replace", "replace(\"SSN\", '1', '2')"),
            (
                "translate",
                "translate(\"SSN\", '0123456789', 'abcdefghij')",
            ),
            ("regexp_replace", "regexp_replace(\"SSN\", '.', '*')"),
            (
                "regexp_replace of all but a digit",
                "regexp_replace(\"SSN\", '[^1]', '', 'g')",
            ),
            ("lpad", "lpad(\"SSN\", 20, '0')"),
            ("rpad", "rpad(\"SSN\", 20)"),
            ("repeat none", "repeat(\"SSN\", 0)"),
            ("as the pattern", "replace('0123456789', \"SSN\", '')"),
            ("as the count of repeat", "repeat('x', \"Account\")"),
            ("cast to a number", "CAST(\"SSN\" AS INT)"),
            ("cast with ::", "\"SSN\"::BIGINT"),
            ("cast that may fail", "TRY_CAST(\"SSN\" AS BIGINT)"),
            ("cast to text", "CAST(\"Account\" AS VARCHAR)"),
            (
                "cast there and back",
                "CAST(CAST(\"Account\" AS VARCHAR) AS BIGINT)",
            ),
        ],
    )
}

fn hashes() -> Vec<Row> {
    selects(
        WHOLE,
        &[
            ("md5", "md5(\"SSN\")"),
            ("sha224", "encode(sha224(\"SSN\"), 'hex')"),
            ("sha256", "encode(sha256(\"SSN\"), 'hex')"),
            ("sha384", "encode(sha384(\"SSN\"), 'base64')"),
            ("sha512", "encode(sha512(\"SSN\"), 'hex')"),
            ("digest", "encode(digest(\"SSN\", 'blake3'), 'hex')"),
            ("encode", "encode(\"SSN\", 'base64')"),
            ("a salted hash", "md5(concat('pepper', \"SSN\"))"),
            ("a hash of a part", "left(md5(right(\"SSN\", 2)), 2)"),
        ],
    )
}

/// Comparisons and measures.
fn truths() -> Vec<Row> {
    selects(
        WHOLE,
        &[
            ("equality", "\"SSN\" = '123'"),
            ("inequality", "\"SSN\" <> \"Name\""),
            ("order of two", "\"SSN\" < '5'"),
            ("IS DISTINCT FROM", "\"SSN\" IS DISTINCT FROM '123'"),
            (
                "IS NOT DISTINCT FROM",
                "\"SSN\" IS NOT DISTINCT FROM \"Email\"",
            ),
            ("LIKE", "\"SSN\" LIKE '1%'"),
            ("NOT LIKE", "\"SSN\" NOT LIKE '1%'"),
            ("ILIKE", "\"Name\" ILIKE 'a%'"),
            ("as a LIKE pattern", "'123' LIKE \"SSN\""),
            ("SIMILAR TO", "\"SSN\" SIMILAR TO '1.*'"),
            ("~", "\"SSN\" ~ '^1'"),
            ("!~*", "\"SSN\" !~* '^1'"),
            ("BETWEEN", "\"SSN\" BETWEEN '1' AND '2'"),
            ("as a bound of BETWEEN", "'1' BETWEEN \"SSN\" AND 'z'"),
            ("IN a list", "\"SSN\" IN ('123', '456')"),
            ("inside a list", "\"Disease\" IN ('flu', \"Name\")"),
            ("NOT", "NOT (\"SSN\" = '123')"),
            ("IS TRUE", "(\"SSN\" = '123') IS TRUE"),
            ("IS UNKNOWN", "(\"SSN\" = '123') IS UNKNOWN"),
            ("NULL of a computed value", "nullif(\"SSN\", '123') IS NULL"),
            ("NULL of a cast", "TRY_CAST(\"SSN\" AS INT) IS NOT NULL"),
            ("NULL of the upper case", "upper(\"SSN\") IS NULL"),
            ("NULL of a sum", "(\"Account\" + 1) IS NULL"),
            ("true in any case", "\"SSN\" = '123' OR true"),
            ("false in any case", "\"SSN\" = '123' AND false"),
            ("length", "length(\"SSN\")"),
            ("octet_length", "octet_length(\"SSN\")"),
            ("bit_length", "bit_length(\"SSN\")"),
            ("ascii", "ascii(\"SSN\")"),
            ("levenshtein", "levenshtein(\"Name\", 'Anna')"),
            ("strpos", "strpos(\"SSN\", '1')"),
            ("POSITION", "POSITION('1' IN \"SSN\")"),
            ("starts_with", "starts_with(\"SSN\", '1')"),
            ("ends_with", "ends_with(\"Email\", '.org')"),
            ("contains", "contains(\"SSN\", '1')"),
            ("regexp_like", "regexp_like(\"SSN\", '1')"),
            ("regexp_count", "regexp_count(\"SSN\", '1')"),
            ("regexp_instr", "regexp_instr(\"SSN\", '1')"),
            ("find_in_set", "find_in_set(\"SSN\", '1,2')"),
        ],
    )
}

fn choices() -> Vec<Row> {
    let condition = "stands in a CASE condition";
    let mut rows = selects(
        WHOLE,
        &[
            (
                "a value of CASE",
                "CASE WHEN \"Smoking\" THEN \"SSN\" ELSE 'x' END",
            ),
            (
                "the ELSE of CASE",
                "CASE WHEN \"Smoking\" THEN 'x' ELSE \"Email\" END",
            ),
            (
                "a dead branch of CASE",
                "CASE WHEN false THEN \"SSN\" ELSE 'x' END",
            ),
            ("a dead ELSE", "CASE WHEN true THEN 'x' ELSE \"SSN\" END"),
            ("coalesce", "coalesce(\"SSN\", 'none')"),
            ("coalesce behind a constant", "coalesce('none', \"SSN\")"),
            ("nvl", "nvl(\"SSN\", 'none')"),
            ("nvl2", "nvl2(\"SSN\", 'some', 'none')"),
            ("nullif", "nullif(\"SSN\", '123')"),
            (
                "nullif of a harmless column",
                "nullif(\"Disease\", \"SSN\")",
            ),
            ("greatest", "greatest(\"SSN\", '5')"),
            ("least", "least('5', \"SSN\")"),
            ("redact of a computed value", "redact(\"SSN\" || 'x')"),
            ("redact of a failing cast", "redact(CAST(\"SSN\" AS INT))"),
            ("redact with it as the text", "redact(\"Disease\", \"SSN\")"),
        ],
    );
    rows.extend(selects(
        condition,
        &[
            (
                "a condition of CASE",
                "CASE WHEN \"SSN\" = '123' THEN 1 ELSE 0 END",
            ),
            ("the operand of CASE", "CASE \"SSN\" WHEN '123' THEN 1 END"),
            (
                "a value of the operand",
                "CASE '123' WHEN \"SSN\" THEN 1 END",
            ),
            (
                "a condition inside a condition",
                "CASE WHEN CASE WHEN \"SSN\" > '5' THEN true END THEN 1 END",
            ),
        ],
    ));
    rows
}

fn numbers() -> Vec<Row> {
    selects(
        WHOLE,
        &[
            ("a sum", "\"Account\" + 1"),
            ("a remainder", "\"Account\" % 10"),
            ("times zero", "\"Account\" * 0"),
            ("less itself", "\"Account\" - \"Account\""),
            ("the negative", "-\"Account\""),
            ("its bits", "\"Account\" & 255"),
            ("shifted", "\"Account\" >> 8"),
            ("divided", "\"Weight\" / \"Account\""),
            ("rounded", "round(\"Account\", -3)"),
            ("the logarithm", "ln(\"Account\")"),
            ("the sign", "signum(\"Account\")"),
            ("in hexadecimal", "to_hex(\"Account\")"),
            ("as a character", "chr(\"Account\")"),
            (
                "a step that generalize may not take",
                "generalize(\"Account\" * 1000000, 5)",
            ),
        ],
    )
}

fn dates() -> Vec<Row> {
    let mut rows = selects(
        WHOLE,
        &[
            ("a part of a date", "date_part('year', \"Joined\")"),
            ("EXTRACT", "EXTRACT(DOY FROM \"Joined\")"),
            ("date_trunc", "date_trunc('year', \"Joined\")"),
            ("to_char", "to_char(\"Joined\", '%Y')"),
            ("to_unixtime", "to_unixtime(\"Joined\")"),
            ("a day later", "\"Joined\" + INTERVAL '1 day'"),
            ("compared with today", "\"Joined\" < as_of()"),
            ("as a timestamp", "CAST(\"Joined\" AS TIMESTAMP)"),
            (
                "the age of a later date",
                "age(\"Joined\" + INTERVAL '1 day')",
            ),
        ],
    );
    rows.extend(selects(
        "leaves coarsely",
        &[
            ("the age of an identifier", "age(\"Joined\")"),
            ("the band of an identifier", "age_band(\"Joined\", 10)"),
            (
                "the age at an identifier",
                "age(DATE '1900-01-01', \"Joined\")",
            ),
            (
                "the year of an identifier",
                "generalize_date(\"Joined\", 'year')",
            ),
            ("the step of an identifier", "generalize(\"Account\", 1000)"),
        ],
    ));
    rows.extend(selects(
        "leaves in part",
        &[
            ("the beginning of an identifier", "keep_prefix(\"SSN\", 3)"),
            (
                "the beginning of an unclassified column",
                "keep_prefix(\"Email\", 1)",
            ),
            (
                "the length of its beginning",
                "length(keep_prefix(\"SSN\", 3))",
            ),
        ],
    ));
    rows
}
