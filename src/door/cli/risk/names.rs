//! Names of columns on the command line.

use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// A comma list of names: `Age,"City, Country"`. Inside quotes a quote is doubled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names(Vec<String>);

/// The names of several lists.
pub(super) fn all(lists: &[Names]) -> impl Iterator<Item = &str> {
    lists
        .iter()
        .flat_map(|Names(names)| names)
        .map(String::as_str)
}

impl FromStr for Names {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut names = Vec::new();
        let mut rest = text;
        loop {
            let (name, behind) = if let Some(quoted) = rest.strip_prefix('"') {
                unquoted(quoted).ok_or_else(malformed)?
            } else {
                let end = rest.find(',').unwrap_or(rest.len());
                let (name, behind) = rest.split_at(end);
                (name.to_owned(), behind)
            };
            if name.is_empty() {
                return Err(malformed());
            }
            names.push(name);
            if behind.is_empty() {
                return Ok(Self(names));
            }
            rest = behind.strip_prefix(',').ok_or_else(malformed)?;
        }
    }
}

fn malformed() -> Error {
    let message = "names stand in a comma list, such as Age,Gender; one that holds a comma or a quote in double quotes";
    Error::new(Kind::Usage, message)
}

/// The name up to its closing quote, and what is behind that.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"')?;
        name.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_comma_list() {
        let rows: [(&str, Option<&[&str]>); 12] = [
            ("Age", Some(&["Age"])),
            ("Age,Gender", Some(&["Age", "Gender"])),
            ("Age, Gender", Some(&["Age", " Gender"])),
            ("\"City, Country\",Age", Some(&["City, Country", "Age"])),
            ("\"a\"\"b\"", Some(&["a\"b"])),
            ("5' 3\"", Some(&["5' 3\""])),
            ("", None),
            ("Age,", None),
            (",Age", None),
            ("\"Age", None),
            ("\"Age\"x", None),
            ("\"\"", None),
        ];
        let mut wrong = Vec::new();
        for (text, expected) in rows {
            let found: Option<Names> = text.parse().ok();
            let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()));
            if found != expected.map(|names| Names(names.collect())) {
                wrong.push(format!("{text}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
