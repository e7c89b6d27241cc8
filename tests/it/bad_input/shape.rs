//! Records and headers of the wrong shape: fields, quotes, line ends, names, sizes.

use super::Row;
use super::people::{COLUMNS, csv, fields, header, position, spoiled, with};

/// Records of a file of more than 3 MB: several blocks, whoever reads it.
const MANY: usize = 17_000;

pub fn rows() -> Vec<Row> {
    let mut rows = ragged();
    rows.extend(quotes());
    rows.extend(large());
    rows.extend(line_ends());
    rows.extend(missing_names());
    rows.extend(other_names());
    rows.extend(sizes());
    rows.extend(nothing());
    rows
}

/// Five records, of which the third is another line.
fn third(line: &str) -> String {
    let whole = fields(3).join(",");
    csv(5).replace(&whole, line)
}

/// Five records with one more column behind the others.
fn widened(name: &str, value: &str) -> String {
    let widen = |line: &str| {
        let more = if line == header().trim_end() {
            name
        } else {
            value
        };
        format!("{line},{more}\n")
    };
    csv(5).lines().map(widen).collect()
}

fn ragged() -> Vec<Row> {
    let row = |name, at, text| Row::new(name, "FieldCount", text).at(at);
    let trailing = csv(5).replacen('\n', "§", 1).replace('\n', ",\n");
    let lost = |n: usize, record: &mut Vec<String>| {
        if n == 4 {
            record.remove(position("Amount"));
        }
    };
    vec![
        row(
            "a record has one field too many",
            3,
            third(&(fields(3).join(",") + ",surplus4815")),
        ),
        row("a record has one field too few", 4, spoiled(5, lost)),
        row(
            "an unquoted comma splits a note",
            3,
            with("Note", "quartz,finch00003"),
        ),
        row(
            "the first record is short",
            1,
            csv(5).replacen(",quartzfinch00001", "", 1),
        ),
        row(
            "the last record is short and has no line end",
            5,
            csv(5).replace(",quartzfinch00005\n", ""),
        ),
        row(
            "every record has a delimiter more than the header",
            1,
            trailing.replace('§', "\n"),
        ),
        row("a footer counts the records", 6, csv(5) + "Total4815,5\n"),
        row(
            "a footer is a sentence",
            6,
            csv(5) + "-- end of export 4815162 --\n",
        ),
        row("a record is one blank", 3, third(" ")),
        row(
            "a record has other delimiters",
            3,
            third(&fields(3).join(";")),
        ),
        row(
            "a record is one field in quotes",
            3,
            third(&format!("\"{}\"", fields(3).join(","))),
        ),
        row(
            "a record has ten thousand fields",
            3,
            third(&vec!["midge4815"; 10_000].join(",")),
        ),
        row(
            "a record stands twice on one line",
            3,
            third(&[fields(3), fields(6)].concat().join(",")),
        ),
    ]
}

fn quotes() -> Vec<Row> {
    let row = |name, at, text| Row::new(name, "Quoting", text).at(at);
    let note = |value| with("Note", value);
    let escape = ", 'format.escape' '\\'";
    vec![
        row(
            "text follows a closing quote",
            3,
            note("\"quartz\"finch00003"),
        ),
        row(
            "a blank follows a closing quote",
            3,
            note("\"quartzfinch00003\" "),
        ),
        row(
            "a quote stands inside an unquoted field",
            3,
            note("quartz\"finch00003"),
        ),
        row(
            "a quote ends an unquoted field",
            3,
            note("quartzfinch00003\""),
        ),
        row(
            "a blank stands before the opening quote",
            3,
            note(" \"quartzfinch00003\""),
        ),
        row(
            "two quotes stand inside an unquoted field",
            3,
            note("quartz\"\"finch00003"),
        ),
        row(
            "inches are written with a quote",
            3,
            with("Town", "Oxbow 4815\""),
        ),
        row(
            "an inner quote is not doubled",
            3,
            note("\"quartz \"finch\" 00003\""),
        ),
        row(
            "a backslash escapes where the contract has no escape",
            3,
            note(r#""quartz \"finch\" 00003""#),
        ),
        row(
            "a quote is opened in the first field and never closed",
            3,
            with("Name", "\"Zephyrine Quill00003"),
        ),
        row(
            "a quote is opened in the last record and never closed",
            5,
            csv(5).replace("quartzfinch00005\n", "\"quartzfinch00005"),
        ),
        row("the object ends with an opening quote", 6, csv(5) + "\""),
        row(
            "the object ends after an escape",
            5,
            csv(5).trim_end().to_owned() + "\\",
        )
        .options(escape),
        Row::new(
            "a quote of the header is never closed",
            "Quoting",
            csv(5).replacen("Note", "\"Note", 1),
        ),
        Row::new(
            "text follows a closing quote in the header",
            "Quoting",
            csv(5).replacen("Note", "\"No\"te", 1),
        ),
    ]
}

/// A large object with a stray quote before the first field of record `at`; `quoted` where its notes are in quotes.
fn stray(at: usize, quoted: bool) -> String {
    spoiled(MANY, |n, record| {
        if quoted {
            let note = position("Note");
            record[note] = format!("\"{}\"", record[note]);
        }
        if n == at {
            record[0].insert(0, '"');
        }
    })
}

fn large() -> Vec<Row> {
    let row = |name, at: usize, text| Row::new(name, "Quoting", text).at(at as u64);
    let (middle, last) = (MANY / 2, MANY);
    let inside = |at: usize| {
        spoiled(MANY, |n, record| {
            if n == at {
                record[position("Town")].insert(3, '"');
            }
        })
    };
    vec![
        row(
            "a large object has an unbalanced quote at the beginning",
            1,
            stray(1, false),
        ),
        row(
            "a large object has an unbalanced quote in the middle",
            middle,
            stray(middle, false),
        ),
        row(
            "a large object has an unbalanced quote at the end",
            last,
            stray(last, false),
        ),
        row(
            "a large object with quotes has one more at the beginning",
            1,
            stray(1, true),
        ),
        row(
            "a large object with quotes has one more in the middle",
            middle,
            stray(middle, true),
        ),
        row(
            "a large object with quotes has one more at the end",
            last,
            stray(last, true),
        ),
        row(
            "a large object has a quote inside a field of the first record",
            1,
            inside(1),
        ),
        row(
            "a large object has a quote inside a field in the middle",
            middle,
            inside(middle),
        ),
        row(
            "a large object has a quote inside a field at the end",
            last,
            inside(last),
        ),
        Row::new(
            "a large object has a short record in the middle",
            "FieldCount",
            spoiled(MANY, |n, record| {
                record.truncate(if n == middle { 15 } else { 16 });
            }),
        )
        .at(middle as u64),
        Row::new(
            "a large object has a wrong number at the end",
            "InvalidValue",
            spoiled(MANY, |n, record| {
                if n == last {
                    record[position("Whole")] = "48x15".into();
                }
            }),
        )
        .at(last as u64)
        .column("Whole"),
    ]
}

fn line_ends() -> Vec<Row> {
    let row = |name, at, text| Row::new(name, "Quoting", text).at(at);
    let mixed = csv(5).replacen('\n', "\r", 4).replacen('\r', "\n", 3);
    vec![
        row(
            "a bare CR stands inside an unquoted field",
            3,
            with("Note", "quartz\rfinch00003"),
        ),
        row(
            "a bare CR stands inside an unquoted field of an object with CRLF",
            3,
            with("Note", "quartz\rfinch00003").replace('\n', "\r\n"),
        ),
        row("a bare CR ends one of the records", 3, mixed),
        row(
            "LF stands in an object whose records end with CR",
            3,
            with("Note", "quartz§finch00003")
                .replace('\n', "\r")
                .replace('§', "\n"),
        ),
        row(
            "two CR stand before the LF",
            3,
            with("Note", "quartzfinch00003\r\r"),
        ),
    ]
}

/// Five records, with another header.
fn headed(from: &str, to: &str) -> String {
    csv(5).replacen(from, to, 1)
}

fn missing_names() -> Vec<Row> {
    let row = |name, column, text| Row::new(name, "ColumnMissing", text).column(column);
    let semicolons = header().replace(',', ";");
    let flag = position("Flag");
    let without = |line: &str| {
        let mut record: Vec<&str> = line.split(',').collect();
        record.remove(flag);
        record.join(",") + "\n"
    };
    vec![
        row(
            "a column is missing",
            "Flag",
            csv(5).lines().map(without).collect(),
        ),
        row(
            "a header name is in another case",
            "Town",
            headed("Town", "TOWN"),
        ),
        row(
            "a header name has a blank before it",
            "Town",
            headed("Town", " Town"),
        ),
        row(
            "a header name has a blank after it",
            "Note",
            headed("Note", "Note "),
        ),
        row(
            "a header name is spelled in another way",
            "Born",
            headed("Born", "Birth"),
        ),
        row(
            "the header has other delimiters",
            "Name",
            headed(&header(), &semicolons),
        ),
        row(
            "the object has semicolons",
            "Name",
            csv(5).replace(',', ";"),
        ),
        row("the object has tabs", "Name", csv(5).replace(',', "\t")),
        row("the object has no header", "Name", headed(&header(), "")).headless(),
        row(
            "a title stands before the header",
            "Name",
            format!("Export 4815162\n{}", csv(5)),
        )
        .headless(),
        row(
            "a second byte order mark stands before the header",
            "Name",
            format!("\u{feff}\u{feff}{}", csv(5)),
        ),
        row(
            "sep= names another delimiter than the object has",
            "Name",
            format!("sep=;\n{}", csv(5)),
        ),
        row("a line too many is skipped", "Name", csv(5)).options(", 'veilpoint.skip_lines' '1'"),
    ]
}

fn other_names() -> Vec<Row> {
    let swapped = spoiled(5, |_, record| {
        record.swap(position("Small"), position("Note"));
    });
    let renamed = header()
        .replace("Small", "§")
        .replace("Note", "Small")
        .replace('§', "Note");
    let refused = |name, text| Row::new(name, "HeaderRefused", text);
    let small = |name, text| Row::new(name, "InvalidValue", text).at(1).column("Small");
    vec![
        Row::new(
            "a header name stands twice",
            "ColumnDoubled",
            widened("Town", "swift4815"),
        )
        .column("Town"),
        refused(
            "an unknown header name stands twice",
            widened("Email,Email", "swift4815,swift4816"),
        ),
        refused("a header name is empty", widened("", "swift4815")),
        refused(
            "every line ends with a delimiter, the header too",
            widened("", ""),
        ),
        small(
            "two columns have changed places and the header has not",
            swapped,
        ),
        small(
            "two names of the header have changed places",
            headed(&header(), &renamed),
        ),
        Row::new(
            "an unknown column is refused where the contract says so",
            "ColumnUnknown",
            widened("Email", "quill@swift.example"),
        )
        .options(", 'veilpoint.unknown_columns' 'refuse'"),
    ]
}

fn sizes() -> Vec<Row> {
    let long = "midge4815 ".repeat(1_700_000);
    let quoted = format!("\"{long}\"");
    let row = |name, at, text| Row::new(name, "RecordTooLarge", text).at(at);
    let unclosed = csv(5).replacen("\nZ", "\n\"Z", 1) + &csv(5).repeat(18_000);
    let crowded = spoiled(3, |n, record| {
        if n == 2 {
            for column in ["Name", "Town", "Note"] {
                record[position(column)] = "midge4815 ".repeat(600_000);
            }
        }
    });
    vec![
        row("a field is larger than 16 MiB", 3, with("Note", &long)),
        row(
            "a quoted field is larger than 16 MiB",
            3,
            with("Note", &quoted),
        ),
        row("a quote runs over more than 16 MiB", 1, unclosed),
        row(
            "a record of smaller fields is larger than 16 MiB",
            2,
            crowded,
        ),
    ]
}

fn nothing() -> Vec<Row> {
    let refused = |name, text: String| Row::new(name, "HeaderRefused", text);
    let empty = |name, text: String| Row::new(name, "NoRecords", text);
    let wide: Vec<String> = (0..10_000).map(|n| format!("c{n}")).collect();
    let wide = wide.join(",") + "\n";
    let known = header().replace('\n', ",") + &wide;
    vec![
        refused("the header has ten thousand columns", wide),
        refused("the header has ten thousand columns more", known),
        refused("the object has zero bytes", String::new()),
        refused("the object is a byte order mark", "\u{feff}".to_owned()),
        refused("the preamble is longer than the object", csv(5))
            .options(", 'veilpoint.skip_lines' '40'"),
        empty("the object is a header", header()),
        empty(
            "the object is a header without a line end",
            COLUMNS.join(","),
        ),
        empty(
            "the object is a header and blank lines",
            header() + "\n\n\n",
        ),
    ]
}
