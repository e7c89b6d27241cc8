//! What a LIST asks for: the query of `ListObjects` and `ListObjectsV2`, read.

use crate::error::{Error, Kind, Result};

/// The most entries of a page, and how many it has unless the query says otherwise.
pub const MAX_KEYS: usize = 1000;

/// Which of S3's two operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListVersion {
    /// `ListObjects`: pages go on from a marker, which is a key.
    V1,
    /// `ListObjectsV2`: pages go on by a token of the source's.
    V2,
}

/// What keys are folded at: S3 takes any text, and a listing of releases this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `/`.
    Slash,
}

impl Delimiter {
    /// Its text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slash => "/",
        }
    }
}

/// A LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Which operation.
    pub version: ListVersion,
    /// What the keys begin with; empty for all.
    pub prefix: String,
    /// What they are folded at behind the prefix.
    pub delimiter: Option<Delimiter>,
    /// How many keys and common prefixes at most: 0 to [`MAX_KEYS`].
    pub max_keys: usize,
    /// The key behind which it starts: `marker` of V1, `start-after` of V2.
    pub after: Option<String>,
    /// `continuation-token` of V2: the source's own, which it goes back to as it came.
    pub token: Option<String>,
    /// Whether keys and what is like them are URL-encoded in the answer (`encoding-type=url`).
    pub url_encoded: bool,
}

impl ListQuery {
    /// Reads the decoded pairs of a query. An empty value is as good as none, but for a token; where a name is there
    /// twice, the first counts; what the operation does not know is ignored, as S3 does.
    ///
    /// # Errors
    /// [`Kind::Argument`] with the argument's name: for another `list-type` than 2, a `max-keys` that is no number of
    /// 32 bits, another delimiter than `/`, another `encoding-type` than `url`, an empty token.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self> {
        let all = |name: &str| {
            let found = pairs.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| value.as_str())
        };
        let some = |name: &str| all(name).filter(|value| !value.is_empty());
        let version = match some("list-type") {
            None => ListVersion::V1,
            Some("2") => ListVersion::V2,
            Some(_) => return Err(wrong("list-type is 2, or is left out")),
        };
        let (after, token) = match version {
            ListVersion::V1 => ("marker", None),
            ListVersion::V2 => ("start-after", all("continuation-token")),
        };
        if token == Some("") {
            return Err(wrong("continuation-token is empty: leave it out"));
        }
        Ok(Self {
            version,
            prefix: some("prefix").unwrap_or_default().to_owned(),
            delimiter: some("delimiter").map(delimiter).transpose()?,
            max_keys: some("max-keys").map_or(Ok(MAX_KEYS), max_keys)?,
            after: some(after).map(str::to_owned),
            token: token.map(str::to_owned),
            url_encoded: some("encoding-type").map_or(Ok(false), url_encoded)?,
        })
    }
}

fn delimiter(text: &str) -> Result<Delimiter> {
    match text {
        "/" => Ok(Delimiter::Slash),
        _ => Err(wrong("delimiter is /, or is left out")),
    }
}

fn url_encoded(text: &str) -> Result<bool> {
    match text {
        "url" => Ok(true),
        _ => Err(wrong("encoding-type is url, or is left out")),
    }
}

fn max_keys(text: &str) -> Result<usize> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse::<i32>().ok().filter(|_| digits);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number
        .map(|number| number.min(MAX_KEYS))
        .ok_or_else(|| wrong("max-keys is a whole number from 0 to 2147483647"))
}

fn wrong(message: &str) -> Error {
    Error::new(Kind::Argument, message)
}
