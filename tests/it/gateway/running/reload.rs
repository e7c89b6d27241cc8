//! Edits of settings while it runs: seen at the files, or told by a signal; right ones hold, wrong ones do not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::edited::{Edited, FILED, NEXT, TARGET, put_secret};
use super::{LONG, begun, put_long};
use crate::gateway::stage::{READER, other};
use crate::support::samples::sample;

fn ok() -> (u16, String) {
    (200, String::new())
}

fn denied(code: &str) -> (u16, String) {
    (403, code.to_owned())
}

#[test]
fn right_edits_hold_from_the_next_look_at_the_files() {
    let mut edited = Edited::new();
    let mut wrong = Vec::new();
    let target = "/added/patients.csv";
    let before = edited.stage.ask("GET", target, &[]);
    if (before.status(), before.code().as_str()) != (403, "AccessDenied") {
        wrong.push(format!("before: {}", before.text()));
    }
    let added = ["added", "patients/analytics", "csv", ""].map(str::to_owned);
    let [name, projection, format, more] = added;
    edited.setup.readers[0].2.push(name.clone());
    edited.setup.points.push((name, projection, format, more));
    edited.write();
    edited.stage.lines("settings_loaded", 1);
    let after = edited.stage.ask("GET", target, &[]);
    if after.status() != 200 {
        wrong.push(format!("an access point more: {}", after.text()));
    }
    // A secret, in its file alone.
    put_secret(&edited.secret(), NEXT);
    edited.stage.lines("settings_loaded", 2);
    for (name, secret, expected) in [
        ("the old secret", FILED.1, denied("SignatureDoesNotMatch")),
        ("the new one", NEXT, ok()),
    ] {
        let found = edited.status_of((FILED.0, secret));
        if found != expected {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    // A credential less.
    edited.setup.readers.remove(1);
    edited.write();
    edited.stage.lines("settings_loaded", 3);
    let request = edited.stage.request("GET", "/costs/people.parquet");
    let gone = edited.stage.send(&other().header(request));
    if (gone.status(), gone.code().as_str()) != (403, "InvalidAccessKeyId") {
        wrong.push(format!("a credential less: {}", gone.text()));
    }
    // Another projection for the same access point, and another format.
    for point in &mut edited.setup.points {
        if point.0 == "analytics-csv" {
            point.1 = "patients/billing".to_owned();
        }
    }
    edited.write();
    edited.stage.lines("settings_loaded", 4);
    let expected = edited.stage.converted(&sample(), "patients/billing", "csv");
    if edited.stage.ask("GET", TARGET, &[]).body != expected {
        wrong.push("another projection: other bytes".to_owned());
    }
    let (taken, refused) = (edited.reloads("taken"), edited.reloads("refused"));
    if (taken - 4.0).abs() > 0.1 || refused > 0.1 {
        wrong.push(format!("{taken} taken, {refused} refused"));
    }
    wrong.extend(edited.stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_wrong_edit_is_refused_and_what_held_before_holds_on() {
    let edited = Edited::new();
    let right = edited.setup.settings(None);
    let mut wrong = Vec::new();
    let rows = [
        (
            "an unknown key",
            format!("lisen = \"CANARY\"\n{right}"),
            "veilpoint.toml:1:1: ",
        ),
        (
            "half a file",
            right[..right.len() / 2].to_owned(),
            "veilpoint.toml:",
        ),
        ("no file at all", String::new(), "veilpoint.toml"),
        (
            "a source that is not there",
            right.replacen("\"objects\"", "\"none\"", 1),
            "\"source\" names no folder",
        ),
        (
            "a secret in clear",
            right.replacen(
                "{ env = \"SECRET_OF_reader\" }",
                &format!("\"{}\"", READER.1),
                1,
            ),
            "secret_access_key",
        ),
    ];
    for (at, (name, text, word)) in rows.iter().enumerate() {
        edited.write_text(text);
        let lines = edited.stage.lines("settings_refused", at + 1);
        let said = lines[at]["message"].as_str().unwrap_or_default();
        if !said.contains(word) || !said.contains("what held before holds on") {
            wrong.push(format!("{name}: {said}"));
        }
        let found = edited.status_of(READER);
        if found != ok() {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    // A secret that others may read is none, until they may not: nothing else of the file changes.
    edited.write_text(&right);
    edited.stage.lines("settings_loaded", 1);
    fs::set_permissions(edited.secret(), fs::Permissions::from_mode(0o644)).unwrap();
    edited.stage.lines("settings_refused", rows.len() + 1);
    let found = edited.status_of(FILED);
    fs::set_permissions(edited.secret(), fs::Permissions::from_mode(0o600)).unwrap();
    edited.stage.lines("settings_loaded", 2);
    let (taken, refused) = (edited.reloads("taken"), edited.reloads("refused"));
    if found != ok() || (taken - 2.0).abs() > 0.1 || (refused - 6.0).abs() > 0.1 {
        wrong.push(format!("{found:?}, {taken} taken, {refused} refused"));
    }
    wrong.extend(edited.stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_takes_a_restart_is_named_as_long_as_it_differs() {
    let edited = Edited::new();
    let right = edited.setup.settings(None);
    let mut wrong = Vec::new();
    let more = right.replacen(
        "[limits]",
        "[limits]\nconnections = 7\nmemory = \"20 MiB\"",
        1,
    );
    let address =
        |text: &str| text.replacen("listen = \"127.0.0.1:0\"", "listen = \"127.0.0.1:1\"", 1);
    let cache = "cache = { path = \"cache\" }";
    let elsewhere = right.replacen(cache, "cache = \"none\"\nregion = \"eu-central-1\"", 1);
    for (at, (text, left)) in [
        (more.clone(), "\"limits.connections, limits.memory\""),
        // Another edit, which could be taken over: the first is not in force for all that.
        (format!("{more}\n"), "\"limits.connections, limits.memory\""),
        (address(&right), "\"listen\""),
        (elsewhere, "\"region, cache\""),
        (right.clone(), "null"),
    ]
    .into_iter()
    .enumerate()
    {
        edited.write_text(&text);
        let lines = edited.stage.lines("settings_loaded", at + 1);
        let named = lines[at]["left"].to_string();
        if named != left {
            wrong.push(format!("names {named}, not {left}"));
        }
        if edited.status_of(READER) != ok() {
            wrong.push(format!("{left}: {:?}", edited.status_of(READER)));
        }
    }
    wrong.extend(edited.stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_request_under_way_ends_with_what_held_before() {
    let mut edited = Edited::new();
    put_long(&edited.stage);
    let expected = edited.stage.ask("GET", LONG, &[]);
    let (mut line, head) = begun(&edited.stage, LONG);
    // Neither the access point nor who reads it is left.
    edited.setup.points.retain(|point| point.0 != "long");
    edited.setup.readers.remove(0);
    edited.write();
    edited.stage.signal("HUP");
    edited.stage.lines("settings_loaded", 1);
    let mut body = Vec::new();
    let whole = head.body(&mut line, &mut body, usize::MAX);
    assert!(whole && body == expected.body, "{} bytes", body.len());
    assert_eq!(edited.status_of(READER), denied("InvalidAccessKeyId"));
    let wrong = edited.stage.told();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
