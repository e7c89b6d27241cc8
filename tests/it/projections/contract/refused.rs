//! Contracts that are refused, with what is said against them.

use super::{column, options, table};

/// What is tried, the text, and what the refusal says.
pub type Row = (&'static str, String, &'static str);

pub fn rows() -> Vec<Row> {
    [
        texts(),
        columns(),
        types(),
        settings(),
        own_settings(),
        locations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn texts() -> Vec<Row> {
    let good = column("a INT");
    let only = "a contract is one CREATE EXTERNAL TABLE";
    let no = "has no place in a contract";
    let end = "(a INT) STORED AS CSV LOCATION 't.csv'";
    vec![
        ("nothing", String::new(), only),
        ("comments alone", "-- nothing\n".into(), only),
        ("a SELECT", "SELECT 1".into(), only),
        ("CREATE TABLE", "CREATE TABLE t (a INT)".into(), only),
        ("two contracts", format!("{good}; {good}"), only),
        ("a statement behind", format!("{good}; DROP TABLE t"), only),
        (
            "OR REPLACE",
            format!("CREATE OR REPLACE EXTERNAL TABLE t {end}"),
            no,
        ),
        (
            "IF NOT EXISTS",
            format!("CREATE EXTERNAL TABLE IF NOT EXISTS t {end}"),
            no,
        ),
        (
            "UNBOUNDED",
            format!("CREATE UNBOUNDED EXTERNAL TABLE t {end}"),
            no,
        ),
        (
            "PARTITIONED BY",
            table(&format!("{end} PARTITIONED BY (b VARCHAR)")),
            "schema.sql",
        ),
        ("WITH ORDER", table(&format!("{end} WITH ORDER (a)")), no),
        ("a table constraint", column("a INT, PRIMARY KEY (a)"), no),
        (
            "Parquet",
            table("(a INT) STORED AS PARQUET LOCATION 't.csv'"),
            "a contract is STORED AS CSV",
        ),
        (
            "no format",
            table("(a INT) LOCATION 't.csv'"),
            "STORED AS CSV is missing",
        ),
        (
            "no location",
            table("(a INT) STORED AS CSV"),
            "LOCATION is missing",
        ),
        (
            "no columns",
            table("STORED AS CSV LOCATION 't.csv'"),
            "the contract has no columns",
        ),
        (
            "no column in the parentheses",
            table("() STORED AS CSV LOCATION 't.csv'"),
            "schema.sql",
        ),
        (
            "another table's name",
            format!("CREATE EXTERNAL TABLE u {end}"),
            "the table's name is the dataset's",
        ),
        (
            "the name in another case",
            format!("CREATE EXTERNAL TABLE \"T\" {end}"),
            "the table's name is the dataset's",
        ),
        (
            "the name behind a schema",
            format!("CREATE EXTERNAL TABLE s.t {end}"),
            "the table's name is the dataset's",
        ),
        (
            "a clause twice",
            table(&format!("{end} LOCATION 'u.csv'")),
            "schema.sql",
        ),
        (
            "an open quote",
            table("(a INT) STORED AS CSV LOCATION 't"),
            "this is no SQL",
        ),
        ("prose", "these are the columns".into(), "syntax error"),
        (
            "a text of 64 KiB",
            format!("-- {}\n{good}", "x".repeat(65_536)),
            "longer than 64 KiB",
        ),
    ]
}

fn columns() -> Vec<Row> {
    let class = "is unknown";
    let only = "only NOT NULL, NULL and COMMENT stand behind a type";
    vec![
        (
            "a column twice",
            column("a INT, a INT"),
            "the column \"a\" stands twice",
        ),
        (
            "a column twice by its quotes",
            column("a INT, \"a\" INT"),
            "the column \"a\" stands twice",
        ),
        ("an empty name", column("\"\" INT"), "a name is empty"),
        ("a blank name", column("\" \" INT"), "a name is empty"),
        (
            "a name in back quotes",
            column("`a` INT"),
            "names stand in double quotes",
        ),
        ("no type", column("a"), "schema.sql"),
        (
            "a class in capitals",
            column("a INT COMMENT 'Direct Identifier'"),
            "did you mean \"direct identifier\"?",
        ),
        (
            "a class misspelt",
            column("a INT COMMENT 'quasi identifier'"),
            "did you mean \"quasi-identifier\"?",
        ),
        ("a class of nobody", column("a INT COMMENT 'public'"), class),
        ("an empty class", column("a INT COMMENT ''"), class),
        (
            "a class and a remark",
            column("a INT COMMENT 'insensitive, says the board'"),
            class,
        ),
        (
            "two classes",
            column("a INT COMMENT 'insensitive' COMMENT 'sensitive'"),
            "stand at most once",
        ),
        (
            "NOT NULL twice",
            column("a INT NOT NULL NOT NULL"),
            "stand at most once",
        ),
        ("NULL and NOT NULL", column("a INT NULL NOT NULL"), ""),
        ("DEFAULT", column("a INT DEFAULT 0"), only),
        ("PRIMARY KEY", column("a INT PRIMARY KEY"), only),
        ("UNIQUE", column("a INT UNIQUE"), only),
        ("CHECK", column("a INT CHECK (a > 0)"), only),
        ("COLLATE", column("a VARCHAR COLLATE \"C\""), only),
    ]
}

/// Types that a contract does not give.
fn types() -> Vec<Row> {
    let none = "is none of a contract's";
    vec![
        ("BYTEA", column("a BYTEA"), none),
        ("TIME", column("a TIME"), none),
        ("JSON", column("a JSON"), none),
        ("an array", column("a INT[]"), none),
        ("a type of nobody", column("a MONEY"), none),
        ("TINYINT", column("a TINYINT"), none),
        (
            "DECIMAL without digits",
            column("a DECIMAL"),
            "DECIMAL needs its digits",
        ),
        (
            "DECIMAL of 39 digits",
            column("a DECIMAL(39, 2)"),
            "p from 1 to 38",
        ),
        (
            "DECIMAL of no digit",
            column("a DECIMAL(0, 0)"),
            "p from 1 to 38",
        ),
        (
            "DECIMAL with more decimals than digits",
            column("a DECIMAL(4, 5)"),
            "s from 0 to p",
        ),
        (
            "DECIMAL with negative decimals",
            column("a DECIMAL(4, -1)"),
            "s from 0 to p",
        ),
        (
            "VARCHAR of no character",
            column("a VARCHAR(0)"),
            "the length of a text",
        ),
        (
            "VARCHAR in bytes",
            column("a VARCHAR(10 OCTETS)"),
            "the length of a text",
        ),
        (
            "TIMESTAMP in milliseconds",
            column("a TIMESTAMP(3)"),
            "a TIMESTAMP is in microseconds",
        ),
        (
            "FLOAT of 54 digits",
            column("a FLOAT(54)"),
            "FLOAT takes 1 to 53",
        ),
    ]
}

fn settings() -> Vec<Row> {
    let row = |name, text: &str, says| (name, options(text), says);
    let one = "takes one ASCII character";
    let strftime = "takes a strftime format";
    vec![
        row(
            "an unknown option",
            "'veilpoint.badrows' 'drop'",
            "did you mean \"veilpoint.bad_rows\"?",
        ),
        row(
            "an option without its prefix",
            "'has_header' 'true'",
            "is unknown",
        ),
        row(
            "an option of another engine",
            "'format.schema_infer_max_rec' '10'",
            "is unknown",
        ),
        row(
            "an option in capitals",
            "'FORMAT.DELIMITER' ';'",
            "is unknown",
        ),
        row(
            "an option twice",
            "'format.delimiter' ';', 'format.delimiter' ';'",
            "more than once",
        ),
        row(
            "a header that may be",
            "'format.has_header' 'maybe'",
            "takes 'true' or 'false'",
        ),
        row("an empty delimiter", "'format.delimiter' ''", one),
        row("a delimiter of two", "'format.delimiter' '||'", one),
        row("a delimiter beyond ASCII", "'format.delimiter' '§'", one),
        row(
            "a delimiter that ends lines",
            "'format.delimiter' '\n'",
            one,
        ),
        row(
            "the quote as delimiter",
            "'format.delimiter' '\"'",
            "must differ",
        ),
        row("the quote as escape", "'format.escape' '\"'", "must differ"),
        row(
            "the delimiter as comment",
            "'format.comment' ','",
            "must differ",
        ),
        row(
            "no doubled quotes",
            "'format.double_quote' 'false'",
            "is always true",
        ),
        row(
            "a pattern of NULL",
            "'format.null_regex' '-*'",
            "is not served",
        ),
        row(
            "a date format that is none",
            "'format.date_format' '%Q'",
            strftime,
        ),
        row("an empty date format", "'format.date_format' ''", strftime),
    ]
}

/// Settings of Veilpoint's own.
fn own_settings() -> Vec<Row> {
    let row = |name, text: &str, says| (name, options(text), says);
    vec![
        row(
            "a compression of nobody",
            "'format.compression' 'xz'",
            "takes 'uncompressed'",
        ),
        row(
            "an encoding of nobody",
            "'veilpoint.encoding' 'latin9'",
            "takes 'utf-8'",
        ),
        row(
            "a decimal point of nobody",
            "'veilpoint.decimal' ';'",
            "takes '.' or ','",
        ),
        row(
            "a negative number of lines",
            "'veilpoint.skip_lines' '-1'",
            "takes a number of lines",
        ),
        row(
            "bad rows padded",
            "'veilpoint.bad_rows' 'pad'",
            "takes 'refuse' or 'drop'",
        ),
        row(
            "unknown columns served",
            "'veilpoint.unknown_columns' 'serve'",
            "takes 'ignore' or 'refuse'",
        ),
        row(
            "no records dropped",
            "'veilpoint.no_records' 'drop'",
            "takes 'refuse' or 'allow'",
        ),
        row(
            "a subject of no column",
            "'veilpoint.subject' '\"a\"'",
            "did you mean \"A\"?",
        ),
        row(
            "a subject without quotes",
            "'veilpoint.subject' 'A'",
            "column names stand in double quotes",
        ),
        row(
            "a subject twice",
            "'veilpoint.subject' '\"A\", \"A\"'",
            "names a column twice",
        ),
        row(
            "a step for no column",
            "'veilpoint.min_step.b' '2'",
            "did you mean \"B\"?",
        ),
        row(
            "a step for a text",
            "'veilpoint.min_step.A' '2'",
            "is for a column of numbers only",
        ),
        row(
            "a step of zero",
            "'veilpoint.min_step.B' '0'",
            "a positive whole number",
        ),
        row(
            "a negative step",
            "'veilpoint.min_step.B' '-2'",
            "a positive whole number",
        ),
        row(
            "a fraction for whole numbers",
            "'veilpoint.min_step.B' '0.5'",
            "a positive whole number",
        ),
        row(
            "a step in words",
            "'veilpoint.min_step.C' 'half'",
            "a positive number",
        ),
    ]
}

fn locations() -> Vec<Row> {
    let row = |name, location: &str, says| {
        (
            name,
            table(&format!("(a INT) STORED AS CSV LOCATION '{location}'")),
            says,
        )
    };
    let relative = "LOCATION is a pattern of keys relative to the source";
    vec![
        row("an absolute location", "/data/t.csv", relative),
        row("a location with a scheme", "s3://bucket/t.csv", relative),
        row("a location that climbs", "../t.csv", relative),
        row("a location that climbs inside", "a/../../t.csv", relative),
        row("a location with a dot", "./t.csv", relative),
        row("a location with an empty segment", "a//t.csv", relative),
        row("a location that is a folder", "a/", relative),
        row("an empty location", "", relative),
        row(
            "an open class of letters",
            "t[.csv",
            "LOCATION is no pattern of keys",
        ),
    ]
}
