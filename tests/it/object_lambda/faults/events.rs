//! Events that lack something, or hold something else.

use serde_json::json;

use super::super::event::Event;
use super::super::stage::{Stage, people, sample};
use super::Expected::{self, Failed, Refused, Released, Returned};
use super::{get, told, unlike};
use crate::support::lambda::Source;

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
    (
        "HEAD by a presigned URL that is none",
        |e| {
            let event = e.with("/getObjectContext/inputS3Url", json!("CANARYURL"));
            event.operation("headObjectContext")
        },
        false,
        Returned(400, "InvalidRequest"),
    ),
    (
        "LIST of a key",
        |e| e.operation("listObjectsContext"),
        false,
        Returned(400, "InvalidRequest"),
    ),
    (
        "LIST of a key, version 2",
        |e| e.operation("listObjectsV2Context"),
        false,
        Returned(400, "InvalidRequest"),
    ),
];

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

#[test]
fn without_a_key_what_needs_none_is_answered() {
    let stage = Stage::with(&[]);
    stage.put("people.csv", Source::Object(people(10)));
    stage.put("patients.csv", Source::Object(sample()));
    assert_eq!(
        unlike(&stage.ask(&get(&stage, "people.csv")), Released),
        [""; 0]
    );
    let outcome = stage.ask(&stage.get("patients.csv", "patients/analytics"));
    assert_eq!(unlike(&outcome, Refused(500, "KeyUnavailable")), [""; 0]);
    assert_eq!(outcome.asked, [""; 0]);
}

#[test]
fn ranges_and_conditions_never_reach_the_raw_object() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let mut wrong = Vec::new();
    for header in ["range", "If-Match", "if-none-match", "If-Modified-Since"] {
        let event = get(&stage, "people.csv")
            .signing(&format!("host;{header}"))
            .header(header, "CANARYCONDITION");
        let outcome = stage.ask(&event);
        let complaints = unlike(&outcome, Refused(400, "InvalidRequest"));
        wrong.extend(complaints.iter().map(|what| format!("{header}: {what}")));
        wrong.extend(
            outcome
                .asked
                .iter()
                .map(|path| format!("{header}: {path} is asked")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_with_the_access_point_is_told_to_the_log_alone() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let event = get(&stage, "people.csv").with(PAYLOAD, json!(r#"{"projection": "people/cost"}"#));
    let outcome = stage.ask(&event);
    let said = outcome.answers[0].head.header("x-amz-fwd-error-message");
    assert!(!said.unwrap().contains("people/"), "{said:?}");
    let line = stage.line(&event);
    let message = line["message"].as_str().unwrap();
    assert!(
        message.contains("did you mean \"people/costs\""),
        "{message}"
    );
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
