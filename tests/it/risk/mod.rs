//! `veilpoint risk`: its numbers are those of others, it reads what it says, and it shows no value.

mod adult;
mod files;
mod reports;

use serde_json::Value;

use crate::support::site::{Site, run};

/// The report of a file as JSON; what it says otherwise fails the test.
fn report(site: &Site, args: &[&str]) -> Value {
    let all = ["risk", "--format", "json"].iter().chain(args);
    let answer = run(&mut site.command(all));
    assert_eq!(answer.code, Some(0), "{args:?}: {}", answer.stderr);
    serde_json::from_slice(&answer.stdout).unwrap()
}
