//! The gateway logs what was found once a release, and refuses the object where the contract says so.

use crate::gateway::stage::{Setup, Stage};
use crate::support::site::wait_for;

/// An access point of its own.
fn staged() -> Stage {
    let mut setup = Setup::default();
    let point = ["notes", "people/notes", "csv", ""].map(str::to_owned);
    let [name, projection, format, more] = point;
    setup.points.push((name.clone(), projection, format, more));
    setup.readers[0].2.push(name);
    Stage::with(&setup)
}

fn people() -> String {
    let row = |at: usize| format!("CANARYNAME,CANARY{at}@example.com,1\n");
    format!("Name,Note,Cost\n{}", (0..40).map(row).collect::<String>())
}

const TARGET: &str = "/notes/people.csv";

#[test]
fn what_is_found_is_logged_or_refused() {
    let stage = staged();
    stage.put("people.csv", people());
    let mut wrong = Vec::new();
    let got = stage.ask("GET", TARGET, &[]);
    if got.status() != 200 {
        wrong.push(format!("logged: {} {}", got.status(), got.text()));
    }
    // Kept, and asked for again: nothing more is said.
    stage.ask("GET", TARGET, &[]);
    let lines = stage.lines("found_identifiers", 1);
    let line = &lines[0];
    let told = ["column", "identifier", "values", "of", "level"].map(|name| line[name].to_string());
    if lines.len() != 1 || told != ["\"Note\"", "\"EMAIL\"", "40", "40", "\"WARN\""] {
        wrong.push(format!("{lines:?}"));
    }
    let path = stage.path("sql/people/schema.sql");
    let schema = std::fs::read_to_string(&path).unwrap();
    let refusing = format!("{schema} OPTIONS ('veilpoint.found_identifiers' 'refuse')");
    std::fs::write(&path, refusing).unwrap();
    stage.signal("HUP");
    wait_for("the contract", || {
        stage.ask("GET", TARGET, &[]).status() == 409
    });
    let got = stage.ask("GET", TARGET, &[]);
    let text = got.text();
    let words = [
        "IdentifiersFound",
        "people.csv",
        "Note",
        "40 of 40",
        "EMAIL",
    ];
    let missing = words.iter().filter(|word| !text.contains(**word));
    wrong.extend(missing.map(|word| format!("does not say {word}: {text}")));
    if text.contains("CANARY") {
        wrong.push(format!("shows values: {text}"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
