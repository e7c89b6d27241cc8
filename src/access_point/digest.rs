//! SHA-256 and length of bytes on their way to an output.

use std::io::{self, Write};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::encode::Output;

/// SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// An output that hashes and counts what the one behind it has taken.
pub struct Digest<W> {
    output: W,
    hash: Sha256,
    length: u64,
}

impl<W> Digest<W> {
    /// In front of an output.
    pub fn new(output: W) -> Self {
        Self {
            output,
            hash: Sha256::new(),
            length: 0,
        }
    }

    /// The output, with SHA-256 (64 lower-case hexadecimal digits) and length of the bytes that it took.
    pub fn finish(self) -> (W, String, u64) {
        let hash = HEXLOWER.encode(&self.hash.finalize());
        (self.output, hash, self.length)
    }
}

/// A block of zeros, to be hashed.
const ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];

impl<W: Output> Output for Digest<W> {
    fn filler(&mut self, length: u64) -> io::Result<()> {
        self.output.filler(length)?;
        let mut left = length;
        while left > 0 {
            let count = ZEROS.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.hash.update(&ZEROS[..count]);
            left -= count as u64;
        }
        self.length += length;
        Ok(())
    }
}

impl<W: Write> Write for Digest<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes at most two bytes at a time.
    struct Narrow(Vec<u8>);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(2);
            self.0.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bytes_count_once_however_they_are_taken() {
        let mut digest = Digest::new(Narrow(Vec::new()));
        digest.write_all(b"a").unwrap();
        digest.write_all(b"bc").unwrap();
        let (output, hash, length) = digest.finish();
        assert_eq!((output.0.as_slice(), length), (&b"abc"[..], 3));
        // FIPS 180-2, B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((hash.as_str(), sha256(b"abc").as_str()), (abc, abc));
    }
}
