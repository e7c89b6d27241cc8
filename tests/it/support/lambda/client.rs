//! A client that sends what it is told, one exchange a connection, and keeps all that comes back.

use std::io::{BufReader, Write as _};
use std::net::TcpStream;

use super::wire::Head;

/// What came back.
#[derive(Clone)]
pub struct Got {
    /// The head of the answer.
    pub head: Head,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether the body came to the end that was announced.
    pub whole: bool,
}

impl Got {
    /// Asks for a path with its query, with these headers beside the usual ones.
    pub fn of(port: u16, method: &str, target: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = format!("{method} /{target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
        let signed = [("Authorization", "AWS4-HMAC-SHA256 CANARYAUTHORIZATION")];
        for (name, value) in signed.iter().chain(headers) {
            request = format!("{request}{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .write_all(format!("{request}Connection: close\r\n\r\n").as_bytes())
            .unwrap();
        let mut reader = BufReader::new(stream);
        let head = Head::read(&mut reader).expect("an answer");
        let mut body = Vec::new();
        let bare = method == "HEAD" || head.word(1) == "304";
        let whole = bare || head.body(&mut reader, &mut body, usize::MAX);
        Self { head, body, whole }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.head.word(1).parse().unwrap()
    }

    /// A header, by its name in lower case; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.head.header(name).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// S3's code, where the body is an error's document.
    pub fn code(&self) -> String {
        let text = self.text();
        let code = text.split_once("<Code>").map(|(_, rest)| rest);
        let code = code.and_then(|rest| rest.split_once("</Code>"));
        code.map(|(code, _)| code.to_owned()).unwrap_or_default()
    }
}
