//! Every way in which a request can go wrong, and its exact answer. No row ends in a half body that looks whole, and no
//! row tells anything: not of the object, nor of the request, nor of the account.

use serde_json::{Value, json};

use super::event::{ALIAS, Event};
use super::stage::{FILLER, KEY, Outcome, Stage, people};
use crate::support::lambda::{S3, Source, Taken};

/// Rows whose release is far larger than what is held back, in more blocks than one.
const MANY: usize = 500_000;

/// What a request comes to.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// An error is written, with this status and code; without a code where there is none.
    Refused(u16, &'static str),
    /// A release is written.
    Released,
    /// A release is begun, and broken off.
    Broken,
    /// An answer is written once, S3 does not take it, and the invocation fails.
    Untaken,
    /// Nothing is written, and the invocation fails with this code.
    Failed(&'static str),
    /// Nothing is written, and this status and code are given back.
    Returned(u16, &'static str),
}

use Expected::{Broken, Failed, Refused, Released, Returned, Untaken};

/// What is changed in an event.
type Change = fn(Event) -> Event;

/// A name, the change, whether anything may be asked of S3, and what it comes to.
type OfEvent = (&'static str, Change, bool, Expected);

const PAYLOAD: &str = "/configuration/payload";

const BAD_PAYLOAD: Expected = Refused(400, "InvalidFunctionPayload");

const OF_EVENTS: [OfEvent; 28] = [
    (
        "an empty payload",
        |e| e.with(PAYLOAD, json!("")),
        false,
        BAD_PAYLOAD,
    ),
    (
        "a blank payload",
        |e| e.with(PAYLOAD, json!(" ")),
        false,
        BAD_PAYLOAD,
    ),
    (
        "broken JSON",
        |e| e.with(PAYLOAD, json!("{\"CANARYFIELD")),
        false,
        BAD_PAYLOAD,
    ),
    (
        "an array",
        |e| e.with(PAYLOAD, json!("[\"people/costs\"]")),
        false,
        BAD_PAYLOAD,
    ),
    (
        "a payload that is no text",
        |e| e.with(PAYLOAD, json!({"projection": "people/costs"})),
        false,
        BAD_PAYLOAD,
    ),
    (
        "an unknown field",
        |e| {
            e.with(
                PAYLOAD,
                json!(r#"{"projection": "people/costs", "CANARYFIELD": 1}"#),
            )
        },
        false,
        BAD_PAYLOAD,
    ),
    (
        "an unknown projection",
        |e| e.with(PAYLOAD, json!(r#"{"projection": "people/cost"}"#)),
        false,
        BAD_PAYLOAD,
    ),
    (
        "an unknown format",
        |e| {
            e.with(
                PAYLOAD,
                json!(r#"{"projection": "people/costs", "format": "CANARYFORMAT"}"#),
            )
        },
        false,
        BAD_PAYLOAD,
    ),
    (
        "an unknown date",
        |e| {
            e.with(
                PAYLOAD,
                json!(r#"{"projection": "people/costs", "as_of": "CANARYDATE"}"#),
            )
        },
        false,
        BAD_PAYLOAD,
    ),
    (
        "a refused projection",
        |e| e.with(PAYLOAD, json!(r#"{"projection": "people/named"}"#)),
        false,
        Refused(403, "ProjectionRefused"),
    ),
    ("no payload", |e| e.without(PAYLOAD), false, BAD_PAYLOAD),
    (
        "no configuration",
        |e| e.without("/configuration"),
        false,
        BAD_PAYLOAD,
    ),
    (
        "no userRequest",
        |e| e.without("/userRequest"),
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "no presigned URL",
        |e| e.without("/getObjectContext/inputS3Url"),
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "a presigned URL that is none",
        |e| e.with("/getObjectContext/inputS3Url", json!("CANARYURL")),
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "a presigned URL of another host",
        |e| e.at("http://169.254.169.254", "people.csv"),
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "a presigned URL of another key",
        |e| {
            let url = e.text("/userRequest/url").replace("people", "people-2");
            e.with("/userRequest/url", json!(url))
        },
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "a format that is none",
        |e| e.header("x-veilpoint-format", "CANARYFORMAT"),
        false,
        Refused(400, "InvalidRequest"),
    ),
    (
        "an identity without arn",
        |e| e.without("/userIdentity/arn"),
        true,
        Released,
    ),
    (
        "no identity",
        |e| e.without("/userIdentity"),
        true,
        Released,
    ),
    (
        "no protocol version",
        |e| e.without("/protocolVersion"),
        true,
        Released,
    ),
    (
        "no token",
        |e| e.without("/getObjectContext/outputToken"),
        false,
        Failed("InvalidRequest"),
    ),
    (
        "no route",
        |e| e.without("/getObjectContext/outputRoute"),
        false,
        Failed("InvalidRequest"),
    ),
    (
        "a route that is another host",
        |e| e.with("/getObjectContext/outputRoute", json!("evil.test/")),
        false,
        Failed("InvalidRequest"),
    ),
    (
        "no context",
        |e| e.without("/getObjectContext"),
        false,
        Failed("InvalidRequest"),
    ),
    ("HEAD", |e| e.operation("headObjectContext"), false, NOT_YET),
    (
        "LIST",
        |e| e.operation("listObjectsContext"),
        false,
        NOT_YET,
    ),
    (
        "LIST, version 2",
        |e| e.operation("listObjectsV2Context"),
        false,
        NOT_YET,
    ),
];

const NOT_YET: Expected = Returned(405, "MethodNotAllowed");

#[test]
fn events_that_cannot_be_answered_are_refused_before_anything_is_read() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let mut wrong = Vec::new();
    for (name, change, asks, expected) in OF_EVENTS {
        let event = change(get(&stage, "people.csv"));
        let outcome = stage.ask(&event);
        let mut complaints = unlike(&outcome, expected);
        if !asks && !outcome.asked.is_empty() {
            complaints.push(format!("asks for {:?}", outcome.asked));
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    for text in ["[]", "{}", "null", "7", "\"CANARYEVENT\""] {
        let complaints = unlike(&stage.ask_raw(text), Failed("InvalidRequest"));
        wrong.extend(complaints.iter().map(|what| format!("{text}: {what}")));
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whoever_asks_is_named_as_far_as_the_event_says() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let rows: [(Change, &str); 3] = [
        (|e| e, "arn:aws:sts::012345678912:assumed-role/Admin/jvdl"),
        (
            |e| e.without("/userIdentity/arn"),
            "AROAIFU457DVZ5L2J53F2:jvdl",
        ),
        (|e| e.without("/userIdentity"), "unknown"),
    ];
    for (change, principal) in rows {
        let event = change(get(&stage, "people.csv"));
        stage.ask(&event);
        let records = stage.emulator.events_of("release", event.id(), 1);
        assert_eq!(records[0]["principal"], principal);
    }
}

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
            Refused(403, "SourceUnavailable"),
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
fn an_answer_that_s3_does_not_take_is_not_tried_again_and_fails_the_invocation() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for (size, rows) in [("small", 1_000), ("large", MANY)] {
        for (name, taken) in [
            ("400", Taken::Refused(400)),
            ("403", Taken::Refused(403)),
            ("500", Taken::Refused(500)),
            ("503", Taken::Refused(503)),
            ("a cut in the middle", Taken::Cut(20_000)),
        ] {
            stage.put("people.csv", Source::Object(people(rows)));
            stage.s3.take(taken);
            let event = get(&stage, "people.csv").header("x-veilpoint-format", "csv");
            let mut complaints = unlike(&stage.ask(&event), Untaken);
            let line = stage.line(&event);
            let outcome = line["outcome"].as_str().unwrap_or_default();
            if line["level"] != "ERROR" || !["failed", "broken"].contains(&outcome) {
                complaints.push(format!("is logged as {line}"));
            }
            // The next one is answered as if nothing had been.
            stage.s3.take(Taken::Whole);
            complaints.extend(unlike(&stage.ask(&get(&stage, "people.csv")), Released));
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{size}, {name}: {what}")),
            );
        }
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_error_that_s3_does_not_take_fails_the_invocation() {
    let stage = Stage::new();
    stage.s3.take(Taken::Refused(400));
    let outcome = stage.ask(&get(&stage, "people.csv"));
    assert_eq!(unlike(&outcome, Untaken), [""; 0]);
    assert_eq!(told(&stage.emulator.log()), [""; 0]);
}

#[test]
fn without_a_key_what_needs_none_is_answered() {
    let stage = Stage::with(&[]);
    stage.put("people.csv", Source::Object(people(10)));
    stage.put("patients.csv", Source::Object(super::stage::sample()));
    assert_eq!(
        unlike(&stage.ask(&get(&stage, "people.csv")), Released),
        [""; 0]
    );
    let outcome = stage.ask(&stage.get("patients.csv", "patients/analytics"));
    assert_eq!(unlike(&outcome, Refused(500, "KeyUnavailable")), [""; 0]);
    assert_eq!(outcome.asked, [""; 0]);
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

#[test]
fn headers_that_are_signed_go_along_and_no_others() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let event = get(&stage, "people.csv")
        .signing("host;x-amz-checksum-mode;x-amz-meta-a")
        .header("X-Amz-Checksum-Mode", "ENABLED")
        .header("x-amz-meta-a", "signed")
        .header("x-amz-meta-b", "CANARYUNSIGNED")
        .header("Range", "bytes=0-3")
        .header("If-None-Match", "\"CANARYETAG\"");
    stage.emulator.invoke(&event.json());
    let asked = stage.s3.asked();
    assert_eq!(asked.len(), 1);
    let mut names: Vec<&str> = asked[0]
        .headers
        .iter()
        .map(|header| header.0.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["accept", "host", "x-amz-checksum-mode", "x-amz-meta-a"]
    );
    assert_eq!(asked[0].header("x-amz-checksum-mode"), Some("ENABLED"));
    assert_eq!(asked[0].header("x-amz-meta-a"), Some("signed"));
    let query = event
        .text("/getObjectContext/inputS3Url")
        .split_once('?')
        .unwrap()
        .1;
    assert!(
        asked[0].word(1).ends_with(query),
        "the query is not as it was signed"
    );
}

fn get(stage: &Stage, key: &str) -> Event {
    stage.get(key, "people/costs")
}

/// What is wrong with an outcome that should be this.
fn unlike(outcome: &Outcome, expected: Expected) -> Vec<String> {
    let mut wrong = leaks(outcome);
    let returned: Value = serde_json::from_str(&outcome.returned).unwrap_or_default();
    let failed = returned.get("errorType");
    let wanted = match expected {
        Refused(..) | Released | Broken | Untaken => 1,
        Failed(_) | Returned(..) => 0,
    };
    if outcome.answers.len() != wanted {
        wrong.push(format!("{} answers, not {wanted}", outcome.answers.len()));
    }
    for answer in &outcome.answers {
        let forwarded = |name: &str| {
            answer
                .head
                .header(&format!("x-amz-fwd-{name}"))
                .unwrap_or_default()
        };
        let said = (forwarded("status"), forwarded("error-code"));
        let right = match expected {
            Refused(status, code) => {
                said == (status.to_string().as_str(), code)
                    && answer.body.is_empty()
                    && answer.whole
                    && forwarded("error-message").is_empty() == code.is_empty()
            }
            Released => said == ("200", "") && answer.whole && !answer.body.is_empty(),
            Broken => said == ("200", "") && !answer.whole && !answer.body.is_empty(),
            _ => true,
        };
        if !right {
            let (length, whole) = (answer.body.len(), answer.whole);
            let message = forwarded("error-message");
            wrong.push(format!(
                "answers {said:?}, {message}, {length} bytes, whole {whole}"
            ));
        }
    }
    let right = match expected {
        Refused(status, _) => returned == json!({"statusCode": status}),
        Released => returned == json!({"statusCode": 200}),
        Broken | Untaken => failed.is_some(),
        Failed(code) => failed == Some(&json!(code)),
        Returned(status, code) => returned["statusCode"] == status && returned["errorCode"] == code,
    };
    if !right || !wrong.is_empty() {
        wrong.push(format!("gives back {}", outcome.returned));
    }
    wrong
}

/// Headers by which AWS's client proves who it is, and to whom it speaks.
const SECRET: [&str; 3] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-request-token",
];

/// What an outcome tells that it should not.
fn leaks(outcome: &Outcome) -> Vec<String> {
    let mut places = vec![("what is given back", outcome.returned.clone())];
    for answer in &outcome.answers {
        places.push(("a body", String::from_utf8_lossy(&answer.body).into_owned()));
        let headers = answer.head.headers.iter();
        for (name, value) in headers.filter(|header| !SECRET.contains(&header.0.as_str())) {
            places.push((name, value.clone()));
        }
    }
    let leaks = places.iter().filter(|(_, text)| canary(text));
    leaks
        .map(|(place, text)| format!("{place} tells {}", excerpt(text)))
        .collect()
}

/// What a log tells that it should not, and what of it is no log.
fn told(log: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in log.lines() {
        if canary(line) || line.contains(KEY) || line.contains(FILLER) {
            wrong.push(format!("the log tells {}", excerpt(line)));
        }
        if !serde_json::from_str::<Value>(line).is_ok_and(|line| line["event"].is_string()) {
            wrong.push(format!("what is no line of log: {}", excerpt(line)));
        }
    }
    wrong
}

fn canary(text: &str) -> bool {
    text.to_ascii_uppercase().contains("CANARY")
}

fn excerpt(text: &str) -> String {
    text.chars().take(300).collect()
}
