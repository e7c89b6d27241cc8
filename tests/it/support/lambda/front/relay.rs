//! `WriteGetObjectResponse`: what the function writes goes on to the client as it comes.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use super::WAITS;
use crate::support::lambda::reply::Reply;
use crate::support::lambda::wire::Head;

/// Where answers go.
pub const ROUTE: &str = "io-cell001";

/// The statuses that S3 takes.
const STATUSES: [u16; 14] = [
    200, 206, 304, 400, 401, 403, 404, 405, 409, 411, 412, 416, 500, 503,
];

/// GETs that wait for their answers, by token.
#[derive(Default)]
pub struct Relay {
    waiting: Mutex<BTreeMap<String, Arc<Exchange>>>,
    count: Mutex<u32>,
}

/// One GET.
pub struct Exchange {
    token: String,
    client: TcpStream,
    until: Instant,
    stage: Mutex<Stage>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has come.
    Waiting,
    /// The invocation is over, and nothing has come.
    Returned,
    /// An answer is on its way.
    Writing,
    /// It is over.
    Done,
}

impl Relay {
    /// A GET that is to be answered on this connection.
    pub fn expect(&self, client: &TcpStream) -> Arc<Exchange> {
        let mut count = self.count.lock().unwrap();
        *count += 1;
        let exchange = Arc::new(Exchange {
            token: format!("CANARYOUTPUTTOKEN{:08}", *count),
            client: client.try_clone().unwrap(),
            until: Instant::now() + WAITS,
            stage: Mutex::new(Stage::Waiting),
            changed: Condvar::new(),
        });
        let mut waiting = self.waiting.lock().unwrap();
        waiting.insert(exchange.token.clone(), Arc::clone(&exchange));
        exchange
    }

    /// Takes what a function writes.
    pub fn take(&self, stream: &TcpStream, reader: &mut BufReader<&TcpStream>, head: &Head) {
        go_on(stream, head);
        let token = head.header("x-amz-request-token").unwrap_or_default();
        // Good once: whoever comes again finds it no more.
        let exchange = self.waiting.lock().unwrap().remove(token);
        let routed = head.header("x-amz-request-route") == Some(ROUTE);
        let reply = match exchange {
            Some(exchange) if routed => exchange.answer(reader, head),
            _ => {
                head.pieces(reader, &mut |_| true);
                Some(Reply::refused(
                    400,
                    "ValidationError",
                    "the token is not good",
                ))
            }
        };
        if let Some(reply) = reply {
            reply.send(stream, "POST");
        }
    }

    /// Ends a GET: with this answer, if there was none; and what is written from now on is refused.
    pub fn close(&self, exchange: &Exchange, unanswered: &Reply) {
        self.waiting.lock().unwrap().remove(&exchange.token);
        let mut stage = exchange.stage.lock().unwrap();
        if [Stage::Waiting, Stage::Returned].contains(&stage) {
            unanswered.send(&exchange.client, "GET");
        }
        *stage = Stage::Done;
        let _ = exchange.client.shutdown(Shutdown::Both);
    }
}

impl Exchange {
    /// What lets the answer in.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The invocation is over.
    pub fn returned(&self) {
        let mut stage = self.stage.lock().unwrap();
        if *stage == Stage::Waiting {
            *stage = Stage::Returned;
        }
        self.changed.notify_all();
    }

    /// Waits for the end; whether it came in time.
    pub fn wait(&self) -> bool {
        let mut stage = self.stage.lock().unwrap();
        while [Stage::Waiting, Stage::Writing].contains(&stage) {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            stage = self.changed.wait_timeout(stage, left).unwrap().0;
        }
        true
    }

    /// Sends an answer on; what the function hears, which is nothing where the body broke off.
    fn answer(&self, reader: &mut BufReader<&TcpStream>, head: &Head) -> Option<Reply> {
        *self.stage.lock().unwrap() = Stage::Writing;
        let reply = match Forwarded::of(head) {
            Ok(Forwarded::Body(reply)) => {
                let whole = self.pass(&reply, reader, head);
                whole.then(|| Reply::empty(200))
            }
            Ok(Forwarded::Bare(reply)) => {
                reply.send(&self.client, "GET");
                Some(Reply::empty(200))
            }
            Err(what) => {
                Reply::refused(500, "LambdaInvalidResponse", what).send(&self.client, "GET");
                Some(Reply::refused(400, "ValidationError", what))
            }
        };
        let _ = self.client.shutdown(Shutdown::Both);
        *self.stage.lock().unwrap() = Stage::Done;
        self.changed.notify_all();
        reply
    }

    /// Sends the head, and the body as it comes: by its length, or in chunks where nobody says it. Where it breaks off,
    /// the client's line is cut.
    fn pass(&self, reply: &Reply, reader: &mut BufReader<&TcpStream>, head: &Head) -> bool {
        let mut client = &self.client;
        let chunked = head.is_chunked();
        let framing = if chunked {
            "Transfer-Encoding: chunked".to_owned()
        } else {
            format!("Content-Length: {}", head.length())
        };
        let mut text = format!("HTTP/1.1 {} S3\r\n", reply.status);
        for (name, value) in &reply.headers {
            text = format!("{text}{name}: {value}\r\n");
        }
        text = format!("{text}{framing}\r\nConnection: close\r\n\r\n");
        let sent = client.write_all(text.as_bytes());
        let whole = head.pieces(reader, &mut |piece| {
            sent.is_ok() && Instant::now() < self.until && self.piece(piece, chunked)
        });
        whole && (!chunked || client.write_all(b"0\r\n\r\n").is_ok())
    }

    fn piece(&self, piece: &[u8], chunked: bool) -> bool {
        let mut client = &self.client;
        if !chunked {
            return client.write_all(piece).is_ok();
        }
        let size = format!("{:x}\r\n", piece.len());
        client
            .write_all(&[size.as_bytes(), piece, b"\r\n"].concat())
            .is_ok()
    }
}

/// What is sent on.
enum Forwarded {
    /// A head, and what comes behind it.
    Body(Reply),
    /// An answer without the function's bytes: an error, or 304.
    Bare(Reply),
}

impl Forwarded {
    /// Reads the headers of an answer; what is wrong with one that S3 does not take.
    fn of(head: &Head) -> Result<Self, &'static str> {
        let status = head.header("x-amz-fwd-status").unwrap_or("200").parse();
        let status = status.ok().filter(|status| STATUSES.contains(status));
        let status = status.ok_or("the status is none that may be sent")?;
        let bodied = head.is_chunked() || head.length() > 0;
        let code = head.header("x-amz-fwd-error-code");
        let message = head.header("x-amz-fwd-error-message").unwrap_or_default();
        let mut reply = match (status, code) {
            (200 | 206, None) => Reply::empty(status),
            (304, None) if !bodied => Reply::empty(status),
            (400.., Some(code)) if !bodied && is_code(code) => {
                Reply::refused(status, code, message)
            }
            _ => return Err("status, code and body do not fit together"),
        };
        for ((lower, value), name) in head.headers.iter().zip(&head.names) {
            if lower.starts_with("x-amz-fwd-header-") {
                reply = reply.header(&name["x-amz-fwd-header-".len()..], value);
            } else if lower.starts_with("x-amz-meta-") {
                reply = reply.header(name, value);
            }
        }
        Ok(if status < 300 {
            Self::Body(reply)
        } else {
            Self::Bare(reply)
        })
    }
}

fn is_code(code: &str) -> bool {
    code.len() > 1
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Lets whoever asks first go on.
pub fn go_on(mut stream: &TcpStream, head: &Head) {
    if head.header("expect").is_some() {
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
}
