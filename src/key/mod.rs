//! The master secret, and the keys derived from it.
//!
//! Two steps of HKDF-SHA-256 (RFC 5869): master secret → key of a domain → key of a purpose. Each `info` is a list of
//! parts, every part preceded by its length, and the first part of a domain's says of which kind it is: no two
//! different lists are the same bytes, so an own domain never meets a named one, whatever they are called.
//!
//! This file reads and writes key files; the environment is `config`'s.

mod private;
mod ring;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) use self::private::{Unread, read_private, write_private};
pub use self::ring::{FIRST_VERSION, KeyRing, KeyVersion};
use crate::error::{Error, Kind, Result};

/// Separates these keys from all others that may be derived from the same secret.
const SALT: &[u8] = b"veilpoint/1";

/// The longest content of a key file: 64 hexadecimal digits and CRLF.
const MAX_FILE_BYTES: usize = 66;

/// How a key may be written, for messages: the remedy is the same everywhere.
const FORMS: &str = "32 bytes, or 64 hexadecimal digits";

/// The domain of keyed functions: pseudonyms join within one. The two kinds never meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A projection's own, by its full name (`patients/analytics`).
    Own(String),
    /// A domain that projections share by naming it in their heads (`-- domain: research`).
    Named(String),
}

/// The master secret: 32 bytes, wiped when dropped, without `Debug`.
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
}

/// The keys of one domain. Cheap to clone; wiped when the last clone drops; without `Debug`.
#[derive(Clone)]
pub struct DomainKeys {
    prk: Arc<Zeroizing<[u8; 32]>>,
}

impl MasterKey {
    /// The secret from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
        }
    }

    /// The secret from 64 hexadecimal digits of either case, with white space around them allowed.
    ///
    /// # Errors
    /// [`Kind::Key`] for anything else.
    pub fn parse_hex(text: &str) -> Result<Self> {
        let malformed = || Error::new(Kind::Key, "the key is not 64 hexadecimal digits");
        let digits = text.trim_ascii().as_bytes();
        if digits.len() != 64 {
            return Err(malformed());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        HEXLOWER_PERMISSIVE
            .decode_mut(digits, bytes.as_mut_slice())
            .map_err(|_| malformed())?;
        Ok(Self { bytes })
    }

    /// The secret from a file of 32 bytes, or of 64 hexadecimal digits with or without a line end.
    ///
    /// # Errors
    /// [`Kind::Key`] if the file cannot be read, is no regular file, holds anything else, or (on Unix) grants any
    /// right to its group or to others.
    pub fn read_file(path: &Path) -> Result<Self> {
        let content = read_private(path, MAX_FILE_BYTES).map_err(|why| unread(path, why))?;
        if let Ok(bytes) = <[u8; 32]>::try_from(content.as_slice()) {
            return Ok(Self::from_bytes(bytes));
        }
        std::str::from_utf8(&content)
            .ok()
            .map(|text| text.trim_end_matches(['\r', '\n']))
            .filter(|digits| digits.len() == 64)
            .and_then(|digits| Self::parse_hex(digits).ok())
            .ok_or_else(|| unread(path, Unread::TooLong))
    }

    /// A fresh secret from the operating system's generator.
    ///
    /// # Errors
    /// [`Kind::Internal`] if the operating system has no randomness to give.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| {
            Error::new(
                Kind::Internal,
                "the operating system gives no random bytes: pass an existing key with --key",
            )
        })?;
        Ok(Self { bytes })
    }

    /// Writes the secret to a new file that only its owner can read (0600), as hexadecimal digits and LF. Folders that
    /// are missing above it are made, for their owner only (0700).
    ///
    /// # Errors
    /// [`Kind::Key`] if the file exists already or cannot be written. Nothing is left of a file that was not finished.
    pub fn write_new(&self, path: &Path) -> Result<()> {
        let mut line = Zeroizing::new([b'\n'; 65]);
        if let Some(digits) = line.get_mut(..64) {
            HEXLOWER.encode_mut(self.bytes.as_slice(), digits);
        }
        write_private(path, line.as_slice()).map_err(|what| file_error(path, what))
    }

    /// The keys of a domain.
    pub fn domain(&self, domain: &Domain) -> DomainKeys {
        let (kind, name) = match domain {
            Domain::Own(name) => ("own", name),
            Domain::Named(name) => ("named", name),
        };
        let prk = expand(&self.bytes, &["domain", kind, name]);
        DomainKeys { prk: Arc::new(prk) }
    }

    /// Eight hexadecimal digits that tell keys apart in a log, derived so that they say nothing of the secret.
    pub fn id(&self) -> String {
        short(&expand(&self.bytes, &["id"]))
    }
}

impl DomainKeys {
    /// The key of a purpose: `token`, `pseudonym`, `order` and so on. Different purposes have unrelated keys.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        expand(&self.prk, &["purpose", purpose])
    }

    /// A value that is equal for equal keys, and says nothing of them: an identity for caches and comparisons.
    pub fn fingerprint(&self) -> [u8; 16] {
        let whole = expand(&self.prk, &["fingerprint"]);
        let mut half = [0; 16];
        half.copy_from_slice(whole.split_at(16).0);
        half
    }
}

/// HKDF-SHA-256 of a key, with the length-prefixed `parts` as its info.
fn expand(key: &[u8; 32], parts: &[&str]) -> Zeroizing<[u8; 32]> {
    let mut info = Vec::new();
    for part in parts {
        info.extend_from_slice(&(part.len() as u64).to_be_bytes());
        info.extend_from_slice(part.as_bytes());
    }
    let mut out = Zeroizing::new([0; 32]);
    match Hkdf::<Sha256>::new(Some(SALT), key).expand(&info, out.as_mut_slice()) {
        Ok(()) => out,
        Err(_) => unreachable!("32 bytes are one block, and HKDF expands to 255 of them"),
    }
}

fn short(bytes: &[u8; 32]) -> String {
    bytes.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn file_error(path: &Path, what: &str) -> Error {
    Error::new(Kind::Key, format!("the key file {} {what}", path.display()))
}

fn unread(path: &Path, why: Unread) -> Error {
    let what = match why {
        Unread::Unreadable => "cannot be read: pass another with --key, or create it".to_owned(),
        Unread::NoFile => format!("is no file: it must hold {FORMS}"),
        Unread::OpenToOthers => {
            format!("is open to others: run `chmod 600 {}`", path.display())
        }
        Unread::TooLong => format!("does not hold {FORMS}"),
    };
    file_error(path, &what)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    fn key() -> MasterKey {
        MasterKey::from_bytes([7; 32])
    }

    #[test]
    fn the_library_computes_the_vectors_of_rfc_5869() {
        let rows = [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                Some("000102030405060708090a0b0c"),
                "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                None,
                "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ];
        for (ikm, salt, info, okm) in rows {
            let salt = salt.map(hex);
            let mut out = vec![0; 42];
            Hkdf::<Sha256>::new(salt.as_deref(), &hex(ikm))
                .expand(&hex(info), &mut out)
                .unwrap();
            assert_eq!(HEXLOWER.encode(&out), okm);
        }
    }

    #[test]
    fn derivation_agrees_with_python() {
        // hmac(hmac(b"veilpoint/1", key), info + b"\x01") twice, with Python's hmac and struct.
        let keys = key().domain(&Domain::Own("patients/analytics".into()));
        assert_eq!(
            HEXLOWER.encode(keys.derive("token").as_slice()),
            "4c4cabcba4c800f9212fb9981b7e55ec1ce45e3596460dc87600929d959f453a"
        );
        assert_eq!(key().id(), "acdbc6d9");
    }

    #[test]
    fn domains_and_purposes_never_meet() {
        let key = key();
        let all = [
            key.domain(&Domain::Own("a".into())).derive("token"),
            key.domain(&Domain::Named("a".into())).derive("token"),
            key.domain(&Domain::Named("own".into())).derive("token"),
            key.domain(&Domain::Own("a".into())).derive("pseudonym"),
            key.domain(&Domain::Own("ab".into())).derive("token"),
            key.domain(&Domain::Own(String::new())).derive("token"),
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                assert_ne!(a, b);
            }
        }
        let again = MasterKey::from_bytes([7; 32]).domain(&Domain::Own("a".into()));
        assert_eq!(*all[0], *again.derive("token"));
    }

    #[test]
    fn hexadecimal_text_is_read_in_either_case_or_refused() {
        let digits = "0123456789abcdef".repeat(4);
        let id = MasterKey::parse_hex(&digits).map(|k| k.id()).unwrap();
        let upper = MasterKey::parse_hex(&format!(" {}\n", digits.to_uppercase()));
        assert_eq!(upper.map(|k| k.id()).unwrap(), id);
        for bad in [
            "",
            "00",
            &digits[1..],
            &format!("{digits}0"),
            &"g".repeat(64),
        ] {
            assert_eq!(MasterKey::parse_hex(bad).err().unwrap().kind(), Kind::Key);
        }
    }

    #[test]
    fn a_written_key_is_read_back_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/master.key");
        let key = MasterKey::generate().unwrap();
        key.write_new(&path).unwrap();
        assert_eq!(MasterKey::read_file(&path).unwrap().id(), key.id());
        let before = std::fs::read(&path).unwrap();
        assert_eq!(before.len(), 65);
        assert_eq!(key.write_new(&path).err().unwrap().kind(), Kind::Key);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_key_file_is_raw_or_hexadecimal_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        let digits = "07".repeat(32);
        let good = [vec![7; 32], digits.clone().into_bytes()];
        let ends = [
            format!("{digits}\n").into_bytes(),
            format!("{digits}\r\n").into_bytes(),
        ];
        for content in good.into_iter().chain(ends) {
            write_private(&path, &content);
            assert_eq!(MasterKey::read_file(&path).unwrap().id(), key().id());
        }
        for content in [
            vec![],
            vec![7; 31],
            vec![7; 33],
            vec![b'z'; 64],
            vec![b'0'; 70],
        ] {
            write_private(&path, &content);
            assert_eq!(MasterKey::read_file(&path).err().unwrap().kind(), Kind::Key);
        }
        assert!(MasterKey::read_file(folder.path()).is_err());
        assert!(MasterKey::read_file(&folder.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        key().write_new(&path).unwrap();
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            match MasterKey::read_file(&path) {
                Ok(_) => assert!(good),
                Err(error) => {
                    assert!(!good);
                    assert!(error.to_string().contains("chmod 600"));
                }
            }
        }
    }

    fn write_private(path: &Path, content: &[u8]) {
        let _ = std::fs::remove_file(path);
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).unwrap().write_all(content).unwrap();
    }
}
