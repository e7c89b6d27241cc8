//! HMAC-SHA-256 (RFC 2104 over FIPS 180-4) of one short message after the other under one key.
//!
//! Fast because the two blocks of the key are compressed once, and a message of up to 55 bytes is two calls of the
//! library's compression. The crate `hmac`, which is used everywhere else and is this one's twin in the tests, copies
//! two digests with their buffers for each message, and wipes them.

use sha2::block_api::compress256;
use zeroize::Zeroizing;

/// The state before the first block (FIPS 180-4, 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Bytes of a block.
const BLOCK: usize = 64;

/// Where a last block has the length of all, in bits.
const LENGTH: usize = BLOCK - 8;

/// The states behind the key's blocks, wiped when dropped: whoever has them has the key.
#[derive(Clone)]
pub(super) struct Mac {
    inner: Zeroizing<[u32; 8]>,
    outer: Zeroizing<[u32; 8]>,
}

impl Mac {
    /// Under a key.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let behind = |pad: u8| {
            let mut block = Zeroizing::new([[pad; BLOCK]]);
            for (byte, key) in block.as_flattened_mut().iter_mut().zip(key) {
                *byte ^= key;
            }
            let mut state = Zeroizing::new(START);
            compress256(&mut state, block.as_slice());
            state
        };
        Self {
            inner: behind(0x36),
            outer: behind(0x5c),
        }
    }

    /// The first 128 bits of a message's code, big endian.
    pub(super) fn half(&self, message: &[u8]) -> u128 {
        let mut state = *self.inner;
        finish(&mut state, message);
        let mut digest = [0; 32];
        let (places, _) = digest.as_chunks_mut::<4>();
        for (place, word) in places.iter_mut().zip(state) {
            *place = word.to_be_bytes();
        }
        state = *self.outer;
        finish(&mut state, &digest);
        let [a, b, c, d, ..] = state.map(u128::from);
        a << 96 | b << 64 | c << 32 | d
    }
}

/// Compresses a message and what stands behind it: a bit, zeros, and the length, that of the key's block included.
fn finish(state: &mut [u32; 8], message: &[u8]) {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    if !blocks.is_empty() {
        compress256(state, blocks);
    }
    let mut last = [[0; BLOCK]; 2];
    let bytes = last.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    let blocks = 1 + usize::from(rest.len() >= LENGTH);
    let bits = 8 * (BLOCK + message.len()) as u64;
    last[blocks - 1][LENGTH..].copy_from_slice(&bits.to_be_bytes());
    compress256(state, &last[..blocks]);
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use hmac::{Hmac, KeyInit, Mac as _};
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;

    #[test]
    fn codes_are_those_of_rfc_4231() {
        let rows: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c7",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a7"),
        ];
        for (short, message, code) in rows {
            // HMAC fills keys up to a block with zeros.
            let mut key = [0; 32];
            key[..short.len()].copy_from_slice(short);
            let mac = Mac::new(&key);
            for _ in 0..2 {
                // The prepared states are not used up.
                assert_eq!(HEXLOWER.encode(&mac.half(message).to_be_bytes()), code);
            }
        }
    }

    proptest! {
        #[test]
        fn codes_are_those_of_the_crate(key: [u8; 32], message in prop::collection::vec(any::<u8>(), 0..260)) {
            let mut twin = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            twin.update(&message);
            let whole = twin.finalize().into_bytes();
            prop_assert_eq!(&Mac::new(&key).half(&message).to_be_bytes()[..], &whole[..16]);
        }
    }
}
