//! Requests and their answers, one a row.

use super::stage::{Stage, leaks, unlike_refusal};
use crate::support::sigv4::Request;

/// What it is, the request, and the status and code that it comes to; 200 is all of the release.
pub type Row = (&'static str, Request, u16, &'static str);

/// Whatever of these rows is answered otherwise.
pub fn unlike(stage: &Stage, rows: Vec<Row>, release: &[u8]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, request, status, code) in rows {
        let method = request.method.as_str();
        let Some(got) = request.send(stage.port) else {
            wrong.push(format!("{name}: is not answered"));
            continue;
        };
        let found = if status == 200 {
            let mut found = leaks(&got);
            let expected = if method == "HEAD" { b"" } else { release };
            if got.status() != 200 || got.body != expected {
                found.push(format!("is answered {} {}", got.status(), got.code()));
            }
            found
        } else {
            unlike_refusal(&got, method, status, code)
        };
        wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }
    wrong
}
