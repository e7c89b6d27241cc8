//! The example that comes with the samples: it is read, and it names every key.

use std::collections::BTreeSet;

use super::*;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/veilpoint.toml");

/// Every key that the reader knows.
fn keys() -> BTreeSet<&'static str> {
    [
        keys::GATEWAY,
        keys::TLS,
        keys::SECRET,
        keys::OLD_KEY,
        keys::CACHE,
        keys::LIMITS,
        keys::POINT,
        keys::SOURCE,
        keys::CREDENTIAL,
    ]
    .iter()
    .flat_map(|keys| keys.names)
    .copied()
    .collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the environment may hold what is no text"
)]
fn both(name: &str) -> Result<Option<String>> {
    let named = ["ANALYTICS_SECRET", "RESEARCH_SECRET"].contains(&name);
    Ok(named.then(|| CANARY.to_owned()))
}

#[test]
fn the_example_is_read_for_the_samples() {
    let read = block_on(Gateway::load_in(Path::new(SAMPLE), &both)).unwrap();
    assert!(read.notes.is_empty(), "{:?}", read.notes);
    let names: Vec<&String> = read.access_points.keys().collect();
    assert_eq!(names, ["analytics", "research"]);
    for point in read.access_points.values() {
        let crate::config::SourcePlace::Folder(folder) = &point.source else {
            panic!("the samples lie in a folder");
        };
        assert!(folder.join("patients.csv").is_file());
        let projection = format!("{}.sql", point.payload.projection);
        assert!(Path::new(&read.sql).join(projection).is_file());
    }
    assert_eq!(read.credentials.len(), 2);
}

#[test]
fn the_example_names_every_key() {
    let text = std::fs::read_to_string(SAMPLE).unwrap();
    let named = |key: &str| {
        text.match_indices(key).any(|(at, _)| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let (before, after) = (&text[..at], &text[at + key.len()..]);
            // As a key, or as the name of a table.
            let follows = after.trim_start().starts_with(['=', ']', '.']);
            !before.ends_with(is_part) && follows
        })
    };
    let missing: Vec<&str> = keys().into_iter().filter(|key| !named(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn each_line_that_is_commented_out_is_right() {
    let text = std::fs::read_to_string(SAMPLE).unwrap();
    let site = Site::new();
    let account = |name: &str| {
        Ok(match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some(CANARY.to_owned()),
            "VEILPOINT_KEY" => Some("07".repeat(32)),
            _ => None,
        })
    };
    let examples: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| {
            let key = line.split(" = ").next().unwrap_or_default();
            key != *line && keys::GATEWAY.names.contains(&key)
        })
        .collect();
    let mut wrong = Vec::new();
    for line in &examples {
        // What lies on another machine.
        let line = line
            .replace("../.veilpoint/", "")
            .replace("/var/cache/", "");
        if let Err(error) = site.load_in(&format!("{line}\n§"), &account) {
            wrong.push(error.to_string());
        }
    }
    let source = text.lines().find(|line| line.starts_with("# source = {"));
    let source = source.unwrap().trim_start_matches("# ");
    let point = format!("[access_points.abc]\n{source}\nprojection = \"p/q\"\n");
    wrong.extend(site.load(&point).err().map(|error| error.to_string()));
    assert_eq!(examples.len(), 11);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
