//! Who is answered: whoever signs a request rightly, in time, for what their credential reads.

mod header;
mod others;
mod presigned;

use super::stage::Stage;
use crate::support::samples::patients;

/// A release.
const TARGET: &str = "/analytics-csv/a/patients.csv";

/// A gateway with that release, and the release.
fn staged() -> (Stage, Vec<u8>) {
    let stage = Stage::new();
    let raw = patients(0, 20);
    stage.put("a/patients.csv", &raw);
    stage.put("a/people.csv", "Name,Note,Cost\nCANARYNAME,CANARYNOTE,7\n");
    let release = stage.converted(&raw, "patients/analytics", "csv");
    (stage, release)
}
