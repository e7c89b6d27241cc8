//! What the functions under the key share: the pseudorandom function, its draws for subjects, and keys of their own for
//! ciphers.

use std::fmt;
use std::hash::{Hash, Hasher};

use arrow::array::ArrayRef;
use datafusion_common::DataFusionError;
use zeroize::Zeroizing;

use super::Context;
use super::mac::Mac;
use super::refusal::{Answer, carried};
use super::text::{Normalizer, Texts, canonical};
use crate::error::{Error, Kind};
use crate::key::DomainKeys;

/// The function under the key of one purpose, or none without a key. Equal by the identity of the key; `Debug` shows
/// neither key nor identity.
#[derive(Clone)]
pub(super) struct Keyed {
    fingerprint: Option<[u8; 16]>,
    mac: Option<Mac>,
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
            mac: keys.map(|keys| Mac::new(&keys.derive(purpose))),
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
            message.extend_from_slice(normal);
            Some(prf(&message))
        });
        Ok(draws.collect())
    }

    /// What computes the first 128 bits of one value after the other, big endian; refuses without a key.
    pub(super) fn prf(&self) -> Answer<impl Fn(&[u8]) -> u128> {
        let mac = self.mac.as_ref().ok_or_else(no_key)?;
        Ok(|value: &[u8]| mac.half(value))
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
    use super::*;
    use crate::functions::testing;

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
