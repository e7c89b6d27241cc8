//! Several records in one text, among the lines of a log.

use serde_json::json;

use super::{record, site, unlike};
use crate::support::site::{run, run_on};

#[test]
fn each_record_of_a_log_is_answered_in_its_turn() {
    let site = site();
    let first = record(&site, "visits.csv", "all", "csv");
    let mut second = record(&site, "visits.csv", "keyed", "csv");
    second["sha256"] = json!("0".repeat(64));
    let third = record(&site, "visits.csv", "sorted", "parquet");
    let log = format!(
        "START RequestId: 8e288686 Version: $LATEST\n\
         2026-11-26T17:46:16.001Z {first}\n\
         {{\"level\":\"INFO\",\"event\":\"request\",\"status\":200}}\n\
         {second}\r\n\
         \n\
         not JSON {{\n\
         2026-11-26T17:46:17.001Z\t{third}\n\
         END RequestId: 8e288686\n"
    );
    site.write("log.json", &log);
    let more = ["--object", "visits.csv", "--key", "key"];
    let lines = [
        ("verified: visits.csv for visits/all on ", " bytes"),
        ("not verified: visits.csv for visits/keyed on ", ": bytes: "),
        ("verified: visits.csv for visits/sorted on ", " bytes"),
        ("2 verified, 1 not verified", ""),
    ];
    let mut wrong = Vec::new();
    let file = run(site.command(["verify", "log.json"]).args(more));
    wrong.extend(unlike(&file, 1, &lines));
    let pipe = run_on(site.command(["verify", "-"]).args(more), log.as_bytes());
    wrong.extend(unlike(&pipe, 1, &lines));
    // Whatever else a log holds.
    let odd = [b"\xff\xfe\0 {\n", log.as_bytes()].concat();
    let pipe = run_on(site.command(["verify", "-"]).args(more), &odd);
    wrong.extend(unlike(&pipe, 1, &lines));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
