//! Which folders may hold keys that a dataset owns: its LOCATION, part by part.

use globset::{GlobBuilder, GlobMatcher};

/// LOCATION, cut at its slashes. None where a slash may stand inside of a class or of braces, or is escaped: such a
/// pattern is not cut, and any folder may hold a key.
#[derive(Clone, Debug)]
pub(super) struct Folders(Option<Vec<Part>>);

/// What stands between two slashes.
#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of folders.
    Any,
    /// A pattern of one name.
    One(GlobMatcher),
}

impl Folders {
    pub(super) fn of(location: &str) -> Self {
        let part = |text: String| match text.as_str() {
            "**" => Some(Part::Any),
            text => glob(text).ok().map(Part::One),
        };
        Self(cut(location).and_then(|parts| parts.into_iter().map(part).collect()))
    }

    /// Whether a part of LOCATION is left for what lies below these folders.
    pub(super) fn lead_to<'a>(&self, folders: impl Iterator<Item = &'a str>) -> bool {
        let Some(parts) = &self.0 else {
            return true;
        };
        let mut parts = parts.iter();
        for folder in folders {
            match parts.next() {
                // It takes all folders that follow, and what stands behind it comes after them.
                Some(Part::Any) => return true,
                Some(Part::One(glob)) if glob.is_match(folder) => {}
                Some(Part::One(_)) | None => return false,
            }
        }
        parts.next().is_some()
    }
}

/// A pattern as all of LOCATION is one.
pub(super) fn glob(text: &str) -> Result<GlobMatcher, globset::Error> {
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(true)
        .build()?;
    Ok(glob.compile_matcher())
}

/// The parts between slashes. None where that cannot be said for certain.
fn cut(location: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut braces = 0_usize;
    let mut chars = location.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '/' {
            if braces > 0 {
                return None;
            }
            parts.push(String::new());
            continue;
        }
        let part = parts.last_mut()?;
        part.push(c);
        match c {
            '{' => braces += 1,
            '}' => braces = braces.checked_sub(1)?,
            '\\' => part.push(chars.next().filter(|&escaped| escaped != '/')?),
            '[' => {
                // A bracket that closes is itself a member at the first place; a backslash is one anywhere.
                if let Some(not) = chars.next_if(|&c| c == '!' || c == '^') {
                    part.push(not);
                }
                let mut first = true;
                loop {
                    let member = chars.next().filter(|&c| c != '/' && c != '[')?;
                    part.push(member);
                    if member == ']' && !first {
                        break;
                    }
                    first = false;
                }
            }
            _ => {}
        }
    }
    (braces == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::KeyMatcher;

    #[test]
    fn a_folder_may_hold_keys_where_a_part_of_the_pattern_is_left_for_them() {
        let mut wrong = Vec::new();
        for (location, prefix, expected) in [
            ("p.csv", "a/", false),
            ("*", "a/", false),
            ("*.csv", "a.csv/", false),
            ("a/*", "a/", true),
            ("a/*", "b/", false),
            ("a/*", "a/b/", false),
            ("a/p.csv", "a/", true),
            ("a/p.csv", "a/p.csv/", false),
            ("a/b/*", "a/", true),
            ("a/b/*", "a/b/", true),
            ("a/b/*", "a/c/", false),
            ("?/b/*", "a/b/", true),
            ("?/b/*", "aa/b/", false),
            ("y=*/m=[01]?/p*.csv", "y=2026/", true),
            ("y=*/m=[01]?/p*.csv", "y=2026/m=07/", true),
            ("y=*/m=[01]?/p*.csv", "y=2026/m=27/", false),
            ("y=*/m=[!01]?/p*.csv", "y=2026/m=27/", true),
            ("y=*/m=[01]?/p*.csv", "x=2026/", false),
            ("**", "a/b/c/", true),
            ("**/p.csv", "a/b/c/", true),
            ("a/**", "a/b/c/", true),
            ("a/**", "b/", false),
            ("a/**/b/*", "a/x/y/", true),
            ("a/**/b/*", "a/b/", true),
            ("a/**/b/*", "c/b/", false),
            ("a/**/b", "a/b/", true),
            ("**/a/*/p", "x/y/z/", true),
            ("a**/p", "ab/", true),
            ("a**/p", "ab/c/", false),
            ("{a,b}/p", "b/", true),
            ("{a,b}/p", "c/", false),
            ("\\*/p", "*/", true),
            ("\\*/p", "a/", false),
            ("[*]/p", "*/", true),
            ("[*]/p", "a/", false),
            ("[]]/p", "]/", true),
            ("[!]]/p", "]/", false),
            ("[a\\]/p", "\\/", true),
            ("\u{fc}/p", "\u{fc}/", true),
            // What is not cut may hold anything.
            ("{a/b,c}/p", "x/", true),
            ("[[:alpha:]]/p", "1/", true),
            // No dataset owns a key with such a part.
            ("**", "a//", false),
            ("**", "/", false),
            ("**", "./", false),
            ("**", "a/../", false),
        ] {
            let keys = KeyMatcher::of(location).unwrap();
            if keys.may_own_below(prefix) != expected {
                wrong.push(format!("{location} {prefix}: not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    /// Every key of up to four parts of these names.
    fn all_keys() -> Vec<String> {
        let names = ["a", "b", "ab", "*", "a.gz"];
        let mut keys: Vec<String> = names.map(str::to_owned).into();
        let mut longest = keys.clone();
        for _ in 0..3 {
            longest = longest
                .iter()
                .flat_map(|key| names.map(|name| format!("{key}/{name}")))
                .collect();
            keys.extend(longest.iter().cloned());
        }
        keys
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        /// All folders of a key that is owned must say that they may hold one.
        #[test]
        fn no_folder_denies_a_key_that_is_owned_below_it(
            location in proptest::collection::vec(
                prop::sample::select(vec![
                    "a", "b", "ab", "*", "**", "?", "[ab]", "[!a]", "{a,b}", "{a/b,b}", "\\*", "a*", "a**", "*b",
                    "[a/]", "\\a", "{,a}b",
                ]),
                1..5,
            ).prop_map(|parts| parts.join("/")),
            loose in proptest::option::of((0..20_usize, prop::sample::select(vec!['/', '*', '{', '}', '[', ']', '\\', ',', '!']))),
        ) {
            let mut location = location;
            if let Some((at, c)) = loose {
                let at = (0..=location.len()).filter(|&at| location.is_char_boundary(at)).cycle().nth(at).unwrap();
                location.insert(at, c);
            }
            let Ok(keys) = KeyMatcher::of(&location) else {
                return Ok(());
            };
            for key in all_keys().into_iter().filter(|key| keys.owns(key)) {
                for (at, _) in key.match_indices('/') {
                    prop_assert!(keys.may_own_below(&key[..=at]), "{} has {}", location, key);
                }
            }
        }
    }
}
