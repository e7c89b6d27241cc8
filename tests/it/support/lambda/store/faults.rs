//! Buckets that answer nothing but failure.

use std::io;
use std::net::TcpStream;

use super::Store;
use crate::support::lambda::reply::Reply;
use crate::support::lambda::request::Request;

/// What a bucket does in place of an answer.
#[derive(Clone, Copy)]
pub enum Fault {
    /// It refuses, with this status and code.
    Refuses(u16, &'static str),
    /// It says nothing, until whoever asks goes away.
    Silence,
}

impl Store {
    /// From now on a bucket fails like this, or no more.
    pub fn fail(&self, bucket: &str, fault: Option<Fault>) {
        let mut state = self.state();
        match fault {
            Some(fault) => state.faults.insert(bucket.to_owned(), fault),
            None => state.faults.remove(bucket),
        };
    }

    /// How many requests have met a fault until now.
    pub fn failures(&self) -> usize {
        self.state().failures
    }

    /// Whether a request has met a fault, and so has its answer.
    pub(super) fn met(&self, stream: &TcpStream, request: &Request) -> bool {
        let fault = self.state().faults.get(&request.bucket).copied();
        self.state().failures += usize::from(fault.is_some());
        match fault {
            None => return false,
            Some(Fault::Refuses(status, code)) => {
                let reply = Reply::refused(status, code, "CANARYFAULT");
                reply.send(stream, &request.method);
            }
            Some(Fault::Silence) => {
                let mut stream = stream;
                let _ = io::copy(&mut stream, &mut io::sink());
            }
        }
        true
    }
}
