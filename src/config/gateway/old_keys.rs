//! Versions of the master key: that of now, and those that access points may be pinned to.

use std::collections::BTreeMap;

use super::keys;
use super::secret::KeyPlace;
use super::table::Table;
use super::value::Value;
use crate::key::KeyVersion;

/// How old keys are written.
const FORM: &str =
    r#"tables, one for each version: [[old_keys]] with version = 1 and file = "path""#;

/// `key_version` and `old_keys`.
pub(super) fn read(head: &Table) -> (Option<KeyVersion>, BTreeMap<KeyVersion, KeyPlace>) {
    let now = head.value("key_version").and_then(|value| version(&value));
    let list = head.value("old_keys").and_then(|value| value.list(FORM));
    let mut old = BTreeMap::new();
    for value in list.unwrap_or_default() {
        let Some(table) = value.table(keys::OLD_KEY, FORM) else {
            continue;
        };
        let number = table.needed("version", "1");
        let place = KeyPlace::of_table(&value, &table);
        table.end();
        let Some((number, place)) = number.zip(place) else {
            continue;
        };
        let Some(version) = version(&number) else {
            continue;
        };
        if now == Some(version) {
            number.wrong("is that of key_version: the key of now lies at \"key\"");
        } else if let Err(err) = place.check_master_key(value.file.variables) {
            value.wrong(err.message());
        } else if old.insert(version, place).is_some() {
            number.wrong("stands twice: each version has one key");
        }
    }
    (now, old)
}

/// A version.
pub(super) fn version(value: &Value) -> Option<KeyVersion> {
    let number = value.whole(1..=u64::from(u32::MAX))?;
    KeyVersion::new(u32::try_from(number).ok()?)
}
