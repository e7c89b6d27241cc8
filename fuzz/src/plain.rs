//! A text → its records, by one state for each byte. Slow, and written from the contract's documentation alone.

use veilpoint::csv::Syntax;
use veilpoint::error::Kind;

/// A field: its value, and whether it was quoted.
pub type Field = (Vec<u8>, bool);

/// What a text holds.
#[derive(Debug, Default)]
pub struct Reading {
    /// The records of the right number of fields.
    pub records: Vec<Vec<Field>>,
    /// The others, where they are dropped.
    pub dropped: u64,
}

/// Where in a record the next byte stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Record,
    Field,
    Bare,
    Quoted,
    /// Behind a quote that closes, unless another one follows.
    Closed,
    /// In a line of comment.
    Comment,
}

/// The records of a text behind its header, of `width` fields each.
///
/// # Errors
/// The kind of the first fault, and its record.
pub fn records(
    text: &[u8],
    syntax: &Syntax,
    width: usize,
    drop: bool,
) -> Result<Reading, (Kind, u64)> {
    let mut out = Reading::default();
    let mut record: Vec<Field> = Vec::new();
    let mut field: Field = Field::default();
    let mut state = State::Record;
    let mut at = 0;
    loop {
        let number = out.records.len() as u64 + out.dropped;
        let wrong = Err((Kind::Quoting, number));
        let Some(&byte) = text.get(at) else {
            return match state {
                State::Record | State::Comment => Ok(out),
                State::Quoted => wrong,
                State::Field | State::Bare | State::Closed => {
                    record.push(field);
                    out.add(record, width, drop).map(|()| out)
                }
            };
        };
        at += 1;
        if state == State::Comment || state == State::Record && Some(byte) == syntax.comment {
            let ended = byte == syntax.newline;
            state = if ended { State::Record } else { State::Comment };
            continue;
        }
        if Some(byte) == syntax.escape && state != State::Closed {
            let Some(&escaped) = text.get(at) else {
                return wrong;
            };
            at += 1;
            field.0.push(escaped);
            if state != State::Quoted {
                state = State::Bare;
            }
            continue;
        }
        if state == State::Quoted {
            if Some(byte) == syntax.quote {
                state = State::Closed;
            } else {
                field.0.push(byte);
            }
            continue;
        }
        if byte == syntax.delimiter {
            record.push(std::mem::take(&mut field));
            state = State::Field;
            continue;
        }
        let next = text.get(at);
        let ends_as_crlf = Some(byte) == syntax.other
            && syntax.strip_cr
            && next.is_none_or(|next| *next == syntax.newline);
        if byte == syntax.newline || ends_as_crlf {
            at += usize::from(ends_as_crlf);
            let blank = state == State::Record && width > 1;
            record.push(std::mem::take(&mut field));
            let record = std::mem::take(&mut record);
            if !blank {
                out.add(record, width, drop)?;
            }
            state = State::Record;
            continue;
        }
        if Some(byte) == syntax.other {
            return wrong;
        }
        state = match state {
            State::Record | State::Field if Some(byte) == syntax.quote => {
                field.1 = true;
                State::Quoted
            }
            State::Closed if Some(byte) == syntax.quote => {
                field.0.push(byte);
                State::Quoted
            }
            State::Closed => return wrong,
            _ if Some(byte) == syntax.quote => return wrong,
            _ => {
                field.0.push(byte);
                State::Bare
            }
        };
    }
}

impl Reading {
    fn add(&mut self, record: Vec<Field>, width: usize, drop: bool) -> Result<(), (Kind, u64)> {
        if record.len() == width {
            self.records.push(record);
        } else if drop {
            self.dropped += 1;
        } else {
            return Err((Kind::FieldCount, self.records.len() as u64));
        }
        Ok(())
    }
}
