//! A contract's columns found in an object's header, by exact name; and the keys that the dataset owns.
//!
//! A header name that is not the contract's is never quoted in an error: in a file without a header, data stands there.

use std::collections::HashMap;

use globset::GlobMatcher;

use super::folders::{self, Folders};
use super::{Binding, Contract, UnknownColumns};
use crate::error::{Error, Kind, Result};

/// The suffixes that a compressed object's key may add to the pattern.
const COMPRESSED: [&str; 3] = [".gz", ".zst", ".bz2"];

/// The pattern of LOCATION, compiled once for a listing.
#[derive(Clone, Debug)]
pub struct KeyMatcher {
    glob: GlobMatcher,
    folders: Folders,
}

impl KeyMatcher {
    pub(super) fn of(location: &str) -> Result<Self> {
        let glob = folders::glob(location).map_err(|error| {
            let message = "LOCATION is no pattern of keys: use *, **, ? and [...]";
            Error::new(Kind::Contract, message).with_private(error)
        })?;
        Ok(Self {
            glob,
            folders: Folders::of(location),
        })
    }

    /// Whether the dataset owns the key, as it is or with `.gz`, `.zst` or `.bz2` behind it.
    pub fn owns(&self, key: &str) -> bool {
        if key.split('/').any(is_unsafe) {
            return false;
        }
        self.glob.is_match(key)
            || COMPRESSED.iter().any(|suffix| {
                key.strip_suffix(suffix)
                    .is_some_and(|plain| self.glob.is_match(plain))
            })
    }

    /// Whether the dataset may own a key below a folder, which ends with a slash. Where that cannot be said for certain,
    /// it may.
    pub fn may_own_below(&self, folder: &str) -> bool {
        let Some(folder) = folder.strip_suffix('/') else {
            return true;
        };
        !folder.split('/').any(is_unsafe) && self.folders.lead_to(folder.split('/'))
    }
}

/// A key with a dot for a part may name another object once a client or a file system has resolved it.
fn is_unsafe(part: &str) -> bool {
    matches!(part, "" | "." | "..")
}

impl Contract {
    /// The pattern of LOCATION, compiled.
    pub fn keys(&self) -> Result<KeyMatcher> {
        KeyMatcher::of(&self.location)
    }

    /// Whether the dataset owns the key. For many keys, compile the pattern once with [`Contract::keys`].
    pub fn owns(&self, key: &str) -> bool {
        self.keys().is_ok_and(|keys| keys.owns(key))
    }

    /// Finds every column of the contract in a header, exactly once.
    pub fn bind(&self, header: &[String]) -> Result<Binding> {
        let mut fields_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (field, name) in header.iter().enumerate() {
            fields_of.entry(name).or_default().push(field);
        }
        let mut fields = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            match fields_of.remove(column.name.as_str()).as_deref() {
                Some([field]) => fields.push(*field),
                Some(_) => {
                    let message = "the header has this column more than once: keep one";
                    return Err(Error::new(Kind::ColumnDoubled, message).in_column(&column.name));
                }
                None => return Err(missing(&column.name, header)),
            }
        }
        let unknown = self.unknown(header, &fields_of)?;
        Ok(Binding {
            fields,
            width: header.len(),
            unknown,
        })
    }

    /// Binds by position, for objects without a header: the fields are the contract's columns in its order.
    pub fn bind_positional(&self, width: usize) -> Result<Binding> {
        if width != self.columns.len() {
            let message = format!(
                "the object has no header, and its first record has {width} fields where the contract has {} columns: \
                 correct the contract, or give the object a header",
                self.columns.len()
            );
            return Err(Error::new(Kind::FieldCount, message));
        }
        Ok(Binding {
            fields: (0..width).collect(),
            width,
            unknown: Vec::new(),
        })
    }

    /// The names left over, in the header's order, or why they are refused.
    fn unknown(&self, header: &[String], left: &HashMap<&str, Vec<usize>>) -> Result<Vec<String>> {
        for (field, name) in header.iter().enumerate() {
            if name.trim().is_empty() {
                let message = format!("field {} of the header has no name: name it", field + 1);
                return Err(Error::new(Kind::Header, message));
            }
            if let Some(fields) = left.get(name.as_str())
                && fields.len() > 1
            {
                let message = format!(
                    "fields {} and {} of the header have the same name: rename one",
                    fields[0] + 1,
                    fields[1] + 1
                );
                return Err(Error::new(Kind::Header, message));
            }
        }
        let unknown: Vec<String> = header
            .iter()
            .filter(|name| left.contains_key(name.as_str()))
            .cloned()
            .collect();
        if self.unknown_columns == UnknownColumns::Refuse && !unknown.is_empty() {
            let first = header
                .iter()
                .position(|name| left.contains_key(name.as_str()))
                .unwrap_or(0);
            let message = format!(
                "the header has columns that the contract does not know ({} of them, the first is field {}): add them \
                 to the contract, or set 'veilpoint.unknown_columns' to 'ignore'",
                unknown.len(),
                first + 1
            );
            return Err(Error::new(Kind::ColumnUnknown, message));
        }
        Ok(unknown)
    }
}

/// A column that is not there; a near miss is said, but not shown.
fn missing(column: &str, header: &[String]) -> Error {
    let lower = column.to_lowercase();
    let message = if header.iter().any(|name| name.to_lowercase() == lower) {
        "the header has this column only in another case: names are exact"
    } else if header.iter().any(|name| name.trim() == column) {
        "the header has this column only with white space around its name: names are exact"
    } else if header
        .iter()
        .any(|name| name.trim().to_lowercase() == lower)
    {
        "the header has this column only in another case and with white space around its name: names are exact"
    } else {
        "the header lacks this column of the contract"
    };
    Error::new(Kind::ColumnMissing, message).in_column(column)
}
