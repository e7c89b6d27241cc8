//! A value as 128 bits: what is counted is compared, and never shown.

use sha2::{Digest as _, Sha256};

/// The first 128 bits of SHA-256 (FIPS 180-4) of a value or of several. Two of 2^40 values meet with odds of 2^-49, and
/// nobody can make two meet that are not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hash([u64; 2]);

/// What is hashed begins with its kind: no value is ever taken for a missing one, or for several.
const MISSING: &[u8] = &[0];
const VALUE: &[u8] = &[1];
const SEVERAL: &[u8] = &[2];

impl Hash {
    /// A value that is not there.
    pub(super) fn missing() -> Self {
        Self::first(&Sha256::digest(MISSING))
    }

    /// A value.
    pub(super) fn of(value: &[u8]) -> Self {
        let hasher = Sha256::new().chain_update(VALUE).chain_update(value);
        Self::first(&hasher.finalize())
    }

    /// Several values, in this order.
    pub(super) fn all(hashes: impl Iterator<Item = Self>) -> Self {
        let mut digest = Sha256::new().chain_update(SEVERAL);
        for Self([first, second]) in hashes {
            digest.update(first.to_le_bytes());
            digest.update(second.to_le_bytes());
        }
        Self::first(&digest.finalize())
    }

    /// Bits that spread as well as all of them.
    pub(super) fn spread(self) -> u64 {
        self.0[0]
    }

    fn first(digest: &[u8]) -> Self {
        let mut words = [0; 2];
        for (word, bytes) in words.iter_mut().zip(digest.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_missing_ones_and_combinations_are_kept_apart() {
        let (a, b) = (Hash::of(b"a"), Hash::of(b"b"));
        let all = [
            Hash::missing(),
            Hash::of(b""),
            Hash::of(b"\0"),
            a,
            b,
            Hash::of(b"ab"),
            Hash::all([a].into_iter()),
            Hash::all([a, b].into_iter()),
            Hash::all([b, a].into_iter()),
            Hash::all([].into_iter()),
        ];
        for (at, hash) in all.iter().enumerate() {
            assert!(!all[..at].contains(hash), "{at}");
        }
        assert_eq!(Hash::of(b"a"), a);
    }
}
