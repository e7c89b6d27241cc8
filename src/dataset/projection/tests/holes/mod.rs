//! Attempts to get a value past the proof, in the ways of a clever analyst; and what the same analyst may do.

mod keyed;

use self::keyed::{KEYED, NOISE, SHIFTED};
use super::wrong;
use crate::dataset::rule::Rule;

const DIRECT: &[Rule] = &[Rule::DirectIdentifier];
const QUASI: &[Rule] = &[Rule::QuasiIdentifier];
const ONE: &[Rule] = &[Rule::OneExpression];
const OPAQUE: &[Rule] = &[Rule::Opaque];
const BARE: &[Rule] = &[Rule::BareArgument];
const FREE: &[Rule] = &[];

type Row = (&'static str, &'static [Rule]);

/// Flows that choose, group and order: at the level of the expression.
const IMPLICIT: &[Row] = &[
    (
        "SELECT \"Weight\" FROM t WHERE age(\"Birthdate\") > 40",
        FREE,
    ),
    (
        "SELECT \"Weight\" FROM t WHERE age(\"Joined\") > 40",
        DIRECT,
    ),
    (
        "-- reveals: \"Joined\"\nSELECT \"Weight\" FROM t WHERE age(\"Joined\") > 40",
        FREE,
    ),
    (
        "-- reveals: \"SSN\"\nSELECT \"Weight\" FROM t WHERE keep_prefix(\"SSN\", 3) = '041'",
        FREE,
    ),
    (
        "-- reveals: \"SSN\"\nSELECT \"Weight\" FROM t WHERE \"SSN\" = '041'",
        DIRECT,
    ),
    (
        "-- reveals: \"SSN\"\nSELECT \"Weight\" FROM t WHERE left(keep_prefix(\"SSN\", 3), 1) IN ('0', '1')",
        FREE,
    ),
    (
        "-- reveals: \"Joined\"\nSELECT CASE WHEN age(\"Joined\") > 5 THEN 'old' ELSE 'new' END AS x FROM t",
        FREE,
    ),
    (
        "SELECT CASE WHEN age(\"Joined\") > 5 THEN 'old' ELSE 'new' END AS x FROM t",
        DIRECT,
    ),
    (
        "-- reveals: \"Joined\"\nSELECT age(\"Joined\") AS a, count(*) AS n FROM t GROUP BY age(\"Joined\")",
        FREE,
    ),
    (
        "-- reveals: \"Joined\"\nSELECT \"Weight\" FROM t ORDER BY age(\"Joined\") LIMIT 3",
        FREE,
    ),
    (
        "-- reveals: \"Joined\"\nSELECT \"Weight\" FROM t WHERE age(\"Joined\") > 1 ORDER BY age_band(\"Joined\", 5)",
        ONE,
    ),
    (
        "SELECT CASE WHEN CASE WHEN \"Gender\" = 'f' THEN true END THEN 1 END AS x FROM t",
        QUASI,
    ),
    (
        "SELECT \"Weight\" FROM t WHERE \"Gender\" IS DISTINCT FROM 'f'",
        QUASI,
    ),
    (
        "SELECT \"Weight\" FROM t WHERE NOT (\"SSN\" IS NOT DISTINCT FROM \"Email\")",
        DIRECT,
    ),
    (
        "SELECT greatest(\"Weight\", CAST(\"Account\" AS INT)) AS x FROM t",
        DIRECT,
    ),
    (
        "SELECT nvl2(nullif(\"SSN\", '1'), 1, 0) AS x FROM t",
        DIRECT,
    ),
    (
        "SELECT count(*) AS n FROM t GROUP BY date_trunc('minute', CAST(\"Birthdate\" AS TIMESTAMP))",
        QUASI,
    ),
    (
        "SELECT count(*) AS n FROM t HAVING min(age(\"Joined\")) > 40",
        DIRECT,
    ),
    (
        "SELECT w FROM (SELECT \"Weight\" AS w, row_number() OVER (ORDER BY \"SSN\") AS n FROM t) AS s",
        DIRECT,
    ),
    (
        "SELECT y FROM (SELECT x AS y, z AS x FROM (SELECT \"Weight\" AS x, \"SSN\" AS z FROM t) AS a) AS b WHERE x = '1'",
        DIRECT,
    ),
];

/// One expression of a protected column, whatever it looks like.
const TOGETHER: &[Row] = &[
    (
        "SELECT age(\"Birthdate\") AS a, age(\"Birthdate\") > 40 AS b FROM t",
        FREE,
    ),
    (
        "SELECT age(\"Birthdate\") AS a FROM t WHERE age_band(\"Birthdate\", 5) = '40-44'",
        ONE,
    ),
    (
        "SELECT age(\"Birthdate\", TIMESTAMP '2026-01-01 00:00:00') AS a, age(\"Birthdate\", DATE '2026-01-02') AS b FROM t",
        ONE,
    ),
    // What is computed beside a column would measure it, and two such calls look alike.
    (
        "SELECT age(DATE '1900-01-01' + INTERVAL '3 days', \"Birthdate\") AS a FROM t",
        QUASI,
    ),
    (
        "SELECT age(DATE '1900-01-01' + INTERVAL '3 days', \"Birthdate\") AS a, \
         age(DATE '1900-01-01' + INTERVAL '4 days', \"Birthdate\") AS b FROM t",
        QUASI,
    ),
    (
        "SELECT age(to_date(\"Disease\"), \"Birthdate\") AS a FROM t",
        QUASI,
    ),
    (
        "SELECT age(DATE '1900-01-01', \"Birthdate\") AS a FROM t",
        FREE,
    ),
    (
        "SELECT age(DATE '1900-01-01', \"Birthdate\") AS a, age(DATE '1900-01-02', \"Birthdate\") AS b FROM t",
        ONE,
    ),
    (
        "SELECT generalize(\"Income\", 5) AS a, generalize(\"Income\", 7) AS b FROM t",
        ONE,
    ),
    (
        "SELECT generalize(CAST(\"Income\" AS BIGINT), 5) AS a, generalize(\"Income\", 5) AS b FROM t",
        FREE,
    ),
    (
        "SELECT generalize(\"Income\", s) AS a FROM (SELECT \"Income\", 5 AS s FROM t) AS q",
        FREE,
    ),
    (
        "SELECT generalize(\"Income\", s) AS a FROM (SELECT \"Income\", \"Weight\" AS s FROM t) AS q",
        &[Rule::Bounds],
    ),
];

/// The other functions of the table.
const OTHERS: &[Row] = &[
    (
        "SELECT generalize(top_code(\"Income\", 90000), 1000) AS x FROM t",
        QUASI,
    ),
    (
        "SELECT top_code(generalize(\"Income\", 1000), 90000) AS x, generalize(\"Income\", 1000) AS y FROM t",
        FREE,
    ),
    ("SELECT bottom_code(\"Weight\", 40) AS x FROM t", FREE),
    (
        "SELECT keep_suffix(\"Zip\", 1) AS x, keep_prefix(\"Zip\", 1) AS y FROM t",
        ONE,
    ),
    ("SELECT mask(\"Zip\", 1, 1) AS x FROM t", FREE),
    (
        "SELECT hipaa_zip3(\"Zip\") AS x, hipaa_age(\"Birthdate\") AS y FROM t",
        FREE,
    ),
    ("SELECT ff1_encrypt(\"SSN\", 'digits') AS x FROM t", FREE),
    (
        "SELECT ff1_encrypt(left(\"SSN\", 6), 'digits') AS x FROM t",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT left(ff1_encrypt(\"SSN\", 'digits'), 3) AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT redact_text(\"Disease\", \"Name\", \"SSN\") AS x FROM t",
        FREE,
    ),
    (
        "SELECT redact_text(\"Disease\", upper(\"Name\")) AS x FROM t",
        BARE,
    ),
    (
        "SELECT redact_text('Ada Bo Carl Dora', \"Name\") AS x FROM t",
        BARE,
    ),
    (
        "SELECT redact_text(\"Disease\" || ' Ada Bo', \"Name\") AS x FROM t",
        BARE,
    ),
    ("SELECT redact_text(\"Email\") AS x FROM t", DIRECT),
    (
        "SELECT redact_text(\"Disease\") AS x, \"Disease\" FROM t",
        FREE,
    ),
    (
        "SELECT redact_text(\"Disease\", \"Name\") AS x, \"Disease\" FROM t",
        ONE,
    ),
    (
        "SELECT redact_text(\"Disease\", \"Name\") AS x, redact_text(\"Disease\") AS y FROM t",
        ONE,
    ),
    (
        "SELECT redact_text(\"Disease\", \"Name\") AS x FROM t WHERE \"Disease\" LIKE '%Ada%'",
        ONE,
    ),
    (
        "SELECT redact_text(\"Disease\", \"Name\") AS x FROM t WHERE redact_text(\"Disease\", \"Name\") LIKE '%flu%'",
        FREE,
    ),
];

/// Nothing but what it is told changes a level, and all that is wrong is said.
const SEVERAL: &[Row] = &[
    (
        "SELECT pseudonym(\"Name\", upper(\"Disease\")) AS a FROM t",
        &[Rule::BareArgument],
    ),
    ("SELECT pseudonym(\"Name\", \"Disease\") AS a FROM t", FREE),
    (
        "SELECT keep_prefix(\"Zip\", 0) AS a FROM t",
        &[Rule::Bounds],
    ),
    (
        "SELECT \"SSN\", token('1') AS a FROM t",
        &[Rule::DirectIdentifier, Rule::KeyedArgument],
    ),
    (
        "-- reveals: \"Gender\"\nSELECT \"SSN\", \"Zip\" FROM t",
        &[
            Rule::DirectIdentifier,
            Rule::QuasiIdentifier,
            Rule::NeedlessReveals,
        ],
    ),
    (
        "SELECT \"Weight\" AS \"\", sha256(\"Disease\") AS b FROM t",
        &[Rule::Name, Rule::Type],
    ),
    (
        "SELECT random() AS a, (SELECT 1) AS b FROM u TABLESAMPLE (10) FOR UPDATE",
        &[
            Rule::Statement,
            Rule::Table,
            Rule::Function,
            Rule::Expression,
        ],
    ),
];

#[test]
fn what_a_clever_analyst_writes_breaks_the_rule_that_it_is_about() {
    let rows = [IMPLICIT, TOGETHER, KEYED, NOISE, SHIFTED, OTHERS, SEVERAL].concat();
    let wrong = wrong(&rows);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
