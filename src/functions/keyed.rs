//! What the functions under the key share: the pseudorandom function, HMAC-SHA-256 (RFC 2104) with its key prepared
//! once, its draws for subjects, and keys of their own for ciphers.

use std::fmt;
use std::hash::{Hash, Hasher};

use arrow::array::ArrayRef;
use datafusion_common::DataFusionError;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Context;
use super::refusal::{Answer, carried};
use super::text::{Normalizer, Texts, canonical};
use crate::error::{Error, Kind};
use crate::key::DomainKeys;

/// The function under the key of one purpose, or none without a key. Equal by the identity of the key; `Debug` shows
/// neither key nor identity.
#[derive(Clone)]
pub(super) struct Keyed {
    fingerprint: Option<[u8; 16]>,
    mac: Option<Hmac<Sha256>>,
    keys: Option<DomainKeys>,
}

fn no_key() -> DataFusionError {
    carried(Error::new(
        Kind::Key,
        "the projection has keyed functions and there is no key: pass one with --key",
    ))
}

impl Keyed {
    /// The function of a purpose under the context's keys.
    pub(super) fn new(context: &Context, purpose: &str) -> Self {
        let keys = context.keys.as_ref();
        Self {
            fingerprint: keys.map(DomainKeys::fingerprint),
            // A key of any length is a key of HMAC.
            mac: keys.and_then(|keys| Hmac::new_from_slice(keys.derive(purpose).as_slice()).ok()),
            keys: keys.cloned(),
        }
    }

    /// The key of another purpose in the same domain, for a cipher; refuses without a key.
    pub(super) fn derive(&self, purpose: &str) -> Answer<Zeroizing<[u8; 32]>> {
        let keys = self.keys.as_ref().ok_or_else(no_key)?;
        Ok(keys.derive(purpose))
    }

    /// A draw of 128 bits for each subject of a column, from the parameters followed by the subject's normal form; none
    /// for NULL and for text of nothing but white space. The parameters have one length, or begin with it, so that no
    /// two lists of them and a subject are the same bytes.
    pub(super) fn draws(
        &self,
        parameters: &[u8],
        subjects: &ArrayRef,
    ) -> Answer<Vec<Option<u128>>> {
        let prf = self.prf()?;
        let subjects = canonical(subjects)?;
        let subjects = Texts::of(&subjects)?;
        let mut normalizer = Normalizer::new();
        let mut message = parameters.to_vec();
        let draws = subjects.iter().map(|subject| {
            let normal = normalizer.normalize(subject?)?;
            message.truncate(parameters.len());
            message.extend_from_slice(normal.as_bytes());
            Some(prf(&message))
        });
        Ok(draws.collect())
    }

    /// What computes the first 128 bits of one value after the other, big endian; refuses without a key.
    pub(super) fn prf(&self) -> Answer<impl Fn(&[u8]) -> u128> {
        let mac = self.mac.as_ref().ok_or_else(no_key)?;
        Ok(|value: &[u8]| {
            let mut mac = mac.clone();
            mac.update(value);
            let whole: [u8; 32] = mac.finalize().into_bytes().into();
            let mut half = [0; 16];
            half.copy_from_slice(whole.split_at(16).0);
            u128::from_be_bytes(half)
        })
    }
}

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for Keyed {}

impl Hash for Keyed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint.hash(state);
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.mac.is_some() {
            "keyed"
        } else {
            "without a key"
        })
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;
    use crate::functions::testing;

    #[test]
    fn the_library_computes_the_vectors_of_rfc_4231() {
        let rows: [(&[u8], &[u8], &str); 3] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, data, mac) in rows {
            let keyed = Keyed {
                fingerprint: None,
                mac: Hmac::new_from_slice(key).ok(),
                keys: None,
            };
            let prf = keyed.prf().unwrap();
            for _ in 0..2 {
                // The prepared state is not used up.
                assert_eq!(HEXLOWER.encode(&prf(data).to_be_bytes()), mac[..32]);
            }
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let keyed = Keyed::new(&testing::context(), "token");
        assert_eq!(format!("{keyed:?}"), "keyed");
    }

    #[test]
    fn functions_are_equal_where_their_keys_are() {
        let keyed = |context: &Context| Keyed::new(context, "token");
        let other = testing::context_of([8; 32], "a");
        assert_eq!(keyed(&testing::context()), keyed(&testing::context()));
        assert_ne!(keyed(&testing::context()), keyed(&other));
        assert_ne!(keyed(&testing::context()), keyed(&testing::keyless()));
    }
}
