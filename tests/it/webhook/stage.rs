//! The command with its objects, and events for it.
//!
//! Every secret of an event says CANARY, and so does every value that is nobody's business.

use std::fs::{self, File};
use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lambda::wire::Head;
use crate::support::lambda::{Got, S3, Source};
use crate::support::samples::{AS_OF, KEY, converted, folder};
use crate::support::site::wait_for;

/// The bucket of the raw objects.
pub const RAW: &str = "raw";

/// What MinIO must know.
pub const TOKEN: &str = "CANARYTOKEN-0123456789";

/// What an answer's headers may be; beside what is forwarded.
const OWN: [&str; 9] = [
    "connection",
    "content-length",
    "date",
    "x-amz-fwd-error-code",
    "x-amz-fwd-error-message",
    "x-amz-fwd-status",
    "x-amz-request-id",
    "x-amz-request-route",
    "x-amz-request-token",
];

/// What of a release is forwarded.
const FORWARDED: [&str; 6] = [
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
];

/// Access points, with their projections.
const POINTS: [(&str, &str, &str); 7] = [
    ("analytics", "patients/analytics", "parquet"),
    ("research", "patients/research", "csv"),
    ("billing", "patients/billing", "parquet"),
    ("costs", "people/costs", "parquet"),
    ("costs-csv", "people/costs", "csv"),
    ("named", "people/named", "csv"),
    ("missing", "people/nothing", "csv"),
];

/// The command and what is around it.
pub struct Stage {
    /// Where objects lie.
    pub s3: S3,
    /// Where it listens.
    pub port: u16,
    process: Child,
    folder: TempDir,
}

impl Stage {
    /// With a master key and the token.
    pub fn new() -> Self {
        Self::with(&[("VEILPOINT_KEY", KEY), ("VEILPOINT_WEBHOOK_TOKEN", TOKEN)])
    }

    /// With these variables and no others, beside a cache of its own.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        let (folder, s3) = (folder(), S3::start());
        let process = spawn(&folder, &s3, variables);
        // Owned before anything can fail: a panic here ends the process too.
        let mut stage = Self {
            s3,
            port: 0,
            process,
            folder,
        };
        wait_for("the address", || {
            stage.said().ends_with('\n') || stage.process.try_wait().unwrap().is_some()
        });
        let said = stage.said();
        let port = said.strip_prefix("listening on http://127.0.0.1:");
        let port = port.and_then(|rest| rest.split_once(", access points: "));
        stage.port = port.expect(&said).0.parse().expect(&said);
        stage
    }

    /// Puts an object at a key.
    pub fn put(&self, key: &str, source: Source) {
        self.s3.put(&format!("{RAW}/{key}"), source);
    }

    /// An event for a key.
    pub fn event(&self, key: &str) -> Event {
        Event::of(&self.s3.endpoint(), key)
    }

    /// Sends an event to an access point, as MinIO does.
    pub fn ask(&self, point: &str, event: &Event) -> Got {
        self.post(point, event.text().as_bytes())
    }

    /// Sends any body.
    pub fn post(&self, point: &str, body: &[u8]) -> Got {
        let token = format!("Bearer {TOKEN}");
        let headers = [("Authorization", token.as_str())];
        send(self.port, "POST", point, &headers, body).expect("an answer")
    }

    /// What `convert` makes of an object of this projection's dataset.
    pub fn converted(&self, raw: &[u8], projection: &str, format: &str) -> Vec<u8> {
        converted(self.folder.path(), raw, projection, format, AS_OF)
    }

    /// All whole lines of the log until now.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.path("log")).unwrap();
        let end = log.rfind('\n').map_or(0, |end| end + 1);
        log[..end].to_owned()
    }

    /// The lines of the log that are this event, once there are so many.
    pub fn lines(&self, event: &str, least: usize) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        wait_for(event, || {
            let log = self.log();
            let lines = log
                .lines()
                .map(serde_json::from_str::<Value>)
                .map(Result::unwrap);
            found = lines.filter(|line| line["event"] == event).collect();
            found.len() >= least
        });
        found
    }

    /// The line of the log about the request that was answered so.
    pub fn line(&self, got: &Got) -> Value {
        let id = got.header("x-amz-request-id").to_owned();
        let mut line = None;
        wait_for("the request's line", || {
            let mut lines = self.lines("request", 0).into_iter();
            line = lines.find(|line| line["request_id"] == id.as_str());
            line.is_some()
        });
        line.unwrap()
    }

    /// What it says of itself.
    pub fn said(&self) -> String {
        fs::read_to_string(self.path("said")).unwrap()
    }

    /// Whatever it says or logs that nobody may know, or that is no line of a log.
    pub fn told(&self) -> Vec<String> {
        let (log, said) = (self.log(), self.said());
        let lines = log
            .lines()
            .filter(|line| serde_json::from_str::<Value>(line).is_err());
        let mut wrong: Vec<String> = lines.map(|line| format!("logs {line}")).collect();
        for (place, text) in [("log", &log), ("said", &said)] {
            let upper = text.to_ascii_uppercase();
            if upper.contains("CANARY") || text.contains(KEY) {
                wrong.push(format!("the {place} tells what nobody may know: {text}"));
            }
        }
        if said.lines().count() != 1 {
            wrong.push(format!("says {said}"));
        }
        wrong
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// How it ended, once it has.
    pub fn end(&mut self) -> ExitStatus {
        let mut end = None;
        wait_for("the command's end", || {
            end = self.process.try_wait().unwrap();
            end.is_some()
        });
        end.unwrap()
    }

    /// A path in the folder in which it runs.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(folder: &TempDir, s3: &S3, variables: &[(&str, &str)]) -> Child {
    let file = |name: &str| File::create(folder.path().join(name)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
    command
        .args([
            "serve",
            "--webhook",
            "127.0.0.1:0",
            "--endpoint",
            &s3.endpoint(),
        ])
        .env_clear()
        .env("VEILPOINT_CACHE", folder.path().join("cache"))
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(file("log"))
        .stderr(file("said"));
    for (name, projection, format) in POINTS {
        command.args(["--access-point", &point(name, projection, format)]);
    }
    command.spawn().unwrap()
}

/// An access point with a fixed as-of date, as the command takes it.
pub fn point(name: &str, projection: &str, format: &str) -> String {
    let payload = json!({"projection": projection, "format": format, "as_of": AS_OF});
    format!("{name}={payload}")
}

/// Sends a request, and reads the answer; none where the line ends before its head does.
pub fn send(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Got> {
    let mut reader = open(port, method, path, headers, body);
    let head = Head::read(&mut reader)?;
    let mut body = Vec::new();
    let bare = method == "HEAD" || head.word(1) == "304";
    let whole = bare || head.body(&mut reader, &mut body, usize::MAX);
    Some(Got { head, body, whole })
}

/// Sends a request.
pub fn open(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> BufReader<TcpStream> {
    let length = body.len();
    let mut head = format!(
        "{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    // Whoever refuses a request need not read it to its end.
    let _ = stream.write_all(&[head.as_bytes(), b"\r\n", body].concat());
    BufReader::new(stream)
}

/// An event as MinIO sends it: header values are lists, the user's URL is a path with the bucket in front, and what is
/// called the access key's id is the user's secret.
#[derive(Clone)]
pub struct Event(Value);

/// The query of a presigned URL.
const QUERY: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=CANARYURLKEY%2F20261126%2Fus-east-1%2Fs3%2Faws4_request\
    &X-Amz-Date=20261126T092728Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=CANARYSIGNATURE";

impl Event {
    /// GET of a key of an S3 at this place.
    pub fn of(endpoint: &str, key: &str) -> Self {
        Self(json!({
            "protocolVersion": "v1",
            "getObjectContext": {
                "inputS3Url": format!("{endpoint}/{RAW}/{key}?{QUERY}"),
                "outputRoute": "vDpJc7mVMUwCgB3Ynn8Xbq",
                "outputToken": "CANARYOUTPUTTOKEN",
            },
            "userIdentity": {"type": "IAMUser", "principalId": "reader", "accessKeyId": "CANARYUSERSECRET"},
            "userRequest": {
                "url": format!("/{RAW}/{key}?lambdaArn=arn%3Aminio%3As3-object-lambda%3A%3Aanalytics%3Awebhook"),
                "headers": {
                    "Authorization": ["AWS4-HMAC-SHA256 CANARYAUTHORIZATION"],
                    "Accept-Encoding": ["gzip"],
                    "User-Agent": ["MinIO CANARYAGENT"],
                },
            },
        }))
    }

    /// With a header of the user's, as a list.
    pub fn header(self, name: &str, values: &[&str]) -> Self {
        let mut event = self;
        event.0["userRequest"]["headers"][name] = json!(values);
        event
    }

    /// For Parquet: the suffix of an object's key means CSV.
    pub fn parquet(self) -> Self {
        self.header("X-Veilpoint-Format", &["parquet"])
    }

    /// With another value at a place.
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        *self.0.pointer_mut(pointer).expect("a place in the event") = value;
        self
    }

    /// With more behind the user's query.
    pub fn asking(self, more: &str) -> Self {
        let url = format!("{}&{more}", self.0["userRequest"]["url"].as_str().unwrap());
        self.with("/userRequest/url", json!(url))
    }

    /// With more behind the presigned query.
    pub fn signing(self, more: &str) -> Self {
        let url = self.0["getObjectContext"]["inputS3Url"].as_str().unwrap();
        let url = format!("{url}&{more}");
        self.with("/getObjectContext/inputS3Url", json!(url))
    }

    /// The text that is sent.
    pub fn text(&self) -> String {
        self.0.to_string()
    }
}

/// What MinIO would answer by this header; empty where it is missing.
pub fn forwarded<'a>(got: &'a Got, name: &str) -> &'a str {
    got.header(&format!("x-amz-fwd-header-{name}"))
}

/// The status and the code that MinIO is told.
pub fn outcome(got: &Got) -> (&str, &str) {
    (
        got.header("x-amz-fwd-status"),
        got.header("x-amz-fwd-error-code"),
    )
}

/// What is wrong with an answer as a refusal with this status and code.
pub fn unlike_refusal(got: &Got, status: u16, code: &str) -> Vec<String> {
    let mut wrong = leaks(got);
    let told = got.header("x-amz-fwd-error-message");
    let silent = told.is_empty() == code.is_empty();
    let number = status.to_string();
    let right = got.status() == status && outcome(got) == (number.as_str(), code);
    if !right || !silent || !got.body.is_empty() || !got.whole {
        wrong.push(format!(
            "answers {} as {:?}, {told:?}, with {} bytes",
            got.status(),
            outcome(got),
            got.body.len()
        ));
    }
    wrong
}

/// Whatever of an answer nobody may know, or does not belong there. The token goes back to who sent it.
pub fn leaks(got: &Got) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in &got.head.headers {
        let release = name.strip_prefix("x-amz-fwd-header-");
        let known = release.map_or(OWN.contains(&name.as_str()), |name| {
            FORWARDED.contains(&name)
        });
        let given_back = name == "x-amz-request-token" && value == "CANARYOUTPUTTOKEN";
        if !known || (value.contains("CANARY") && !given_back) {
            wrong.push(format!("has the header {name}: {value}"));
        }
    }
    if got.text().to_ascii_uppercase().contains("CANARY") {
        wrong.push("has a body that tells what nobody may know".to_owned());
    }
    wrong
}
