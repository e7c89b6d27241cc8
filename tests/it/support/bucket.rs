//! A real S3 server on loopback (`tests/python/s3_server.py`), asked over plain HTTP; and a gate in front of it that
//! meddles with what passes.
//!
//! The server ends with its owner, by its own process; and by itself when the tests' process ends, whatever ended it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use super::python::{python, script};

/// The account of the tests. The server takes any, and nothing of it may ever be said.
pub const ACCOUNT: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "CANARYACCOUNT"),
    ("AWS_SECRET_ACCESS_KEY", "CANARYSECRET"),
    ("AWS_SESSION_TOKEN", "CANARYTOKEN"),
    ("AWS_REGION", "us-east-1"),
];

/// What makes the server take a request for a signed one.
const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// The server.
pub struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts it, with these buckets.
    pub fn start(buckets: &[&str]) -> Self {
        let mut process = Command::new(python())
            .arg("-B")
            .arg(script("s3_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        // Owned before anything can fail: a panic here ends the process too.
        let mut server = Self { process, port: 0 };
        BufReader::new(stdout).read_line(&mut line).unwrap();
        server.port = line.trim().parse().expect("a port");
        for bucket in buckets {
            assert_eq!(server.ask("PUT", bucket, b"").0, 200, "{bucket}");
        }
        server
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes or replaces an object, by `bucket/key`.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        assert_eq!(self.ask("PUT", path, bytes).0, 200, "{path}");
    }

    /// From now on the bucket keeps the versions of its objects.
    pub fn keep_versions(&self, bucket: &str) {
        let on = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        assert_eq!(self.ask("PUT", &format!("{bucket}?versioning"), on).0, 200);
    }

    /// Removes an object, by `bucket/key`, or a version of it, by `bucket/key?versionId=…`.
    pub fn delete(&self, path: &str) {
        assert_eq!(self.ask("DELETE", path, b"").0, 204, "{path}");
    }

    /// What the server says of an object, by `bucket/key` and the header's name.
    pub fn header(&self, path: &str, name: &str) -> Option<String> {
        let answer = self.exchange("HEAD", path, b"");
        let head = String::from_utf8_lossy(&answer).into_owned();
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    }

    /// An object's bytes, by `bucket/key`.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let (status, body) = self.ask("GET", path, b"");
        (status == 200).then_some(body)
    }

    /// The keys in a bucket, in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let (_, body) = self.ask("GET", &format!("{bucket}?list-type=2"), b"");
        elements(&body, "Key")
    }

    /// The keys of uploads that are neither completed nor taken back.
    pub fn uploads(&self, bucket: &str) -> Vec<String> {
        let (_, body) = self.ask("GET", &format!("{bucket}?uploads"), b"");
        elements(&body, "Key")
    }

    /// From now on it takes nobody's word for anything.
    pub fn deny_all(&self) {
        assert_eq!(self.ask("POST", "moto-api/reset-auth", b"0").0, 200);
    }

    fn exchange(&self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head = format!(
            "{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{SIGNED}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n"
        );
        exchange(self.port, &[head.as_bytes(), body].concat())
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = self.exchange(method, path, body);
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("an answer");
        let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The texts of an XML answer's elements of this name, in order.
fn elements(xml: &[u8], name: &str) -> Vec<String> {
    let xml = String::from_utf8_lossy(xml);
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once(&close))
        .map(|(text, _)| text.to_owned())
        .collect()
}

/// One request, and all that comes back.
pub fn exchange(port: u16, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// What happens to one request that passes a gate.
pub enum Pass {
    /// It is answered.
    Whole,
    /// Of its answer's body, so many bytes are given, and then the line is cut.
    Cut(usize),
    /// The same, and this is done before the line is cut.
    CutThen(usize, Box<dyn FnOnce() + Send>),
}

/// What a gate does at each request, which it is shown by its first line.
pub type Meddle = dyn FnMut(&str) -> Pass + Send;

/// Something between the command and the server. It ends with the tests' process.
pub struct Gate {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    /// Opens it in front of a server.
    pub fn open(server: &Server, meddle: Box<Meddle>) -> Self {
        Self::before(server.port, meddle)
    }

    /// Opens it in front of whatever listens there.
    pub fn before(behind: u16, meddle: Box<Meddle>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let meddle = Arc::new(Mutex::new(meddle));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = heads.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (meddle, kept) = (meddle.clone(), kept.clone());
                std::thread::spawn(move || pass(stream, behind, &meddle, &kept));
            }
        });
        Self { port, heads }
    }

    /// The heads of the requests so far, each with its lines.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }
}

/// Hands one request on and its answer back: one a connection.
fn pass(
    mut client: TcpStream,
    behind: u16,
    meddle: &Mutex<Box<Meddle>>,
    kept: &Mutex<Vec<String>>,
) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line == "\r\n" {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if !lower.starts_with("connection:") {
            head.push(line);
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    kept.lock().unwrap().push(head.concat());
    let verdict = meddle.lock().unwrap()(head[0].trim_end());
    let head = format!("{}Connection: close\r\n\r\n", head.concat());
    let answer = exchange(behind, &[head.as_bytes(), &body].concat());
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (count, then) = match verdict {
        Pass::Whole => (usize::MAX, None),
        Pass::Cut(count) => (count, None),
        Pass::CutThen(count, then) => (count, Some(then)),
    };
    let body = end.map_or(answer.len(), |end| end + 4);
    let shown = answer.len().min(body.saturating_add(count));
    // The other side may have gone away, which is its own affair.
    let _ = client.write_all(&answer[..shown]);
    if let Some(then) = then {
        then();
    }
    let _ = client.shutdown(Shutdown::Both);
}
