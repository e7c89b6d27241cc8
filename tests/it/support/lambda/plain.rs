//! A plain S3 on loopback, with one account: it answers what is signed with that account's secret, and nothing else.
//!
//! It ends with the tests' process.

use std::io::{BufReader, Read as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;

use super::reply::Reply;
use super::request::Request;
use super::store::Store;
use super::wire::Head;
use crate::support::sigv4;

/// The access key id of its account.
pub const ID: &str = "CANARYSOURCEID";

/// The secret of its account.
pub const SECRET: &str = "CANARYSOURCESECRET";

/// The server.
pub struct Plain {
    port: u16,
    store: Arc<Store>,
}

impl Plain {
    /// Starts it, with nothing in it.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let store = Arc::new(Store::default());
        let shared = Arc::clone(&store);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let store = Arc::clone(&shared);
                std::thread::spawn(move || {
                    serve(&stream, &store);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, store }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its buckets.
    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// One exchange.
fn serve(stream: &TcpStream, store: &Store) {
    let mut reader = BufReader::new(stream);
    let Some(head) = Head::read(&mut reader) else {
        return;
    };
    let mut body = Vec::new();
    if head.is_chunked() {
        head.body(&mut reader, &mut body, usize::MAX);
    } else {
        body.resize(head.length(), 0);
        if reader.read_exact(&mut body).is_err() {
            return;
        }
    }
    let sent = sigv4::Request {
        method: head.word(0).to_owned(),
        target: head.word(1).to_owned(),
        headers: head.headers.clone(),
        body: Vec::new(),
    };
    if !sigv4::is_signed(&sent, ID, SECRET) {
        let reply = Reply::refused(403, "SignatureDoesNotMatch", "CANARYMISMATCH");
        reply.send(stream, &sent.method);
        return;
    }
    store.answer(stream, &Request::of(head), &body);
}
