//! Conditions, judged against the release, as S3 does it.

use super::stage::{Stage, forwarded, leaks, outcome, unlike_refusal};
use crate::support::lambda::Source;
use crate::support::samples::sample;

#[test]
fn conditions_hold_or_do_not_as_in_s3() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let first = stage.ask("research", &stage.event("patients.csv"));
    let etag = forwarded(&first, "etag").to_owned();
    let other = "\"00000000000000000000000000000000-1\"";
    let (at, before) = (
        "Wed, 25 Nov 2026 10:00:00 GMT",
        "Wed, 25 Nov 2026 09:59:59 GMT",
    );
    let mut wrong = Vec::new();
    for (name, headers, status) in [
        ("its ETag", vec![("If-Match", etag.as_str())], 200),
        ("any", vec![("If-Match", "*")], 200),
        ("another ETag", vec![("If-Match", other)], 412),
        ("not its ETag", vec![("If-None-Match", etag.as_str())], 304),
        ("not another ETag", vec![("If-None-Match", other)], 200),
        ("modified since", vec![("If-Modified-Since", at)], 304),
        (
            "modified since before",
            vec![("If-Modified-Since", before)],
            200,
        ),
        ("unmodified since", vec![("If-Unmodified-Since", at)], 200),
        (
            "unmodified since before",
            vec![("If-Unmodified-Since", before)],
            412,
        ),
        (
            "its ETag and a range",
            vec![("If-Match", etag.as_str()), ("Range", "bytes=0-3")],
            206,
        ),
        (
            "another ETag and a range",
            vec![("If-Match", other), ("Range", "bytes=0-3")],
            412,
        ),
    ] {
        let mut event = stage.event("patients.csv");
        for (header, value) in headers {
            event = event.header(header, &[value]);
        }
        let got = stage.ask("research", &event);
        let complaints = match status {
            412 => unlike_refusal(&got, 412, "PreconditionFailed"),
            304 => {
                let mut complaints = unlike_refusal(&got, 304, "");
                if forwarded(&got, "etag") != etag || forwarded(&got, "content-length") != "" {
                    complaints.push(format!("says {:?}", got.head.headers));
                }
                complaints
            }
            _ => {
                let bytes = if status == 206 {
                    &first.body[..4]
                } else {
                    &first.body
                };
                let mut complaints = leaks(&got);
                if outcome(&got) != (status.to_string().as_str(), "") || got.body != bytes {
                    complaints.push(format!("is answered {:?}", outcome(&got)));
                }
                complaints
            }
        };
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_a_master_key_whole_objects_are_answered_and_nothing_else() {
    let stage = Stage::with(&[]);
    stage.put(
        "people.csv",
        Source::Object(b"Name,Note,Cost\nCANARYNAME,CANARYNOTE,7\n".to_vec()),
    );
    let event = stage.event("people.csv");
    let got = stage.ask("costs-csv", &event);
    let mut wrong = leaks(&got);
    if outcome(&got) != ("200", "") || !got.whole || !got.text().starts_with("Cost,Name\n7,") {
        wrong.push(format!("{:?} {}", outcome(&got), got.text()));
    }
    if forwarded(&got, "etag") != "" || forwarded(&got, "content-length") == "" {
        wrong.push(format!("{:?}", got.head.headers));
    }
    for (header, value) in [("Range", "bytes=0-3"), ("If-None-Match", "\"x\"")] {
        let got = stage.ask("costs-csv", &event.clone().header(header, &[value]));
        wrong.extend(unlike_refusal(&got, 500, "KeyUnavailable"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
