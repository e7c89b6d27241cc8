//! Rows of texts with what is found in them, and what a value as a whole is.

use super::{Identifier, find, whole};

/// A text, and what is found in it: `KIND:piece`, in order.
type Row = (&'static str, &'static [&'static str]);

const EMAILS: &[Row] = &[
    (
        "write to anna.muster@example.com, please",
        &["EMAIL:anna.muster@example.com"],
    ),
    (
        "(o'brien+lab@mail.example.co.uk)",
        &["EMAIL:o'brien+lab@mail.example.co.uk"],
    ),
    ("<jörg@müller.example>.", &["EMAIL:jörg@müller.example"]),
    ("用户@例子.广告, x", &["EMAIL:用户@例子.广告"]),
    ("a@b.xn--p1ai", &["EMAIL:a@b.xn--p1ai"]),
    ("'quoted@example.org'", &["EMAIL:quoted@example.org"]),
    ("siehe...h.meier@example.ch.", &["EMAIL:h.meier@example.ch"]),
    ("a@b.ch;c@d.ch", &["EMAIL:a@b.ch", "EMAIL:c@d.ch"]),
    ("0446681800@example.com", &["EMAIL:0446681800@example.com"]),
    ("x@example.com.123", &["EMAIL:x@example.com"]),
    ("_private_@example.com", &["EMAIL:_private_@example.com"]),
    (
        "@mention, user@localhost, a @ b.ch, a@b.c, 5 @ 3.50, a@-b.ch",
        &[],
    ),
];

const PHONES: &[Row] = &[
    ("+41 44 668 18 00", &["PHONE:+41 44 668 18 00"]),
    ("+41446681800", &["PHONE:+41446681800"]),
    ("+41 (0)44 668 18 00.", &["PHONE:+41 (0)44 668 18 00"]),
    ("(+41) 44 668 18 00", &["PHONE:(+41) 44 668 18 00"]),
    ("0041 44 668 18 00", &["PHONE:0041 44 668 18 00"]),
    (
        "044 668 18 00 oder 079/123 45 67",
        &["PHONE:044 668 18 00", "PHONE:079/123 45 67"],
    ),
    ("(044) 668 18 00", &["PHONE:(044) 668 18 00"]),
    ("+49 30 123456 2 Kinder", &["PHONE:+49 30 123456"]),
    (
        "+49 30 123456 12.03.1980",
        &["PHONE:+49 30 123456", "DATE:12.03.1980"],
    ),
    (
        "030/123456, 0171-1234567, 089 / 123 45 67",
        &[
            "PHONE:030/123456",
            "PHONE:0171-1234567",
            "PHONE:089 / 123 45 67",
        ],
    ),
    ("+43 (0)664 1234567", &["PHONE:+43 (0)664 1234567"]),
    ("01 234 56 78", &["PHONE:01 234 56 78"]),
    ("0664 123 4567", &["PHONE:0664 123 4567"]),
    (
        "06 12 34 56 78 et 01.23.45.67.89",
        &["PHONE:06 12 34 56 78", "PHONE:01.23.45.67.89"],
    ),
    (
        "+33 6\u{a0}12\u{202f}34 56 78",
        &["PHONE:+33 6\u{a0}12\u{202f}34 56 78"],
    ),
    (
        "06 1234 5678, 347 123 4567, 02 1234567",
        &[
            "PHONE:06 1234 5678",
            "PHONE:347 123 4567",
            "PHONE:02 1234567",
        ],
    ),
    (
        "020 7946 0958 or 07700 900123",
        &["PHONE:020 7946 0958", "PHONE:07700 900123"],
    ),
    (
        "(212) 555-0123, 212-555-0123, 1-212-555-0123",
        &[
            "PHONE:(212) 555-0123",
            "PHONE:212-555-0123",
            "PHONE:1-212-555-0123",
        ],
    ),
    (
        "+1 212 555 0123 and 212.555.0123",
        &["PHONE:+1 212 555 0123", "PHONE:212.555.0123"],
    ),
    ("+420 601 123 456", &["PHONE:+420 601 123 456"]),
    ("Tel. 0446681800", &["PHONE:0446681800"]),
    ("Natel privat: 0791234567", &["PHONE:0791234567"]),
    ("Order 044 668 18 00", &[]),
    (
        "Tél. 021 314 11 11, réf. 044-22-118",
        &["PHONE:021 314 11 11"],
    ),
    ("0446681800 12345678 1234567890", &[]),
    ("+1 111 555 01", &[]),
    ("0800-1200 / 1300-1700", &[]),
    ("1 200 000, 250 000.50, 3-540-41998-3", &[]),
];

const NUMBERS: &[Row] = &[
    (
        "CH93 0076 2011 6238 5295 7",
        &["IBAN:CH93 0076 2011 6238 5295 7"],
    ),
    ("CH9300762011623852957.", &["IBAN:CH9300762011623852957"]),
    (
        "iban de89370400440532013000",
        &["IBAN:de89370400440532013000"],
    ),
    (
        "GB82-WEST-1234-5698-7654-32",
        &["IBAN:GB82-WEST-1234-5698-7654-32"],
    ),
    (
        "FR14 2004 1010 0505 0001 3M02 606",
        &["IBAN:FR14 2004 1010 0505 0001 3M02 606"],
    ),
    (
        "MT84MALT011000012345MTLCAST001S",
        &["IBAN:MT84MALT011000012345MTLCAST001S"],
    ),
    (
        "IT60 X054 2811 1010 0000 0123 456 ok",
        &["IBAN:IT60 X054 2811 1010 0000 0123 456"],
    ),
    ("CH93 0076 2011 6238 5295 8", &[]),
    ("CH93 0076 2011 6238 5295 7X", &[]),
    ("ZZ93 0076 2011 6238 5295 7", &[]),
    ("756.9217.0769.85", &["AHV:756.9217.0769.85"]),
    ("AHV 7569217076985;", &["AHV:7569217076985"]),
    (
        "756 9217 0769 85 und 756-9217-0769-85",
        &["AHV:756 9217 0769 85", "AHV:756-9217-0769-85"],
    ),
    ("756.9217.0769.84", &[]),
    ("755.9217.0769.86", &[]),
    ("123-45-6789", &["SSN:123-45-6789"]),
    (
        "SSN 123 45 6789, SSN: 123456789",
        &["SSN:123 45 6789", "SSN:123456789"],
    ),
    ("social security number 123456789", &["SSN:123456789"]),
    (
        "000-45-6789 666-45-6789 900-45-6789 123-00-6789 123-45-0000",
        &[],
    ),
    ("123456789, 123 45 6789", &[]),
    ("4111 1111 1111 1111", &["CARD:4111 1111 1111 1111"]),
    ("4111111111111111 12/27", &["CARD:4111111111111111"]),
    (
        "5555-5555-5555-4444, 3782 822463 10005",
        &["CARD:5555-5555-5555-4444", "CARD:3782 822463 10005"],
    ),
    (
        "30569309025904; 6011111111111117; 3530111333300000",
        &[
            "CARD:30569309025904",
            "CARD:6011111111111117",
            "CARD:3530111333300000",
        ],
    ),
    (
        "2223003122003222 6759649826438453",
        &["CARD:2223003122003222", "CARD:6759649826438453"],
    ),
    ("4111 1111 1111 1112", &[]),
    ("1111111111111117", &[]),
    ("12344111111111111111", &[]),
    // An article's number that passes Luhn as well.
    ("4006381333931", &[]),
];

const DATES: &[Row] = &[
    (
        "1980-03-12, 1980/3/12",
        &["DATE:1980-03-12", "DATE:1980/3/12"],
    ),
    ("1980-03-12T10:00:00", &["DATE:1980-03-12"]),
    (
        "12.3.1980 und 12. 3. 1980",
        &["DATE:12.3.1980", "DATE:12. 3. 1980"],
    ),
    (
        "3/12/1980 or 25/12/1980 or 12/25/1980",
        &["DATE:3/12/1980", "DATE:25/12/1980", "DATE:12/25/1980"],
    ),
    (
        "12-03-1980 12.03.1980–15.03.1980",
        &["DATE:12-03-1980", "DATE:12.03.1980", "DATE:15.03.1980"],
    ),
    ("12.03.80 03/12/80", &["DATE:12.03.80", "DATE:03/12/80"]),
    ("geb. 1.3.80", &["DATE:1.3.80"]),
    (
        "12 March 1980, 12th of March 1980, March 12th, 1980",
        &[
            "DATE:12 March 1980",
            "DATE:12th of March 1980",
            "DATE:March 12th, 1980",
        ],
    ),
    (
        "Mar 12, 1980; Mar. 12 1980; 12-Mar-1980; 12-MAR-80",
        &[
            "DATE:Mar 12, 1980",
            "DATE:Mar. 12 1980",
            "DATE:12-Mar-1980",
            "DATE:12-MAR-80",
        ],
    ),
    (
        "12. März 1980, 12.März 1980, 3. Jänner 2001",
        &[
            "DATE:12. März 1980",
            "DATE:12.März 1980",
            "DATE:3. Jänner 2001",
        ],
    ),
    (
        "le 3 mars 1980, 1er mars 1980, 14 juil. 1980",
        &[
            "DATE:3 mars 1980",
            "DATE:1er mars 1980",
            "DATE:14 juil. 1980",
        ],
    ),
    (
        "12 marzo 1980, 1º maggio 1980, 3 dic. 1980",
        &[
            "DATE:12 marzo 1980",
            "DATE:1º maggio 1980",
            "DATE:3 dic. 1980",
        ],
    ),
    (
        "am 12. März, on March 12",
        &["DATE:12. März", "DATE:March 12"],
    ),
    ("12/80, 120/80, 3/4, 10/2020", &[]),
    ("31.02.1980, 32.1.1980, 1.13.1980, 12.3.1700", &[]),
    ("1-0-1, 1-1-1-1, 10/20/30 mg, v1.2.3, version 10.12.20", &[]),
    ("192.168.10.12, 3.12.2.1980", &[]),
    ("2 may cause, March 1980, 5 Mar", &[]),
];

fn found(text: &str) -> Vec<String> {
    find(text)
        .map(|(range, identifier)| format!("{identifier}:{}", &text[range]))
        .collect()
}

fn wrong(rows: &[Row]) -> Vec<String> {
    rows.iter()
        .filter(|(text, expected)| found(text) != *expected)
        .map(|(text, expected)| format!("{text:?}: {:?}, not {expected:?}", found(text)))
        .collect()
}

#[test]
fn each_form_is_found_and_what_only_looks_like_it_is_not() {
    let wrong: Vec<String> = [EMAILS, PHONES, NUMBERS, DATES]
        .into_iter()
        .flat_map(wrong)
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_whole_value_is_what_fills_it() {
    let rows = [
        (" anna@example.com\n", Some(Identifier::Email)),
        ("+41 44 668 18 00", Some(Identifier::Phone)),
        ("CH93 0076 2011 6238 5295 7", Some(Identifier::Iban)),
        ("7569217076985", Some(Identifier::Ahv)),
        ("123-45-6789", Some(Identifier::Ssn)),
        ("4111111111111111", Some(Identifier::Card)),
        ("1980-03-12", Some(Identifier::Date)),
        ("Anna anna@example.com", None),
        ("anna@example.com x", None),
        ("1980-03-12 10:00", None),
        ("", None),
        ("Zürich", None),
    ];
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(text, expected)| whole(text) != *expected)
        .map(|(text, expected)| format!("{text:?}: {:?}, not {expected:?}", whole(text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn ranges_are_in_order_and_apart_in_any_text() {
    // Pieces of every form, glued in every order of three, with and without what divides them.
    let pieces = [
        "a@b.ch",
        "+41 44 668 18 00",
        "CH9300762011623852957",
        "756.9217.0769.85",
        "12.3.1980",
        "12. März",
        "4111111111111111",
        "ü",
        "-",
        ".",
        " ",
        "@",
        "(",
        "1",
        "März",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a}{b}{c}{a}");
                let mut end = 0;
                for (range, _) in find(&text) {
                    assert!(range.start >= end && range.end > range.start, "{text:?}");
                    end = range.end;
                    assert!(text.get(range).is_some(), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn no_text_is_looked_at_again_and_again() {
    // What would take hours if a piece were looked at once for every other.
    let units = ["(", "+(", "@", "a@", "é@a.a.", "..@", "Mar "];
    for unit in units {
        let text = unit.repeat(200_000 / unit.len());
        assert_eq!(find(&text).count(), 0, "{unit:?}");
    }
}
