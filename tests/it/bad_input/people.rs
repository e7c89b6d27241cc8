//! A dataset with a column of every type, and records whose every field is a canary.

/// The columns, in the order of the contract and of the objects.
pub const COLUMNS: [&str; 16] = [
    "Name", "Town", "Small", "Whole", "Count", "Big", "Single", "Double", "Amount", "Ident",
    "Flag", "Born", "Seen", "Sent", "Code", "Note",
];

/// The contract up to its further options and the last bracket.
pub const SCHEMA_HEAD: &str = r#"-- People, with a column of every type.
CREATE EXTERNAL TABLE people (
  "Name"   VARCHAR NOT NULL         COMMENT 'direct identifier',
  "Town"   VARCHAR NOT NULL         COMMENT 'insensitive',
  "Small"  SMALLINT                 COMMENT 'insensitive',
  "Whole"  INT                      COMMENT 'insensitive',
  "Count"  INT NOT NULL             COMMENT 'insensitive',
  "Big"    BIGINT                   COMMENT 'insensitive',
  "Single" REAL                     COMMENT 'insensitive',
  "Double" DOUBLE                   COMMENT 'insensitive',
  "Amount" DECIMAL(8,2)             COMMENT 'insensitive',
  "Ident"  DECIMAL(13,0)            COMMENT 'insensitive',
  "Flag"   BOOLEAN                  COMMENT 'insensitive',
  "Born"   DATE                     COMMENT 'insensitive',
  "Seen"   TIMESTAMP                COMMENT 'insensitive',
  "Sent"   TIMESTAMP WITH TIME ZONE COMMENT 'insensitive',
  "Code"   VARCHAR(5)               COMMENT 'insensitive',
  "Note"   VARCHAR                  COMMENT 'insensitive'
)
STORED AS CSV
LOCATION '**/people*'
OPTIONS ('format.has_header' 'true'"#;

/// A projection that reads every column.
pub const VIEW: &str = r#"-- Everything but the name, which becomes a token.
SELECT token("Name") AS "Who", "Town", "Small", "Whole", "Count", "Big", "Single", "Double", "Amount",
       "Ident", "Flag", "Born", "Seen", "Sent", "Code", "Note"
FROM people
"#;

/// The fields of record `n`, from 1 to 99,999: none of them stands anywhere else.
pub fn fields(n: usize) -> Vec<String> {
    vec![
        format!("Zephyrine Quill{n:05}"),
        format!("Oxbowham{n:05}"),
        // Beyond every record number of the table.
        format!("{}", 20_000 + n % 12_000),
        format!("70{n:05}31"),
        format!("61{n:05}47"),
        format!("81057{n:05}392"),
        format!("6.2{n:05}"),
        format!("918.27{n:05}"),
        format!("{}.73", 100_000 + n),
        format!("75691{n:05}264"),
        ["TRUE", "FALSE"][n % 2].to_owned(),
        format!("19{:02}-{:02}-17", 30 + n % 60, 1 + n % 12),
        format!("2019-04-13T08:{:02}:{:02}", n / 60 % 60, n % 60),
        format!("2018-11-05T17:{:02}:{:02}+01:00", n / 60 % 60, n % 60),
        format!("K{:04}", n % 10_000),
        format!("quartzfinch{n:05}"),
    ]
}

/// Where a column stands.
pub fn position(column: &str) -> usize {
    COLUMNS.iter().position(|&name| name == column).unwrap()
}

/// The header's line.
pub fn header() -> String {
    COLUMNS.join(",") + "\n"
}

/// Some records' lines, after a header.
pub fn csv(records: usize) -> String {
    spoiled(records, |_, _| {})
}

/// Some records' lines, after a header, with something done to the fields of each.
pub fn spoiled(records: usize, spoil: impl Fn(usize, &mut Vec<String>)) -> String {
    let mut text = header();
    for n in 1..=records {
        let mut record = fields(n);
        spoil(n, &mut record);
        text.push_str(&record.join(","));
        text.push('\n');
    }
    text
}

/// Five records, of which the third has another text in one column.
pub fn with(column: &str, value: &str) -> String {
    spoiled(5, |n, record| {
        if n == 3 {
            record[position(column)] = value.into();
        }
    })
}

/// Odd objects that are right: a name, further OPTIONS, the text.
pub fn odd() -> Vec<(&'static str, &'static str, String)> {
    let reversed = csv(5)
        .lines()
        .map(|line| line.split(',').rev().collect::<Vec<_>>().join(",") + "\n")
        .collect();
    let unknown = csv(3).replace('\n', ",x\n");
    let comma = ", 'format.delimiter' ';', 'veilpoint.decimal' ','";
    let allowed = ", 'veilpoint.no_records' 'allow'";
    vec![
        ("a plain object", "", csv(5)),
        ("columns in another order", "", reversed),
        ("a column nobody knows", "", unknown),
        ("no line break at the end", "", csv(5).trim_end().to_owned()),
        ("CRLF", "", csv(5).replace('\n', "\r\n")),
        ("CR", "", csv(5).replace('\n', "\r")),
        (
            "blank lines between records",
            "",
            csv(5).replace('\n', "\n\n"),
        ),
        ("a byte order mark", "", format!("\u{feff}{}", csv(5))),
        ("a header alone where that is allowed", allowed, header()),
        (
            "a timestamp without seconds",
            "",
            with("Seen", "2019-04-13 08:31"),
        ),
        (
            "microseconds",
            "",
            with("Seen", "2019-04-13 08:31:47.123456"),
        ),
        (
            "an instant in UTC",
            "",
            with("Sent", "2019-04-13T08:31:47Z"),
        ),
        ("29 February of a leap year", "", with("Born", "2000-02-29")),
        ("a date long ago", "", with("Born", "0999-12-31")),
        ("a boolean in mixed case", "", with("Flag", "True")),
        ("the least SMALLINT", "", with("Small", "-32768")),
        ("the least INT", "", with("Whole", "-2147483648")),
        ("the least BIGINT", "", with("Big", "-9223372036854775808")),
        ("the largest BIGINT", "", with("Big", "9223372036854775807")),
        ("a number with a plus", "", with("Whole", "+4815")),
        ("leading zeros of a number", "", with("Whole", "0004815")),
        (
            "a double with an exponent",
            "",
            with("Double", "-4.815e-12"),
        ),
        ("a decimal of full width", "", with("Amount", "999999.99")),
        ("a decimal without decimals", "", with("Amount", "481516")),
        (
            "five characters of several bytes",
            "",
            with("Code", "Åß€Ω漢"),
        ),
        ("an empty number", "", with("Whole", "")),
        ("a quoted empty number", "", with("Whole", "\"\"")),
        (
            "a quoted empty text where NULL is not allowed",
            "",
            with("Town", "\"\""),
        ),
        (
            "a decimal comma where the contract says so",
            comma,
            decimal_comma(None),
        ),
    ]
}

/// Five records with `;` and a decimal comma; `replaced` stands for the third one's Double.
pub fn decimal_comma(replaced: Option<&str>) -> String {
    let numbers = ["Single", "Double", "Amount"].map(position);
    let text = spoiled(5, |n, record| {
        for at in numbers {
            record[at] = record[at].replace('.', "§");
        }
        if let (3, Some(value)) = (n, replaced) {
            record[position("Double")] = value.replace(',', "§");
        }
    });
    text.replace(',', ";").replace('§', ",")
}
