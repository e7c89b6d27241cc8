//! The gateway as a service: how it starts, stops and reloads, what it does with clients that behave badly, what it says of
//! itself, and how much it bears.

mod admin;
mod clients;
mod edited;
mod embedded;
mod gone;
mod keys;
mod limits;
mod load;
mod mistakes;
mod records;
mod reload;
mod reload_sql;
mod reload_tables;
mod slow;
mod start;
mod stop;
mod tls;

use std::fs;
use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;

use super::stage::{Setup, Stage, reader};
use crate::support::lambda::Got;
use crate::support::lambda::wire::Head;
use crate::support::samples::people;
use crate::support::sigv4::Request;
use crate::support::site::wait_for;

/// The access point whose releases are a hundred times as long as their objects.
const LONG: &str = "/long/people.parquet";

/// Bytes of that release, about.
const LENGTH: u64 = 200_000_000;

/// A gateway with an address for health and metrics, these limits, and an access point with long releases.
fn setup(limits: &str) -> Setup {
    let usual = Setup::default();
    let mut setup = Setup {
        top: format!("admin = \"127.0.0.1:0\"\n{}", usual.top),
        tables: format!("[limits]\n{limits}\n"),
        ..usual
    };
    let long = ["long", "people/costs", "parquet", "length_factor = 100"].map(str::to_owned);
    let [name, projection, format, more] = long;
    setup.readers[0].2.push(name.clone());
    setup.points.push((name, projection, format, more));
    setup
}

/// The same, started, with the object of the long release.
fn stage(limits: &str) -> Stage {
    let stage = Stage::with(&setup(limits));
    put_long(&stage);
    stage
}

/// An object whose release at [`LONG`] has about [`LENGTH`] bytes, most of them filler.
fn put_long(stage: &Stage) {
    let row = people(2).len() - people(1).len();
    let rows = usize::try_from(LENGTH).unwrap() / 100 / row;
    stage.put("people.csv", people(rows));
}

/// Where health and metrics are.
fn admin_port(stage: &Stage) -> u16 {
    let mut port = None;
    wait_for("the address of metrics", || {
        let said = stage.said();
        let rest = said.split_once("health and metrics on http://127.0.0.1:");
        let number = rest.and_then(|(_, rest)| rest.split_once("/-/health"));
        port = number.map(|(port, _)| port.parse().expect(&said));
        port.is_some()
    });
    port.unwrap()
}

/// The text of the metrics.
fn metrics(stage: &Stage) -> String {
    Got::of(admin_port(stage), "GET", "-/metrics", &[]).text()
}

/// The sum of a metric, over all its labels that hold this text.
fn counted(stage: &Stage, name: &str, label: &str) -> f64 {
    let text = metrics(stage);
    let lines = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let (labels, value) = rest.rsplit_once(' ')?;
        let is_it = labels.is_empty() || labels.starts_with('{');
        (is_it && labels.contains(label)).then(|| value.parse::<f64>().unwrap())
    });
    lines.sum()
}

/// Waits until nobody is connected and nothing is made.
fn settled(stage: &Stage) {
    wait_for("the end of connections and work", || {
        let open = ["veilpoint_connections", "veilpoint_releases_at_work"];
        open.iter().all(|name| counted(stage, name, "") < 0.5)
    });
}

/// The most memory that the gateway has had until now, in bytes.
fn peak(stage: &Stage) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", stage.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix("kB"));
    kib.expect("a peak").trim().parse::<u64>().unwrap() * 1024
}

/// A connection on which these bytes were sent.
fn open(stage: &Stage, bytes: &[u8]) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", stage.port)).unwrap();
    stream.write_all(bytes).unwrap();
    BufReader::new(stream)
}

/// The reader's request, signed.
fn signed(stage: &Stage, method: &str, target: &str) -> Request {
    reader().header(stage.request(method, target))
}

/// A connection on which the reader has asked for a release, and its head has come.
fn begun(stage: &Stage, target: &str) -> (BufReader<TcpStream>, Head) {
    let mut reader = open(stage, &signed(stage, "GET", target).bytes());
    let head = Head::read(&mut reader).expect("a head");
    assert_eq!(head.word(1), "200", "{}", head.line);
    (reader, head)
}

/// Whatever still comes on a connection until it ends, however it ends.
fn rest(mut reader: BufReader<TcpStream>) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = reader.read_to_end(&mut rest);
    rest
}
