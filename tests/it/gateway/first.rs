//! The stage itself: both kinds of source are read, and by whoever signs rightly alone.

use super::stage::{Stage, leaks, other, reader, unlike_refusal};
use crate::support::samples::patients;

#[test]
fn a_release_is_read_over_both_sources_and_is_what_the_command_makes() {
    let mut wrong = Vec::new();
    for (place, stage) in [("folder", Stage::new()), ("bucket", Stage::over_s3())] {
        let raw = patients(0, 50);
        stage.put("a/patients.csv", &raw);
        let expected = stage.converted(&raw, "patients/analytics", "csv");
        let target = "/analytics-csv/a/patients.csv";
        let got = stage.ask("GET", target, &[]);
        if got.status() != 200 || got.body != expected {
            wrong.push(format!("{place}: {} {}", got.status(), got.text()));
        }
        wrong.extend(leaks(&got));
        let url = reader().url(stage.request("GET", target), "60");
        let got = stage.send(&url);
        if got.status() != 200 || got.body != expected {
            wrong.push(format!("{place}, URL: {} {}", got.status(), got.text()));
        }
        let got = stage.send(&other().header(stage.request("GET", target)));
        wrong.extend(unlike_refusal(&got, "GET", 403, "AccessDenied"));
        let line = stage.line(&got);
        if (line["principal"].as_str(), line["status"].as_u64()) != (Some("other"), Some(403)) {
            wrong.push(format!("{place} logs {line}"));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
