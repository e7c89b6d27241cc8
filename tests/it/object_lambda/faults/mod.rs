//! Every way in which a request can go wrong, and its exact answer. No row ends in a half body that looks whole, and no
//! row tells anything: not of the object, nor of the request, nor of the account.

mod answers;
mod events;
mod objects;

use serde_json::{Value, json};

use super::event::Event;
use super::stage::{FILLER, KEY, Outcome, Stage, people};
use crate::support::lambda::{Answer, Source};

/// Rows whose release is far larger than what is held back, in more blocks than one.
const MANY: usize = 500_000;

/// What a request comes to.
#[derive(Clone, Copy, Debug)]
enum Expected {
    /// An error is written, with this status and code; without a code where there is none.
    Refused(u16, &'static str),
    /// A release is written.
    Released,
    /// A release is begun, and broken off.
    Broken,
    /// An answer is written once, S3 does not take it, and the invocation fails.
    Untaken,
    /// Nothing is written, and the invocation fails with this code.
    Failed(&'static str),
    /// Nothing is written, and this status and code are given back.
    Returned(u16, &'static str),
}

use Expected::{Broken, Failed, Refused, Released, Returned, Untaken};

fn get(stage: &Stage, key: &str) -> Event {
    stage.get(key, "people/costs")
}

/// What is wrong with an outcome that should be this.
fn unlike(outcome: &Outcome, expected: Expected) -> Vec<String> {
    let mut wrong = leaks(outcome);
    let wanted = match expected {
        Refused(..) | Released | Broken | Untaken => 1,
        Failed(_) | Returned(..) => 0,
    };
    if outcome.answers.len() != wanted {
        wrong.push(format!("{} answers, not {wanted}", outcome.answers.len()));
    }
    let answers = outcome.answers.iter();
    wrong.extend(answers.filter_map(|answer| unlike_answer(answer, expected)));
    let returned: Value = serde_json::from_str(&outcome.returned).unwrap_or_default();
    let failed = returned.get("errorType");
    let right = match expected {
        Refused(status, _) => returned == json!({"statusCode": status}),
        Released => returned == json!({"statusCode": 200}),
        Broken | Untaken => failed.is_some(),
        Failed(code) => failed == Some(&json!(code)),
        Returned(status, code) => returned["statusCode"] == status && returned["errorCode"] == code,
    };
    if !right || !wrong.is_empty() {
        wrong.push(format!("gives back {}", outcome.returned));
    }
    wrong
}

/// What is wrong with what was written.
fn unlike_answer(answer: &Answer, expected: Expected) -> Option<String> {
    let forwarded = |name: &str| {
        let name = format!("x-amz-fwd-{name}");
        answer.head.header(&name).unwrap_or_default()
    };
    let said = (forwarded("status"), forwarded("error-code"));
    let (message, length, whole) = (forwarded("error-message"), answer.body.len(), answer.whole);
    let right = match expected {
        Refused(status, code) => {
            let silent = message.is_empty() == code.is_empty();
            said == (status.to_string().as_str(), code) && length == 0 && whole && silent
        }
        Released => said == ("200", "") && length > 0 && whole,
        Broken => said == ("200", "") && length > 0 && !whole,
        Untaken | Failed(_) | Returned(..) => true,
    };
    (!right).then(|| format!("answers {said:?}, {message}, {length} bytes, whole {whole}"))
}

/// Headers by which AWS's client proves who it is, and to whom it speaks.
const SECRET: [&str; 3] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-request-token",
];

/// What an outcome tells that it should not.
fn leaks(outcome: &Outcome) -> Vec<String> {
    let mut places = vec![("what is given back", outcome.returned.clone())];
    for answer in &outcome.answers {
        places.push(("a body", String::from_utf8_lossy(&answer.body).into_owned()));
        let headers = answer.head.headers.iter();
        for (name, value) in headers.filter(|header| !SECRET.contains(&header.0.as_str())) {
            places.push((name, value.clone()));
        }
    }
    let leaks = places.iter().filter(|(_, text)| canary(text));
    leaks
        .map(|(place, text)| format!("{place} tells {}", excerpt(text)))
        .collect()
}

/// What a log tells that it should not, and what of it is no log.
fn told(log: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in log.lines() {
        if canary(line) || line.contains(KEY) || line.contains(FILLER) {
            wrong.push(format!("the log tells {}", excerpt(line)));
        }
        if !serde_json::from_str::<Value>(line).is_ok_and(|line| line["event"].is_string()) {
            wrong.push(format!("what is no line of log: {}", excerpt(line)));
        }
    }
    wrong
}

fn canary(text: &str) -> bool {
    text.to_ascii_uppercase().contains("CANARY")
}

fn excerpt(text: &str) -> String {
    text.chars().take(300).collect()
}

#[test]
fn what_is_let_through_is_noticed() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(10)));
    let event = stage.get("people.csv", "people/notes");
    let outcome = stage.ask(&event.header("x-veilpoint-format", "csv"));
    assert_eq!(leaks(&outcome).len(), 1);
    assert_eq!(unlike(&outcome, Refused(409, "InvalidValue")).len(), 3);
    assert_eq!(
        told("{\"event\": \"request\", \"key\": \"CANARYKEY\"}\npanicked\n").len(),
        2
    );
}
