//! The function in the emulator, S3's part before it, and `convert` beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::event::{ALIAS, Event};
use crate::support::bucket::ACCOUNT;
use crate::support::folder::write_key;
use crate::support::lambda::{Answer, Emulator, S3, Source};
use crate::support::site::{Answer as Exit, run, run_on};

/// The date that ages count from where a payload names one.
pub const AS_OF: &str = "2026-11-25";

/// The master key of the tests, as `write_key` writes it.
pub const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A dataset whose every text is to be dropped, and whose rows are short.
const PEOPLE: &str = r#"CREATE EXTERNAL TABLE people (
  "Name" VARCHAR NOT NULL COMMENT 'direct identifier',
  "Note" VARCHAR          COMMENT 'sensitive',
  "Cost" INT              COMMENT 'insensitive'
) STORED AS CSV LOCATION '**/people*.csv'"#;

/// What stands for each name: a block of rows of it is more than is held back.
pub const FILLER: &str =
    "somebody, of whom nothing is said, and of whom nothing is known to whoever reads this";

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
        let folder = tempfile::tempdir().unwrap();
        let sql = folder.path().join("sql");
        copy_sql(&sql);
        let s3 = S3::before(behind);
        let endpoint = s3.endpoint();
        let place = [("AWS_ENDPOINT_URL", endpoint.as_str())];
        let environment = ACCOUNT.iter().chain(&place).chain(variables).copied();
        let emulator = Emulator::start(&sql, environment);
        write_key(&folder.path().join("key"));
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

    /// What `convert` makes of an object that is named like the key's last part.
    pub fn converted(&self, raw: &[u8], projection: &str, format: &str, as_of: &str) -> Vec<u8> {
        let name = format!("{}.csv", projection.split('/').next().unwrap());
        fs::write(self.path(&name), raw).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .args(["convert", &name, "out", "--key", "key", "--sql", "sql"])
            .args([
                "--projection",
                projection,
                "--format",
                format,
                "--as-of",
                as_of,
            ]);
        let exit: Exit = run(&mut command);
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        fs::read(self.path("out")).unwrap()
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
        (answer.body != expected).then(|| format!("other bytes: {length}, not {wanted}"))
    }
}

/// A payload with a fixed as-of date.
pub fn payload(projection: &str, format: &str) -> String {
    format!(r#"{{"projection": "{projection}", "format": "{format}", "as_of": "{AS_OF}"}}"#)
}

/// The bundled sample.
pub fn sample() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/patients.csv")).unwrap()
}

/// A compressed object.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    run_on(Command::new("gzip").arg("-c"), bytes).stdout
}

/// So many rows of people, each of them CANARY.
pub fn people(rows: usize) -> Vec<u8> {
    let mut text = String::from("Name,Note,Cost\n");
    for row in 0..rows {
        writeln!(text, "CANARYNAME,CANARYNOTE,{}", row % 1000).unwrap();
    }
    text.into_bytes()
}

/// The checkout's `sql`, and the tests' own dataset and projections beside it.
pub fn copy_sql(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    for dataset in fs::read_dir(from).unwrap().flatten() {
        let folder = to.join(dataset.file_name());
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(dataset.path()).unwrap().flatten() {
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }
    let people = to.join("people");
    fs::create_dir(&people).unwrap();
    let costs = format!(
        "-- order: kept\nSELECT \"Cost\", redact(\"Name\", '{FILLER}') AS \"Name\" FROM people"
    );
    for (name, text) in [
        ("schema.sql", PEOPLE),
        ("costs.sql", &costs),
        ("named.sql", "SELECT \"Name\" FROM people"),
        ("notes.sql", "SELECT \"Note\" FROM people"),
    ] {
        fs::write(people.join(name), text).unwrap();
    }
}
