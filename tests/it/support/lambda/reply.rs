//! An answer whose body is at hand.

use std::io::Write as _;
use std::net::TcpStream;

/// So much of a body is sent at once: whoever counts it knows what was sent.
const PIECE: usize = 64 * 1024;

/// An answer.
#[derive(Clone, Default)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers, less the length.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
    /// The length that it announces, where that is another than the body's.
    pub length: Option<usize>,
}

impl Reply {
    /// With nothing in it.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A document of S3's.
    pub fn xml(status: u16, document: &str) -> Self {
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}");
        Self {
            status,
            body: body.into_bytes(),
            ..Self::default()
        }
        .header("Content-Type", "application/xml")
    }

    /// A refusal in S3's form. What it quotes is nobody's business.
    pub fn refused(status: u16, code: &str, message: &str) -> Self {
        let message = escaped(message);
        let document = format!(
            "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>CANARYREQUEST</RequestId></Error>"
        );
        Self::xml(status, &document)
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends it, without its body where only the head is asked for; how much of the body was sent. Whoever reads may go
    /// away at any time, which is its own affair.
    pub fn send(&self, mut stream: &TcpStream, method: &str) -> u64 {
        let mut head = format!("HTTP/1.1 {} S3\r\n", self.status);
        for (name, value) in &self.headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        // A HEAD's length is the object's, and 304 has none at all.
        if self.status != 304 {
            let length = self.length.unwrap_or(self.body.len());
            head = format!("{head}Content-Length: {length}\r\n");
        }
        head += "Connection: close\r\n\r\n";
        let mut sent = 0;
        if stream.write_all(head.as_bytes()).is_err() || method == "HEAD" {
            return sent;
        }
        for piece in self.body.chunks(PIECE) {
            if stream.write_all(piece).is_err() {
                break;
            }
            sent += piece.len() as u64;
        }
        sent
    }
}

/// A text in XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
