//! As much of HTTP/1.1 as the tests' servers and clients speak: one exchange a connection.

use std::io::BufRead;

/// So much of a body is held at once.
const PIECE: usize = 64 * 1024;

/// The head of a request or an answer.
#[derive(Clone, Default)]
pub struct Head {
    /// The first line, without its end.
    pub line: String,
    /// The headers in the order they came, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Their names as they were written.
    pub names: Vec<String>,
}

impl Head {
    /// Reads up to the empty line; none where the other side went away before.
    pub fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut head = Self {
            line: line(reader)?,
            ..Self::default()
        };
        loop {
            let line = line(reader)?;
            let Some((name, value)) = line.split_once(':') else {
                return line.is_empty().then_some(head);
            };
            let header = (name.to_ascii_lowercase(), value.trim().to_owned());
            head.headers.push(header);
            head.names.push(name.to_owned());
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

    /// Whether the body comes in chunks, which say their own lengths.
    pub fn is_chunked(&self) -> bool {
        self.header("transfer-encoding") == Some("chunked")
    }

    /// The length of the body that this head announces.
    pub fn length(&self) -> usize {
        self.header("content-length").map_or(0, |length| {
            length.parse::<usize>().expect("a length is a number")
        })
    }

    /// Reads the body that this head announces, at most about so much of it; whether it ended as announced.
    pub fn body(&self, reader: &mut impl BufRead, body: &mut Vec<u8>, most: usize) -> bool {
        self.pieces(reader, &mut |piece| {
            body.extend_from_slice(piece);
            body.len() <= most
        })
    }

    /// Reads the body that this head announces, for as long as somebody takes its pieces; whether it ended as announced.
    pub fn pieces(&self, reader: &mut impl BufRead, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        if self.is_chunked() {
            chunks(reader, take)
        } else {
            exactly(reader, self.length(), take)
        }
    }
}

/// Reads chunks up to the last, empty one.
fn chunks(reader: &mut impl BufRead, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    loop {
        let Some(length) = line(reader) else {
            return false;
        };
        let Ok(length) = usize::from_str_radix(length.trim(), 16) else {
            return false;
        };
        let whole = exactly(reader, length, take) && line(reader).is_some();
        if !whole || length == 0 {
            return whole;
        }
    }
}

/// Reads so many bytes, in pieces.
fn exactly(
    reader: &mut impl BufRead,
    mut length: usize,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> bool {
    let mut piece = vec![0; length.min(PIECE)];
    while length > 0 {
        let piece = &mut piece[..length.min(PIECE)];
        let Ok(count) = reader.read(piece) else {
            return false;
        };
        if count == 0 || !take(&piece[..count]) {
            return false;
        }
        length -= count;
    }
    true
}

/// A line without its end; none where it has no end.
fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let line = line.strip_suffix('\n')?;
    Some(line.trim_end_matches('\r').to_owned())
}
