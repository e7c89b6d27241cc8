//! Who is let in, and with what: everybody else is told no more than that.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::stage::{Event, RAW, Stage, TOKEN, send, unlike_refusal};
use crate::support::lambda::Source;
use crate::support::samples::sample;

#[test]
fn only_who_knows_the_token_may_send_events() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let event = stage.event("patients.csv").text();
    let with_scheme = |scheme: &str| format!("{scheme} {TOKEN}");
    let mut wrong = Vec::new();
    for (name, token, admitted) in [
        ("with its scheme", Some(with_scheme("Bearer")), true),
        ("bare", Some(TOKEN.to_owned()), true),
        ("missing", None, false),
        ("empty", Some(String::new()), false),
        ("cut", Some(TOKEN[..TOKEN.len() - 1].to_owned()), false),
        ("longer", Some(format!("{TOKEN}0")), false),
        ("of another scheme", Some(with_scheme("Basic")), false),
        (
            "another's",
            Some("CANARYOTHER-0123456789".to_owned()),
            false,
        ),
    ] {
        let headers: Vec<_> = token
            .iter()
            .map(|token| ("Authorization", token.as_str()))
            .collect();
        for point in ["research", "nothing"] {
            let got = send(stage.port, "POST", point, &headers, event.as_bytes()).unwrap();
            let complaints = match (admitted, point) {
                (true, "research") if got.header("x-amz-fwd-status") == "200" => Vec::new(),
                (true, "research") => vec![format!("{:?}", got.head.headers)],
                (true, _) => unlike_refusal(&got, 404, "NoSuchKey"),
                // A path that there is and one that there is not are answered alike.
                (false, _) => unlike_refusal(&got, 403, "AccessDenied"),
            };
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("a token {name}, {point}: {what}")),
            );
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whoever_asks_if_it_is_alive_is_told_so_and_nothing_more() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for method in ["HEAD", "GET"] {
        for path in [
            "",
            "analytics",
            "nothing",
            "analytics/patients.csv?x=CANARY",
        ] {
            let got = send(stage.port, method, path, &[], b"").unwrap();
            let headers: Vec<&str> = got
                .head
                .headers
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            let plain = headers
                .iter()
                .all(|name| ["connection", "content-length", "date"].contains(name));
            if got.status() != 200 || !plain || !got.body.is_empty() {
                wrong.push(format!("{method} /{path}: {} {headers:?}", got.status()));
            }
        }
    }
    // It is no request, and has no line.
    assert_eq!(stage.lines("request", 0), [Value::Null; 0]);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_event_is_refused() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let event = || stage.event("patients.csv");
    let context = "/getObjectContext";
    let head = json!({"headObjectContext": {"inputS3Url": "CANARY"}}).to_string();
    let list = json!({"listObjectsV2Context": {"inputS3Url": "CANARY"}}).to_string();
    let mut large = event().text().into_bytes();
    large.resize(1024 * 1024, b' ');
    let mut too_large = large.clone();
    too_large.push(b' ');
    let mut wrong = Vec::new();
    for (name, body, status, code) in [
        ("nothing", Vec::new(), 400, "InvalidRequest"),
        ("no JSON", b"CANARY".to_vec(), 400, "InvalidRequest"),
        (
            "half an event",
            event().text()[..200].into(),
            400,
            "InvalidRequest",
        ),
        (
            "an event and more",
            (event().text() + "CANARY").into(),
            400,
            "InvalidRequest",
        ),
        ("no UTF-8", vec![b'"', 0xff, b'"'], 400, "InvalidRequest"),
        ("an empty object", b"{}".to_vec(), 400, "InvalidRequest"),
        ("a list", b"[]".to_vec(), 400, "InvalidRequest"),
        ("a HEAD", head.into_bytes(), 405, "MethodNotAllowed"),
        ("a LIST", list.into_bytes(), 405, "MethodNotAllowed"),
        (
            "an event without a token",
            event()
                .with("/getObjectContext/outputToken", json!(null))
                .text()
                .into(),
            400,
            "InvalidRequest",
        ),
        (
            "a token that would be a header",
            event()
                .with(
                    "/getObjectContext/outputToken",
                    json!("CANARY\r\nX-Evil: 1"),
                )
                .text()
                .into(),
            400,
            "InvalidRequest",
        ),
        (
            "a route that would be a header",
            event()
                .with("/getObjectContext/outputRoute", json!("a\r\nX-Evil: 1"))
                .text()
                .into(),
            400,
            "InvalidRequest",
        ),
        (
            "no context",
            event().with(context, json!(7)).text().into(),
            400,
            "InvalidRequest",
        ),
        ("more than 1 MiB", too_large, 400, "InvalidRequest"),
    ] {
        let got = stage.post("research", &body);
        let complaints = unlike_refusal(&got, status, code);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    let got = stage.post("research", &large);
    if got.header("x-amz-fwd-status") != "200" {
        wrong.push(format!("1 MiB: {:?}", got.head.headers));
    }
    let token = format!("Bearer {TOKEN}");
    let headers = [("Authorization", token.as_str())];
    for method in ["PUT", "DELETE", "OPTIONS"] {
        let got = send(
            stage.port,
            method,
            "research",
            &headers,
            event().text().as_bytes(),
        );
        let complaints = unlike_refusal(&got.unwrap(), 405, "MethodNotAllowed");
        wrong.extend(complaints.iter().map(|what| format!("{method}: {what}")));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A server that nobody may ask, and how many connections it has had.
fn forbidden() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count: Arc<AtomicUsize> = Arc::default();
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    (port, count)
}

#[test]
fn a_forged_url_is_not_followed() {
    let stage = Stage::with(&[]);
    stage.put("patients.csv", Source::Object(sample()));
    let (port, asked) = forbidden();
    let own = stage.s3.port();
    let mut wrong = Vec::new();
    for place in [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{own}@127.0.0.1:{port}"),
        format!("https://127.0.0.1:{own}"),
        "http://127.0.0.1".to_owned(),
        "http://169.254.169.254".to_owned(),
        "https://raw.s3.eu-central-1.amazonaws.com".to_owned(),
        "https://x-012345678912.s3-accesspoint.eu-central-1.amazonaws.com".to_owned(),
        format!("http://127.0.0.1.evil.test:{own}"),
        "file:///etc".to_owned(),
        String::new(),
    ] {
        let got = stage.ask("research", &Event::of(&place, "patients.csv"));
        let complaints = unlike_refusal(&got, 400, "InvalidRequest");
        wrong.extend(complaints.iter().map(|what| format!("{place}: {what}")));
    }
    // A redirect leads there, too.
    let elsewhere = format!("http://127.0.0.1:{port}/{RAW}/patients.csv");
    stage.put("patients.csv", Source::Elsewhere(elsewhere));
    let got = stage.ask("analytics", &stage.event("patients.csv"));
    if got.status() < 400 {
        wrong.push(format!("a redirect: {}", got.status()));
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0, "{wrong:?}");
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn keys_that_are_not_the_dataset_s_do_not_exist() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    stage.put("secrets.txt", Source::Object(b"CANARY".to_vec()));
    let url = |url: &str| {
        stage
            .event("patients.csv")
            .with("/userRequest/url", json!(url))
    };
    let mut wrong = Vec::new();
    for (name, point, event, status, code) in [
        (
            "not owned",
            "research",
            stage.event("secrets.txt"),
            404,
            "NoSuchKey",
        ),
        (
            "of another dataset",
            "costs",
            stage.event("patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "not there",
            "research",
            stage.event("a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "of another URL",
            "research",
            url("/raw/a/patients.csv"),
            400,
            "InvalidRequest",
        ),
        (
            "of another bucket",
            "research",
            url("/other/patients.csv"),
            400,
            "InvalidRequest",
        ),
        ("of no URL", "research", url(""), 400, "InvalidRequest"),
    ] {
        let complaints = unlike_refusal(&stage.ask(point, &event), status, code);
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("a key {name}: {what}")),
        );
    }
    // Its host may stand for the bucket.
    for path in [
        "/patients.csv",
        "https://raw.minio.test/patients.csv?lambdaArn=x",
    ] {
        let got = stage.ask("research", &url(path));
        if got.header("x-amz-fwd-status") != "200" {
            wrong.push(format!("{path}: {:?}", got.head.headers));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_with_an_access_point_is_for_its_owner() {
    let stage = Stage::new();
    stage.put(
        "people.csv",
        Source::Object(b"Name,Note,Cost\nCANARY,CANARY,7\n".to_vec()),
    );
    let mut wrong = Vec::new();
    for (point, status, code, reason) in [
        ("named", 403, "ProjectionRefused", "\"Name\""),
        ("missing", 400, "InvalidFunctionPayload", "people/nothing"),
    ] {
        let got = stage.ask(point, &stage.event("people.csv"));
        let mut complaints = unlike_refusal(&got, status, code);
        let message = got.header("x-amz-fwd-error-message");
        if message.contains("people") || !message.contains("the id of this request") {
            complaints.push(format!("says {message}"));
        }
        let line = stage.line(&got);
        if !line["message"].as_str().unwrap().contains(reason) {
            complaints.push(format!("logs {line}"));
        }
        let at_start = stage.lines("access_point_refused", 2);
        if !at_start.iter().any(|line| line["access_point"] == point) {
            complaints.push("is not in the log of the start".to_owned());
        }
        wrong.extend(complaints.iter().map(|what| format!("{point}: {what}")));
    }
    assert!(stage.s3.asked().is_empty(), "an object was asked for");
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
