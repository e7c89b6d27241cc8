//! Functions under the key: what goes in is short and harmless, and what comes out is opaque.

use super::{Row, row, selects};

pub fn rows() -> Vec<Row> {
    let mut rows = oracles();
    rows.extend(arguments());
    rows.extend(opaque());
    rows.extend(opaque_clauses());
    rows
}

/// What turns a keyed function into an oracle: literals, and values that were chosen.
fn oracles() -> Vec<Row> {
    let mut rows = selects(
        "takes bare columns",
        &[
            ("token of a literal", "token('123')"),
            ("token of a number", "token(756)"),
            ("token of NULL", "token(NULL)"),
            ("token of a typed literal", "token(DATE '2000-01-01')"),
            ("token of today", "token(as_of())"),
            ("token of two literals", "token('12' || '3')"),
            ("token with a letter before", "token('a' || \"SSN\")"),
            ("token with a digit behind", "token(\"SSN\" || '1')"),
            (
                "token with a digit by concat",
                "token(concat(\"SSN\", '-1'))",
            ),
            (
                "token with a digit of another script",
                "token(\"SSN\" || '٣')",
            ),
            ("token with a letter beyond ASCII", "token(\"SSN\" || 'é')"),
            (
                "token with a letter that folds from a mark",
                "token(concat(\"SSN\", '\u{345}'))",
            ),
            ("token with a fraction", "token(concat(\"SSN\", '½'))"),
            ("token of separators alone", "token(concat('-', '/'))"),
            ("token of a part", "token(left(\"SSN\", 1))"),
            (
                "token of no part and a literal",
                "token(left(\"SSN\", 0) || '123')",
            ),
            ("token of a middle", "token(substr(\"SSN\", 2, 1))"),
            ("token of replace", "token(replace(\"SSN\", '1', '2'))"),
            ("token of translate", "token(translate(\"SSN\", '1', '2'))"),
            (
                "token of regexp_replace",
                "token(regexp_replace(\"SSN\", '.*', '123'))",
            ),
        ],
    );
    rows.extend(laundered());
    rows
}

/// The same, with the literal hidden.
fn laundered() -> Vec<Row> {
    let mut rows = selects(
        "takes bare columns",
        &[
            ("token of coalesce", "token(coalesce(\"SSN\", '123'))"),
            ("token of nullif", "token(nullif(\"SSN\", '123'))"),
            (
                "token of CASE",
                "token(CASE WHEN \"Smoking\" THEN \"SSN\" ELSE '123' END)",
            ),
            ("token of to_char", "token(to_char(\"Joined\", '%Y'))"),
            ("token of lpad", "token(lpad(\"SSN\", 9, '0'))"),
            ("token of arithmetic", "token(\"Account\" + 1)"),
            (
                "token of a harmless number computed",
                "token(\"Weight\" * 0 + 756)",
            ),
            ("token of the negative", "token(-\"Account\")"),
            (
                "token of a cast to a number",
                "token(CAST(\"SSN\" AS BIGINT))",
            ),
            (
                "token of a narrow number",
                "token(CAST(\"Account\" AS SMALLINT))",
            ),
            (
                "token of a number as another, as text",
                "token(CAST(CAST(\"Account\" AS DOUBLE) AS VARCHAR))",
            ),
            (
                "token of a month as text",
                "token(CAST(date_trunc('month', \"Joined\") AS VARCHAR))",
            ),
            (
                "token of concat_ws",
                "token(concat_ws('-', \"Name\", \"SSN\"))",
            ),
            (
                "token of a trimmed letter",
                "token(TRIM(BOTH '1' FROM \"SSN\"))",
            ),
            ("token of ltrim", "token(ltrim(\"SSN\", '0'))"),
            ("token of an MD5", "token(md5(\"SSN\"))"),
            ("token of a beginning", "token(keep_prefix(\"SSN\", 3))"),
            ("token of an age", "token(age(\"Birthdate\"))"),
            ("token of nothing", "token(redact(\"SSN\"))"),
            (
                "token of a constant of redact",
                "token(redact(\"SSN\", '123'))",
            ),
            ("token of a comparison", "token(\"SSN\" = '123')"),
            ("token of an aggregate", "token(max(\"Disease\"))"),
            ("token of count", "token(count(*))"),
            ("token of a row number", "token(row_number() OVER ())"),
            ("pseudonym of a literal", "pseudonym('Anna')"),
            (
                "pseudonym of a laundered literal",
                "pseudonym(nullif('Anna', \"Name\"))",
            ),
            (
                "pseudonym of a part",
                "pseudonym(split_part(\"Name\", ' ', 1))",
            ),
            ("an alias of token", "crypto_hash('123')"),
            ("an alias of pseudonym", "seeded_full_name('Anna')"),
        ],
    );
    rows.extend([
        row(
            "token of a literal by a subquery",
            "SELECT token(x) AS x FROM (SELECT '123' AS x, \"Weight\" FROM t) AS s",
            "takes bare columns",
        ),
        row(
            "token of a literal by a CTE",
            "WITH c(x, y) AS (SELECT '123', \"Weight\" FROM t) SELECT token(x) AS x FROM c",
            "takes bare columns",
        ),
        row(
            "token of what was grouped",
            "SELECT token(x) AS x FROM (SELECT min(\"Disease\") AS x FROM t GROUP BY \"Weight\") AS s",
            "takes bare columns",
        ),
    ]);
    rows
}

/// Arguments in the wrong number, of the wrong kind.
fn arguments() -> Vec<Row> {
    let rows = [
        (
            "token of nothing at all",
            "token()",
            "token takes 1 argument",
        ),
        (
            "token of two",
            "token(\"SSN\", \"Name\")",
            "token takes 1 argument",
        ),
        (
            "token with a domain",
            "token(\"SSN\", 'research')",
            "token takes 1 argument",
        ),
        (
            "token with a named argument",
            "token(x => \"SSN\")",
            "cannot be planned",
        ),
        ("token of everything", "token(*)", ""),
        (
            "pseudonym of three",
            "pseudonym(\"Name\", \"Gender\", 'x')",
            "pseudonym takes 1 to 2 arguments",
        ),
        (
            "pseudonym with a computed gender",
            "pseudonym(\"Name\", lower(\"Disease\"))",
            "the gender is a bare column",
        ),
        (
            "pseudonym with a gender by CASE",
            "pseudonym(\"Name\", CASE WHEN \"Smoking\" THEN 'f' ELSE 'm' END)",
            "the gender is a bare column",
        ),
    ];
    let keyed =
        rows.map(|(name, expr, says)| row(name, format!("SELECT {expr} AS x FROM t"), says));
    keyed.into_iter().chain(others()).collect()
}

/// The same of the other functions.
fn others() -> Vec<Row> {
    let rows = [
        (
            "redact of nothing at all",
            "redact()",
            "redact takes 1 to 2 arguments",
        ),
        (
            "redact with a number",
            "redact(\"SSN\", 5)",
            "redact takes a constant text",
        ),
        (
            "redact with a column",
            "redact(\"SSN\", \"Disease\")",
            "the text of redact is a constant",
        ),
        (
            "redact with a computed text",
            "redact(\"SSN\", lower('X'))",
            "the text of redact is a constant",
        ),
        (
            "redact of three",
            "redact(\"SSN\", 'x', 'y')",
            "redact takes 1 to 2 arguments",
        ),
        (
            "as_of with an argument",
            "as_of(\"Joined\")",
            "as_of takes 0 arguments",
        ),
        ("age of a text", "age(\"Disease\")", "sql/t/p.sql"),
        (
            "age at a text",
            "age(\"Birthdate\", '2020-01-01')",
            "sql/t/p.sql",
        ),
        (
            "age_band without a width",
            "age_band(\"Birthdate\")",
            "age_band takes 2 arguments",
        ),
        (
            "generalize of a text",
            "generalize(\"Disease\", 5)",
            "generalize takes numbers",
        ),
        (
            "generalize_date of a number",
            "generalize_date(\"Weight\", 'year')",
            "sql/t/p.sql",
        ),
        (
            "keep_prefix of a number",
            "keep_prefix(\"Weight\", 2)",
            "keep_prefix takes text",
        ),
    ];
    rows.map(|(name, expr, says)| row(name, format!("SELECT {expr} AS x FROM t"), says))
        .into()
}

/// What a keyed function returns, with something done to it.
fn opaque() -> Vec<Row> {
    selects(
        "what a keyed function returns is opaque",
        &[
            ("a token compared with a literal", "token(\"SSN\") = 'ABC'"),
            ("two tokens compared", "token(\"SSN\") = token(\"Name\")"),
            (
                "a token compared with a column",
                "token(\"SSN\") = \"Disease\"",
            ),
            ("a token LIKE", "token(\"SSN\") LIKE 'A%'"),
            ("a token as a pattern", "\"Disease\" LIKE token(\"SSN\")"),
            ("a token in a list", "token(\"SSN\") IN ('A', 'B')"),
            ("a token BETWEEN", "token(\"SSN\") BETWEEN 'A' AND 'B'"),
            ("a token that IS NULL", "token(\"SSN\") IS NULL"),
            ("a token cut", "substr(token(\"SSN\"), 1, 4)"),
            ("a token in lower case", "lower(token(\"SSN\"))"),
            ("a token trimmed", "trim(token(\"SSN\"))"),
            ("the length of a token", "length(token(\"SSN\"))"),
            ("a token joined", "token(\"SSN\") || '-'"),
            ("a token in concat", "concat('id-', token(\"SSN\"))"),
            ("a token hashed", "md5(token(\"SSN\"))"),
            ("a token in coalesce", "coalesce(token(\"SSN\"), 'none')"),
            ("a token in nullif", "nullif(token(\"SSN\"), 'A')"),
            (
                "the greater of two tokens",
                "greatest(token(\"SSN\"), token(\"Name\"))",
            ),
            ("a token as a number", "CAST(token(\"SSN\") AS INT)"),
            (
                "a token chosen by CASE",
                "CASE WHEN \"Smoking\" THEN token(\"SSN\") END",
            ),
            (
                "a token as the operand of CASE",
                "CASE token(\"SSN\") WHEN 'A' THEN 1 END",
            ),
            ("a token redacted", "redact(token(\"SSN\"))"),
            ("the token of a token", "token(token(\"SSN\"))"),
            ("the pseudonym of a token", "pseudonym(token(\"SSN\"))"),
            (
                "a pseudonym as the gender",
                "pseudonym(\"Name\", pseudonym(\"SSN\"))",
            ),
            ("the beginning of a token", "keep_prefix(token(\"SSN\"), 3)"),
            (
                "a pseudonym split",
                "split_part(pseudonym(\"Name\"), ' ', 1)",
            ),
            (
                "two pseudonyms compared",
                "pseudonym(\"Name\") = pseudonym(\"Email\")",
            ),
            ("the least token", "min(token(\"SSN\"))"),
            ("the greatest pseudonym", "max(pseudonym(\"Name\"))"),
            (
                "the token before",
                "lag(token(\"SSN\")) OVER (ORDER BY \"Weight\")",
            ),
            (
                "the first token",
                "first_value(token(\"SSN\")) OVER (ORDER BY \"Weight\")",
            ),
        ],
    )
}

fn opaque_clauses() -> Vec<Row> {
    let says = "what a keyed function returns is opaque";
    vec![
        row(
            "a token in WHERE",
            "SELECT \"Disease\" FROM t WHERE token(\"SSN\") = 'ABC'",
            says,
        ),
        row(
            "a token in HAVING",
            "SELECT \"Weight\" FROM t GROUP BY \"Weight\" HAVING max(token(\"SSN\")) > 'A'",
            says,
        ),
        row(
            "a token in FILTER",
            "SELECT count(*) FILTER (WHERE token(\"SSN\") > 'A') AS n FROM t",
            says,
        ),
        row(
            "a token compared under another name",
            "SELECT x FROM (SELECT \"Disease\" AS x, token(\"SSN\") AS y FROM t) AS s WHERE y = 'ABC'",
            says,
        ),
        row(
            "a token cut behind a CTE and a group",
            "WITH c AS (SELECT token(\"SSN\") AS y FROM t GROUP BY token(\"SSN\")) SELECT left(y, 2) AS x FROM c",
            says,
        ),
        row(
            "tokens compared in ORDER BY",
            "SELECT \"Disease\" FROM t ORDER BY token(\"SSN\") > 'A'",
            says,
        ),
        row(
            "a token that QUALIFY compares",
            "SELECT row_number() OVER () AS n FROM t QUALIFY n > 0 AND token(\"SSN\") = 'ABC'",
            says,
        ),
    ]
}
