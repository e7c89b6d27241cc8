//! `SeaweedFS` on loopback: an S3 that others wrote, which checks signatures, and knows who may do what.
//!
//! It ends with its owner, by its own process.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use futures::StreamExt as _;
use serde_json::json;
use tempfile::TempDir;

use super::clients::Aws;
use super::python::environment_of;
use super::site::wait_for;

/// Who makes buckets and objects, and whose secret it is.
pub const OWNER: (&str, &str) = ("CANARYOWNER", "CANARYOWNERSECRET");

/// Who reads and lists [`RAW`], and nothing else.
pub const READER: (&str, &str) = ("CANARYSOURCEREADER", "CANARYSOURCESECRET");

/// Who may do nothing.
pub const NOBODY: (&str, &str) = ("CANARYNOBODY", "CANARYNOBODYSECRET");

/// The bucket of the reader.
pub const RAW: &str = "raw";

/// Its parts, each with a port for HTTP and one for a protocol of its own.
const PARTS: [&str; 4] = ["master", "volume", "filer", "s3"];

/// What else is said at its start: no other services, and little room on the disk.
const ARGUMENTS: [&str; 25] = [
    "-logtostderr",
    "server",
    "-dir",
    "data",
    "-ip",
    "127.0.0.1",
    "-ip.bind",
    "127.0.0.1",
    "-filer",
    "-filer.localSocket",
    "filer.sock",
    "-s3",
    "-s3.config",
    "s3.json",
    "-s3.iam=false",
    "-s3.port.iceberg",
    "0",
    "-s3.port.lance",
    "0",
    "-s3.localSocket",
    "s3.sock",
    "-master.telemetry=false",
    "-master.volumeSizeLimitMB=64",
    "-volume.max=16",
    "-volume.minFreeSpace=1MiB",
];

/// So many objects are put at once.
const AT_ONCE: usize = 16;

/// The server.
pub struct Seaweed {
    process: Child,
    ports: Vec<u16>,
    folder: TempDir,
    owner: Aws,
}

impl Seaweed {
    /// Starts it with the bucket of the reader.
    pub fn start() -> Self {
        // A port that was free a moment ago may be another's now: then it ends at once.
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("data")).unwrap();
            fs::write(folder.path().join("s3.json"), identities()).unwrap();
            let ports = free_ports();
            let owner = Aws::of(&endpoint(&ports), OWNER);
            let mut server = Self {
                process: spawn(folder.path(), &ports),
                ports,
                folder,
                owner,
            };
            if server.is_ready() {
                return server;
            }
        }
        panic!("the store does not start");
    }

    /// Waits until objects can be written, which is some time after it listens; or until it has ended.
    fn is_ready(&mut self) -> bool {
        let mut ended = false;
        wait_for("the store", || {
            ended = self.process.try_wait().unwrap().is_some();
            let client = &self.owner.client;
            let made = client.create_bucket().bucket(RAW).send();
            let there = self.owner.wait(made).is_ok() || self.has_bucket();
            let put = client.put_object().bucket(RAW).key("ready");
            let put = put.body(ByteStream::from_static(b"ready")).send();
            ended || there && self.owner.wait(put).is_ok()
        });
        !ended
    }

    fn has_bucket(&self) -> bool {
        let asked = self.owner.client.head_bucket().bucket(RAW).send();
        self.owner.wait(asked).is_ok()
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        endpoint(&self.ports)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.ports[S3]
    }

    /// Makes or replaces an object of the reader's bucket.
    pub fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.put_all([(key.to_owned(), bytes.into())]);
    }

    /// The same, of many.
    pub fn put_all(&self, objects: impl IntoIterator<Item = (String, Vec<u8>)>) {
        let client = &self.owner.client;
        let puts = objects.into_iter().map(|(key, bytes)| {
            let put = client.put_object().bucket(RAW).key(key);
            put.body(ByteStream::from(bytes)).send()
        });
        let puts = futures::stream::iter(puts).buffer_unordered(AT_ONCE);
        let failed = puts.filter_map(async |put| put.err());
        let failed: Vec<_> = self.owner.wait(failed.collect());
        assert!(failed.is_empty(), "{failed:?}");
    }

    /// Makes or replaces an object by an upload in parts, which gives it an `ETag` of another form.
    pub fn put_in_parts(&self, key: &str, parts: &[&[u8]]) {
        let client = &self.owner.client;
        let upload = client.create_multipart_upload().bucket(RAW).key(key).send();
        let upload = self.owner.wait(upload).unwrap();
        let id = upload.upload_id().unwrap();
        let mut completed = CompletedMultipartUpload::builder();
        for (number, part) in (1..).zip(parts) {
            let put = client.upload_part().bucket(RAW).key(key).upload_id(id);
            let put = put
                .part_number(number)
                .body(ByteStream::from(part.to_vec()));
            let put = self.owner.wait(put.send()).unwrap();
            let part = CompletedPart::builder().part_number(number);
            completed = completed.parts(part.e_tag(put.e_tag().unwrap()).build());
        }
        let complete = client.complete_multipart_upload().bucket(RAW).key(key);
        let complete = complete.upload_id(id).multipart_upload(completed.build());
        self.owner.wait(complete.send()).unwrap();
    }

    /// Ends it, with whatever it is at.
    pub fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again at the same place, with what it had.
    pub fn start_again(&mut self) {
        self.process = spawn(self.folder.path(), &self.ports);
        assert!(self.is_ready(), "the store does not start again");
    }
}

impl Drop for Seaweed {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where the port of the S3 stands among all.
const S3: usize = 6;

fn endpoint(ports: &[u16]) -> String {
    format!("http://127.0.0.1:{}", ports[S3])
}

/// Two ports for each part. They are held together until all are known, so that no two are the same.
fn free_ports() -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..2 * PARTS.len())
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let ports = listeners.iter();
    ports
        .map(|listener| listener.local_addr().unwrap().port())
        .collect()
}

fn spawn(folder: &Path, ports: &[u16]) -> Child {
    let mut command = Command::new(environment_of("requirements-store.txt").join("bin/weed"));
    command.args(ARGUMENTS);
    for (part, ports) in PARTS.iter().zip(ports.chunks(2)) {
        command.arg(format!("-{part}.port={}", ports[0]));
        command.arg(format!("-{part}.port.grpc={}", ports[1]));
    }
    command
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(folder.join("log")).unwrap());
    command.spawn().unwrap()
}

/// Who may do what.
fn identities() -> String {
    let identity = |(id, secret): (&str, &str), actions: &[&str]| {
        let credentials = json!([{"accessKey": id, "secretKey": secret}]);
        json!({"name": id, "credentials": credentials, "actions": actions})
    };
    let (read, list) = (format!("Read:{RAW}"), format!("List:{RAW}"));
    json!({"identities": [
        identity(OWNER, &["Admin", "Read", "List", "Write"]),
        identity(READER, &[&read, &list]),
        identity(NOBODY, &["Read:elsewhere"]),
    ]})
    .to_string()
}
