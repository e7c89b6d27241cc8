//! Every answer of S3 to what is asked of a presigned URL.

use super::*;
use crate::source::Hosts;
use crate::source::testing::{Answering, answer, block};

const DATED: &str =
    "ETag: \"e\"\r\nLast-Modified: Wed, 25 Nov 2026 10:00:00 GMT\r\nx-amz-version-id: null\r\n";
const ERROR: &str = "<Error><Code>NoSuchKey</Code><Message>CANARY</Message></Error>";
const PAGE: &str =
    "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>";

/// Asks for one thing, and says what came.
async fn told(fetcher: &Fetcher, what: &str, port: u16) -> String {
    let signed = "X-Amz-SignedHeaders=host%3Bx-amz-checksum-mode&X-Amz-Signature=CANARY";
    let url = format!("http://127.0.0.1:{port}/b/a?{signed}");
    let url = PresignedUrl::parse(&url, &Hosts::AwsOr("127.0.0.1".into())).unwrap();
    let headers = |name: &str| (name == "x-amz-checksum-mode").then_some("ENABLED");
    let refused = |(status, code): Refused| format!("{status} {}", code.unwrap_or_default());
    let said = match what {
        "head" => {
            let head = fetcher.head(&url, headers).await;
            head.map(|head| head.map_or_else(refused, |version| known(&version)))
        }
        "list" => {
            let page = fetcher.list(&url, headers).await;
            page.map(|page| page.map_or_else(refused, |page| page.objects[0].key.clone()))
        }
        "may" => {
            let may = fetcher.may_read(&url, headers).await;
            may.map(|may| may.map_or_else(refused, |()| "yes".to_owned()))
        }
        _ => {
            let unless = what.strip_prefix("get unless ");
            let got = fetcher.get(&url, headers, unless).await;
            got.map(|got| match got {
                Answer::Object(object) => known(&object.version),
                Answer::Unchanged(version) => format!("unchanged {}", known(&version)),
                Answer::Refused { status, code } => refused((status, code)),
            })
        }
    };
    said.unwrap_or_else(|error| error.kind().facts().code.to_owned())
}

/// `<ETag> <version id> <length> <seconds>`, with `-` for what is not said.
fn known(version: &ObjectVersion) -> String {
    let length = version.length.map(|length| length.to_string());
    let seconds = version.modified.map(|at| at.timestamp().to_string());
    let parts = [
        version.etag.clone(),
        version.version_id.clone(),
        length,
        seconds,
    ];
    let parts = parts.map(|part| part.unwrap_or_else(|| "-".to_owned()));
    parts.join(" ")
}

/// What the request has of its own beside what was signed.
fn own(what: &str) -> Vec<String> {
    match what.strip_prefix("get unless ") {
        Some(etag) if !etag.contains('\n') => vec![format!("if-none-match: {etag}")],
        None if what == "may" => vec!["range: bytes=0-0".to_owned()],
        _ => Vec::new(),
    }
}

#[test]
fn every_answer_of_s3_is_told_for_what_it_is() {
    const NONE: &str = "SourceUnavailable";
    let (body, error) = (answer(200, DATED, "body"), answer(404, "", ERROR));
    let unchanged = format!("HTTP/1.1 304 Not Modified\r\n{DATED}\r\n");
    let endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody".to_owned();
    let large = "HTTP/1.1 200 OK\r\nContent-Length: 858993459200\r\n\r\n".to_owned();
    let elsewhere = answer(307, "Location: http://127.0.0.1:1/\r\n", "");
    let (denied, part) = (answer(403, "", ERROR), answer(206, DATED, "b"));
    let empty = |status| answer(status, "", "");
    let too_long = " ".repeat(8 << 20) + PAGE;
    let fetcher = Fetcher::new().unwrap();
    let mut wrong = Vec::new();
    for (what, from_s3, said) in [
        ("get", body.clone(), "\"e\" - 4 1795600800"),
        ("get", unchanged.clone(), "304 "),
        ("get", error.clone(), "404 NoSuchKey"),
        ("get", answer(403, "", "<html>"), "403 "),
        ("get", part.clone(), NONE),
        ("get", endless.clone(), NONE),
        ("get", elsewhere.clone(), NONE),
        ("get", String::new(), NONE),
        (
            "get unless \"e\"",
            unchanged.clone(),
            "unchanged \"e\" - - 1795600800",
        ),
        ("get unless \"f\"", body.clone(), "\"e\" - 4 1795600800"),
        ("get unless \"e\"", error, "404 NoSuchKey"),
        // What is no header's value is no condition.
        ("get unless \n", body, "\"e\" - 4 1795600800"),
        ("get unless \n", unchanged.clone(), "304 "),
        ("head", large, "- - 858993459200 -"),
        ("head", answer(200, DATED, ""), "\"e\" - 0 1795600800"),
        ("head", empty(404), "404 "),
        ("head", empty(403), "403 "),
        ("head", part.clone(), NONE),
        ("head", endless, NONE),
        ("head", elsewhere.clone(), NONE),
        ("list", answer(200, "", PAGE), "a"),
        ("list", denied.clone(), "403 NoSuchKey"),
        ("list", answer(200, "", ERROR), NONE),
        ("list", answer(200, "", &PAGE[..60]), NONE),
        ("list", answer(200, "", &too_long), NONE),
        ("list", elsewhere, NONE),
        ("may", part, "yes"),
        ("may", empty(200), "yes"),
        ("may", unchanged, "yes"),
        ("may", empty(404), "yes"),
        ("may", empty(412), "yes"),
        ("may", empty(416), "yes"),
        ("may", denied, "403 NoSuchKey"),
        ("may", empty(503), "503 "),
    ] {
        let s3 = Answering::with(&[&from_s3]);
        let told = block(told(&fetcher, what, s3.port));
        if told != said {
            wrong.push(format!("{what}: {told}, and not {said}"));
        }
        let mut head = s3.asked().remove(0);
        let signed = head.contains(&"x-amz-checksum-mode: ENABLED".to_owned());
        let method = if what == "head" { "HEAD" } else { "GET" };
        let sent = head[0].starts_with(&format!("{method} /b/a?X-Amz-SignedHeaders="));
        head.retain(|line| line.starts_with("if-") || line.starts_with("range"));
        if !signed || !sent || head != own(what) {
            wrong.push(format!("{what}: {method} was sent with {head:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn ranges_and_conditions_are_not_sent_on() {
    for (header, changes) in [
        ("range", true),
        ("if-match", true),
        ("if-none-match", true),
        ("if-modified-since", true),
        ("x-amz-checksum-mode", false),
        ("x-amz-request-payer", false),
    ] {
        assert_eq!(changes_the_answer(header), changes, "{header}");
    }
}
