//! Compressed bytes → plain bytes, fail closed: what ends early is an error, never a short object.
//!
//! # Memory
//! One input buffer of 256 KiB, and the window of the format: 32 KiB for gzip, at most 128 MiB for zstd (the format's
//! own default limit; the usual levels need 8 MiB or less), 4 MiB for bzip2.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::GzDecoder;

use super::damaged::{Damaged, Marked, damage};
use crate::dataset::contract::Compression;

/// Large enough that a decoder seldom waits, small enough for a cache.
const BUFFER: usize = 256 * 1024;

type Raw = BufReader<Marked<Box<dyn Read + Send>>>;

/// Plain bytes from bytes compressed so.
pub(super) fn decompress(
    input: Box<dyn Read + Send>,
    compression: Compression,
) -> Box<dyn Read + Send> {
    let raw = |input| BufReader::with_capacity(BUFFER, Marked { inner: input });
    match compression {
        Compression::None => input,
        Compression::Gzip => checked(
            Gzip::Member(Box::new(GzDecoder::new(raw(input)))),
            compression,
        ),
        Compression::Bzip2 => checked(MultiBzDecoder::new(raw(input)), compression),
        Compression::Zstd => match zstd::stream::read::Decoder::with_buffer(raw(input)) {
            Ok(decoder) => checked(decoder, compression),
            Err(err) => Box::new(Failed(Some(err))),
        },
    }
}

fn checked<R: Read + Send + 'static>(decoder: R, compression: Compression) -> Box<dyn Read + Send> {
    Box::new(Checked {
        decoder,
        compression,
    })
}

/// A decoder whose errors are [`Damaged`].
struct Checked<R> {
    decoder: R,
    compression: Compression,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.decoder
            .read(buf)
            .map_err(|err| damage(err, self.compression))
    }
}

/// A decoder that could not be made: its first read says why.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self
            .0
            .take()
            .unwrap_or_else(|| io::ErrorKind::OutOfMemory.into()))
    }
}

/// Gzip members one after the other. flate2's own reader of several members takes the zeros that tape tools pad with
/// for a broken member, so what stands between members is judged here.
enum Gzip {
    Member(Box<GzDecoder<Raw>>),
    Ended,
}

impl Read for Gzip {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while let Self::Member(member) = self {
            let read = member.read(buf)?;
            if read > 0 {
                return Ok(read);
            }
            if let Self::Member(member) = std::mem::replace(self, Self::Ended) {
                let mut rest = member.into_inner();
                if another_member(&mut rest)? {
                    *self = Self::Member(Box::new(GzDecoder::new(rest)));
                }
            }
        }
        Ok(0)
    }
}

/// Whether a member follows; zeros up to the end are padding, zeros before anything else are damage.
fn another_member(rest: &mut Raw) -> io::Result<bool> {
    let mut padded = false;
    loop {
        let bytes = match rest.fill_buf() {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let Some(&first) = bytes.first() else {
            return Ok(false);
        };
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        if first != 0 && !padded {
            return Ok(true);
        }
        if zeros < bytes.len() {
            let compression = Compression::Gzip;
            return Err(Damaged { compression }.into_io());
        }
        padded = true;
        rest.consume(zeros);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::error::Kind;
    use crate::source::classify;

    const ALL: [Compression; 3] = [Compression::Gzip, Compression::Zstd, Compression::Bzip2];

    fn compress(plain: &[u8], compression: Compression) -> Vec<u8> {
        match compression {
            Compression::None => plain.to_vec(),
            Compression::Gzip => {
                let mut out =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                out.write_all(plain).unwrap();
                out.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(plain, 1).unwrap(),
            Compression::Bzip2 => {
                let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                out.write_all(plain).unwrap();
                out.finish().unwrap()
            }
        }
    }

    /// Reads in pieces of a prime size, so that members and pieces never line up.
    fn read(bytes: Vec<u8>, compression: Compression) -> Result<Vec<u8>, Kind> {
        let mut reader = decompress(Box::new(io::Cursor::new(bytes)), compression);
        let (mut out, mut piece) = (Vec::new(), [0; 4093]);
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(out),
                Ok(n) => out.extend_from_slice(&piece[..n]),
                Err(err) => return Err(classify(err).kind()),
            }
        }
    }

    fn text() -> Vec<u8> {
        (0..40_000_u32)
            .flat_map(|i| format!("{i},{}\n", i.wrapping_mul(2_654_435_761)).into_bytes())
            .collect()
    }

    #[test]
    fn one_member_and_several_read_back() {
        let plain = text();
        for compression in ALL {
            let one = compress(&plain, compression);
            assert_eq!(
                read(one.clone(), compression).as_ref(),
                Ok(&plain),
                "{compression:?}"
            );
            let two = [
                one,
                compress(b"", compression),
                compress(b"end", compression),
            ]
            .concat();
            let expected = [plain.as_slice(), b"end"].concat();
            assert_eq!(read(two, compression), Ok(expected), "{compression:?}");
        }
    }

    #[test]
    fn data_that_ends_early_is_damaged_wherever_it_ends() {
        let plain = text();
        for compression in ALL {
            let whole = [
                compress(&plain[..9_000], compression),
                compress(&plain, compression),
            ]
            .concat();
            let first = compress(&plain[..9_000], compression).len();
            for cut in (0..whole.len()).step_by(997).chain([
                1,
                2,
                5,
                17,
                whole.len() - 1,
                first + 1,
                first + 3,
            ]) {
                if cut != first {
                    let result = read(whole[..cut].to_vec(), compression);
                    assert_eq!(
                        result,
                        Err(Kind::Compression),
                        "{compression:?} cut at {cut}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_flipped_byte_of_the_checksum_is_damage() {
        for compression in [Compression::Gzip, Compression::Bzip2] {
            let mut bytes = compress(&text(), compression);
            let at = bytes.len() - 6;
            bytes[at] ^= 0x10;
            assert_eq!(
                read(bytes, compression),
                Err(Kind::Compression),
                "{compression:?}"
            );
        }
    }

    #[test]
    fn foreign_bytes_behind_the_data_are_damage() {
        for compression in ALL {
            let bytes = [compress(b"a\n", compression), b"garbage".to_vec()].concat();
            assert_eq!(
                read(bytes, compression),
                Err(Kind::Compression),
                "{compression:?}"
            );
        }
    }

    #[test]
    fn zeros_behind_gzip_are_padding_and_zeros_between_are_not() {
        let member = compress(b"a\n", Compression::Gzip);
        let padded = [member.clone(), vec![0; 600_000]].concat();
        assert_eq!(read(padded, Compression::Gzip), Ok(b"a\n".to_vec()));
        let between = [member.clone(), vec![0; 512], member].concat();
        assert_eq!(read(between, Compression::Gzip), Err(Kind::Compression));
    }

    #[test]
    fn a_failing_source_is_not_called_damaged() {
        struct Denied;
        impl Read for Denied {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        for compression in ALL {
            let mut reader = decompress(Box::new(Denied), compression);
            let err = reader.read(&mut [0; 16]).unwrap_err();
            assert_eq!(classify(err).kind(), Kind::Source, "{compression:?}");
        }
    }
}
