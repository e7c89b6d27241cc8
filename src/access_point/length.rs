//! The length law: how long a Parquet release is, known before anything of the object is read.
//!
//! Engines take an object's length from a listing, cut their splits from it, and find a Parquet file's footer at its
//! end. A listing that says too little loses row groups without an error; one that says too much leads to no footer. So
//! a release has a length that follows from its object's metadata alone: HEAD and LIST are answered without reading it,
//! and what its rows do not need is filled with zeros between the last row group and the footer, where the format
//! allows a gap. Filler is not kept, not compressed and not read: engines skip it by the footer's offsets.
//!
//! ```text
//! length = factor × object length + 4 KiB × (output columns + 1)
//! ```
//! **The factor** is 1 for plain CSV and 3 for compressed CSV unless it is set. Parquet of the same columns is much
//! smaller than their CSV: of the 861 MB of the benchmark's admissions, ten of sixteen columns take 71 MB, a twelfth.
//! What grows is what the projection adds: a token has 26 characters for whatever it stands for, so a file of little
//! else than short, all-distinct numbers, each replaced by a token, comes to 3.5 times itself. That is an error
//! which names the setting, and never a wrong length. Of the same admissions, gzip leaves a third.
//!
//! **The 4 KiB a column** are what the format takes however little the object holds: a column's name stands in the
//! schema and in the chunk's metadata, its least and greatest values in page headers, the column index and the footer,
//! and each page has a header of its own. The sample's 75 rows and 7 columns take 4 KB where the law gives 42 KB.
//! One more 4 KiB is for the footer itself.

use crate::dataset::contract::{Compression, Contract};
use crate::request::Factor;

/// What each column, and the footer, may take beside the rows.
const OF_A_COLUMN: u64 = 4 * 1024;

/// The length of a Parquet release of an object of `object` bytes with so many output columns.
pub fn law(factor: Factor, object: u64, columns: usize) -> u64 {
    let beside = (columns as u64 + 1).saturating_mul(OF_A_COLUMN);
    factor.of(object).saturating_add(beside)
}

/// The factor of an object whose access point sets none.
pub fn usual_factor(contract: &Contract, object_key: &str) -> Factor {
    let by_key = || Compression::of_key(object_key);
    match contract.dialect.compression.unwrap_or_else(by_key) {
        Compression::None => Factor::ONE,
        Compression::Gzip | Compression::Zstd | Compression::Bzip2 => Factor::THREE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_a_multiple_of_the_object_and_a_page_a_column() {
        for (factor, object, columns, length) in [
            ("1", 9_318, 7, 9_318 + 32_768),
            ("3", 1_000, 1, 3_000 + 8_192),
            ("0.5", 1_001, 0, 500 + 4_096),
            ("1", 0, 16, 69_632),
            ("100", u64::MAX, 1, u64::MAX),
        ] {
            assert_eq!(law(factor.parse().unwrap(), object, columns), length);
        }
    }

    #[test]
    fn compressed_objects_have_more_room() {
        for (option, key, factor) in [
            ("", "a/p.csv", Factor::ONE),
            ("", "a/p.csv.gz", Factor::THREE),
            ("", "p.csv.zst", Factor::THREE),
            ("", "p.csv.bz2", Factor::THREE),
            (
                "OPTIONS ('format.compression' 'gzip')",
                "p.csv",
                Factor::THREE,
            ),
            (
                "OPTIONS ('format.compression' 'uncompressed')",
                "p.csv.gz",
                Factor::ONE,
            ),
        ] {
            let schema = format!(
                r#"CREATE EXTERNAL TABLE t ("A" VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION '*' {option}"#
            );
            let contract = Contract::parse("t", "schema.sql", &schema).unwrap();
            assert_eq!(usual_factor(&contract, key), factor, "{option} {key}");
        }
    }
}
