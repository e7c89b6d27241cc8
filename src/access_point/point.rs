//! What one consumer may ask for: keys, formats, and the objects behind them.

use std::sync::Arc;

use super::Settings;
use super::length::usual_factor;
use crate::dataset::catalog::{Catalog, Served};
use crate::dataset::name::ProjectionName;
use crate::encode::{Codec, Formulas};
use crate::error::{Error, Kind, Result};
use crate::key::KeyVersion;
use crate::request::{AsOf, Format, Length, Payload};

/// Where one consumer reads.
#[derive(Clone, Debug)]
pub struct AccessPoint {
    /// The projection that it shows, with its contract.
    pub served: Arc<Served>,
    /// The format where neither headers nor key name one.
    pub format: Format,
    /// The date that ages count from.
    pub as_of: AsOf,
    /// How long Parquet releases are made.
    pub length: Length,
    /// The version of the master key that it is pinned to; none: that of now.
    pub key_version: Option<KeyVersion>,
}

/// What a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key.
    pub key: String,
    /// The format of the answer.
    pub format: Format,
    /// Whether the dataset owns the key itself: it may be an object's.
    pub itself: bool,
    /// Other keys that the dataset owns and that this may be the release of, in the order in which they are tried.
    pub others: Vec<String>,
}

impl AccessPoint {
    /// As a `FunctionPayload` says.
    ///
    /// # Errors
    /// [`Kind::Payload`] for a projection that does not exist; what the projection was refused for.
    pub fn of_payload(payload: &Payload, catalog: &Catalog) -> Result<Self> {
        let unknown = |error: Error| match error.kind() {
            Kind::NotFound | Kind::Usage => {
                let message = format!("the access point's FunctionPayload: {}", error.message());
                Error::new(Kind::Payload, message)
            }
            _ => error,
        };
        let name: ProjectionName = payload.projection.parse().map_err(unknown)?;
        Ok(Self {
            served: catalog.get(&name).map_err(unknown)?,
            format: payload.format,
            as_of: payload.as_of,
            length: payload.length,
            key_version: payload.key_version,
        })
    }

    /// What a key and a request's headers ask for.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the dataset owns neither the key nor any that this could be the release of: such a key
    /// does not exist, whatever lies there. [`Kind::Usage`] as [`Format::of_headers`].
    pub fn asked<'a>(&self, key: &str, header: impl Fn(&str) -> Option<&'a str>) -> Result<Asked> {
        let owner = self.served.owner()?;
        let mut others = Format::object_keys(key);
        others.retain(|other| other != key && owner.owns(other));
        let itself = owner.owns(key);
        if !itself && others.is_empty() {
            let message = "the access point's dataset owns no such key";
            return Err(Error::new(Kind::NotFound, message));
        }
        let format = Format::of_headers(header)?.or_else(|| Format::of_key(key));
        Ok(Asked {
            key: key.to_owned(),
            format: format.unwrap_or(self.format),
            itself,
            others,
        })
    }

    /// The settings that reach the bytes of the release of this object.
    pub fn settings(&self, format: Format, object_key: &str) -> Settings {
        let usual = || usual_factor(&self.served.contract, object_key);
        let length_factor = match (format, self.length) {
            (Format::Parquet, Length::Law(factor)) => Some(factor.unwrap_or_else(usual)),
            _ => None,
        };
        Settings {
            format,
            compression: Codec::default(),
            csv_formulas: Formulas::default(),
            length_factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::catalog::Texts;

    fn catalog(location: &str) -> Catalog {
        let schema = format!(
            r#"CREATE EXTERNAL TABLE t ("A" VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION '{location}'"#
        );
        let texts: Texts = [
            ("t/schema.sql", schema.as_str()),
            ("t/good.sql", "-- order: kept\nSELECT \"A\" FROM t"),
            ("t/bad.sql", "-- order: kept\nSELECT \"B\" FROM t"),
        ]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), Ok(text.into())))
        .collect();
        Catalog::prove(&texts, "sql", None, crate::csv::table::read)
    }

    fn point(location: &str) -> AccessPoint {
        let payload = Payload::parse(r#"{"projection": "t/good", "format": "parquet"}"#).unwrap();
        AccessPoint::of_payload(&payload, &catalog(location)).unwrap()
    }

    #[test]
    fn a_payload_names_a_projection_that_is_served() {
        let catalog = catalog("*.csv");
        for (projection, kind) in [
            ("t/goood", Kind::Payload),
            ("t", Kind::Payload),
            ("../t/good", Kind::Payload),
            ("t/bad", Kind::Projection),
        ] {
            let payload = Payload::parse(&format!(r#"{{"projection": "{projection}"}}"#)).unwrap();
            let error = AccessPoint::of_payload(&payload, &catalog).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        }
    }

    #[test]
    fn a_key_asks_for_itself_or_for_a_release() {
        let nothing = |_: &str| None;
        let packed = |key: &str| {
            ["gz", "zst", "bz2"]
                .map(|end| format!("{key}.{end}"))
                .to_vec()
        };
        for (location, key, format, itself, others) in [
            // A pattern owns what it matches, and that compressed.
            ("**/p*.csv", "a/p.csv", Format::Csv, true, packed("a/p.csv")),
            (
                "**/p*.csv",
                "a/p.parquet",
                Format::Parquet,
                false,
                [vec!["a/p.csv".to_owned()], packed("a/p.csv")].concat(),
            ),
            ("**/p*.csv.gz", "p.csv.gz", Format::Parquet, true, vec![]),
            (
                "**/p*.csv.gz",
                "p.csv",
                Format::Csv,
                false,
                vec!["p.csv.gz".to_owned()],
            ),
        ] {
            let asked = point(location).asked(key, nothing).unwrap();
            let expected = Asked {
                key: key.to_owned(),
                format,
                itself,
                others,
            };
            assert_eq!(asked, expected, "{location} {key}");
        }
        let asked = point("*.csv").asked("p.csv", |name| {
            (name == "accept").then_some("application/vnd.apache.parquet")
        });
        assert_eq!(asked.unwrap().format, Format::Parquet);
    }

    #[test]
    fn what_no_dataset_owns_does_not_exist() {
        let point = point("a/p*.csv");
        for key in [
            "",
            "p.csv",
            "p.parquet",
            "a/q.csv",
            "a/p.csv/",
            "a/../p.csv",
            "a/p",
            "a/p.csv.gz.gz",
            "a/p.json",
        ] {
            let error = point.asked(key, |_| None).unwrap_err();
            assert_eq!(error.kind(), Kind::NotFound, "{key}");
        }
    }
}
