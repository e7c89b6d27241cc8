//! `/-/health` and `/-/metrics`: what they say, to whom, and what they never say.

use serde_json::Value;

use super::{admin_port, metrics, settled, setup};
use crate::gateway::stage::{Stage, other, unlike_refusal};
use crate::support::lambda::Got;
use crate::support::python::run_script_in;
use crate::support::samples::{KEY, people, sample};

fn parsed(text: &str) -> Value {
    let printed = run_script_in(
        "requirements-running.txt",
        "metrics.py",
        &[],
        text.as_bytes(),
    );
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn metrics_are_what_prometheus_reads_and_count_what_was_asked() {
    let stage = Stage::with(&setup(""));
    stage.put("patients.csv", sample());
    stage.put("secretly/people.csv", people(10));
    let mut wrong = Vec::new();
    let whole = stage.ask("GET", "/analytics/patients.parquet", &[]);
    let part = stage.ask(
        "GET",
        "/analytics/patients.parquet",
        &[("Range", "bytes=0-9")],
    );
    for (method, target) in [
        ("HEAD", "/analytics/patients.parquet"),
        ("HEAD", "/analytics/CANARYKEY.parquet"),
        ("GET", "/analytics?list-type=2"),
        ("GET", "/analytics?list-type=2&prefix=CANARYPREFIX"),
        ("GET", "/"),
        ("PUT", "/analytics/CANARYKEY.csv"),
        ("GET", "/nobodys-canary/CANARYKEY.csv"),
        ("GET", "/costs-csv/secretly/people.csv"),
        ("GET", "/named/secretly/people.csv"),
    ] {
        stage.ask(method, target, &[]);
    }
    stage.send(&other().header(stage.request("GET", "/analytics/patients.parquet")));
    stage.send(&stage.request("GET", "/analytics/patients.parquet"));
    stage.lines("request", 13);
    // A connection is gone a moment after its client is.
    settled(&stage);
    let text = metrics(&stage);
    let said = parsed(&text);
    let point = "access_point=\"analytics\"";
    for (name, expected) in [
        (format!("veilpoint_requests_total{{{point},operation=\"GetObject\",outcome=\"released\",status=\"200\"}}"), 1.0),
        (format!("veilpoint_requests_total{{{point},operation=\"GetObject\",outcome=\"released\",status=\"206\"}}"), 1.0),
        (format!("veilpoint_requests_total{{{point},operation=\"HeadObject\",outcome=\"released\",status=\"200\"}}"), 1.0),
        (format!("veilpoint_requests_total{{{point},operation=\"HeadObject\",outcome=\"refused\",status=\"404\"}}"), 1.0),
        (format!("veilpoint_requests_total{{{point},operation=\"ListObjectsV2\",outcome=\"released\",status=\"200\"}}"), 2.0),
        (format!("veilpoint_requests_total{{{point},operation=\"write\",outcome=\"refused\",status=\"403\"}}"), 1.0),
        ("veilpoint_requests_total{access_point=\"\",operation=\"ListBuckets\",outcome=\"released\",status=\"200\"}".to_owned(), 1.0),
        // Another's, one that there is not, and one without a signature: nobody is told which.
        ("veilpoint_requests_total{access_point=\"\",operation=\"GetObject\",outcome=\"refused\",status=\"403\"}".to_owned(), 3.0),
        (format!("veilpoint_request_seconds_count{{{point}}}"), 7.0),
        (format!("veilpoint_request_seconds_bucket{{{point},le=\"+Inf\"}}"), 7.0),
        (format!("veilpoint_sent_bytes_total{{{point}}}"), f64::from(u32::try_from(whole.body.len() + part.body.len()).unwrap())),
        ("veilpoint_connections".to_owned(), 0.0),
        ("veilpoint_releases_at_work".to_owned(), 0.0),
        ("veilpoint_releases_made_total".to_owned(), 2.0),
        ("veilpoint_releases_kept_total".to_owned(), 1.0),
    ] {
        let found = said["samples"][&name].as_f64();
        if found.is_none_or(|found| (found - expected).abs() > 0.01) {
            wrong.push(format!("{name} is {found:?}, not {expected}"));
        }
    }
    for (name, kind) in [
        ("veilpoint_requests", "counter"),
        ("veilpoint_request_seconds", "histogram"),
        ("veilpoint_releases_made", "counter"),
        ("veilpoint_connections", "gauge"),
    ] {
        if said["kinds"][name] != kind {
            wrong.push(format!("{name} is a {}", said["kinds"][name]));
        }
    }
    for word in [
        "secretly",
        "canary",
        KEY,
        "\"other\"",
        "patients.",
        "\"reader\"",
    ] {
        if text.to_ascii_lowercase().contains(word) {
            wrong.push(format!("metrics say {word}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(text);
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn health_and_metrics_are_at_their_own_address_alone() {
    let stage = Stage::with(&setup(""));
    let admin = admin_port(&stage);
    let mut wrong = Vec::new();
    for (method, target, status, kind, begin) in [
        (
            "GET",
            "-/health",
            200,
            "application/json",
            "{\"projections\":",
        ),
        ("HEAD", "-/health", 200, "application/json", ""),
        (
            "GET",
            "-/metrics",
            200,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "# HELP veilpoint_",
        ),
        (
            "GET",
            "-/health?x=1",
            200,
            "application/json",
            "{\"projections\":",
        ),
        ("GET", "", 404, "text/plain; charset=utf-8", "there are "),
        (
            "GET",
            "-/CANARY",
            404,
            "text/plain; charset=utf-8",
            "there are ",
        ),
        (
            "POST",
            "-/health",
            404,
            "text/plain; charset=utf-8",
            "there are ",
        ),
        (
            "GET",
            "analytics/patients.parquet",
            404,
            "text/plain; charset=utf-8",
            "there are ",
        ),
    ] {
        let got = Got::of(admin, method, target, &[]);
        let found = (got.status(), got.header("content-type"));
        if found != (status, kind) || !got.text().starts_with(begin) || !got.whole {
            wrong.push(format!("{method} {target}: {found:?} {}", got.text()));
        }
        if got.text().contains("CANARY") {
            wrong.push(format!("{method} {target} says {}", got.text()));
        }
    }
    // At the other address a bucket has a name of three characters or more.
    for target in ["/-/health", "/-/metrics"] {
        let got = stage.ask("GET", target, &[]);
        let complaints = unlike_refusal(&got, "GET", 400, "InvalidBucketName");
        wrong.extend(complaints.iter().map(|what| format!("{target}: {what}")));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
