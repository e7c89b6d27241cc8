//! Text in the contract's encoding → UTF-8.
//!
//! Nothing is ever replaced silently: at a malformed sequence the output holds one byte `0xFF`, which is no UTF-8 and so
//! is found, and reported with its record and column, by the stage that knows records.
//!
//! # Memory
//! 64 KiB of input and at most three times as much of output.

use std::io::{self, ErrorKind, Read};

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::dataset::contract::Encoding;

/// The byte that no UTF-8 text holds.
const MALFORMED: u8 = 0xFF;

/// Input bytes at a time.
const BUFFER: usize = 64 * 1024;

/// UTF-8 from text in this encoding. A byte order mark of UTF-16 arrives as that of UTF-8.
pub(super) fn transcode(input: Box<dyn Read + Send>, encoding: Encoding) -> Box<dyn Read + Send> {
    let decoding = match encoding {
        Encoding::Utf8 => return input,
        Encoding::Utf16 => Decoding::Unknown,
        Encoding::Utf16Le => Decoding::Utf16(UTF_16LE.new_decoder_without_bom_handling()),
        Encoding::Utf16Be => Decoding::Utf16(UTF_16BE.new_decoder_without_bom_handling()),
        Encoding::Windows1252 => Decoding::Windows1252,
    };
    Box::new(Transcoder {
        input,
        decoding,
        raw: vec![0; BUFFER],
        held: 0,
        text: Vec::new(),
        sent: 0,
        ended: false,
    })
}

enum Decoding {
    /// UTF-16 whose first two bytes have not been seen.
    Unknown,
    Utf16(Decoder),
    Windows1252,
}

struct Transcoder {
    input: Box<dyn Read + Send>,
    decoding: Decoding,
    raw: Vec<u8>,
    /// Bytes of `raw` that wait for their byte order.
    held: usize,
    text: Vec<u8>,
    sent: usize,
    ended: bool,
}

impl Read for Transcoder {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.sent == self.text.len() && !self.ended {
            self.fill()?;
        }
        let rest = &self.text[self.sent..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.sent += count;
        Ok(count)
    }
}

impl Transcoder {
    /// Reads once, and decodes what came.
    fn fill(&mut self) -> io::Result<()> {
        let read = match self.input.read(&mut self.raw[self.held..]) {
            Err(err) if err.kind() == ErrorKind::Interrupted => return Ok(()),
            other => other?,
        };
        self.ended = read == 0;
        let end = self.held + read;
        self.text.clear();
        self.sent = 0;
        if matches!(self.decoding, Decoding::Unknown) {
            if end < 2 && !self.ended {
                self.held = end;
                return Ok(());
            }
            let big = self.raw[..end].starts_with(&[0xFE, 0xFF]);
            let encoding = if big { UTF_16BE } else { UTF_16LE };
            self.decoding = Decoding::Utf16(encoding.new_decoder_without_bom_handling());
        }
        self.held = 0;
        match &mut self.decoding {
            Decoding::Utf16(decoder) => {
                decode_utf16(decoder, &self.raw[..end], self.ended, &mut self.text);
            }
            Decoding::Windows1252 | Decoding::Unknown => {
                decode_windows_1252(&self.raw[..end], &mut self.text);
            }
        }
        Ok(())
    }
}

/// Decodes what came; a unit or surrogate that is cut waits inside the decoder, and is malformed at the end.
fn decode_utf16(decoder: &mut Decoder, mut raw: &[u8], last: bool, text: &mut Vec<u8>) {
    // A unit of two bytes becomes three at most, or one that marks it; a waiting pair adds a few.
    let mut filled = 0;
    text.resize(raw.len() / 2 * 3 + 16, 0);
    loop {
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(raw, &mut text[filled..], last);
        raw = &raw[read..];
        filled += written;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.resize(text.len() + BUFFER, 0),
            DecoderResult::Malformed(..) => {
                if filled == text.len() {
                    text.push(0);
                }
                text[filled] = MALFORMED;
                filled += 1;
            }
        }
    }
    text.truncate(filled);
}

/// Decodes runs between the five bytes that windows-1252 does not define (the web's table makes them controls).
fn decode_windows_1252(raw: &[u8], text: &mut Vec<u8>) {
    let undefined = |byte: &u8| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D);
    let mut rest = raw;
    while !rest.is_empty() {
        let run = rest.iter().position(undefined).unwrap_or(rest.len());
        let (defined, behind) = rest.split_at(run);
        let (utf8, _) = WINDOWS_1252.decode_without_bom_handling(defined);
        text.extend_from_slice(utf8.as_bytes());
        rest = match behind.split_first() {
            Some((_, behind)) => {
                text.push(MALFORMED);
                behind
            }
            None => behind,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes a read.
    struct Pieces(io::Cursor<Vec<u8>>, usize);

    impl Read for Pieces {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let end = buf.len().min(self.1);
            self.0.read(&mut buf[..end])
        }
    }

    fn utf8(raw: &[u8], encoding: Encoding) -> Vec<u8> {
        let outs: Vec<Vec<u8>> = [1, 2, 3, 7, usize::MAX]
            .iter()
            .map(|&size| {
                let pieces = Pieces(io::Cursor::new(raw.to_vec()), size);
                let mut out = Vec::new();
                transcode(Box::new(pieces), encoding)
                    .read_to_end(&mut out)
                    .unwrap();
                out
            })
            .collect();
        assert!(
            outs.windows(2).all(|pair| pair[0] == pair[1]),
            "pieces change the text"
        );
        outs[0].clone()
    }

    // The literals are Python's: 'Zoë,€ 😀\n'.encode('utf-16-le') and so on.
    const LE: &[u8] = b"Z\x00o\x00\xeb\x00,\x00\xac  \x00=\xd8\x00\xde\n\x00";
    const BE: &[u8] = b"\x00Z\x00o\x00\xeb\x00, \xac\x00 \xd8=\xde\x00\x00\n";
    const TEXT: &str = "Zoë,€ 😀\n";

    #[test]
    fn utf_16_is_read_in_the_order_that_its_mark_says() {
        let marked = |mark: &[u8], raw: &[u8]| [mark, raw].concat();
        let bom = format!("\u{feff}{TEXT}").into_bytes();
        assert_eq!(utf8(&marked(b"\xff\xfe", LE), Encoding::Utf16), bom);
        assert_eq!(utf8(&marked(b"\xfe\xff", BE), Encoding::Utf16), bom);
        assert_eq!(utf8(LE, Encoding::Utf16), TEXT.as_bytes());
        assert_eq!(utf8(LE, Encoding::Utf16Le), TEXT.as_bytes());
        assert_eq!(utf8(BE, Encoding::Utf16Be), TEXT.as_bytes());
        assert_eq!(utf8(b"", Encoding::Utf16), b"");
    }

    #[test]
    fn malformed_utf_16_leaves_a_byte_that_no_utf_8_holds() {
        for (raw, expected) in [
            (&b"a\x00\x00\xd8b\x00"[..], &b"a\xffb"[..]), // a high surrogate alone
            (b"a\x00\x00\xdcb\x00", b"a\xffb"),           // a low surrogate alone
            (b"a\x00b", b"a\xff"),                        // half a unit at the end
            (b"a\x00=\xd8", b"a\xff"),                    // half a pair at the end
            (b"a", b"\xff"),
        ] {
            assert_eq!(utf8(raw, Encoding::Utf16), expected, "{raw:x?}");
        }
    }

    #[test]
    fn windows_1252_is_read_and_its_undefined_bytes_are_malformed() {
        // 'Zoë €5 „ok“ Ÿ'.encode('cp1252')
        let raw = b"Zo\xeb \x805 \x84ok\x93 \x9f";
        assert_eq!(utf8(raw, Encoding::Windows1252), "Zoë €5 „ok“ Ÿ".as_bytes());
        assert_eq!(utf8(b"a\x81b\x9d", Encoding::Windows1252), b"a\xffb\xff");
        let undefined = (0..=255_u8).filter(|&byte| utf8(&[byte], Encoding::Windows1252) == [0xff]);
        assert_eq!(
            undefined.collect::<Vec<_>>(),
            [0x81, 0x8d, 0x8f, 0x90, 0x9d]
        );
    }
}
