//! A setting that cannot be right ends the function at its start.

use std::process::Command;

use crate::support::bucket::ACCOUNT;
use crate::support::site::run;

const RUNTIME: [(&str, &str); 4] = [
    ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9"),
    ("AWS_LAMBDA_FUNCTION_NAME", "veilpoint"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
];

/// A row: its name, what is set, and what the refusal names.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// What is refused.
const REFUSED: [Row; 5] = [
    (
        "no folder",
        &[
            ("VEILPOINT_CACHE", "none"),
            ("VEILPOINT_CACHE_BUCKET", "s3://b/p/"),
        ],
        "VEILPOINT_CACHE is none",
    ),
    (
        "no slash at its end",
        &[("VEILPOINT_CACHE_BUCKET", "s3://b/p")],
        "VEILPOINT_CACHE_BUCKET is s3://bucket/prefix/",
    ),
    (
        "a folder",
        &[("VEILPOINT_CACHE_BUCKET", "releases/")],
        "VEILPOINT_CACHE_BUCKET is s3://bucket/prefix/",
    ),
    (
        "another scheme",
        &[("VEILPOINT_CACHE_BUCKET", "https://b/p/")],
        "VEILPOINT_CACHE_BUCKET is s3://bucket/prefix/",
    ),
    (
        "an empty name in it",
        &[("VEILPOINT_CACHE_BUCKET", "s3://b/p//q/")],
        "VEILPOINT_CACHE_BUCKET is s3://bucket/prefix/",
    ),
];

#[test]
fn a_bucket_that_cannot_be_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (name, set, named) in REFUSED {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .arg("lambda")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("TMPDIR", folder.path())
            .envs(RUNTIME)
            .envs(ACCOUNT)
            .envs(set.iter().copied());
        let exit = run(&mut command);
        if exit.code != Some(2) || !exit.stderr.contains(named) {
            wrong.push(format!("{name}: {:?}, {}", exit.code, exit.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
