//! An S3 whose Object Lambda access points real clients read, on loopback.
//!
//! ```text
//! client ─▶ mod.rs ─▶ event.rs ─▶ pool.rs: one emulator of N ─▶ the function
//!   ▲                     └ presigned.rs: what its URL opens        │ raw bytes: `store`, by presigned URL or own role
//!   └── relay.rs: WriteGetObjectResponse, streamed on ◀─────────────┤
//!   └── returned.rs: HEAD and LIST from what it returns ◀───────────┘
//! ```
//! It holds what an emulator of AWS does not look at: a URL opens one request, with the headers that were signed; a
//! token is good once; an answer has 60 s; a body that breaks off reaches the client broken; a range needs its feature.
//! It ends with the tests' process.

mod event;
mod pool;
mod presigned;
mod relay;
mod returned;

use std::io::BufReader;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use self::pool::Pool;
use self::presigned::Presigned;
use self::relay::Relay;
use super::emulator::Emulator;
use super::reply::Reply;
use super::request::Request;
use super::store::Store;
use super::wire::Head;

/// The account of whoever asks, and of the bucket.
const ACCOUNT: &str = "012345678912";

/// How long S3 waits for an answer.
const WAITS: Duration = Duration::from_mins(1);

/// An Object Lambda access point.
#[derive(Clone)]
pub struct Point {
    /// Its name.
    pub name: String,
    /// The bucket of the raw objects.
    pub raw: String,
    /// The function's payload.
    pub payload: String,
    /// Whether ranges and part numbers reach the function.
    pub features: bool,
    /// The identity of those who ask.
    pub principal: Value,
}

/// The front.
pub struct Front {
    port: u16,
    shared: Arc<Shared>,
    folder: TempDir,
}

impl Drop for Front {
    fn drop(&mut self) {
        // What takes connections lives as long as the tests do, and holds the processes.
        for emulator in self.emulators() {
            emulator.end();
        }
    }
}

struct Shared {
    port: u16,
    points: Mutex<Vec<Point>>,
    store: Store,
    presigned: Presigned,
    relay: Relay,
    pool: Pool,
}

impl Front {
    /// Starts it before so many processes of the function, each with this environment and a cache folder of its own.
    pub fn start(sql: &Path, processes: usize, environment: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let emulators = (0..processes).map(|process| {
            let cache = cache(folder.path(), process);
            let own = [
                ("AWS_ENDPOINT_URL", endpoint.as_str()),
                ("VEILPOINT_CACHE", cache.to_str().unwrap()),
            ];
            Emulator::start(sql, own.into_iter().chain(environment.iter().copied()))
        });
        let shared = Arc::new(Shared {
            port,
            points: Mutex::default(),
            store: Store::default(),
            presigned: Presigned::default(),
            relay: Relay::default(),
            pool: Pool::of(emulators.collect()),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || {
                    shared.serve(&stream);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self {
            port,
            shared,
            folder,
        }
    }

    /// Makes or replaces an access point; what stands for its bucket.
    pub fn point(&self, point: Point) -> String {
        self.shared.store.make(&point.raw);
        let alias = point.alias();
        let mut points = self.shared.points.lock().unwrap();
        points.retain(|other| other.name != point.name);
        points.push(point);
        alias
    }

    /// The buckets behind it.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The function's processes.
    pub fn emulators(&self) -> &[Emulator] {
        self.shared.pool.emulators()
    }

    /// From now on one process alone gets events, or all do.
    pub fn use_only(&self, process: Option<usize>) {
        self.shared.pool.use_only(process);
    }

    /// Gives the function an event that no client's request became; what it returns.
    pub fn invoke(&self, event: &Value) -> Value {
        self.shared.invoke(event)
    }

    /// The folder in which a process keeps its releases.
    pub fn cache(&self, process: usize) -> PathBuf {
        cache(self.folder.path(), process)
    }

    /// Who may read no raw object at these keys: whatever begins with the prefix is denied to presigned URLs.
    pub fn deny(&self, prefix: &str) {
        self.shared.presigned.deny(prefix);
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Point {
    /// One that lets everything through to the function.
    pub fn new(name: &str, raw: &str, payload: &Value) -> Self {
        Self {
            name: name.to_owned(),
            raw: raw.to_owned(),
            payload: payload.to_string(),
            features: true,
            principal: event::principal(),
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        event::arn(&self.name)
    }

    /// What stands for a bucket.
    pub fn alias(&self) -> String {
        format!("{}-a1b2c3d4--ol-s3", self.name)
    }
}

impl Shared {
    /// One request of a connection, and no more.
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let Some(head) = Head::read(&mut reader) else {
            return;
        };
        if head.line.starts_with("POST /WriteGetObjectResponse ") {
            return self.relay.take(stream, &mut reader, &head);
        }
        let request = Request::of(head);
        if let Some(point) = self.named(&request.bucket) {
            return self.through(stream, &point, &request);
        }
        let mut body = Vec::new();
        relay::go_on(stream, &request.head);
        if !request.head.body(&mut reader, &mut body, usize::MAX) {
            return;
        }
        if let Err(refused) = self.presigned.check(&request) {
            refused.send(stream, &request.method);
            return;
        }
        self.store.answer(stream, &request, &body);
    }

    fn named(&self, bucket: &str) -> Option<Point> {
        let points = self.points.lock().unwrap();
        let mut points = points.iter();
        let point = points.find(|point| bucket == point.name || bucket == point.alias());
        point.cloned()
    }

    /// A request of a client through an access point.
    fn through(&self, stream: &TcpStream, point: &Point, request: &Request) {
        let reply = match event::operation(point, request) {
            Ok("GetObject") => return self.get(stream, point, request),
            Ok("HeadObject") => {
                let event = self.event(point, request, "HeadObject", None);
                returned::of_head(&self.invoke(&event))
            }
            Ok(listing) => {
                let event = self.event(point, request, listing, None);
                returned::of_list(&self.invoke(&event))
            }
            Err(reply) => reply,
        };
        reply.send(stream, &request.method);
    }

    fn get(&self, stream: &TcpStream, point: &Point, request: &Request) {
        let exchange = self.relay.expect(stream);
        let event = self.event(point, request, "GetObject", Some(exchange.token()));
        let returned = std::thread::scope(|scope| {
            let invoked = scope.spawn(|| {
                let returned = self.invoke(&event);
                exchange.returned();
                returned
            });
            if !exchange.wait() {
                let late = Reply::refused(500, "LambdaTimeout", "nothing was written in time");
                self.relay.close(&exchange, &late);
            }
            invoked.join().unwrap()
        });
        let said = returned["errorMessage"].as_str().unwrap_or_default();
        let unanswered = Reply::refused(500, "LambdaResponseNotReceived", said);
        self.relay.close(&exchange, &unanswered);
    }

    fn event(
        &self,
        point: &Point,
        request: &Request,
        operation: &str,
        token: Option<&str>,
    ) -> Value {
        let url = self.presigned.url(self.port, point, request, operation);
        event::of(point, request, operation, &url, token)
    }

    fn invoke(&self, event: &Value) -> Value {
        let returned = self.pool.invoke(&event.to_string());
        serde_json::from_str(&returned).unwrap_or(Value::Null)
    }
}

/// The folder of a process's releases.
fn cache(folder: &Path, process: usize) -> PathBuf {
    folder.join(format!("cache-{process}"))
}
