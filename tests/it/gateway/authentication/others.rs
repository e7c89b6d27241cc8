//! What a credential does not read, whether or not it exists.

use serde_json::Value;

use super::staged;
use crate::gateway::stage::{Stage, other, reader, unlike_refusal};
use crate::support::sigv4::Signer;

/// What is asked of a bucket, in a path below it.
const ASKED: [(&str, &str); 10] = [
    ("GET", "/a/patients.csv"),
    ("HEAD", "/a/patients.csv"),
    ("GET", "/a/none.csv"),
    ("GET", ""),
    ("GET", "?list-type=2"),
    ("HEAD", ""),
    ("GET", "?location"),
    ("GET", "?acl"),
    ("PUT", "/a/patients.csv"),
    ("DELETE", ""),
];

#[test]
fn anothers_access_point_is_answered_as_one_that_does_not_exist() {
    let (stage, _) = staged();
    let mut wrong = Vec::new();
    for (method, below) in ASKED {
        let mut said = Vec::new();
        for bucket in ["costs", "nothing"] {
            let target = format!("/{bucket}{below}");
            let got = stage.ask(method, &target, &[]);
            let found = unlike_refusal(&got, method, 403, "AccessDenied");
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("{method} {target}: {what}")),
            );
            let id = got.header("x-amz-request-id").to_owned();
            let names: Vec<_> = got.head.names.clone();
            said.push((names, got.text().replace(&id, "")));
            let lines = stage.lines("access_denied", 1);
            let line = lines.iter().find(|line| line["request_id"] == id.as_str());
            // A name that is no access point's may be anything, and is not logged.
            let shown = if bucket == "costs" {
                Value::from("costs")
            } else {
                Value::Null
            };
            let told = line.map(|line| (&line["principal"], &line["access_point"]));
            if told != Some((&Value::from("reader"), &shown)) {
                wrong.push(format!("{method} {target} logs {lines:?}"));
            }
        }
        if said[0] != said[1] {
            wrong.push(format!(
                "{method} {below} is answered in two ways: {said:?}"
            ));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_credential_is_shown_its_own_access_points() {
    let (stage, _) = staged();
    let own = [
        "analytics",
        "analytics-csv",
        "analytics.exact",
        "costs-csv",
        "named",
    ];
    assert_eq!(buckets(&stage, &reader(), "/"), own);
    assert_eq!(buckets(&stage, &reader(), "/?x-id=ListBuckets"), own);
    assert_eq!(buckets(&stage, &other(), "/"), ["costs"]);
    let got = stage.send(&stage.request("GET", "/"));
    let wrong = unlike_refusal(&got, "GET", 403, "AccessDenied");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn buckets(stage: &Stage, signer: &Signer, target: &str) -> Vec<String> {
    let got = stage.send(&signer.header(stage.request("GET", target)));
    assert_eq!(got.status(), 200, "{}", got.text());
    let text = got.text();
    let names = text.split("<Name>").skip(1);
    let names = names.filter_map(|rest| Some(rest.split_once("</Name>")?.0.to_owned()));
    names.collect()
}
