//! What the store denies to the gateway: readers hear that it is so, and nothing of the store.

use std::fs;

use tempfile::TempDir;

use super::{source, told_of};
use crate::gateway::stage::{Setup, Stage, unlike_refusal};
use crate::support::samples::patients;
use crate::support::seaweed::{NOBODY, OWNER, RAW, READER, Seaweed};

/// An access point and its profile; and what its readers are answered: of an object, and of the listing. A reader of
/// the gateway cannot know that a bucket is missing; that its own rights are not what is wanted, the message says.
const PROFILES: [(&str, (&str, &str), Told, Told); 5] = [
    ("right", READER, OK, OK),
    (
        "wrong-secret",
        (READER.0, "CANARYWRONGSECRET"),
        DENIED,
        DENIED,
    ),
    (
        "unknown",
        ("CANARYUNKNOWN", "CANARYUNKNOWNSECRET"),
        DENIED,
        DENIED,
    ),
    ("nobody", NOBODY, DENIED, DENIED),
    (
        "absent",
        OWNER,
        (404, "NoSuchKey"),
        (500, "InvalidSettings"),
    ),
];

/// A status and a code.
type Told = (u16, &'static str);

const OK: Told = (200, "");
const DENIED: Told = (403, "AccessDenied");

/// A gateway with an access point for each profile, all over one bucket but the last; and its profiles.
fn stage(store: &Seaweed) -> (Stage, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profiles");
    let profiles = PROFILES.map(|(name, (id, secret), ..)| {
        format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
    });
    fs::write(&file, profiles.concat()).unwrap();
    let mut setup = Setup::default();
    for (name, value) in [
        ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ] {
        setup.variables.push((name.to_owned(), value.to_owned()));
    }
    let point = |name: &str| {
        let of = source(&store.endpoint(), "a/");
        let of = of.replace(" }", &format!(", profile = \"{name}\" }}"));
        let of = match name {
            "absent" => of.replace(&format!("s3://{RAW}/"), "s3://canary-absent/"),
            _ => of,
        };
        let [name, projection, format] = [name, "patients/analytics", "parquet"].map(str::to_owned);
        (name, projection, format, format!("source = {of}\n"))
    };
    setup.points = PROFILES.map(|(name, ..)| point(name)).into();
    setup.readers.truncate(1);
    setup.readers[0].2 = PROFILES.map(|(name, ..)| name.to_owned()).into();
    (Stage::with(&setup), folder)
}

#[test]
fn what_the_store_denies_is_denied_and_nothing_of_the_store_is_told() {
    let store = Seaweed::start();
    store.put("a/patients.csv", patients(0, 20));
    let (stage, _profiles) = stage(&store);
    let mut wrong = Vec::new();
    for (name, _, of_object, of_list) in PROFILES {
        for (method, target, (status, code)) in [
            ("GET", "/patients.parquet", of_object),
            ("GET", "/patients.csv", of_object),
            ("HEAD", "/patients.parquet", of_object),
            ("GET", "?list-type=2", of_list),
            ("GET", "?prefix=p&delimiter=/", of_list),
        ] {
            let got = stage.ask(method, &format!("/{name}{target}"), &[]);
            let found = match status {
                200 if got.status() == 200 => Vec::new(),
                200 => vec![format!("{} {}", got.status(), got.text())],
                _ => unlike_refusal(&got, method, status, code),
            };
            let found = found.into_iter().chain(told_of(&store, &got));
            wrong.extend(found.map(|what| format!("{name}, {method} {target}: {what}")));
            // Whose rights they are that do not do.
            let own = got.text().contains("own rights do not reach");
            if (status, method) == (403, "GET") && !own {
                wrong.push(format!("{name}, {target}: {}", got.text()));
            }
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
