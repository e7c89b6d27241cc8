//! Where a page begins: the entry behind which it does, as a key or as a token.
//!
//! A token is that entry's text behind a byte for its form, in base64url: clients give it back, and need not read it.

use data_encoding::BASE64URL_NOPAD;

use crate::error::{Error, Kind, Result};
use crate::request::{ListQuery, ListVersion};

/// The form of a token.
const FORM: u8 = 1;

/// The text behind which the page begins; none for the first. A token counts before `start-after`, as in S3.
///
/// # Errors
/// [`Kind::Argument`] for a token that is none of ours.
pub fn of(query: &ListQuery) -> Result<Option<String>> {
    match (&query.token, query.version) {
        (Some(token), ListVersion::V2) => read(token).map(Some),
        _ => Ok(query.after.clone()),
    }
}

/// What the next page is asked for with, where this entry was shown last.
pub fn next(version: ListVersion, last: &str) -> String {
    match version {
        ListVersion::V1 => last.to_owned(),
        ListVersion::V2 => BASE64URL_NOPAD.encode(&[&[FORM], last.as_bytes()].concat()),
    }
}

fn read(token: &str) -> Result<String> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
    let last = bytes.as_deref().and_then(|bytes| match bytes {
        [FORM, last @ ..] if !last.is_empty() => String::from_utf8(last.to_vec()).ok(),
        _ => None,
    });
    last.ok_or_else(|| {
        let message =
            "continuation-token is none that a listing here has given: list from the beginning";
        Error::new(Kind::Argument, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(version: ListVersion, token: Option<&str>) -> ListQuery {
        ListQuery {
            version,
            prefix: String::new(),
            delimiter: None,
            max_keys: 1,
            after: Some("start".to_owned()),
            token: token.map(str::to_owned),
            url_encoded: false,
        }
    }

    #[test]
    fn a_token_is_read_as_the_entry_that_it_was_made_of() {
        for last in ["a", "a b/", "\u{fc}/\u{1}.parquet", &"\u{65e5}".repeat(341)] {
            let token = next(ListVersion::V2, last);
            let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            assert!(token.chars().all(safe), "{token}");
            let place = of(&query(ListVersion::V2, Some(&token))).unwrap();
            assert_eq!(place.as_deref(), Some(last));
            assert_eq!(next(ListVersion::V1, last), last);
        }
    }

    #[test]
    fn without_a_token_the_key_counts() {
        for version in [ListVersion::V1, ListVersion::V2] {
            let place = of(&query(version, None)).unwrap();
            assert_eq!(place.as_deref(), Some("start"));
        }
    }

    #[test]
    fn a_token_that_is_none_of_ours_is_refused_and_not_quoted() {
        let mut wrong = Vec::new();
        for (name, token) in [
            ("no base64", "CANARY!"),
            ("padded", "AWE="),
            ("the other alphabet", "Ae+/"),
            ("bits behind the end", "AWF"),
            ("of no entry", "AQ"),
            ("another form", "AmFi"),
            ("no text", "Af8"),
            ("a key", "a/p.parquet"),
        ] {
            match of(&query(ListVersion::V2, Some(token))) {
                Err(error)
                    if error.kind() == Kind::Argument
                        && error.message().starts_with("continuation-token")
                        && !error.message().contains(token) => {}
                other => wrong.push(format!("{name}: {other:?}")),
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
