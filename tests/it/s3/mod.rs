//! `s3://` on either side, against a real server: objects, prefixes, large releases in parts, and every way to fail.

mod failures;
mod places;
mod profiles;
mod replaced;

use std::process::Command;

use crate::support::bucket::ACCOUNT;
use crate::support::site::{Answer, Site, run};

/// Gives the command the account of the tests, and the place of the server.
fn at<'a>(command: &'a mut Command, endpoint: &str) -> &'a mut Command {
    command.envs(ACCOUNT).env("AWS_ENDPOINT_URL", endpoint)
}

/// `convert` through `visits/open`.
fn convert(site: &Site, endpoint: &str, input: &str, output: &str, more: &[&str]) -> Answer {
    run(at(&mut site.convert(input, output, "open", more), endpoint))
}

/// What is wrong with an answer, whatever it is: something of the account, the place or the data in it.
fn told(answer: &Answer, endpoint: &str) -> Vec<String> {
    let place = endpoint.trim_start_matches("http://");
    let secrets = ACCOUNT[..3].iter().map(|(_, value)| *value);
    let wrong = secrets.chain([place, "Canary", "Signature", "amazonaws"]);
    wrong
        .filter(|word| answer.stderr.contains(word))
        .map(|word| format!("tells {word}: {}", answer.stderr.trim_end()))
        .collect()
}

/// What is wrong with an answer that should be this refusal.
fn unlike(answer: &Answer, endpoint: &str, code: i32, words: &[&str]) -> Vec<String> {
    let mut wrong = told(answer, endpoint);
    if answer.code != Some(code) {
        wrong.push(format!("exits with {:?}, not {code}", answer.code));
    }
    let missing = words.iter().filter(|word| !answer.stderr.contains(**word));
    wrong.extend(missing.map(|word| format!("does not say {word}")));
    if !wrong.is_empty() {
        wrong.push(format!("says {}", answer.stderr.trim_end()));
    }
    wrong
}

/// What is wrong with an answer that should be a success.
fn failure(answer: &Answer, endpoint: &str) -> Vec<String> {
    unlike(answer, endpoint, 0, &[])
}
