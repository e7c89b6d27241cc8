//! The gateway over a store that others wrote, with rights that the store looks at.

mod replaced;
mod rights;
mod served;
mod stopped;

use super::stage::{Setup, Stage};
use crate::support::lambda::Got;
use crate::support::seaweed::{RAW, READER, Seaweed};

/// The settings' words for what lies below a prefix of the reader's bucket.
fn source(endpoint: &str, prefix: &str) -> String {
    format!("{{ url = \"s3://{RAW}/{prefix}\", endpoint = \"{endpoint}\", path_style = true }}")
}

/// A gateway over the prefix `a/` of the bucket, with the reader's rights.
fn stage(endpoint: &str) -> Stage {
    let mut setup = Setup::default();
    let source = format!("\nsource = {}\n", source(endpoint, "a/"));
    for (_, _, _, more) in &mut setup.points {
        more.push_str(&source);
    }
    let account = [
        ("AWS_ACCESS_KEY_ID", READER.0),
        ("AWS_SECRET_ACCESS_KEY", READER.1),
    ];
    let account = account.map(|(name, value)| (name.to_owned(), value.to_owned()));
    setup.variables.extend(account);
    Stage::with(&setup)
}

/// What an answer tells of the store: its address, its bucket, its secrets, its own words.
fn told_of(store: &Seaweed, got: &Got) -> Vec<String> {
    let head = got.head.headers.iter();
    let head = head.map(|(name, value)| format!("{name}: {value}\n"));
    let text = head.chain([got.text()]).collect::<String>();
    let port = store.port().to_string();
    let secrets = [
        "CANARY",
        "Seaweed",
        "SignatureDoesNotMatch",
        port.as_str(),
        "/raw",
    ];
    let told = secrets.into_iter().filter(|secret| text.contains(secret));
    told.map(|secret| format!("tells {secret}: {text}"))
        .collect()
}
