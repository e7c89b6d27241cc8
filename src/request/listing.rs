//! What a LIST asks for: the query of `ListObjects` and `ListObjectsV2`, read.

use crate::error::{Error, Kind, Result};

/// The most entries of a page, and how many it has unless the query says otherwise.
pub const MAX_KEYS: usize = 1000;

/// Which of S3's two operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListVersion {
    /// `ListObjects`: pages go on from a marker, which is a key.
    V1,
    /// `ListObjectsV2`: pages go on by a token of whoever listed.
    #[default]
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
    /// `continuation-token` of V2: what whoever listed the page before has said, as it came.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<ListQuery> {
        let pairs = query.iter();
        let pairs = pairs.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        ListQuery::parse(&pairs.collect::<Vec<_>>())
    }

    fn nothing() -> ListQuery {
        ListQuery {
            version: ListVersion::V1,
            prefix: String::new(),
            delimiter: None,
            max_keys: 1000,
            after: None,
            token: None,
            url_encoded: false,
        }
    }

    #[test]
    fn each_version_reads_its_own_arguments() {
        let all = [
            ("prefix", "a/b c+\u{fc}"),
            ("delimiter", "/"),
            ("max-keys", "7"),
            ("marker", "m"),
            ("start-after", "s"),
            ("continuation-token", "t"),
            ("encoding-type", "url"),
            ("fetch-owner", "true"),
            ("x-id", "ListObjects"),
        ];
        let common = ListQuery {
            prefix: "a/b c+\u{fc}".into(),
            delimiter: Some(Delimiter::Slash),
            max_keys: 7,
            url_encoded: true,
            ..nothing()
        };
        let first = ListQuery {
            after: Some("m".into()),
            ..common.clone()
        };
        let second = ListQuery {
            version: ListVersion::V2,
            after: Some("s".into()),
            token: Some("t".into()),
            ..common
        };
        assert_eq!(parse(&all).unwrap(), first);
        let all = [&[("list-type", "2")], &all[..]].concat();
        assert_eq!(parse(&all).unwrap(), second);
        assert_eq!(parse(&[]).unwrap(), nothing());
    }

    #[test]
    fn an_empty_argument_is_none_and_the_first_of_two_counts() {
        let empty = ["prefix", "delimiter", "max-keys", "marker", "encoding-type"];
        let empty = empty.map(|name| (name, ""));
        assert_eq!(parse(&empty).unwrap(), nothing());
        let twice = parse(&[("prefix", "a"), ("prefix", "b")]).unwrap();
        assert_eq!(twice.prefix, "a");
        assert_eq!(parse(&[("Prefix", "a")]).unwrap(), nothing());
    }

    #[test]
    fn a_page_has_a_thousand_entries_at_most() {
        for (text, expected) in [
            ("0", 0),
            ("1", 1),
            ("1000", 1000),
            ("1001", 1000),
            ("2147483647", 1000),
        ] {
            assert_eq!(
                parse(&[("max-keys", text)]).unwrap().max_keys,
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_malformed_is_refused_by_its_name_and_not_quoted() {
        let mut wrong = Vec::new();
        for (name, value) in [
            ("max-keys", "-1"),
            ("max-keys", "+1"),
            ("max-keys", "1.0"),
            ("max-keys", " 1"),
            ("max-keys", "2147483648"),
            ("max-keys", "CANARY"),
            ("delimiter", "CANARY"),
            ("delimiter", "//"),
            ("delimiter", "%2F"),
            ("encoding-type", "CANARY"),
            ("encoding-type", "URL"),
            ("list-type", "1"),
            ("list-type", "CANARY"),
            ("continuation-token", ""),
        ] {
            let mut query = vec![(name, value)];
            if name != "list-type" {
                query.push(("list-type", "2"));
            }
            match parse(&query) {
                Err(error)
                    if error.kind() == Kind::Argument
                        && error.message().starts_with(name)
                        && !error.message().contains("CANARY") => {}
                other => wrong.push(format!("{name}={value}: {other:?}")),
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
