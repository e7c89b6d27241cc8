//! As much of HTTP/1.1 as the tests' servers and clients speak: one exchange a connection.

use std::io::{BufRead, Read as _};

/// The head of a request or an answer.
#[derive(Clone, Default)]
pub struct Head {
    /// The first line, without its end.
    pub line: String,
    /// The headers in the order they came, their names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// Reads up to the empty line; none where the other side went away before.
    pub fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut head = Self {
            line: line(reader)?,
            headers: Vec::new(),
        };
        loop {
            let line = line(reader)?;
            let Some((name, value)) = line.split_once(':') else {
                return line.is_empty().then_some(head);
            };
            let header = (name.to_ascii_lowercase(), value.trim().to_owned());
            head.headers.push(header);
        }
    }

    /// A header's value, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|header| header.0 == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// A word of the first line.
    pub fn word(&self, at: usize) -> &str {
        self.line.split(' ').nth(at).unwrap_or_default()
    }

    /// Reads the body that this head announces, at most so much of it; whether it ended as announced.
    pub fn body(&self, reader: &mut impl BufRead, body: &mut Vec<u8>, most: usize) -> bool {
        if self.header("transfer-encoding") == Some("chunked") {
            return chunks(reader, body, most);
        }
        let length = self.header("content-length").map_or(0, |length| {
            length.parse::<usize>().expect("a length is a number")
        });
        let wanted = length.min(most);
        let read = reader.by_ref().take(wanted as u64).read_to_end(body);
        read.is_ok_and(|count| count == length)
    }
}

/// Reads chunks up to the last, empty one.
fn chunks(reader: &mut impl BufRead, body: &mut Vec<u8>, most: usize) -> bool {
    loop {
        let Some(length) = line(reader) else {
            return false;
        };
        let Ok(length) = usize::from_str_radix(length.trim(), 16) else {
            return false;
        };
        let read = reader.by_ref().take(length as u64).read_to_end(body);
        let whole = read.is_ok_and(|count| count == length) && line(reader).is_some();
        if !whole || length == 0 {
            return whole;
        }
        if body.len() >= most {
            return false;
        }
    }
}

/// A line without its end; none where it has no end.
fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let line = line.strip_suffix('\n')?;
    Some(line.trim_end_matches('\r').to_owned())
}
