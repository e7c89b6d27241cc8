//! The function in the emulator, S3's part before it, and `convert` beside it.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::event::{ALIAS, Event};
use crate::support::bucket::ACCOUNT;
use crate::support::lambda::{Answer, Emulator, S3, Source};
pub use crate::support::samples::{AS_OF, FILLER, KEY, copy_sql, gzip, people, sample};
use crate::support::samples::{converted, folder, is_release};

/// The function and what is around it.
pub struct Stage {
    /// S3's part.
    pub s3: S3,
    /// Lambda's part.
    pub emulator: Emulator,
    folder: TempDir,
}

/// What a request came to.
pub struct Outcome {
    /// What the invocation gave back.
    pub returned: String,
    /// What was written with `WriteGetObjectResponse`, each time.
    pub answers: Vec<Answer>,
    /// The paths that were asked for, with their methods.
    pub asked: Vec<String>,
}

impl Stage {
    /// With the bundled datasets and the tests' own.
    pub fn new() -> Self {
        Self::with(&[("VEILPOINT_KEY", KEY)])
    }

    /// The same, with these variables beside the account and the endpoint.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        Self::before(None, variables)
    }

    /// The same, in front of a server that gets what is not S3's part.
    pub fn before(behind: Option<u16>, variables: &[(&str, &str)]) -> Self {
        let folder = folder();
        let sql = folder.path().join("sql");
        let s3 = S3::before(behind);
        let endpoint = s3.endpoint();
        let cache = folder.path().join("cache");
        let place = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("VEILPOINT_CACHE", cache.to_str().unwrap()),
        ];
        let environment = ACCOUNT.iter().chain(&place).chain(variables).copied();
        let emulator = Emulator::start(&sql, environment);
        Self {
            s3,
            emulator,
            folder,
        }
    }

    /// GET of a key through a projection, with a fixed as-of date.
    pub fn get(&self, key: &str, projection: &str) -> Event {
        Event::get(&self.s3, key, &payload(projection, "parquet"))
    }

    /// Puts an object at a key.
    pub fn put(&self, key: &str, source: Source) {
        self.s3.put(&format!("{ALIAS}/{key}"), source);
    }

    /// Gives the function an event.
    pub fn ask(&self, event: &Event) -> Outcome {
        self.ask_raw(&event.json())
    }

    /// Gives the function a text.
    pub fn ask_raw(&self, event: &str) -> Outcome {
        let returned = self.emulator.invoke(event);
        let asked = self.s3.asked().into_iter();
        Outcome {
            returned,
            answers: self.s3.answers(),
            asked: asked
                .map(|head| {
                    let path = head.word(1).split('?').next().unwrap_or_default();
                    format!("{} {path}", head.word(0))
                })
                .collect(),
        }
    }

    /// The function's line about a request.
    pub fn line(&self, event: &Event) -> Value {
        let mut lines = self.emulator.events_of("request", event.id(), 1);
        lines.remove(0)
    }

    /// What `convert` makes of an object.
    pub fn converted(&self, raw: &[u8], projection: &str, format: &str, as_of: &str) -> Vec<u8> {
        converted(self.folder.path(), raw, projection, format, as_of)
    }

    /// A path in the stage's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Outcome {
    /// The one answer.
    pub fn answer(&self) -> &Answer {
        assert_eq!(self.answers.len(), 1, "answers; {}", self.returned);
        &self.answers[0]
    }

    /// What is wrong with it as this release.
    pub fn unlike_release(&self, expected: &[u8]) -> Option<String> {
        let [answer] = &self.answers[..] else {
            return Some(format!("{} answers, {}", self.answers.len(), self.returned));
        };
        let status = answer.head.header("x-amz-fwd-status");
        if status != Some("200") || self.returned != "{\"statusCode\":200}" {
            let code = answer.head.header("x-amz-fwd-error-message");
            return Some(format!("{status:?} {code:?}, {}", self.returned));
        }
        if !answer.whole {
            return Some("is broken off".to_owned());
        }
        let (length, wanted) = (answer.body.len(), expected.len());
        (!is_release(&answer.body, expected))
            .then(|| format!("other bytes: {length}, not {wanted}"))
    }
}

/// A payload with a fixed as-of date.
pub fn payload(projection: &str, format: &str) -> String {
    format!(r#"{{"projection": "{projection}", "format": "{format}", "as_of": "{AS_OF}"}}"#)
}
