//! Any block of any dialect → the positions of its fields over a normalised copy, byte by byte.
//!
//! This is what the dialect means. It is reached where the dialect has escapes or comments, and where `tokenize.rs`
//! declined: for a blank line, or because something is wrong, which is then named with its record.

use super::tokenize::Tokens;
use super::{MAX_RECORD, PADDING, RecordError, Syntax};
use crate::error::Kind;

/// The quote of normalised text: a byte that no UTF-8 text has, so that a field is quoted only where it was, and what
/// stands in it needs no doubling.
pub const QUOTE: u8 = 0xff;

/// Records over text of one form: fields separated by anything, quoted with [`QUOTE`], no escapes, no comments.
#[derive(Debug, Default)]
pub struct Normalised {
    /// The text.
    pub bytes: Vec<u8>,
    /// The fields in it.
    pub tokens: Tokens,
    /// For each record kept, its number in the block, from 0.
    pub records: Vec<u64>,
    /// Records in the block, dropped ones included.
    pub total: u64,
    /// Records dropped because their number of fields was wrong.
    pub dropped: u64,
}

/// One record as the scanner sees it.
struct Scanned {
    /// Fields, each with whether it was quoted.
    fields: usize,
    /// Bytes of the block, line end included.
    consumed: usize,
    /// Whether it is an empty line.
    blank: bool,
}

/// Where and how a scan failed.
struct Failure {
    kind: Kind,
    message: &'static str,
    field: usize,
}

/// Receives the fields of a record: the bytes, and whether they were quoted.
trait Sink {
    fn byte(&mut self, byte: u8);
    fn end(&mut self, quoted: bool);
}

/// Scans one record at the beginning of `text`, whose end counts as a line end.
fn scan(text: &[u8], syntax: &Syntax, sink: &mut impl Sink) -> Result<Scanned, Failure> {
    let mut at = 0;
    let mut fields = 0;
    loop {
        let (next, last, quoted) =
            field(text, at, syntax, sink).map_err(|(kind, message)| Failure {
                kind,
                message,
                field: fields,
            })?;
        sink.end(quoted);
        fields += 1;
        let blank = fields == 1 && last && !quoted && line_is_empty(&text[at..next], syntax);
        at = next;
        if last {
            return Ok(Scanned {
                fields,
                consumed: at,
                blank,
            });
        }
    }
}

fn line_is_empty(line: &[u8], syntax: &Syntax) -> bool {
    let line = line.strip_suffix(&[syntax.newline]).unwrap_or(line);
    line.is_empty() || syntax.strip_cr && line == b"\r"
}

/// Scans the field at `at`: the position behind its separator, whether that ended the record, whether it was quoted.
fn field(
    text: &[u8],
    mut at: usize,
    syntax: &Syntax,
    sink: &mut impl Sink,
) -> Result<(usize, bool, bool), (Kind, &'static str)> {
    let quoted = syntax.quote.is_some() && text.get(at).copied() == syntax.quote;
    if quoted {
        at = quoted_part(text, at + 1, syntax, sink)?;
    }
    loop {
        let Some(&byte) = text.get(at) else {
            return Ok((at, true, quoted));
        };
        at += 1;
        if byte == syntax.delimiter {
            return Ok((at, false, quoted));
        }
        if byte == syntax.newline {
            return Ok((at, true, quoted));
        }
        if Some(byte) == syntax.other {
            let rest = &text[at..];
            if syntax.strip_cr && (rest.is_empty() || rest[0] == syntax.newline) {
                return Ok(((at + 1).min(text.len()), true, quoted));
            }
            return Err((
                Kind::Quoting,
                "a line end of another kind than the object's stands outside quotes; write one kind of line end",
            ));
        }
        if quoted {
            return Err((
                Kind::Quoting,
                "text follows a closing quote; double the quotes inside a quoted field",
            ));
        }
        if Some(byte) == syntax.quote {
            return Err((
                Kind::Quoting,
                "a quote stands inside an unquoted field; quote the whole field and double the quote",
            ));
        }
        if Some(byte) == syntax.escape {
            let Some(&escaped) = text.get(at) else {
                return Err((Kind::Quoting, "the object ends after an escape"));
            };
            at += 1;
            sink.byte(escaped);
        } else {
            sink.byte(byte);
        }
    }
}

/// Scans from behind the opening quote to behind the closing one.
fn quoted_part(
    text: &[u8],
    mut at: usize,
    syntax: &Syntax,
    sink: &mut impl Sink,
) -> Result<usize, (Kind, &'static str)> {
    loop {
        let Some(&byte) = text.get(at) else {
            return Err(if text.len() > MAX_RECORD {
                (
                    Kind::TooLarge,
                    "a quoted field runs over 16 MiB; its quote is likely never closed",
                )
            } else {
                (Kind::Quoting, "a quote is opened and never closed")
            });
        };
        at += 1;
        if Some(byte) == syntax.escape {
            let Some(&escaped) = text.get(at) else {
                return Err((Kind::Quoting, "the object ends after an escape"));
            };
            at += 1;
            sink.byte(escaped);
        } else if Some(byte) != syntax.quote {
            sink.byte(byte);
        } else if text.get(at).copied() == syntax.quote {
            at += 1;
            sink.byte(byte);
        } else {
            return Ok(at);
        }
    }
}

/// Writes fields in the normalised form.
struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
    tokens: &'a mut Vec<u32>,
    start: usize,
}

impl Sink for Writer<'_> {
    fn byte(&mut self, byte: u8) {
        // Room for an opening quote is kept at the field's start.
        if self.bytes.len() == self.start {
            self.bytes.push(QUOTE);
        }
        self.bytes.push(byte);
    }

    fn end(&mut self, quoted: bool) {
        if self.bytes.len() == self.start {
            if quoted {
                self.bytes.extend_from_slice(&[QUOTE; 2]);
            }
        } else if quoted {
            self.bytes.push(QUOTE);
        } else {
            self.bytes.remove(self.start);
        }
        self.tokens
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.bytes.push(b'\n');
        self.start = self.bytes.len();
    }
}

/// Collects fields as they read.
#[derive(Default)]
struct Collector {
    fields: Vec<Vec<u8>>,
    current: Vec<u8>,
}

impl Sink for Collector {
    fn byte(&mut self, byte: u8) {
        self.current.push(byte);
    }

    fn end(&mut self, _quoted: bool) {
        self.fields.push(std::mem::take(&mut self.current));
    }
}

/// The values of a record's fields.
pub type Record = Vec<Vec<u8>>;

/// The first record of `text`, blank lines and comments skipped, with the bytes up to its end. None where there is
/// none. The caller has made sure that the record is whole, or that `text` is all there is.
pub fn first_record(text: &[u8], syntax: &Syntax) -> Result<Option<(Record, usize)>, RecordError> {
    let mut at = 0;
    while at < text.len() {
        if syntax.comment == Some(text[at]) {
            at += line_length(&text[at..], syntax);
            continue;
        }
        let mut sink = Collector::default();
        let scanned = scan(&text[at..], syntax, &mut sink).map_err(|failure| RecordError {
            kind: failure.kind,
            message: failure.message.to_owned(),
            record: 0,
            field: None,
        })?;
        at += scanned.consumed;
        if !scanned.blank {
            return Ok(Some((sink.fields, at)));
        }
    }
    Ok(None)
}

fn line_length(text: &[u8], syntax: &Syntax) -> usize {
    memchr::memchr(syntax.newline, text).map_or(text.len(), |end| end + 1)
}

/// How many bytes of `text` are whole records, found by going through all of it: the cut for dialects where quote
/// parity alone does not tell. `text` begins with a record.
pub fn whole_records(text: &[u8], syntax: &Syntax) -> usize {
    let mut at = 0;
    let mut whole = 0;
    let mut line_start = true;
    let mut field_start = true;
    let mut inside = false;
    while at < text.len() {
        let byte = text[at];
        if line_start && syntax.comment == Some(byte) {
            match memchr::memchr(syntax.newline, &text[at..]) {
                Some(end) => at += end + 1,
                None => return whole,
            }
            whole = at;
            continue;
        }
        line_start = false;
        at += 1;
        if Some(byte) == syntax.escape {
            at += 1;
            field_start = false;
        } else if Some(byte) == syntax.quote && (inside || field_start) {
            inside = !inside;
            // A quote right after one that closed opens again: a doubled quote.
            field_start = !inside;
        } else if !inside && byte == syntax.newline {
            whole = at;
            (line_start, field_start) = (true, true);
        } else {
            field_start = !inside && byte == syntax.delimiter;
        }
    }
    whole
}

/// Normalises a block of whole records, each of `width` fields.
///
/// Blank lines are skipped where records have more than one field: there is no data in them. A record of another
/// number of fields is refused, or with `drop_ragged` dropped and counted.
///
/// # Errors
/// The first record that is wrong, by the position in the block.
pub fn normalise(
    block: &[u8],
    syntax: &Syntax,
    width: usize,
    drop_ragged: bool,
    out: &mut Normalised,
) -> Result<(), RecordError> {
    out.bytes.clear();
    out.records.clear();
    out.tokens.reset(width);
    (out.total, out.dropped) = (0, 0);
    let mut ends = Vec::new();
    let mut at = 0;
    while at < block.len() {
        if syntax.comment == Some(block[at]) {
            at += line_length(&block[at..], syntax);
            continue;
        }
        let start = out.bytes.len();
        ends.clear();
        let mut sink = Writer {
            bytes: &mut out.bytes,
            tokens: &mut ends,
            start,
        };
        let scanned = scan(&block[at..], syntax, &mut sink).map_err(|failure| RecordError {
            kind: failure.kind,
            message: failure.message.to_owned(),
            record: out.total,
            field: Some(failure.field),
        })?;
        at += scanned.consumed;
        if scanned.blank && width > 1 {
            out.bytes.truncate(start);
            continue;
        }
        if scanned.fields == width {
            for &end in &ends {
                out.tokens.push(end);
            }
            out.records.push(out.total);
        } else if drop_ragged {
            out.bytes.truncate(start);
            out.dropped += 1;
        } else {
            return Err(RecordError {
                kind: Kind::FieldCount,
                message: format!(
                    "the record has {} fields, the header has {width}; a delimiter or a quote is missing or one too \
                     many ('veilpoint.bad_rows' 'drop' drops such records)",
                    scanned.fields
                ),
                record: out.total,
                field: None,
            });
        }
        out.total += 1;
    }
    out.bytes.resize(out.bytes.len() + PADDING, 0);
    Ok(())
}
