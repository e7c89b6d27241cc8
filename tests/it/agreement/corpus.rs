//! The objects: well formed and odd, all of our own making.

use super::Case;

pub fn cases() -> Vec<Case> {
    let mut cases = line_ends();
    cases.extend(quotes());
    cases.extend(empty());
    cases.extend(texts());
    cases.extend(headers());
    cases.extend(dialects());
    cases.extend(large());
    cases.extend(refused());
    cases
}

fn line_ends() -> Vec<Case> {
    vec![
        Case::new("plain", "a,b\n1,2\n3,4\n"),
        Case::new("no line break at the end", "a,b\n1,2\n3,4"),
        Case::new("CRLF", "a,b\r\n1,2\r\n3,4\r\n"),
        Case::new("CRLF and no line break at the end", "a,b\r\n1,2\r\n3,4"),
        Case::new("CR", "a,b\r1,2\r3,4\r"),
        Case::new("CR and no line break at the end", "a,b\r1,2\r3,4"),
        Case::new("LF and CRLF mixed", "a,b\n1,2\r\n3,4\n5,6\r\n")
            .duckdb("it refuses line ends of two kinds"),
        Case::new("a blank line between records", "a,b\n1,2\n\n3,4\n"),
        Case::new("blank lines at the end", "a,b\n1,2\n\n\n"),
        Case::new("blank lines with CRLF", "a,b\r\n\r\n1,2\r\n\r\n3,4\r\n"),
        Case::new("a blank line before the header", "\na,b\n1,2\n")
            .duckdb("it reads the header once more as a record"),
        Case::new("an empty last field before the end", "a,b\n1,"),
        Case::new("an empty last field before CRLF", "a,b\r\n1,\r\n3,4\r\n"),
        Case::new("a quoted field at the very end", "a,b\n1,\"2\""),
        Case::new("a quoted empty field at the very end", "a,b\n1,\"\""),
    ]
}

fn quotes() -> Vec<Case> {
    vec![
        Case::new("everything quoted", "\"a\",\"b\"\n\"1\",\"2\"\n"),
        Case::new("a delimiter in quotes", "a,b\n\"1,5\",2\n"),
        Case::new("doubled quotes", "a,b\n\"say \"\"hello\"\"\",2\n"),
        Case::new("nothing but doubled quotes", "a,b\n\"\"\"\",\"\"\"\"\"\"\n"),
        Case::new("doubled quotes at both ends", "a,b\n\"\"\"1\"\"\",2\n"),
        Case::new(
            "a delimiter between doubled quotes",
            "a,b\n\"\"\",\"\"\",2\n",
        ),
        Case::new("a quoted LF", "a,b\n\"1\n1\",2\n"),
        Case::new("a quoted CRLF", "a,b\r\n\"1\r\n1\",2\r\n"),
        Case::new("a quoted CR", "a,b\n\"1\r1\",2\n"),
        Case::new(
            "a quoted LF between records with CRLF",
            "a,b\r\n\"1\n1\",2\r\n",
        ),
        Case::new("quoted line breaks at both ends", "a,b\n\"\n1\n\",2\n"),
        Case::new("quoted blank lines", "a,b\n\"1\n\n\n1\",2\n"),
        Case::new(
            "a quoted line that looks like a record",
            "a,b\n\"x\n3,4\n\",2\n",
        ),
        Case::new(
            "a quoted line with doubled quotes",
            "a,b\n\"x\"\"\n\"\"y\",2\n",
        ),
        Case::new("blanks inside quotes", "a,b\n\" 1 \",\"  \"\n"),
        Case::new("an apostrophe in a field", "a,b\nO'Hara,'2'\n"),
    ]
}

fn empty() -> Vec<Case> {
    vec![
        Case::new("empty and quoted empty", "a,b\n,\"\"\n\"\",\n"),
        Case::new("all fields empty", "a,b\n,\n1,2\n"),
        Case::new("an empty first field", "a,b\n,2\n"),
        Case::new("a column that is always empty", "a,b\n1,\n3,\n"),
        Case::new("one column", "a\n1\n2\n").columns(&["a"]),
        Case::new("one column with a quoted empty field", "a\n1\n\"\"\n2\n").columns(&["a"]),
        Case::new("one column with a blank line", "a\n1\n\n2\n")
            .columns(&["a"])
            .python("it skips blank lines, though in one column an empty line is an empty field"),
        Case::new(
            "words for nothing stay text",
            "a,b\nNULL,null\nNA,N/A\nNone,nan\n\\N,-\n",
        ),
        Case {
            null: Some("NA"),
            ..Case::new("a null text", "a,b\nNA,1\nNAN,\"NA\"\n")
                .python("it has no null text: what the contract calls NULL stays text")
        },
    ]
}

fn texts() -> Vec<Case> {
    vec![
        Case::new("blanks around fields", "a,b\n 1 ,  2\n3 , 4 \n"),
        Case::new("a field of blanks", "a,b\n   ,2\n"),
        Case::new("tabs in fields", "a,b\n\t1,2\t\n"),
        Case::new("leading zeros and signs", "a,b\n007,+41\n-0,1e5\n"),
        Case::new(
            "dates and booleans as text",
            "a,b\n2026-02-30,TRUE\n31.12.1999,yes\n",
        ),
        Case::new(
            "letters of many scripts",
            "a,b\nŽofie,Ωμέγα\nЩука,漢字\nليلى,אריאל\n",
        ),
        Case::new("characters beyond the basic plane", "a,b\n😀,👩‍🚀\n𝔞,🇨🇭\n"),
        Case::new("composed and decomposed letters", "a,b\n\u{e9},e\u{301}\n"),
        Case::new("blanks of typographers", "a,b\n\u{a0}1\u{2003},\u{3000}\n"),
        Case::new(
            "line separators that end no line",
            "a,b\nx\u{2028}y,x\u{85}y\nx\u{2029}y,2\n",
        ),
        Case::new("vertical tab and form feed", "a,b\nx\u{b}y,x\u{c}y\n"),
        Case::new(
            "other control characters",
            "a,b\nx\u{1}y,\u{1b}[0m\n\u{7f},\u{1e}\n",
        ),
        Case::new("a byte order mark inside a field", "a,b\nx\u{feff}y,2\n"),
        Case::new(
            "a byte order mark at a record's start",
            "a,b\n\u{feff}1,2\n",
        ),
        Case::new("a number sign at a record's start", "a,b\n#1,2\n"),
        Case::new("a formula", "a,b\n=1+1,@x\n-2,+3\n"),
        Case::new("backslashes", "a,b\n\\,\\\\\nC:\\temp\\n,\\t\n"),
        Case::new("other delimiters in fields", "a,b\nx;y,x|y\nx\ty,x:y\n"),
    ]
}

fn headers() -> Vec<Case> {
    vec![
        Case::new("a byte order mark", "\u{feff}a,b\n1,2\n"),
        Case::new(
            "a byte order mark before a quote",
            "\u{feff}\"a\",\"b\"\n1,2\n",
        ),
        Case::new("columns in another order", "b,a\n1,2\n"),
        Case::new("blanks and points in names", "first name,b.c\n1,2\n")
            .columns(&["b.c", "first name"]),
        Case::new("a delimiter in a name", "\"a,1\",b\n1,2\n").columns(&["a,1", "b"]),
        Case::new("quotes in a name", "\"a \"\"x\"\"\",b\n1,2\n").columns(&["a \"x\"", "b"]),
        Case::new("a line break in a name", "\"a\nx\",b\n1,2\n").columns(&["a\nx", "b"]),
        Case::new("names of another script", "Größe,Имя\n1,2\n").columns(&["Größe", "Имя"]),
        Case::new("names that are numbers", "1,2\n3,4\n").columns(&["1", "2"]),
        Case::new("names that are words of SQL", "select,from\n1,2\n").columns(&["from", "select"]),
    ]
}

fn dialects() -> Vec<Case> {
    let separated = |name, delimiter, file: &str| Case {
        delimiter,
        ..Case::new(name, file)
    };
    let utf_16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let escaped = |name, file: &str| Case {
        escape: Some('\\'),
        ..Case::new(name, file)
    };
    vec![
        separated("semicolons", ';', "a;b\n1,5;\"2;5\"\n"),
        separated("tabs", '\t', "a\tb\n1,5\t\"2\t5\"\n"),
        separated("bars", '|', "a|b\n1,5|\"2|5\"\n"),
        separated("blanks for delimiters", ' ', "a b\n1 \"2 5\"\n"),
        Case {
            quote: Some('\''),
            ..Case::new("single quotes", "a,b\n'1,5','it''s'\n\"2\",'\"'\n")
        },
        Case {
            quote: None,
            ..Case::new("quotes that are text", "a,b\n\"1,2\"\n3\"x,\"\"\n")
        },
        escaped("an escaped quote", "a,b\n\"1\\\"5\",2\n"),
        escaped("an escaped escape", "a,b\n\"1\\\\\",2\n"),
        escaped("an escaped delimiter outside quotes", "a,b\n1\\,5,2\n")
            .duckdb("it knows escapes inside quotes only"),
        escaped("an escaped letter", "a,b\n\"\\x\",2\n"),
        Case {
            comment: Some('#'),
            ..Case::new("comments", "a,b\n# x,y,z\n1,2\n")
        }
        .python("it knows no comments"),
        Case {
            comment: Some('#'),
            ..Case::new("a comment's sign inside a line", "a,b\n1,#2\n3#,4\n")
        }
        .duckdb("it takes the rest of a line for a comment too"),
        Case {
            skip: 2,
            ..Case::new("a preamble", "Export of today\nfor x\na,b\n1,2\n")
        },
        Case {
            skip: 1,
            ..Case::new("a quote in a preamble", "Export \"of today\na,b\n1,2\n")
        },
        Case {
            encoding: "utf-16",
            ..Case::new("UTF-16", utf_16("\u{feff}a,b\nŽ😀,\"x\ny\"\n"))
        },
        Case {
            encoding: "windows-1252",
            ..Case::new("windows-1252", b"a,b\nZo\xeb,\"\xdcber\"\n".to_vec())
        },
        Case {
            encoding: "windows-1252",
            ..Case::new(
                "the euro of windows-1252",
                b"a,b\n\x80 5,\x93x\x94\n".to_vec(),
            )
            .duckdb("it knows Latin-1, where these bytes are control characters")
        },
        Case::new(
            "the line that names the delimiter for a spreadsheet",
            "sep=;\na;b\n1;2\n",
        )
        .python("it takes the line for the header")
        .duckdb("it takes the line for the header"),
    ]
}

/// Objects of several blocks.
fn large() -> Vec<Case> {
    let lines = |count: usize, line: &dyn Fn(usize) -> String| {
        (0..count).fold(String::from("a,b\n"), |text, n| text + &line(n))
    };
    let many: Vec<String> = (0..600).map(|n| format!("c{n:03}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let wide = format!("{}\n{}\n", many.join(","), many.join(",").replace('c', "v"));
    let long = "lorem \"\"ipsum\"\", dolor\n".repeat(40_000);
    vec![
        Case::new("many records", lines(40_000, &|n| format!("{n},x{n}y\n"))),
        Case::new(
            "many quoted line breaks",
            lines(20_000, &|n| format!("\"{n}\n\n{n}\",\"x\r\n,\"\"\"\n")),
        ),
        Case::new(
            "many blank lines",
            lines(20_000, &|n| format!("{n},\n\n\n")),
        ),
        Case::new(
            "many records with CRLF",
            lines(20_000, &|n| format!("{n},ä{n}\n")).replace('\n', "\r\n"),
        ),
        Case::new("six hundred columns", wide).columns(&names),
        Case::new(
            "a quoted field of more than a block",
            format!("a,b\n1,\"{long}\"\n3,4\n"),
        ),
        Case::new(
            "an unquoted field of more than a block",
            format!("a,b\n1,{}\n3,4\n", "x".repeat(1 << 20)),
        ),
        Case {
            escape: Some('\\'),
            ..Case::new(
                "many escapes",
                lines(20_000, &|n| format!("\"{n}\\\"\n\\\\\",\"x\\\"\"\n")),
            )
        },
    ]
}

fn refused() -> Vec<Case> {
    let quoting = |name, file: &str, reason| Case::new(name, file).refused("Quoting", reason);
    let count = |name, file: &str, reason| Case::new(name, file).refused("FieldCount", reason);
    vec![
        quoting(
            "a quote inside a field",
            "a,b\n5\" disk,2\n",
            "the next quote would move columns",
        ),
        quoting(
            "text after a closing quote",
            "a,b\n\"1\"x,2\n",
            "Python joins the two, others differ",
        ),
        quoting(
            "a blank after a closing quote",
            "a,b\n\"1\" ,2\n",
            "Python keeps it, others drop it",
        ),
        quoting(
            "a blank before an opening quote",
            "a,b\n \"1\",2\n",
            "Python keeps the quotes, others drop them",
        ),
        quoting(
            "a quote that is never closed",
            "a,b\n\"1,2\n3,4\n",
            "it hides all records behind it",
        ),
        quoting(
            "a bare CR in a field",
            "a,b\n1\r1,2\n",
            "it ends a record for Python and none for others",
        ),
        count(
            "a short record",
            "a,b\n1\n3,4\n",
            "a missing field is not known to be the last",
        ),
        count(
            "a long record",
            "a,b\n1,2,3\n",
            "a surplus field is not known to be the last",
        ),
        count(
            "a line of blanks",
            "a,b\n1,2\n  \n",
            "it is a record of one field",
        ),
        Case::new("a header alone", "a,b\n")
            .refused("NoRecords", "more often a failed export than an empty day"),
        Case::new("a name in another case", "A,b\n1,2\n")
            .refused("ColumnMissing", "names are exact"),
        Case::new("a name that stands twice", "a,b,a\n1,2,3\n")
            .refused("ColumnDoubled", "either could be meant"),
        Case::new("a delimiter at the end of every line", "a,b,\n1,2,\n")
            .refused("HeaderRefused", "a column has no name"),
    ]
}
