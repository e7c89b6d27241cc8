//! The master key of now, and those before it that something is still pinned to.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::num::NonZeroU32;

use super::MasterKey;
use crate::error::{Error, Kind, Result};

/// The version of a master key, from 1.
pub type KeyVersion = NonZeroU32;

/// The version of a key whose version nobody has named.
pub const FIRST_VERSION: KeyVersion = KeyVersion::MIN;

/// Master keys by version, one of which is that of now. Without `Debug`: it holds secrets.
pub struct KeyRing {
    now: KeyVersion,
    keys: BTreeMap<KeyVersion, MasterKey>,
}

impl KeyRing {
    /// With the key of now alone.
    pub fn new(now: KeyVersion, key: MasterKey) -> Self {
        let keys = BTreeMap::from([(now, key)]);
        Self { now, keys }
    }

    /// Adds a key of another version.
    ///
    /// # Errors
    /// [`Kind::Key`] for a version that is there, and for a key that is there under another: whoever changes a key
    /// wants another one.
    pub fn add(&mut self, version: KeyVersion, key: MasterKey) -> Result<()> {
        let refused = |message| Err(Error::new(Kind::Key, message));
        let id = key.id();
        if let Some((other, _)) = self.keys.iter().find(|(_, other)| other.id() == id)
            && *other != version
        {
            return refused(format!(
                "versions {other} and {version} of the master key are one key: make another with `veilpoint keygen`"
            ));
        }
        match self.keys.entry(version) {
            Entry::Vacant(place) => {
                place.insert(key);
                Ok(())
            }
            Entry::Occupied(_) => refused(format!(
                "version {version} of the master key is named twice: each has one key"
            )),
        }
    }

    /// The keys of all versions.
    pub fn into_keys(self) -> impl Iterator<Item = MasterKey> {
        self.keys.into_values()
    }

    /// The key of a version, or the one of now.
    ///
    /// # Errors
    /// [`Kind::Key`] for a version that is not there: no other takes its place.
    pub fn of(&self, pinned: Option<KeyVersion>) -> Result<(KeyVersion, &MasterKey)> {
        let version = pinned.unwrap_or(self.now);
        let found = self.keys.get(&version);
        found.map(|key| (version, key)).ok_or_else(|| {
            let message = format!(
                "version {version} of the master key is asked for, and the key of now is version {}: name the old one \
                 among the old keys",
                self.now
            );
            Error::new(Kind::Key, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u32) -> KeyVersion {
        KeyVersion::new(number).unwrap()
    }

    #[test]
    fn each_version_has_one_key_and_no_other_takes_its_place() {
        let key = |byte| MasterKey::from_bytes([byte; 32]);
        let mut ring = KeyRing::new(version(3), key(3));
        ring.add(version(1), key(1)).unwrap();
        for (pinned, expected) in [
            (None, Some(3)),
            (Some(3), Some(3)),
            (Some(1), Some(1)),
            (Some(2), None),
        ] {
            let found = ring.of(pinned.map(version));
            let found = found.map(|(version, key)| (version.get(), key.id()));
            match expected {
                Some(byte) => assert_eq!(found.unwrap(), (u32::from(byte), key(byte).id())),
                None => assert_eq!(found.unwrap_err().kind(), Kind::Key),
            }
        }
        for (number, byte, words) in [
            (1, 2, "named twice"),
            (3, 2, "named twice"),
            (2, 1, "one key"),
        ] {
            let error = ring.add(version(number), key(byte)).unwrap_err();
            assert!(error.message().contains(words), "{error}");
        }
    }
}
