//! A short form of `benches/gateway.py`: many clients for a while, no error, and a bound on memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{LONG, open, peak, settled, setup};
use std::io::Write as _;

use crate::gateway::stage::{Stage, reader};
use crate::support::samples::sample;
use crate::support::sigv4::answer;

/// Clients at once, each with a connection of its own.
const CLIENTS: u64 = 64;

/// How long they ask.
const TIME: Duration = Duration::from_secs(5);

/// Bytes of a range of the long release.
const RANGE: u64 = 1 << 20;

/// What the gateway may take: its code and pages of the sample, and for each client 2 MiB.
const BOUND: u64 = (256 << 20) + CLIENTS * (2 << 20);

#[test]
fn many_clients_are_served_without_an_error_and_in_bounded_memory() {
    let stage = Stage::with(&setup(""));
    super::put_long(&stage);
    stage.put("patients.csv", sample());
    let small = stage.ask("GET", "/analytics-csv/patients.csv", &[]).body;
    let long = stage.ask("GET", LONG, &[]).body;
    let (served, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (stage, small, long) = (&stage, &small, &long);
            let (served, failed) = (&served, &failed);
            scope.spawn(move || {
                let mut line = open(stage, b"");
                let mut at = client;
                while begun.elapsed() < TIME {
                    let (target, expected, status) = if at % 2 == 0 {
                        ("/analytics-csv/patients.csv", &small[..], 200)
                    } else {
                        let from = (at * 7_919 * 4_096) % (long.len() as u64 - RANGE);
                        let from = usize::try_from(from).unwrap();
                        (LONG, &long[from..][..usize::try_from(RANGE).unwrap()], 206)
                    };
                    let mut request = stage.request("GET", target);
                    if status == 206 {
                        let from = expected.as_ptr() as usize - long.as_ptr() as usize;
                        let last = from + expected.len() - 1;
                        request = request.header("Range", &format!("bytes={from}-{last}"));
                    }
                    let request = reader().header(request).bytes();
                    let got = line.get_mut().write_all(&request).ok();
                    let got = got.and_then(|()| answer(&mut line, "GET"));
                    let right =
                        got.is_some_and(|got| got.status() == status && got.body == expected);
                    let count = if right { served } else { failed };
                    count.fetch_add(1, Ordering::Relaxed);
                    at += CLIENTS + 1;
                }
            });
        }
    });
    let (served, failed) = (served.into_inner(), failed.into_inner());
    assert!(
        failed == 0 && served >= CLIENTS,
        "{failed} failed, {served} served"
    );
    assert!(peak(&stage) < BOUND, "{} bytes, of {BOUND}", peak(&stage));
    settled(&stage);
    let wrong = stage.told();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
