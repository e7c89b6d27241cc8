//! The names that pseudonyms are made of: frozen lists, whose origin and licence are in `ORIGIN.md` beside them.

use std::sync::LazyLock;

/// The lists, each sorted by code point and without doublets.
pub(super) struct Names {
    /// 3,530 first names of women.
    pub(super) female: Vec<&'static str>,
    /// 3,642 first names of men.
    pub(super) male: Vec<&'static str>,
    /// The 7,075 first names of either list.
    pub(super) all: Vec<&'static str>,
    /// 10,207 surnames.
    pub(super) surnames: Vec<&'static str>,
}

const FEMALE: &str = include_str!("female.txt");
const MALE: &str = include_str!("male.txt");
const SURNAMES: &str = include_str!("surnames.txt");

/// The lists, split at first use.
pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let (female, male) = (lines(FEMALE), lines(MALE));
    let mut all = [female.as_slice(), male.as_slice()].concat();
    all.sort_unstable();
    all.dedup();
    Names {
        female,
        male,
        all,
        surnames: lines(SURNAMES),
    }
});

fn lines(file: &'static str) -> Vec<&'static str> {
    file.split_terminator('\n').collect()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_lists_are_frozen_since_a_pseudonym_is_a_position_in_them() {
        let rows = [
            (
                FEMALE,
                3530,
                "d33fa881852557cd1164e956a8fa23d95ae2afd823a5ef692764a7a0e306e582",
            ),
            (
                MALE,
                3642,
                "9e90bca06fbf7656193a94ab37040bc2b2ea8adc95d44689c3635bf7c3c9173d",
            ),
            (
                SURNAMES,
                10207,
                "d463ae7f70fcf53cae539a15159f064d67e30347f07c258e71561e120d9b2328",
            ),
        ];
        for (file, count, digest) in rows {
            assert_eq!(lines(file).len(), count);
            assert_eq!(HEXLOWER.encode(&Sha256::digest(file)), digest);
        }
        assert_eq!(NAMES.all.len(), 7075);
    }

    #[test]
    fn names_are_sorted_single_words() {
        for list in [&NAMES.female, &NAMES.male, &NAMES.all, &NAMES.surnames] {
            assert!(list.is_sorted_by(|a, b| a < b));
            for name in list {
                assert!(name.chars().count() >= 3, "{name}");
                assert!(
                    name.chars().all(|c| c.is_alphabetic() || c == '\''),
                    "{name}"
                );
            }
        }
    }
}
