//! Quasi-identifiers: whole only where the head says so, and through one expression.

use super::{Row, row, selects};

pub fn rows() -> Vec<Row> {
    let mut rows = whole();
    rows.extend(bounds());
    rows.extend(together());
    rows.extend(implicit());
    rows
}

fn whole() -> Vec<Row> {
    selects(
        "the quasi-identifier",
        &[
            ("a birth date", "\"Birthdate\""),
            ("a gender", "\"Gender\""),
            ("a gender in upper case", "upper(\"Gender\")"),
            ("the first letter of a gender", "left(\"Gender\", 1)"),
            (
                "the year of birth by date_part",
                "date_part('year', \"Birthdate\")",
            ),
            ("the days lived", "as_of() - \"Birthdate\""),
            ("the income in thousands", "\"Income\" / 1000"),
            ("the postal code hashed", "md5(\"Zip\")"),
            ("a gender compared", "\"Gender\" = 'f'"),
            (
                "a birth date by CASE",
                "CASE WHEN \"Smoking\" THEN \"Birthdate\" END",
            ),
            (
                "the gender of a pseudonym",
                "pseudonym(\"Name\", \"Gender\")",
            ),
            (
                "the birth date as the gender of a pseudonym",
                "pseudonym(\"Name\", \"Birthdate\")",
            ),
            (
                "the age of a computed date",
                "age(\"Birthdate\" + INTERVAL '1 day')",
            ),
            (
                "the band of a computed date",
                "age_band(CAST(CAST(\"Birthdate\" AS VARCHAR) AS DATE), 10)",
            ),
            ("steps of a multiple", "generalize(\"Income\" * 1000, 5)"),
            (
                "steps of a cast",
                "generalize(CAST(\"Income\" AS DOUBLE) / 1000, 1)",
            ),
            (
                "the beginning of twice itself",
                "keep_prefix(\"Zip\" || \"Zip\", 4)",
            ),
            (
                "the beginning of itself turned round",
                "keep_prefix(reverse(\"Zip\"), 2)",
            ),
        ],
    )
}

fn bounds() -> Vec<Row> {
    selects(
        "is outside its bounds",
        &[
            ("a step below the least", "generalize(\"Income\", 4)"),
            ("a step of one", "generalize(\"Income\", 1)"),
            (
                "a step with decimals below the least",
                "generalize(\"Income\", 4.9)",
            ),
            ("a negative step", "generalize(\"Income\", -5)"),
            ("a step of zero", "generalize(\"Income\", 0)"),
            ("a step of NULL", "generalize(\"Income\", NULL)"),
            ("a computed step", "generalize(\"Income\", 5 + 5)"),
            (
                "a step from another column",
                "generalize(\"Income\", \"Weight\")",
            ),
            ("a band of four years", "age_band(\"Birthdate\", 4)"),
            (
                "a band of a computed width",
                "age_band(\"Birthdate\", 5 + 5)",
            ),
            (
                "a band of a width from a column",
                "age_band(\"Birthdate\", \"Weight\")",
            ),
            ("no character", "keep_prefix(\"Zip\", 0)"),
            (
                "a negative number of characters",
                "keep_prefix(\"Zip\", -1)",
            ),
            (
                "a number of characters from a column",
                "keep_prefix(\"Zip\", \"Weight\")",
            ),
            ("the day of a date", "generalize_date(\"Birthdate\", 'day')"),
            (
                "the week of a date",
                "generalize_date(\"Birthdate\", 'week')",
            ),
            (
                "a computed unit",
                "generalize_date(\"Birthdate\", 'ye' || 'ar')",
            ),
            (
                "a unit from a column",
                "generalize_date(\"Birthdate\", \"Disease\")",
            ),
            (
                "the age at a computed date",
                "age(\"Birthdate\", \"Visit\" + INTERVAL '1 day')",
            ),
        ],
    )
}

/// Two expressions of one column, each harmless.
fn together() -> Vec<Row> {
    let says = "put the value together again";
    let pairs = [
        (
            "two ages",
            "age(\"Birthdate\")",
            "age(\"Birthdate\", \"Visit\")",
        ),
        (
            "ages a day apart",
            "age(\"Birthdate\", DATE '2026-01-01')",
            "age(\"Birthdate\", DATE '2026-01-02')",
        ),
        (
            "age and month",
            "age(\"Birthdate\")",
            "generalize_date(\"Birthdate\", 'month')",
        ),
        (
            "year and month",
            "generalize_date(\"Birthdate\", 'year')",
            "generalize_date(\"Birthdate\", 'month')",
        ),
        (
            "two bands",
            "age_band(\"Birthdate\", 5)",
            "age_band(\"Birthdate\", 7)",
        ),
        (
            "two steps",
            "generalize(\"Income\", 5)",
            "generalize(\"Income\", 7)",
        ),
        (
            "two beginnings",
            "keep_prefix(\"Zip\", 1)",
            "keep_prefix(\"Zip\", 2)",
        ),
        (
            "two steps subtracted",
            "generalize(\"Income\", 5) - generalize(\"Income\", 7)",
            "1",
        ),
    ];
    let mut rows: Vec<Row> = pairs
        .map(|(name, one, two)| row(name, format!("SELECT {one} AS a, {two} AS b FROM t"), says))
        .into();
    rows.extend([
        row(
            "a step in a predicate and another selected",
            "SELECT generalize(\"Income\", 5) AS a FROM t WHERE generalize(\"Income\", 7) > 21",
            says,
        ),
        row(
            "an age selected and a band in GROUP BY",
            "SELECT count(*) AS n FROM (SELECT age(\"Birthdate\") AS a, age_band(\"Birthdate\", 10) AS b FROM t) AS s \
             WHERE a > 50 GROUP BY b",
            says,
        ),
        row(
            "revealed, and an age beside it",
            "-- reveals: \"Birthdate\"\nSELECT \"Birthdate\", age(\"Birthdate\") AS a FROM t",
            says,
        ),
    ]);
    rows
}

fn implicit() -> Vec<Row> {
    let says = "the quasi-identifier";
    vec![
        row(
            "a birth date in WHERE",
            "SELECT \"Disease\" FROM t WHERE \"Birthdate\" < DATE '1980-01-01'",
            says,
        ),
        row(
            "a gender in WHERE",
            "SELECT \"Disease\" FROM t WHERE \"Gender\" = 'f'",
            says,
        ),
        row(
            "a gender in GROUP BY",
            "SELECT count(*) AS n FROM t GROUP BY \"Gender\"",
            says,
        ),
        row(
            "a birth date in ORDER BY",
            "SELECT \"Disease\" FROM t ORDER BY \"Birthdate\"",
            says,
        ),
        row(
            "a postal code in DISTINCT",
            "SELECT n FROM (SELECT DISTINCT \"Zip\", 1 AS n FROM t) AS s",
            says,
        ),
        row(
            "a gender in CASE",
            "SELECT CASE WHEN \"Gender\" = 'f' THEN 1 END AS x FROM t",
            says,
        ),
        row(
            "a gender in FILTER",
            "SELECT count(*) FILTER (WHERE \"Gender\" = 'f') AS n FROM t",
            says,
        ),
        row(
            "a gender in PARTITION BY",
            "SELECT count(*) OVER (PARTITION BY \"Gender\") AS n FROM t",
            says,
        ),
        row(
            "the sum of incomes",
            "SELECT sum(\"Income\") AS x FROM t",
            says,
        ),
        row(
            "the mean of incomes",
            "SELECT avg(\"Income\") AS x FROM t GROUP BY \"Disease\"",
            says,
        ),
        row("the oldest", "SELECT min(\"Birthdate\") AS x FROM t", says),
        row(
            "how many ages there are",
            "SELECT count(DISTINCT age(\"Birthdate\")) AS x FROM t",
            says,
        ),
        row(
            "whether neighbours were born on one day",
            "SELECT count(DISTINCT \"Birthdate\") OVER (ORDER BY \"Weight\" ROWS 1 PRECEDING) AS x FROM t",
            says,
        ),
        row(
            "how many incomes of zero",
            "SELECT count(nullif(\"Income\", 0)) AS x FROM t",
            says,
        ),
        row(
            "the income before",
            "SELECT lag(\"Income\") OVER (ORDER BY \"Weight\") AS x FROM t",
            says,
        ),
        row(
            "the gender of a pseudonym in GROUP BY",
            "SELECT count(*) AS n FROM t GROUP BY pseudonym(\"Name\", \"Gender\")",
            says,
        ),
        row(
            "NULL of a computed gender",
            "SELECT nullif(\"Gender\", 'f') IS NULL AS x FROM t",
            says,
        ),
    ]
}
