//! Presigned URLs that S3 refuses or breaks off, and objects that cannot be read.

use super::super::event::ALIAS;
use super::super::stage::{KEY, Stage, people};
use super::Expected::{self, Broken, Refused, Released};
use super::{MANY, get, told, unlike};
use crate::support::lambda::{S3, Source};

/// What lies at the key, or what S3 says in its place, and what it comes to.
fn of_objects(elsewhere: &S3) -> Vec<(&'static str, &'static str, Source, Expected)> {
    let small = people(1_000);
    let large = people(MANY);
    let bad = |rows: usize| [people(rows), b"CANARYNAME,CANARYNOTE,CANARYCOST\n".to_vec()].concat();
    let refused = |status, code| Source::Refused(status, code);
    let header =
        |header: &str| Source::Object(format!("{header}\nCANARYNAME,CANARYNOTE,1\n").into());
    let csv = "people.csv";
    vec![
        (
            "S3's 304",
            csv,
            refused(304, "NotModified"),
            Refused(304, ""),
        ),
        (
            "S3's 400",
            csv,
            refused(400, "ExpiredToken"),
            Refused(400, "ExpiredToken"),
        ),
        (
            "S3's 403",
            csv,
            refused(403, "AccessDenied"),
            Refused(403, "AccessDenied"),
        ),
        (
            "S3's 404",
            csv,
            refused(404, "NoSuchKey"),
            Refused(404, "NoSuchKey"),
        ),
        (
            "S3's 412",
            csv,
            refused(412, "PreconditionFailed"),
            Refused(412, "PreconditionFailed"),
        ),
        (
            "S3's 500",
            csv,
            refused(500, "InternalError"),
            Refused(500, "InternalError"),
        ),
        (
            "S3's 503",
            csv,
            refused(503, "SlowDown"),
            Refused(503, "SlowDown"),
        ),
        (
            "a status that S3 does not take",
            csv,
            refused(429, "SlowDown"),
            UNAVAILABLE,
        ),
        (
            "a code that is none",
            csv,
            refused(403, "CANARY code"),
            Refused(403, "AccessDenied"),
        ),
        (
            "a line that is cut before a word",
            csv,
            Source::Closed,
            UNAVAILABLE,
        ),
        (
            "fewer bytes than promised",
            csv,
            Source::Cut(small.clone(), 9_000),
            UNAVAILABLE,
        ),
        (
            "no byte of those promised",
            csv,
            Source::Cut(small, 0),
            UNAVAILABLE,
        ),
        (
            "fewer bytes than promised, after bytes went out",
            csv,
            Source::Cut(large.clone(), large.len() - 5),
            Broken,
        ),
        (
            "a redirect",
            csv,
            Source::Elsewhere(format!("{}/{ALIAS}/{csv}", elsewhere.endpoint())),
            UNAVAILABLE,
        ),
        (
            "a redirect by name",
            csv,
            Source::Elsewhere(format!(
                "http://localhost:{}/{ALIAS}/{csv}",
                elsewhere.port()
            )),
            UNAVAILABLE,
        ),
        (
            "no object at all",
            csv,
            Source::Object(Vec::new()),
            Refused(409, "HeaderRefused"),
        ),
        (
            "a header alone",
            csv,
            Source::Object(people(0)),
            Refused(409, "NoRecords"),
        ),
        (
            "a missing column",
            csv,
            header("Name,Note,CANARYCOLUMN"),
            Refused(409, "ColumnMissing"),
        ),
        (
            "a doubled column",
            csv,
            header("Name,Note,Cost,Cost"),
            Refused(409, "ColumnDoubled"),
        ),
        (
            "a broken record at the start",
            csv,
            Source::Object(bad(0)),
            Refused(409, "InvalidValue"),
        ),
        (
            "a broken record behind",
            csv,
            Source::Object(bad(1_000)),
            Refused(409, "InvalidValue"),
        ),
        (
            "a broken record after bytes went out",
            csv,
            Source::Object(bad(MANY)),
            Broken,
        ),
        (
            "a record with a field too many",
            csv,
            Source::Object([people(3), b"CANARYNAME,CANARYNOTE,1,CANARYFIELD\n".to_vec()].concat()),
            Refused(409, "FieldCount"),
        ),
        (
            "a quote that is not closed",
            csv,
            Source::Object([people(3), b"\"CANARYNAME,CANARYNOTE,1\n".to_vec()].concat()),
            Refused(409, "Quoting"),
        ),
        (
            "what is no text",
            csv,
            Source::Object(b"Name,Note,Cost\nCANARYNAME,CANARYNOTE\xff,1\n".to_vec()),
            Refused(409, "InvalidEncoding"),
        ),
        (
            "Parquet",
            csv,
            Source::Object(b"PAR1CANARYPAR1".to_vec()),
            Refused(409, "NotCsv"),
        ),
        (
            "damaged compression",
            "people.csv.gz",
            Source::Object(b"\x1f\x8b\x08\0\0\0\0\0\0\x03CANARY".to_vec()),
            Refused(409, "DamagedCompression"),
        ),
    ]
}

const UNAVAILABLE: Expected = Refused(503, "SourceUnavailable");

#[test]
fn objects_that_cannot_be_read_are_refused_or_broken_off() {
    let (stage, elsewhere) = (Stage::new(), S3::start());
    elsewhere.put(&format!("{ALIAS}/people.csv"), Source::Object(people(10)));
    let mut wrong = Vec::new();
    for (name, key, source, expected) in of_objects(&elsewhere) {
        stage.put(key, source);
        let event = get(&stage, key).header("x-veilpoint-format", "csv");
        let outcome = stage.ask(&event);
        let mut complaints = unlike(&outcome, expected);
        let line = stage.line(&event);
        let outcomes = match expected {
            Broken => "broken",
            _ => "refused",
        };
        if line["outcome"] != outcomes || line["key"] != key {
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
            Broken,
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
