//! The examples of the help run as they stand.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::{record, site};
use crate::support::bucket::{ACCOUNT, Server};
use crate::support::site::run;

#[test]
fn the_examples_run_as_they_stand() {
    let server = Server::start(&["raw"]);
    let site = site();
    let object = site.read("visits.csv").unwrap();
    server.put("raw/visits.csv", &object);
    let record = record(&site, "visits.csv", "all", "csv");
    site.write("record.json", record.to_string());
    let other = json!({"event": "request", "projection": "patients/analytics"});
    let named = record
        .to_string()
        .replace("Analyst/ada", "Analyst/patients/analytics");
    site.write("log.json", format!("{other}\n{named}\n"));
    site.write("raw/patients.csv", &object);
    for file in ["schema", "all"] {
        let text = site.read(&format!("sql/visits/{file}.sql")).unwrap();
        site.write(&format!("sql-2026/visits/{file}.sql"), text);
    }
    fs::create_dir(site.path("secrets")).unwrap();
    fs::rename(site.path("key"), site.path("secrets/master.key")).unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_veilpoint")).parent().unwrap();
    let mut count = 0;
    let mut wrong = Vec::new();
    for command in [&["verify", "--help"][..], &["--help"]] {
        let help = String::from_utf8(run(&mut site.command(command)).stdout).unwrap();
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let lines = examples.lines().map(str::trim);
        for line in lines.filter(|line| line.contains("veilpoint verify ")) {
            count += 1;
            let script = format!("set -o pipefail; PATH='{}':$PATH\n{line}", folder.display());
            let mut shell = Command::new("bash");
            shell
                .args(["-c", &script])
                .current_dir(site.path(""))
                .envs(ACCOUNT)
                .env("AWS_ENDPOINT_URL", server.endpoint());
            let answer = run(&mut shell);
            let said = String::from_utf8_lossy(&answer.stdout).into_owned();
            if answer.code != Some(0) || !said.ends_with("1 verified, 0 not verified\n") {
                wrong.push(format!("{line}: {:?} {said}{}", answer.code, answer.stderr));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(count, 5);
}
