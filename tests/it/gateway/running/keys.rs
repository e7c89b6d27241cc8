//! Another master key: who is pinned to the old one reads on, and records of both are made again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::gateway::stage::{Setup, Stage};
use crate::support::samples::{KEY, sample};
use crate::support::site::{Answer, run};

/// The key of now.
const NEW: &str = "0909090909090909090909090909090909090909090909090909090909090909";

/// Access points for tokens under the key of now, under the old one, and under one that nobody has.
fn rotated() -> Stage {
    let mut setup = Setup::default();
    for (name, more) in [
        ("of-now", String::new()),
        ("of-then", "key_version = 4".to_owned()),
        ("of-none", "key_version = 3".to_owned()),
    ] {
        let point = [name, "patients/research", "csv", &more].map(str::to_owned);
        let [name, projection, format, more] = point;
        setup.readers[0].2.push(name.clone());
        setup.points.push((name, projection, format, more));
    }
    setup.variables = [
        ("VEILPOINT_KEY", NEW),
        ("VEILPOINT_KEY_VERSION", "5"),
        ("VEILPOINT_OLD_KEYS", r#"{"4": {"env": "OLD"}}"#),
        ("OLD", KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let stage = Stage::with(&setup);
    stage.put("patients.csv", sample());
    stage
}

fn told(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.stdout).into_owned() + &answer.stderr
}

#[test]
fn an_access_point_that_is_pinned_to_an_old_key_keeps_its_tokens() {
    let stage = rotated();
    let then = stage.converted(&sample(), "patients/research", "csv");
    let ask = |name: &str| stage.ask("GET", &format!("/{name}/patients.csv"), &[]);
    let (now, pinned, none) = (ask("of-now"), ask("of-then"), ask("of-none"));
    assert_eq!(pinned.body, then);
    assert_eq!((now.status(), now.body.len()), (200, then.len()));
    assert_ne!(now.body, then);
    assert_ne!(now.head.header("etag"), pinned.head.header("etag"));
    // No other key takes the place of one that is not there.
    assert_eq!(none.status(), 500, "{}", none.text());
    let records = stage.lines("release", 2);
    // In no order: a record is written behind the last byte, when the next request may be on its way already.
    let mut versions: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record["access_point"].as_str(),
                record["key_version"].as_u64(),
            )
        })
        .collect();
    versions.sort_unstable();
    let expected = [(Some("of-now"), Some(5)), (Some("of-then"), Some(4))];
    assert_eq!(versions, expected);
    for (file, digits) in [("old", KEY), ("new", NEW)] {
        fs::write(stage.path(file), digits).unwrap();
        fs::set_permissions(stage.path(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::write(stage.path("records"), stage.log()).unwrap();
    let verify = |keys: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .args(["verify", "records", "--sql"])
            .arg(stage.path("sql"));
        command.args(keys).env_clear().current_dir(stage.path(""));
        run(&mut command)
    };
    let both = told(&verify(&["--key", "new", "--key", "old"]));
    assert!(both.contains("2 verified, 0 not verified\n"), "{both}");
    let one = told(&verify(&["--key", "new"]));
    assert!(one.contains("1 verified, 1 not verified\n"), "{one}");
    assert!(one.contains("made under another, version 4"), "{one}");
    assert_eq!(stage.told(), Vec::<String>::new());
}
