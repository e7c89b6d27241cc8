//! The same objects under `preview`, `risk` and `init`: whether they are refused there or read, no value is told.

use super::{RELEASED, Row, lay, of_every_row, run};

/// What a command wrote, and which parts of it may hold no value.
struct Look {
    name: &'static str,
    args: Vec<&'static str>,
    /// Standard output shows values by purpose.
    shows: bool,
}

/// Every way to look. An older text lets a preview read all of the object.
fn looks(object: &'static str) -> Vec<Look> {
    let preview = [&["preview", object], &RELEASED[..]].concat();
    let risk = ["risk", object, "--quasi", "Town,Born", "--sensitive", "Big"];
    let look = |name, args: &[&[&'static str]], shows| Look {
        name,
        args: args.concat(),
        shows,
    };
    vec![
        look("preview", &[&preview], true),
        look(
            "preview of an edit",
            &[&preview, &["--against", "sql/people/view.sql"]],
            true,
        ),
        look("risk", &[&risk], false),
        look("risk as JSON", &[&risk, &["--format", "json"]], false),
        look("init", &[&["init", object, "--print"]], false),
    ]
}

fn complaints(row: &Row) -> Vec<String> {
    let canaries = row.canaries();
    let folder = tempfile::tempdir().unwrap();
    lay(row, folder.path());
    let mut wrong = Vec::new();
    for look in looks(row.object) {
        let output = run(folder.path(), &look.args);
        let code = output.status.code();
        let refused = code == Some(1);
        let mut add = |what: String| wrong.push(format!("{} → {}: {what}", row.name, look.name));
        // Whole releases are refused as `convert` refuses them; the others read what they can.
        if !refused && (code != Some(0) || look.name == "preview of an edit") {
            add(format!("exits with {}", output.status));
        }
        if refused && !output.stdout.is_empty() {
            add("shows something, and refuses it".to_owned());
        }
        let shown: &[u8] = if look.shows { &[] } else { &output.stdout };
        let said = [shown, &output.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said);
        let told: Vec<&String> = canaries
            .iter()
            .filter(|canary| said.contains(canary.as_str()))
            .collect();
        if !told.is_empty() {
            add(format!("tells {told:?}: {said}"));
        }
    }
    wrong
}

#[test]
fn no_row_is_told_by_a_command_that_only_looks() {
    let wrong = of_every_row(complaints);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
