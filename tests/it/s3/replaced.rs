//! An object that is replaced while it is read: its release is of one version or there is none.

use std::sync::Arc;

use super::{convert, unlike};
use crate::support::bucket::{Gate, Pass, Server};
use crate::support::site::{Site, visits};

/// What is done to the request of the object's bytes.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Replaced after it was found, before its first byte.
    BeforeTheFirstByte,
    /// Replaced when the line is cut after some bytes: the rest would be that of another object.
    AfterTheLineIsCut,
}

#[test]
fn two_versions_are_never_mixed() {
    let mut wrong = Vec::new();
    for when in [When::BeforeTheFirstByte, When::AfterTheLineIsCut] {
        // The same length, so that only the version tells them apart; and another one.
        for rows in [40_000..80_000, 40_000..40_100] {
            let server = Arc::new(Server::start(&["raw", "released"]));
            server.put("raw/visits.csv", visits(10_000..50_000).as_bytes());
            let behind = server.clone();
            let mut done = false;
            let newer = visits(rows.clone());
            let gate = Gate::open(
                &server,
                Box::new(move |request| {
                    if done || !request.starts_with("GET /raw/visits.csv") {
                        return Pass::Whole;
                    }
                    done = true;
                    match when {
                        When::BeforeTheFirstByte => {
                            behind.put("raw/visits.csv", newer.as_bytes());
                            Pass::Whole
                        }
                        When::AfterTheLineIsCut => Pass::CutThen(200_000, {
                            let (behind, newer) = (behind.clone(), newer.clone());
                            Box::new(move || behind.put("raw/visits.csv", newer.as_bytes()))
                        }),
                    }
                }),
            );
            let endpoint = &gate.endpoint();
            let site = Site::new();
            for output in ["out.csv", "s3://released/out.csv"] {
                // The first finds the gate at work, and the second an object that rests.
                let answer = convert(&site, endpoint, "s3://raw/visits.csv", output, &[]);
                let left = site
                    .files("")
                    .iter()
                    .filter(|name| name.contains("out"))
                    .count()
                    + server.keys("released").len()
                    + server.uploads("released").len();
                let complaints = match output {
                    "out.csv" => {
                        let words = [
                            "s3://raw/visits.csv",
                            "changed while it was read",
                            "[SourceUnavailable]",
                        ];
                        let mut complaints = unlike(&answer, endpoint, 2, &words);
                        if left > 0 {
                            complaints.push("leaves a release".to_owned());
                        }
                        complaints
                    }
                    _ => unlike(&answer, endpoint, 0, &[&format!(": {} rows, ", rows.len())]),
                };
                wrong.extend(
                    complaints
                        .iter()
                        .map(|what| format!("{when:?}, {rows:?} → {output}: {what}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
