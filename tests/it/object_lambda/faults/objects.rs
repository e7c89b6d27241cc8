//! Presigned URLs that S3 refuses or breaks off, and objects that cannot be read.

use super::super::event::ALIAS;
use super::super::stage::{KEY, Stage, people};
use super::Expected::{self, Broken, Refused, Released};
use super::{MANY, get, told, unlike};
use crate::support::lambda::{S3, Source};
use crate::support::samples::patients;

/// A name, the key, what lies there, and what a request of it comes to.
type OfObject = (&'static str, &'static str, Source, Expected);

const CSV: &str = "people.csv";

/// What S3 says in an object's place: its status and code, and those of the answer.
const OF_S3: [(&str, u16, &str, Expected); 9] = [
    ("S3's 304", 304, "NotModified", Refused(304, "")),
    (
        "S3's 400",
        400,
        "ExpiredToken",
        Refused(400, "ExpiredToken"),
    ),
    (
        "S3's 403",
        403,
        "AccessDenied",
        Refused(403, "AccessDenied"),
    ),
    ("S3's 404", 404, "NoSuchKey", Refused(404, "NoSuchKey")),
    (
        "S3's 412",
        412,
        "PreconditionFailed",
        Refused(412, "PreconditionFailed"),
    ),
    (
        "S3's 500",
        500,
        "InternalError",
        Refused(500, "InternalError"),
    ),
    ("S3's 503", 503, "SlowDown", Refused(503, "SlowDown")),
    (
        "a status that S3 does not take",
        429,
        "SlowDown",
        UNAVAILABLE,
    ),
    (
        "a code that is none",
        403,
        "CANARY code",
        Refused(403, "AccessDenied"),
    ),
];

/// Transfers that break off, or lead elsewhere.
fn of_transfers(elsewhere: &S3) -> Vec<OfObject> {
    let (small, large) = (people(1_000), people(MANY));
    let but_five = large.len() - 5;
    let at =
        |host: &str| Source::Elsewhere(format!("http://{host}:{}/{ALIAS}/{CSV}", elsewhere.port()));
    vec![
        (
            "a line that is cut before a word",
            CSV,
            Source::Closed,
            UNAVAILABLE,
        ),
        (
            "fewer bytes than promised",
            CSV,
            Source::Cut(small.clone(), 9_000),
            UNAVAILABLE,
        ),
        (
            "a part in place of the whole",
            CSV,
            Source::Part(small.clone()),
            UNAVAILABLE,
        ),
        (
            "an end that is not announced",
            CSV,
            Source::Endless(small.clone()),
            UNAVAILABLE,
        ),
        (
            "no byte of those promised",
            CSV,
            Source::Cut(small, 0),
            UNAVAILABLE,
        ),
        (
            "fewer bytes, long after the first",
            CSV,
            Source::Cut(large, but_five),
            UNAVAILABLE,
        ),
        ("a redirect", CSV, at("127.0.0.1"), UNAVAILABLE),
        ("a redirect by name", CSV, at("localhost"), UNAVAILABLE),
    ]
}

/// Objects that do not keep to their contract.
fn of_contents() -> Vec<OfObject> {
    let rows = [
        ("no object at all", 0, "", "HeaderRefused"),
        ("a header alone", 0, "Name,Note,Cost\n", "NoRecords"),
        (
            "a missing column",
            0,
            "Name,Note,CANARYCOLUMN\nCANARYNAME,CANARYNOTE,1\n",
            "ColumnMissing",
        ),
        (
            "a doubled column",
            0,
            "Name,Note,Cost,Cost\nCANARYNAME,CANARYNOTE,1,1\n",
            "ColumnDoubled",
        ),
        (
            "a broken record at the start",
            0,
            "Name,Note,Cost\nCANARYNAME,CANARYNOTE,CANARYCOST\n",
            "InvalidValue",
        ),
        (
            "a broken record behind",
            1_000,
            "CANARYNAME,CANARYNOTE,CANARYCOST\n",
            "InvalidValue",
        ),
        (
            "a field too many",
            3,
            "CANARYNAME,CANARYNOTE,1,CANARYFIELD\n",
            "FieldCount",
        ),
        (
            "a quote that is not closed",
            3,
            "\"CANARYNAME,CANARYNOTE,1\n",
            "Quoting",
        ),
        ("Parquet", 0, "PAR1CANARYPAR1", "NotCsv"),
    ];
    let rows = rows.into_iter().map(|(name, good, text, code)| {
        let before = if good == 0 { Vec::new() } else { people(good) };
        let bytes = [before.as_slice(), text.as_bytes()].concat();
        (name, CSV, Source::Object(bytes), Refused(409, code))
    });
    let others = [
        (
            "a broken record long after the first",
            CSV,
            Source::Object(broken_late()),
            Refused(409, "InvalidValue"),
        ),
        (
            "what is no text",
            CSV,
            Source::Object(b"Name,Note,Cost\nCANARYNAME,CANARYNOTE\xff,1\n".to_vec()),
            Refused(409, "InvalidEncoding"),
        ),
        (
            "damaged compression",
            "people.csv.gz",
            Source::Object(b"\x1f\x8b\x08\0\0\0\0\0\0\x03CANARY".to_vec()),
            Refused(409, "DamagedCompression"),
        ),
    ];
    rows.chain(others).collect()
}

/// An object whose last record is none, after more rows than are held back.
fn broken_late() -> Vec<u8> {
    let mut raw = people(MANY);
    raw.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    raw
}

const UNAVAILABLE: Expected = Refused(503, "SourceUnavailable");

#[test]
fn objects_that_cannot_be_read_are_refused_or_broken_off() {
    let (stage, elsewhere) = (Stage::new(), S3::start());
    elsewhere.put(&format!("{ALIAS}/people.csv"), Source::Object(people(10)));
    let mut wrong = Vec::new();
    let of_s3 = OF_S3
        .map(|(name, status, code, expected)| (name, CSV, Source::Refused(status, code), expected));
    let rows = of_s3
        .into_iter()
        .chain(of_transfers(&elsewhere))
        .chain(of_contents());
    for (name, key, source, expected) in rows {
        stage.put(key, source);
        let event = get(&stage, key).header("x-veilpoint-format", "csv");
        let outcome = stage.ask(&event);
        let mut complaints = unlike(&outcome, expected);
        let line = stage.line(&event);
        if line["outcome"] != "refused" || line["key"] != key {
            complaints.push(format!("is logged as {line}"));
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    if !elsewhere.asked().is_empty() {
        wrong.push("a redirect is followed".to_owned());
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_leaves_while_it_is_made_is_broken_off_where_something_is_wrong_later() {
    let stage = Stage::new();
    let (mut wrong, key) = (Vec::new(), "patients.csv");
    // Tokens do not compress: what is held back has left by far before the end is read, however far that is ahead.
    let cut = patients(0, 1_200_000);
    let but_five = cut.len() - 5;
    let mut broken = cut.clone();
    broken.extend_from_slice(
        b"CANARYNAME,CANARYSSN,1,CANARYDATE,Female,FALSE,64,171,Asthma,Street\n",
    );
    for (name, source, code) in [
        (
            "fewer bytes",
            Source::Cut(cut, but_five),
            "SourceUnavailable",
        ),
        ("a broken record", Source::Object(broken), "InvalidValue"),
    ] {
        stage.put(key, source);
        // Of a known length: no cache need have all of it before the first byte leaves.
        let event = stage.get(key, "patients/billing");
        let event = event.header("x-veilpoint-format", "parquet");
        let outcome = stage.ask(&event);
        let mut complaints = unlike(&outcome, Broken);
        let line = stage.line(&event);
        if line["outcome"] != "broken" || line["code"] != code {
            complaints.push(format!("is logged as {line}"));
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_source_that_is_slow_is_told_from_one_that_is_done() {
    // Seconds that the invocation has, of which a quarter is kept for saying that they were not enough.
    let stage = Stage::with(&[("VEILPOINT_KEY", KEY), ("AWS_LAMBDA_FUNCTION_TIMEOUT", "6")]);
    let large = people(MANY);
    let whole = large.len();
    let mut wrong = Vec::new();
    for (name, source, expected) in [
        (
            "nothing comes",
            Source::Stalled(people(1_000), 0),
            Refused(400, "TimeLimit"),
        ),
        (
            "a little comes",
            Source::Stalled(people(1_000), 9_000),
            Refused(400, "TimeLimit"),
        ),
        (
            "most of it comes",
            Source::Stalled(large, whole - 5),
            Refused(400, "TimeLimit"),
        ),
    ] {
        stage.put("people.csv", source);
        let event = get(&stage, "people.csv").header("x-veilpoint-format", "csv");
        let complaints = unlike(&stage.ask(&event), expected);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
        stage.put("people.csv", Source::Object(people(10)));
        let complaints = unlike(&stage.ask(&get(&stage, "people.csv")), Released);
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("after {name}: {what}")),
        );
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
