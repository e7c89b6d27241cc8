//! What a release is a pure function of, and the `ETag` that follows.

use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Settings;
use crate::dataset::catalog::Hashes;
use crate::key::DomainKeys;
use crate::source::ObjectVersion;

/// Everything that reaches the bytes of a release, but for the key itself.
///
/// The name of the projection is among it: rows leave in an order of its own. The object's key and the access point
/// are not: they reach no byte.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The object.
    pub object: &'a ObjectVersion,
    /// The projection's full name.
    pub projection: &'a str,
    /// SHA-256 of the contract's text, as 64 lower-case hexadecimal digits.
    pub contract_sha256: &'a str,
    /// SHA-256 of the projection's text, likewise.
    pub projection_sha256: &'a str,
    /// SHA-256 of the files of the reference tables that the projection names, by the files' names, likewise.
    pub references_sha256: &'a Hashes,
    /// The settings.
    pub settings: &'a Settings,
    /// The master key's id.
    pub key_id: Option<&'a str>,
    /// The date that ages count from.
    pub as_of: NaiveDate,
    /// Veilpoint's version.
    pub veilpoint: &'a str,
}

impl Identity<'_> {
    /// The release's `ETag`, `"<32 hex>-1"` with the quotes: HMAC-SHA-256 of the identity under a key of the projection's
    /// domain, cut to 128 bits. The key keeps it from confirming a guessed object; the dash keeps old clients from
    /// taking it for an MD5. None without keys.
    ///
    /// The object's version id is not in it. A listing does not tell it, and GET, HEAD and LIST answer one `ETag`; `ETag`
    /// and length tell versions apart. The time of modification counts in whole seconds, which is what all three tell;
    /// of an object without an `ETag`, such as a file, it counts whole.
    pub fn etag(&self, keys: Option<&DomainKeys>) -> Option<String> {
        let key = keys?.derive("etag");
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).ok()?;
        mac.update(&self.encoded());
        let tag = mac.finalize().into_bytes();
        let half = tag.get(..16)?;
        Some(format!("\"{}-1\"", HEXLOWER.encode(half)))
    }

    /// Each field in turn: 0 for none; or 1, its length as eight bytes (big endian), its text. Behind them, for each
    /// file of a reference table, two fields: its name, its hash. No two different identities are the same bytes.
    fn encoded(&self) -> Vec<u8> {
        let tag = self.object.tag();
        let length = self.object.length.map(|length| length.to_string());
        let modified = self.object.modified.map(|at| stamp(at, tag.is_some()));
        let (settings, as_of) = (self.settings.text(), self.as_of.to_string());
        let fields = [
            tag,
            length.as_deref(),
            modified.as_deref(),
            Some(self.projection),
            Some(self.contract_sha256),
            Some(self.projection_sha256),
            Some(&settings),
            self.key_id,
            Some(&as_of),
            Some(self.veilpoint),
        ];
        let tables = self.references_sha256.iter();
        let tables = tables.flat_map(|(file, sha256)| [Some(file.as_str()), Some(sha256.as_str())]);
        let mut bytes = Vec::new();
        for field in fields.into_iter().chain(tables) {
            bytes.push(u8::from(field.is_some()));
            if let Some(text) = field {
                bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        bytes
    }
}

/// Seconds since 1970, and nanoseconds where they count.
fn stamp(at: DateTime<Utc>, whole_seconds: bool) -> String {
    if whole_seconds {
        at.timestamp().to_string()
    } else {
        format!("{}.{:09}", at.timestamp(), at.timestamp_subsec_nanos())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::encode::{Codec, Formulas};
    use crate::key::{Domain, MasterKey};
    use crate::request::Format;

    /// An identity that owns its parts, to be changed in one of them.
    #[derive(Clone)]
    struct Parts {
        object: ObjectVersion,
        texts: [String; 3],
        tables: Hashes,
        settings: Settings,
        key_id: Option<String>,
        as_of: NaiveDate,
        veilpoint: String,
        key: [u8; 32],
        domain: Domain,
    }

    impl Parts {
        fn new() -> Self {
            Self {
                object: ObjectVersion {
                    etag: Some("\"0123abcd\"".to_owned()),
                    version_id: Some("v1".to_owned()),
                    length: Some(9_318),
                    modified: DateTime::from_timestamp(1_764_000_000, 0),
                },
                texts: [
                    "patients/analytics".to_owned(),
                    "c".repeat(64),
                    "d".repeat(64),
                ],
                tables: Hashes::new(),
                settings: Settings {
                    format: Format::Parquet,
                    compression: Codec::Snappy,
                    csv_formulas: Formulas::Keep,
                    length_factor: None,
                },
                key_id: Some("acdbc6d9".to_owned()),
                as_of: "2026-11-26".parse().unwrap(),
                veilpoint: "0.1.0".to_owned(),
                key: [7; 32],
                domain: Domain::Own("patients/analytics".to_owned()),
            }
        }

        fn with(change: impl FnOnce(&mut Self)) -> Self {
            let mut parts = Self::new();
            change(&mut parts);
            parts
        }

        fn etag(&self) -> String {
            let keys = MasterKey::from_bytes(self.key).domain(&self.domain);
            self.identity().etag(Some(&keys)).unwrap()
        }

        fn identity(&self) -> Identity<'_> {
            let [projection, contract_sha256, projection_sha256] = &self.texts;
            Identity {
                object: &self.object,
                projection,
                contract_sha256,
                projection_sha256,
                references_sha256: &self.tables,
                settings: &self.settings,
                key_id: self.key_id.as_deref(),
                as_of: self.as_of,
                veilpoint: &self.veilpoint,
            }
        }
    }

    fn tables(files: &[(&str, &str)]) -> Hashes {
        let files = files.iter();
        files
            .map(|(file, digit)| ((*file).to_owned(), digit.repeat(64)))
            .collect()
    }

    #[test]
    fn the_etag_agrees_with_python() {
        // def hkdf(key, *parts):
        //     info = b"".join(len(p).to_bytes(8, "big") + p for p in parts)
        //     prk = hmac.digest(b"veilpoint/1", key, "sha256")
        //     return hmac.digest(prk, info + b"\x01", "sha256")
        // key = hkdf(hkdf(bytes([7] * 32), b"domain", b"own", b"patients/analytics"), b"purpose", b"etag")
        // fields = [b"0123abcd", b"9318", b"1764000000", b"patients/analytics", b"c" * 64, b"d" * 64,
        //     b"format=parquet\ncompression=snappy\ncsv_formulas=keep\n", b"acdbc6d9", b"2026-11-26", b"0.1.0"]
        // text = b"".join(b"\x01" + len(f).to_bytes(8, "big") + f for f in fields)
        // hmac.digest(key, text, "sha256")[:16].hex() + "-1"
        assert_eq!(
            Parts::new().etag(),
            "\"430b525a320f022b2e138a8cc3f0c213-1\""
        );
    }

    #[test]
    fn every_input_changes_the_etag() {
        type Change = fn(&mut Parts);
        let changes: [(&str, Change); 27] = [
            ("nothing", |_| {}),
            ("etag", |p| p.object.etag = Some("\"0123abce\"".into())),
            ("no etag", |p| p.object.etag = None),
            ("empty etag", |p| p.object.etag = Some(String::new())),
            ("length", |p| p.object.length = Some(9_319)),
            ("no length", |p| p.object.length = None),
            ("modified", |p| {
                p.object.modified = DateTime::from_timestamp(1_764_000_001, 0);
            }),
            ("no modified", |p| p.object.modified = None),
            ("projection", |p| p.texts[0] = "patients/research".into()),
            ("contract", |p| p.texts[1] = "e".repeat(64)),
            ("projection's text", |p| p.texts[2] = "e".repeat(64)),
            ("texts swapped", |p| p.texts.swap(1, 2)),
            ("a table", |p| p.tables = tables(&[("a.csv", "1")])),
            ("its rows", |p| p.tables = tables(&[("a.csv", "2")])),
            ("another table", |p| p.tables = tables(&[("b.csv", "1")])),
            ("two tables", |p| {
                p.tables = tables(&[("a.csv", "1"), ("b.csv", "1")]);
            }),
            ("format", |p| p.settings.format = Format::Csv),
            ("compression", |p| p.settings.compression = Codec::Zstd),
            ("formulas", |p| p.settings.csv_formulas = Formulas::Escape),
            ("key id", |p| p.key_id = Some("acdbc6d8".into())),
            ("no key id", |p| p.key_id = None),
            ("as-of", |p| p.as_of = "2026-11-27".parse().unwrap()),
            ("veilpoint", |p| p.veilpoint = "0.1.1".into()),
            ("key", |p| p.key = [8; 32]),
            ("domain", |p| p.domain = Domain::Named("research".into())),
            ("file's time", |p| {
                p.object.etag = None;
                p.object.modified = DateTime::from_timestamp(1_764_000_000, 1);
            }),
            ("file's second", |p| {
                p.object.etag = None;
                p.object.modified = DateTime::from_timestamp(1_764_000_001, 0);
            }),
        ];
        let mut seen: Vec<(&str, String)> = Vec::new();
        let mut wrong = Vec::new();
        for (name, change) in changes {
            let etag = Parts::with(change).etag();
            if let Some((other, _)) = seen.iter().find(|(_, seen)| *seen == etag) {
                wrong.push(format!("{name} and {other} have one ETag"));
            }
            let digits = etag
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix("-1\""));
            let shaped = |digits: &str| {
                digits.len() == 32 && digits.chars().all(|c| "0123456789abcdef".contains(c))
            };
            if !digits.is_some_and(shaped) {
                wrong.push(format!("{name}: {etag}"));
            }
            seen.push((name, etag));
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn what_get_head_and_list_may_tell_differently_changes_nothing() {
        type Change = fn(&mut Parts);
        let changes: [(&str, Change); 4] = [
            ("quotes", |p| p.object.etag = Some("0123abcd".into())),
            ("version id", |p| p.object.version_id = Some("v2".into())),
            ("no version id", |p| p.object.version_id = None),
            ("less than a second", |p| {
                p.object.modified = DateTime::from_timestamp(1_764_000_000, 999_000_000);
            }),
        ];
        let same = Parts::new().etag();
        let other = changes
            .iter()
            .filter(|(_, change)| Parts::with(change).etag() != same);
        let other: Vec<&str> = other.map(|(name, _)| *name).collect();
        assert!(other.is_empty(), "{other:?}");
    }

    #[test]
    fn nothing_moves_from_one_field_to_the_next() {
        // The same characters one after the other, cut in every place.
        let text = "0123456789abcdef";
        let mut encodings = HashSet::new();
        for cut in 0..=text.len() {
            let (left, right) = text.split_at(cut);
            let parts = Parts::with(|parts| {
                parts.texts[1] = left.to_owned();
                parts.texts[2] = right.to_owned();
            });
            encodings.insert(parts.identity().encoded());
        }
        // The end of one identity and the beginning of another.
        let none = Parts::with(|parts| parts.object = ObjectVersion::default());
        let empty = Parts::with(|parts| {
            parts.object = ObjectVersion {
                etag: Some("\0\0".to_owned()),
                ..ObjectVersion::default()
            };
        });
        encodings.extend([none.identity().encoded(), empty.identity().encoded()]);
        assert_eq!(encodings.len(), text.len() + 3);
    }

    #[test]
    fn without_keys_there_is_no_etag() {
        assert_eq!(Parts::new().identity().etag(None), None);
    }
}
