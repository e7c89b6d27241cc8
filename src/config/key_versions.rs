//! Which version the master key has, and where those of other versions lie, as the environment says.

use std::collections::BTreeMap;

use super::gateway::KeyPlace;
use super::{KEY_VERSION, OLD_KEYS, Variables, text};
use crate::error::{Error, Kind, Result};
use crate::key::{FIRST_VERSION, KeyRing, KeyVersion, MasterKey};

/// What the variables say.
pub(super) struct KeyVersions {
    now: KeyVersion,
    old: BTreeMap<KeyVersion, KeyPlace>,
}

impl Default for KeyVersions {
    /// One key, of the first version.
    fn default() -> Self {
        Self {
            now: FIRST_VERSION,
            old: BTreeMap::new(),
        }
    }
}

impl KeyVersions {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] for what is no version, and no object of versions and places.
    pub fn read() -> Result<Self> {
        Self::read_in(&text)
    }

    fn read_in(variables: &Variables) -> Result<Self> {
        let wrong = |message: String| Error::new(Kind::Settings, message);
        let now = variables(KEY_VERSION)?.map(|text| {
            text.parse()
                .map_err(|_| wrong(format!("{KEY_VERSION} is a whole number of 1 or more")))
        });
        let old = variables(OLD_KEYS)?.map(|text| {
            serde_json::from_str(&text).map_err(|err| {
                let message = format!(
                    r#"{OLD_KEYS} is a JSON object of versions and places: {{"1": {{"secretsmanager": "…"}}}}, or file, or env"#
                );
                wrong(message).with_private(err)
            })
        });
        Ok(Self {
            now: now.transpose()?.unwrap_or(FIRST_VERSION),
            old: old.transpose()?.unwrap_or_default(),
        })
    }

    /// The same, where settings do not say otherwise.
    pub fn and(mut self, now: Option<KeyVersion>, old: &BTreeMap<KeyVersion, KeyPlace>) -> Self {
        self.now = now.unwrap_or(self.now);
        self.old
            .extend(old.iter().map(|(version, place)| (*version, place.clone())));
        self
    }

    /// The ring of the key of now and the others.
    ///
    /// # Errors
    /// [`Kind::Key`] for a key that cannot be had, and for two of one version.
    pub async fn ring(&self, key: MasterKey, variables: &Variables) -> Result<KeyRing> {
        let mut ring = KeyRing::new(self.now, key);
        for (version, place) in &self.old {
            let old = place.master_key(variables).await.map_err(|err| {
                let message = format!(
                    "version {version} of the master key: the place {}",
                    err.message()
                );
                Error::new(Kind::Key, message)
            })?;
            ring.add(*version, old)?;
        }
        Ok(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables of a test: name and text.
    type Pairs = &'static [(&'static str, &'static str)];

    fn variables(pairs: Pairs) -> Box<Variables> {
        Box::new(|name| {
            let found = pairs.iter().find(|pair| pair.0 == name);
            Ok(found.map(|pair| pair.1.to_owned()))
        })
    }

    fn ring(pairs: Pairs) -> Result<KeyRing> {
        let variables = variables(pairs);
        let key = MasterKey::from_bytes([9; 32]);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let versions = KeyVersions::read_in(&variables)?;
        runtime.unwrap().block_on(versions.ring(key, &variables))
    }

    const HEX: (&str, &str) = (
        "OLD",
        "0101010101010101010101010101010101010101010101010101010101010101",
    );

    #[test]
    fn versions_are_those_that_are_named() {
        let id = |byte| MasterKey::from_bytes([byte; 32]).id();
        let alone = ring(&[]).unwrap();
        assert_eq!(alone.of(KeyVersion::new(1)).unwrap().1.id(), id(9));
        let two = ring(&[
            (KEY_VERSION, "7"),
            (OLD_KEYS, r#"{"2": {"env": "OLD"}}"#),
            HEX,
        ])
        .unwrap();
        assert_eq!(two.of(None).unwrap().0.get(), 7);
        assert_eq!(two.of(KeyVersion::new(2)).unwrap().1.id(), id(1));
        assert!(two.of(KeyVersion::new(1)).is_err());
    }

    #[test]
    fn what_is_not_understood_is_refused_without_being_quoted() {
        let rows: [(Pairs, Kind, &str); 7] = [
            (&[(KEY_VERSION, "0")], Kind::Settings, "whole number"),
            (&[(KEY_VERSION, "CANARY")], Kind::Settings, "whole number"),
            (&[(OLD_KEYS, "CANARY")], Kind::Settings, "JSON object"),
            (
                &[(OLD_KEYS, r#"{"0": {"env": "OLD"}}"#)],
                Kind::Settings,
                "JSON object",
            ),
            (
                &[(OLD_KEYS, r#"{"1": {"CANARY": "OLD"}}"#)],
                Kind::Settings,
                "JSON object",
            ),
            (
                &[(OLD_KEYS, r#"{"2": {"env": "OLD"}}"#)],
                Kind::Key,
                "version 2",
            ),
            (
                &[(OLD_KEYS, r#"{"1": {"env": "OLD"}}"#), HEX],
                Kind::Key,
                "named twice",
            ),
        ];
        for (pairs, kind, words) in rows {
            let error = ring(pairs).err().unwrap();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(words), "{error}");
            assert!(!error.message().contains("CANARY"), "{error}");
        }
    }
}
