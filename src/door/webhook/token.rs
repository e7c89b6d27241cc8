//! The token by which MinIO is known.

use sha2::{Digest, Sha256};

/// What is known of it: its hash, so that tokens of all lengths are compared in one time.
pub struct Token([u8; 32]);

impl Token {
    /// The token, with or without the scheme in front.
    pub fn new(text: &str) -> Self {
        Self(hash(bare(text)))
    }

    /// Whether a header `Authorization` has it. MinIO sends `Bearer` in front, or what stands in its settings.
    pub fn admits(&self, header: &str) -> bool {
        let other = hash(bare(header));
        let differ = |(one, other): (&u8, &u8)| one ^ other;
        self.0
            .iter()
            .zip(&other)
            .map(differ)
            .fold(0, |all, bits| all | bits)
            == 0
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_with_and_without_its_scheme() {
        let mut wrong = Vec::new();
        for set in ["0123456789abcdef", "Bearer 0123456789abcdef"] {
            let token = Token::new(set);
            for (header, admitted) in [
                ("0123456789abcdef", true),
                ("Bearer 0123456789abcdef", true),
                ("bearer  0123456789abcdef ", true),
                ("Basic 0123456789abcdef", false),
                ("0123456789abcde", false),
                ("0123456789abcdef0", false),
                ("0123456789ABCDEF", false),
                ("Bearer", false),
                ("", false),
            ] {
                if token.admits(header) != admitted {
                    wrong.push(format!("{set}: {header}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
