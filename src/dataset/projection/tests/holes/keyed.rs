//! The keyed functions: what comes out of them, what goes in, noise, and shifted dates.

use super::{BARE, FREE, ONE, OPAQUE, Row};
use crate::dataset::rule::Rule;

const SHIFT: &[Rule] = &[Rule::DateShift];

/// What comes out of a keyed function, and what goes in.
pub(super) const KEYED: &[Row] = &[
    ("SELECT length(pseudonym(\"Name\")) * 2 AS x FROM t", OPAQUE),
    (
        "SELECT rank() OVER (ORDER BY token(\"SSN\")) AS x FROM t",
        FREE,
    ),
    (
        "SELECT lag(token(\"SSN\")) OVER (ORDER BY \"Weight\") AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT count(DISTINCT token(\"SSN\")) OVER (ORDER BY \"Weight\" ROWS 1 PRECEDING) AS x FROM t",
        FREE,
    ),
    (
        "SELECT count(*) OVER (ORDER BY token(\"SSN\") RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS x FROM t",
        FREE,
    ),
    (
        "SELECT token(\"SSN\") IS DISTINCT FROM token(\"Email\") AS x FROM t",
        OPAQUE,
    ),
    ("SELECT nvl2(token(\"SSN\"), 1, 0) AS x FROM t", OPAQUE),
    (
        "SELECT x FROM (SELECT token(\"SSN\") AS x FROM t GROUP BY 1) AS s ORDER BY x DESC LIMIT 3",
        FREE,
    ),
    (
        "SELECT count(x) AS n FROM (SELECT token(\"SSN\") AS x FROM t) AS s",
        FREE,
    ),
    // A value beside its token is a page of a dictionary for the tokens of others.
    ("SELECT \"Disease\", token(\"Disease\") AS a FROM t", FREE),
    (
        "SELECT \"Disease\", token(\"Disease\") AS a, token(\"Name\") AS b FROM t",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT token(\"Disease\") AS a, token(\"Name\") AS b FROM t WHERE \"Disease\" = 'Ada Lovelace'",
        &[Rule::KeyedArgument],
    ),
    (
        "-- domain: shared\nSELECT \"Disease\", token(\"Disease\") AS a FROM t",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT \"Disease\", token(\"Name\" || ' ' || \"Disease\") AS a, token(\"Name\") AS b FROM t",
        FREE,
    ),
];

/// Noise is drawn by its column's name: who chooses a number or a name would see the draw.
pub(super) const NOISE: &[Row] = &[
    ("SELECT noise(\"Income\", \"SSN\", 0.1) AS x FROM t", FREE),
    (
        "SELECT noise(\"Income\", s, 0.1) AS x FROM (SELECT \"Income\", \"SSN\" AS s FROM t) AS q",
        FREE,
    ),
    (
        "SELECT noise(\"Income\", \"SSN\", 0.1) > 5 AS x, noise(\"Income\", \"SSN\", 0.1) AS y FROM t",
        FREE,
    ),
    ("SELECT noise(1000000, \"SSN\", 0.1) AS x FROM t", BARE),
    (
        "SELECT noise(\"Weight\" * 0 + 9, \"SSN\", 0.1) AS x FROM t",
        BARE,
    ),
    (
        "SELECT noise(i, \"SSN\", 0.1) AS x FROM (SELECT \"Income\" AS i, \"SSN\" FROM t) AS q",
        BARE,
    ),
    (
        "SELECT noise(\"Income\", \"SSN\", 0.1) AS x FROM (SELECT \"Weight\" AS \"Income\", \"SSN\" FROM t) AS q",
        BARE,
    ),
    (
        "SELECT noise(\"Income\", \"Smoking\", 0.1) AS x FROM t",
        BARE,
    ),
    (
        "SELECT noise(\"Income\", upper(\"SSN\"), 0.1) AS x FROM t",
        BARE,
    ),
    (
        "SELECT 2 * noise(\"Income\", \"SSN\", 0.1) - noise(\"Income\", \"SSN\", 0.2) AS x FROM t",
        ONE,
    ),
    (
        "SELECT noise(\"Income\", \"SSN\", 0.1) AS x, noise(\"Income\", \"Name\", 0.1) AS y FROM t",
        ONE,
    ),
];

/// Shifted dates, and what would give the shift away.
pub(super) const SHIFTED: &[Row] = &[
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, date_shift(\"Birthdate\", \"SSN\", 30) AS y FROM t",
        FREE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, age(\"Birthdate\") AS y FROM t",
        FREE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, generalize_date(\"Seen\", 'year') AS y FROM t",
        FREE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, hipaa_age(\"Birthdate\") AS y FROM t WHERE \"Seen\" IS NOT NULL",
        FREE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, token(\"Visit\") AS y FROM t ORDER BY x",
        FREE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, \"Visit\" FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, CAST(\"Seen\" AS VARCHAR) AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, date_part('doy', \"Seen\") AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, generalize_date(\"Seen\", 'month') AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x FROM t WHERE \"Visit\" = DATE '2026-01-01'",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x FROM t ORDER BY \"Seen\" LIMIT 1",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, CASE WHEN \"Seen\" < \"Visit\" THEN 1 END AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, min(\"Seen\") OVER (PARTITION BY token(\"SSN\")) AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, age(\"Seen\", DATE '2026-01-01') AS y, age(\"Seen\", DATE '2026-01-02') AS z FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, age(\"Visit\" - INTERVAL '5 days', \"Seen\") AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, date_shift(\"Seen\", \"SSN\", 60) AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) AS x, date_shift(\"Seen\", \"Name\", 30) AS y FROM t",
        SHIFT,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 29) AS x FROM t",
        &[Rule::Bounds],
    ),
    (
        "SELECT date_shift(\"Visit\", \"Smoking\", 30) AS x FROM t",
        BARE,
    ),
    ("SELECT date_shift(\"Visit\", 'x', 30) AS x FROM t", BARE),
    (
        "SELECT date_shift(\"Visit\", lower(\"SSN\"), 30) AS x FROM t",
        BARE,
    ),
    (
        "SELECT date_shift(DATE '2026-01-01', \"SSN\", 30) AS x FROM t",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT date_shift(\"Visit\" + INTERVAL '1 day', \"SSN\", 30) AS x FROM t",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) - as_of() AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT date_part('year', date_shift(\"Visit\", \"SSN\", 30)) AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT date_shift(\"Visit\", \"SSN\", 30) < date_shift(\"Seen\", \"SSN\", 30) AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT generalize_date(date_shift(\"Visit\", \"SSN\", 30), 'year') AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT rank() OVER (ORDER BY date_shift(\"Visit\", \"SSN\", 30)) AS x FROM t",
        FREE,
    ),
    (
        "SELECT count(*) OVER (ORDER BY date_shift(\"Visit\", \"SSN\", 30) RANGE BETWEEN INTERVAL '1 day' PRECEDING AND \
         CURRENT ROW) AS x FROM t",
        OPAQUE,
    ),
    (
        "SELECT count(*) OVER (ORDER BY \"Visit\" RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW) AS x FROM t",
        FREE,
    ),
];
