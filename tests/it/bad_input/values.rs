//! Values that do not read as their type. What is read is right or refused: nothing is guessed, trimmed or rounded.

use super::Row;
use super::people::{csv, decimal_comma, position, spoiled, with};

pub fn rows() -> Vec<Row> {
    let mut rows = nulls();
    rows.extend(integers());
    rows.extend(decimals());
    rows.extend(floats());
    rows.extend(booleans());
    rows.extend(dates());
    rows.extend(dates_of_a_format());
    rows.extend(timestamps());
    rows.extend(instants());
    rows.extend(texts());
    rows
}

/// The third record has a wrong value in one column.
fn wrong(name: &'static str, column: &'static str, value: &str) -> Row {
    Row::new(name, "InvalidValue", with(column, value))
        .at(3)
        .column(column)
}

fn nulls() -> Vec<Row> {
    let null = |name, column, value| {
        Row::new(name, "NullNotAllowed", with(column, value))
            .at(3)
            .column(column)
    };
    let text = ", 'format.null_value' 'nil4815'";
    vec![
        null("a text that must be there is empty", "Town", ""),
        null("a name that must be there is empty", "Name", ""),
        null("a number that must be there is empty", "Count", ""),
        null(
            "a number that must be there is quoted and empty",
            "Count",
            "\"\"",
        ),
        null(
            "a text that must be there is the null text",
            "Town",
            "nil4815",
        )
        .options(text),
        null(
            "a number that must be there is the null text",
            "Count",
            "nil4815",
        )
        .options(text),
        wrong(
            "a quoted null text stands for a number",
            "Whole",
            "\"nil4815\"",
        )
        .options(text),
        wrong("the null text is part of a value", "Whole", "nil48152").options(text),
        wrong(
            "a database's word for NULL stands for a number",
            "Whole",
            "\\NULL4815",
        ),
    ]
}

fn integers() -> Vec<Row> {
    let whole = |name, value| wrong(name, "Whole", value);
    vec![
        wrong("a SMALLINT is too large", "Small", "40961"),
        wrong("a SMALLINT is too small", "Small", "-51213"),
        whole("an INT is too large", "3147483651"),
        whole("an INT is too small", "-3147483651"),
        whole("an INT has an exponent", "148e5"),
        whole("an INT has decimals of zero", "4815.0"),
        whole("an INT has a point at its end", "4815."),
        whole("an INT is padded on the right", "4815 "),
        whole("an INT is padded on the left", " 4815"),
        whole("an INT is quoted and padded", "\" 4815 \""),
        whole("an INT has commas between thousands", "\"4,815,162\""),
        whole("an INT has blanks between thousands", "4 815 162"),
        whole("an INT has apostrophes between thousands", "4'815'162"),
        whole("an INT has underscores between thousands", "4_815_162"),
        whole("an INT is written in hexadecimal", "0x4815"),
        whole("an INT has Arabic digits", "٤٨١٥١"),
        whole("an INT has full-width digits", "４８１５１"),
        whole("an INT has two signs", "--4815"),
        whole("an INT has its sign behind it", "4815-"),
        whole("an INT is a sign", "-"),
        whole("an INT has a unit", "4815kg"),
        whole("an INT is a formula of a spreadsheet", "=4815+1"),
        whole("an INT has a no-break blank", "4\u{a0}815"),
        wrong("a BIGINT is too large", "Big", "9223372036854775808"),
        wrong("a BIGINT is too small", "Big", "-9223372036854775809"),
        wrong("a BIGINT has forty digits", "Big", &"48151".repeat(8)),
        wrong(
            "a spreadsheet wrote a BIGINT with an exponent",
            "Big",
            "7.56E+12",
        ),
        wrong(
            "a spreadsheet wrote a BIGINT with an exponent and a comma",
            "Big",
            "\"7,56E+12\"",
        ),
    ]
}

fn decimals() -> Vec<Row> {
    let amount = |name, value| wrong(name, "Amount", value);
    vec![
        amount(
            "a decimal has a digit too many before the point",
            "1234567.89",
        ),
        amount(
            "a decimal has a digit too many behind the point",
            "1234.567",
        ),
        amount("a decimal has two points", "12.34.56"),
        amount(
            "a decimal has a comma where the contract has no word of it",
            "\"1234,56\"",
        ),
        amount("a decimal has commas between thousands", "\"1,234.56\""),
        amount("a decimal is no number", "NaN"),
        amount("a decimal has a currency", "$1234.56"),
        amount("a decimal has its sign behind it", "1234.56-"),
        amount("a decimal has an exponent", "1234e1"),
        amount("a decimal is a point", "."),
        amount("a decimal is in brackets as accountants write", "(1234.56)"),
        wrong(
            "a spreadsheet wrote an identifier with an exponent",
            "Ident",
            "7.56E+12",
        ),
        wrong(
            "an identifier has a digit too many",
            "Ident",
            "75691827364055",
        ),
        wrong("an identifier has decimals", "Ident", "756918273640.5"),
    ]
}

fn floats() -> Vec<Row> {
    let double = |name, value| wrong(name, "Double", value);
    let comma = ", 'format.delimiter' ';', 'veilpoint.decimal' ','";
    let with_comma = |name, value| {
        Row::new(name, "InvalidValue", decimal_comma(Some(value)))
            .options(comma)
            .at(3)
            .column("Double")
    };
    vec![
        double("a DOUBLE is NaN", "NaN"),
        double("a DOUBLE is nan with a sign", "-nan"),
        double("a DOUBLE is inf", "inf"),
        double("a DOUBLE is infinity", "-Infinity"),
        double("a DOUBLE overflows", "1e999"),
        double("a DOUBLE overflows by its digits", &"48151".repeat(70)),
        double(
            "a DOUBLE has a comma where the contract has no word of it",
            "\"1234,5678\"",
        ),
        double("a DOUBLE is written in hexadecimal", "0x4.815p4"),
        double("a DOUBLE has a suffix", "1234.5678f"),
        double("a DOUBLE lacks its exponent", "1234.5678e"),
        double("a DOUBLE lacks the digits of its exponent", "1234.5678e-"),
        double("a DOUBLE has a fraction in its exponent", "1234.5e1.5"),
        double("a DOUBLE is padded", " 1234.5678 "),
        double("a DOUBLE has a percent sign", "1234.5%"),
        double("a DOUBLE is an error of a spreadsheet", "#DIV/0!"),
        wrong("a REAL overflows", "Single", "4.815e39"),
        wrong("a REAL is NaN", "Single", "NaN"),
        with_comma(
            "a DOUBLE has a point where the contract says comma",
            "1234.5678",
        ),
        with_comma(
            "a DOUBLE has points between thousands and a comma",
            "1.234,5678",
        ),
        with_comma("a DOUBLE has two commas", "1,234,5678"),
    ]
}

fn booleans() -> Vec<Row> {
    let flag = |name, value| wrong(name, "Flag", value);
    vec![
        flag("a boolean is yes", "yes"),
        flag("a boolean is a letter", "t"),
        flag("a boolean is a digit", "1"),
        flag("a boolean is German", "wahr"),
        flag("a boolean is padded", "TRUE "),
        flag("a boolean is longer than it should be", "TRUEISH"),
    ]
}

fn dates() -> Vec<Row> {
    let born = |name, value| wrong(name, "Born", value);
    vec![
        born("a date is German", "17.06.1987"),
        born("a date is American", "06/17/1987"),
        born("a date is British", "17-06-1987"),
        born("a date has slashes", "1987/06/17"),
        born("a date has no separators", "19870617"),
        born("a date has one digit for the month", "1987-6-17"),
        born("a date has one digit for the day", "1987-06-7"),
        born("a date has two digits for the year", "87-06-17"),
        born("a date has three digits for the year", "987-06-17"),
        born("a date has five digits for the year", "11987-06-17"),
        born("a date has a sign", "-1987-06-17"),
        born("a date names its month", "17 Jun 1987"),
        born(
            "a date is the number of days that a spreadsheet counts",
            "31945",
        ),
        born("a date is a week", "1987-W25-3"),
        born("a date is a day of the year", "1987-168"),
        born("a date has a time", "1987-06-17 00:00:00"),
        born("a date has a zone", "1987-06-17Z"),
        born("a date is padded on the left", " 1987-06-17"),
        born("a date is padded on the right", "1987-06-17 "),
        born("a date is zero", "0000-00-00"),
        born("a date is 30 February", "1987-02-30"),
        born("a date is 29 February of a common year", "1987-02-29"),
        born("a date is 29 February of a century", "1900-02-29"),
        born("a date is 31 June", "1987-06-31"),
        born("a date has a month 13", "1987-13-01"),
        born("a date has a month 0", "1987-00-17"),
        born("a date has a day 0", "1987-06-00"),
        born("a date has letters for digits", "I987-O6-17"),
        born("a date has a dash of typographers", "1987–06–17"),
    ]
}

/// The contract says `%d.%m.%Y`.
fn dates_of_a_format() -> Vec<Row> {
    let born = |name, value: &'static str| {
        let text = spoiled(5, |n, record| {
            let at = position("Born");
            let mut parts: Vec<&str> = record[at].split('-').collect();
            parts.reverse();
            record[at] = if n == 3 {
                value.to_owned()
            } else {
                parts.join(".")
            };
        });
        Row::new(name, "InvalidValue", text)
            .options(", 'format.date_format' '%d.%m.%Y'")
            .at(3)
            .column("Born")
    };
    vec![
        born("a date of a format is 31 February", "31.02.1987"),
        born("a date of a format is ISO 8601", "1987-06-17"),
        born("a date of a format has two digits for the year", "17.06.87"),
        born(
            "a date of a format has five digits for the year",
            "17.06.11987",
        ),
        born("a date of a format has something behind it", "17.06.1987 x"),
        born("a date of a format is padded on the left", " 17.06.1987"),
        born("a date of a format is padded inside", "17. 06.1987"),
        born("a date of a format is padded on the right", "17.06.1987 "),
        born(
            "a date of a format has month and day exchanged",
            "06.17.1987",
        ),
    ]
}

fn timestamps() -> Vec<Row> {
    let seen = |name, value| wrong(name, "Seen", value);
    vec![
        seen("a timestamp has an hour 25", "2019-04-13T25:31:47"),
        seen("a timestamp has an hour 24", "2019-04-13T24:00:00"),
        seen("a timestamp has a minute 60", "2019-04-13T08:60:47"),
        seen("a timestamp has a second 60", "2019-04-13T08:31:60"),
        seen("a timestamp is 31 April", "2019-04-31T08:31:47"),
        seen("a timestamp is a date", "2019-04-13"),
        seen("a timestamp has an hour of one digit", "2019-04-13T8:31:47"),
        seen(
            "a timestamp has a point between hour and minute",
            "2019-04-13T08.31.47",
        ),
        seen("a timestamp has two blanks", "2019-04-13  08:31:47"),
        seen("a timestamp has AM behind it", "2019-04-13 08:31:47 AM"),
        seen(
            "a timestamp is finer than a microsecond",
            "2019-04-13T08:31:47.1234567",
        ),
        seen("a timestamp ends with a point", "2019-04-13T08:31:47."),
        seen("a timestamp is counted from 1970", "1555144307"),
        seen("a timestamp is German", "13.04.2019 08:31:47"),
        seen("a timestamp without zone has UTC", "2019-04-13T08:31:47Z"),
        seen(
            "a timestamp without zone has an offset",
            "2019-04-13T08:31:47+01:00",
        ),
    ]
}

fn instants() -> Vec<Row> {
    let sent = |name, value| wrong(name, "Sent", value);
    vec![
        sent("an instant has no zone", "2018-11-05T17:31:47"),
        sent(
            "an instant has an offset of 25 hours",
            "2018-11-05T17:31:47+25:00",
        ),
        sent(
            "an instant has an offset of 60 minutes",
            "2018-11-05T17:31:47+01:60",
        ),
        sent(
            "an instant has an offset of one digit",
            "2018-11-05T17:31:47+1",
        ),
        sent(
            "an instant has a zone's name",
            "2018-11-05T17:31:47 Europe/Zurich",
        ),
        sent("an instant has a zone's letters", "2018-11-05T17:31:47 CET"),
        sent("an instant has an hour 25", "2018-11-05T25:31:47Z"),
        sent("an instant is a date with an offset", "2018-11-05+01:00"),
    ]
}

fn texts() -> Vec<Row> {
    let code = |name, value| wrong(name, "Code", value);
    let repeated = spoiled(5, |n, record| {
        if n >= 3 {
            record[position("Code")] = "K48151".into();
        }
    });
    let both = spoiled(5, |n, record| match n {
        2 => record[position("Note")] = "midge48152".into(),
        3 => record[position("Seen")] = "midge48153".into(),
        4 => record[position("Small")] = "midge48154".into(),
        _ => {}
    });
    vec![
        code("a text is a character too long", "K48151"),
        code(
            "a text of characters of several bytes is too long",
            "ÄÖÜäöü",
        ),
        code(
            "a quoted text is too long by its doubled quotes",
            "\"K48\"\"1\"\"5\"",
        ),
        Row::new(
            "a text that is too long comes again",
            "InvalidValue",
            repeated,
        )
        .at(3)
        .column("Code"),
        Row::new(
            "two records are wrong and the first is named",
            "InvalidValue",
            both,
        )
        .at(3)
        .column("Seen"),
        Row::new(
            "the first record is wrong",
            "InvalidValue",
            csv(5).replacen(",7000001", ",midge4815", 1),
        )
        .at(1)
        .column("Whole"),
    ]
}
