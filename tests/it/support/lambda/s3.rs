//! S3's part of an Object Lambda request, on loopback: it serves presigned URLs and takes `WriteGetObjectResponse`, with
//! every fault on demand, and keeps what was asked and what was written.
//!
//! It ends with the tests' process.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::wire::Head;
use crate::support::bucket::exchange;
use crate::support::site::wait_for;

/// The headers of every object beside its `ETag`, of which the last three may reach a consumer's release in no way.
const OF_AN_OBJECT: &str = "Content-Type: text/csv\r\nLast-Modified: Wed, 25 Nov 2026 10:00:00 GMT\r\n\
    Accept-Ranges: bytes\r\nx-amz-meta-owner: CANARYMETA\r\n\
    x-amz-checksum-crc32: CANARYSUM\r\nContent-Disposition: attachment; filename=\"CANARYNAME\"\r\n";

/// The headers of an object of these parts: other bytes have another `ETag`.
fn of_an_object<B: AsRef<[u8]>>(parts: impl IntoIterator<Item = B>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_ref());
    }
    let tag = HEXLOWER.encode(&hash.finalize()[..16]);
    format!("ETag: \"{tag}\"\r\n{OF_AN_OBJECT}")
}

/// What lies at a path.
#[derive(Clone)]
pub enum Source {
    /// An object.
    Object(Vec<u8>),
    /// An object that is made as it is sent: a head, and a block so many times.
    Repeated(Vec<u8>, Vec<u8>, usize),
    /// A part of an object in place of all of it, as 206.
    Part(Vec<u8>),
    /// An object whose length nobody says: it ends with the line.
    Endless(Vec<u8>),
    /// S3's refusal, by status and code.
    Refused(u16, &'static str),
    /// An object of which only so many bytes come before the line is cut.
    Cut(Vec<u8>, usize),
    /// The same, but the line stays open, and nothing comes.
    Stalled(Vec<u8>, usize),
    /// The line is cut before a word.
    Closed,
    /// A redirect to this address.
    Elsewhere(String),
}

/// How `WriteGetObjectResponse` is taken.
#[derive(Clone, Copy)]
pub enum Taken {
    /// To the end, and answered 200.
    Whole,
    /// To the end, and answered with this status.
    Refused(u16),
    /// After so many bytes of the body the line is cut.
    Cut(usize),
}

/// What came with one `WriteGetObjectResponse`.
#[derive(Clone)]
pub struct Answer {
    /// Its headers, the names in lower case.
    pub head: Head,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether the body came to the end that it announced.
    pub whole: bool,
}

/// The server.
pub struct S3 {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    sources: BTreeMap<String, Source>,
    taken: Taken,
    asked: Vec<Head>,
    answers: Vec<Answer>,
    /// Requests that are still under way.
    open: usize,
    /// A server that gets what is not ours.
    behind: Option<u16>,
}

impl S3 {
    /// Starts it, with nothing in it.
    pub fn start() -> Self {
        Self::before(None)
    }

    /// Starts it in front of a server, which gets all that is not a request of Object Lambda.
    pub fn before(behind: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            sources: BTreeMap::new(),
            taken: Taken::Whole,
            asked: Vec::new(),
            answers: Vec::new(),
            open: 0,
            behind,
        }));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || {
                    serve(&stream, &state);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, state }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Puts something at a path, `alias/key`.
    pub fn put(&self, path: &str, source: Source) {
        self.state().sources.insert(format!("/{path}"), source);
    }

    /// From now on it takes answers so.
    pub fn take(&self, taken: Taken) {
        self.state().taken = taken;
    }

    /// What was asked since the last call, less the answers that were written.
    pub fn asked(&self) -> Vec<Head> {
        self.settle();
        std::mem::take(&mut self.state().asked)
    }

    /// The answers that were written since the last call.
    pub fn answers(&self) -> Vec<Answer> {
        self.settle();
        std::mem::take(&mut self.state().answers)
    }

    /// Waits until nothing is under way.
    fn settle(&self) {
        wait_for("the end of all requests", || self.state().open == 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// One request of a connection, and no more.
fn serve(stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let Some(head) = Head::read(&mut reader) else {
        return;
    };
    state.lock().unwrap().open += 1;
    if head.line.starts_with("POST /WriteGetObjectResponse ") {
        take(stream, &mut reader, head, state);
    } else {
        answer(stream, &mut reader, &head, state);
    }
    state.lock().unwrap().open -= 1;
}

/// Takes `WriteGetObjectResponse`.
fn take(
    mut stream: &TcpStream,
    reader: &mut BufReader<&TcpStream>,
    head: Head,
    state: &Mutex<State>,
) {
    let taken = state.lock().unwrap().taken;
    if head.header("expect").is_some() {
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let most = match taken {
        Taken::Cut(most) => most,
        Taken::Whole | Taken::Refused(_) => usize::MAX,
    };
    let mut body = Vec::new();
    let whole = head.body(reader, &mut body, most);
    // Kept before it is answered: whoever has the answer finds it here.
    state
        .lock()
        .unwrap()
        .answers
        .push(Answer { head, body, whole });
    match taken {
        Taken::Cut(_) => {}
        _ if !whole => {}
        Taken::Whole => empty(stream, 200),
        Taken::Refused(status) => refuse(stream, status, "ValidationError"),
    }
}

/// Answers whatever else is asked.
fn answer(
    stream: &TcpStream,
    reader: &mut BufReader<&TcpStream>,
    head: &Head,
    state: &Mutex<State>,
) {
    let path = head.word(1).split('?').next().unwrap_or_default();
    let (source, behind) = {
        let state = state.lock().unwrap();
        (state.sources.get(path).cloned(), state.behind)
    };
    if let (None, Some(port)) = (&source, behind) {
        return pass(stream, reader, head, port);
    }
    state.lock().unwrap().asked.push(head.clone());
    match source {
        None => refuse(stream, 404, "NoSuchKey"),
        Some(Source::Object(bytes)) => object(stream, head, &bytes, usize::MAX),
        Some(Source::Repeated(first, block, times)) => {
            let length = first.len() + block.len() * times;
            let blocks = std::iter::repeat_n(&block, times);
            let of_it = of_an_object([&first, &block, &times.to_string().into_bytes()]);
            let head = format!("HTTP/1.1 200 OK\r\n{of_it}");
            send(stream, &head, length, std::iter::once(&first).chain(blocks));
        }
        Some(Source::Part(bytes)) => {
            let of_it = of_an_object([&bytes]);
            let head = format!("HTTP/1.1 206 Partial Content\r\n{of_it}");
            send(stream, &head, bytes.len(), std::iter::once(&bytes));
        }
        Some(Source::Endless(bytes)) => {
            let of_it = of_an_object([&bytes]);
            let head = format!("HTTP/1.1 200 OK\r\n{of_it}Connection: close\r\n\r\n");
            let mut stream = stream;
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
        }
        Some(Source::Refused(status, code)) => refuse(stream, status, code),
        Some(Source::Cut(bytes, most)) => object(stream, head, &bytes, most),
        Some(Source::Stalled(bytes, most)) => {
            object(stream, head, &bytes, most);
            // Until the other side goes away.
            let _ = reader.read_to_end(&mut Vec::new());
        }
        Some(Source::Closed) => {}
        Some(Source::Elsewhere(address)) => {
            let head = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {address}\r\n");
            send(stream, &head, 0, std::iter::empty::<&str>());
        }
    }
}

/// An object or a range of it, cut after so many bytes.
fn object(stream: &TcpStream, head: &Head, bytes: &[u8], most: usize) {
    let range = head.header("range").and_then(|range| {
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        let end = bytes.len().checked_sub(1)?;
        let last = last.parse().unwrap_or(usize::MAX).min(end);
        Some((first.parse::<usize>().ok()?, last))
    });
    let (status, (first, last)) = match range {
        Some(range) => ("206 Partial Content", range),
        None => ("200 OK", (0, bytes.len().wrapping_sub(1))),
    };
    let part = bytes.get(first..=last).unwrap_or_default();
    let mut answer = format!("HTTP/1.1 {status}\r\n{}", of_an_object([bytes]));
    if range.is_some() {
        let length = bytes.len();
        answer = format!("{answer}Content-Range: bytes {first}-{last}/{length}\r\n");
    }
    let shown = if head.word(0) == "HEAD" {
        0
    } else {
        part.len().min(most)
    };
    send(stream, &answer, part.len(), std::iter::once(&part[..shown]));
}

/// A refusal in S3's form. What it quotes is nobody's business.
fn refuse(stream: &TcpStream, status: u16, code: &str) {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>CANARYMESSAGE</Message>\
         <Key>CANARYKEY</Key><RequestId>CANARYREQUEST</RequestId></Error>"
    );
    let head = format!("HTTP/1.1 {status} Refused\r\nContent-Type: application/xml\r\n");
    send(stream, &head, body.len(), std::iter::once(&body));
}

fn empty(stream: &TcpStream, status: u16) {
    let head = format!("HTTP/1.1 {status} OK\r\n");
    send(stream, &head, 0, std::iter::empty::<&str>());
}

/// Whoever reads may go away at any time, which is its own affair.
fn send<B: AsRef<[u8]>>(
    mut stream: &TcpStream,
    head: &str,
    length: usize,
    body: impl Iterator<Item = B>,
) {
    let head = format!("{head}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    let mut sent = stream.write_all(head.as_bytes());
    for piece in body {
        if sent.is_err() {
            return;
        }
        sent = stream.write_all(piece.as_ref());
    }
}

/// Hands a request on to the server behind, and its answer back.
fn pass(mut stream: &TcpStream, reader: &mut BufReader<&TcpStream>, head: &Head, behind: u16) {
    let mut body = Vec::new();
    if !head.body(reader, &mut body, usize::MAX) {
        return;
    }
    let mut request = format!("{}\r\n", head.line);
    let kept = head.headers.iter();
    for (name, value) in
        kept.filter(|header| header.0 != "connection" && header.0 != "transfer-encoding")
    {
        request = format!("{request}{name}: {value}\r\n");
    }
    request += "Connection: close\r\n\r\n";
    let _ = stream.write_all(&exchange(behind, &[request.as_bytes(), &body].concat()));
}
