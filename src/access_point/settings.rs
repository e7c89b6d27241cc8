//! The settings of a release that reach its bytes, beside contract and projection.

use serde::{Deserialize, Serialize};

use super::digest::sha256;
use super::length::law;
use super::text;
use crate::encode::{Codec, Formulas};
use crate::request::{Factor, Format};

/// What is set for an access point, or asked for by a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Parquet or CSV.
    #[serde(with = "text")]
    pub format: Format,
    /// Compression of Parquet pages.
    #[serde(with = "text")]
    pub compression: Codec,
    /// Cells of CSV that a spreadsheet would run.
    #[serde(with = "text")]
    pub csv_formulas: Formulas,
    /// The factor of a Parquet release's length law; none where it is as long as it comes.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "text::option"
    )]
    pub length_factor: Option<Factor>,
}

impl Settings {
    /// The one text of these settings: a line `name=value` each, in this order; none for a factor that is not there.
    pub fn text(&self) -> String {
        let factor = self
            .length_factor
            .map(|factor| format!("length_factor={factor}\n"));
        format!(
            "format={}\ncompression={}\ncsv_formulas={}\n{}",
            self.format,
            self.compression,
            self.csv_formulas,
            factor.unwrap_or_default()
        )
    }

    /// The length that a release of an object of `object` bytes, with so many columns, is filled up to.
    pub fn length(&self, object: u64, columns: usize) -> Option<u64> {
        self.length_factor
            .map(|factor| law(factor, object, columns))
    }

    /// SHA-256 of that text, as 64 lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        sha256(self.text().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_setting_has_its_own_text_and_words_that_read_back() {
        let mut texts = HashSet::new();
        for format in [Format::Parquet, Format::Csv] {
            for compression in [Codec::Snappy, Codec::Zstd, Codec::Lz4, Codec::None] {
                for csv_formulas in [Formulas::Keep, Formulas::Escape] {
                    for length_factor in [None, Some(Factor::ONE), Some(Factor::THREE)] {
                        let settings = Settings {
                            format,
                            compression,
                            csv_formulas,
                            length_factor,
                        };
                        let json = serde_json::to_string(&settings).unwrap();
                        let back: Settings = serde_json::from_str(&json).unwrap();
                        assert_eq!(back, settings, "{json}");
                        texts.insert(settings.text());
                    }
                }
            }
        }
        assert_eq!(texts.len(), 48);
    }

    #[test]
    fn the_hash_agrees_with_python() {
        // hashlib.sha256(b"format=parquet\ncompression=snappy\ncsv_formulas=keep\n").hexdigest()
        let settings = Settings {
            format: Format::Parquet,
            compression: Codec::default(),
            csv_formulas: Formulas::default(),
            length_factor: None,
        };
        assert_eq!(
            settings.sha256(),
            "86ba890a972496e6e7708c88db21ae9693812baa852069494361d2c4ad7b055b"
        );
    }
}
