//! The full name of a projection, and where its files lie: `<dataset>/schema.sql` beside `<dataset>/<name>.sql`; and those
//! of reference tables, `reference/<name>.sql` beside `reference/<name>.csv`.

use std::fmt;
use std::str::FromStr;

use super::nearest::{hint, nearest};
use crate::error::{Error, Kind, Result};

/// The contract's name in a dataset's folder.
const SCHEMA: &str = "schema";

/// The folder of reference tables: they are joined, not projected.
pub(crate) const REFERENCE: &str = "reference";

/// What every file's name ends with.
const SUFFIX: &str = ".sql";

/// What the name of a reference table's rows ends with.
const ROWS: &str = ".csv";

/// At most so many projections are named in an error.
const MAX_NAMED: usize = 20;

/// The full name of a projection, `<dataset>/<name>`, safe as a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectionName {
    dataset: String,
    name: String,
}

impl ProjectionName {
    /// The dataset.
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    /// The name that a file of contracts and projections has by its path (`patients/analytics.sql`); a contract's is
    /// one too, and not [servable](Self::is_servable). None for other files.
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        path.strip_suffix(SUFFIX)?.parse().ok()
    }

    /// Its file, relative to the folder.
    pub(crate) fn path(&self) -> String {
        format!("{self}{SUFFIX}")
    }

    /// The file of its contract, relative to the folder.
    pub(crate) fn schema_path(&self) -> String {
        format!("{}/{SCHEMA}{SUFFIX}", self.dataset)
    }

    /// Whether it may name a projection: it names neither a contract nor a reference table.
    pub(crate) fn is_servable(&self) -> bool {
        self.name != SCHEMA && self.dataset != REFERENCE
    }

    /// The error where there is no such projection in `folder`, with the nearest name and those that exist.
    pub(crate) fn unknown(&self, existing: &[String], folder: &str) -> Error {
        // Each part by itself: a dataset in common makes no two names alike.
        let alike = |full: &&str| {
            full.split_once('/').is_some_and(|(dataset, projection)| {
                nearest(&self.dataset, [dataset]).is_some()
                    && nearest(&self.name, [projection]).is_some()
            })
        };
        let near = hint(
            &self.to_string(),
            existing.iter().map(String::as_str).filter(alike),
        );
        let stop = if near.is_empty() { ";" } else { "" };
        let message = match existing.len() {
            0 => format!(
                "there is no projection {self}, and no other either: a projection is a file <dataset>/<name>.sql beside <dataset>/schema.sql"
            ),
            count => format!(
                "there is no projection {self}{near}{stop} there are: {}{}",
                existing[..count.min(MAX_NAMED)].join(", "),
                if count > MAX_NAMED { ", …" } else { "" }
            ),
        };
        Error::new(Kind::NotFound, message).in_object(folder)
    }
}

impl FromStr for ProjectionName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once('/') {
            Some((dataset, name)) if is_name(dataset) && is_name(name) => Ok(Self {
                dataset: dataset.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(Error::new(
                Kind::Usage,
                "a projection is named dataset/name, as in patients/analytics: letters, digits, _ and -",
            )),
        }
    }
}

impl fmt::Display for ProjectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dataset, self.name)
    }
}

/// The files of a reference table, relative to the folder.
pub(crate) struct ReferencePaths {
    /// Its contract's.
    pub schema: String,
    /// Its rows'.
    pub rows: String,
}

impl ReferencePaths {
    /// The files of the table of this name. None for what is no name.
    pub(crate) fn new(name: &str) -> Option<Self> {
        is_name(name).then(|| Self {
            schema: format!("{REFERENCE}/{name}{SUFFIX}"),
            rows: format!("{REFERENCE}/{name}{ROWS}"),
        })
    }
}

/// The file's name of a path below the folder of reference tables (`icd10.csv`): what records call it.
pub(crate) fn reference_file(path: &str) -> Option<&str> {
    path.strip_prefix(REFERENCE)?.strip_prefix('/')
}

/// Whether a path is that of a reference table's rows.
pub(crate) fn is_rows(path: &str) -> bool {
    let name = reference_file(path).and_then(|file| file.strip_suffix(ROWS));
    name.is_some_and(is_name)
}

/// Whether a path is that of a contract, a projection, or a reference table's rows: one of the folder's files.
pub(crate) fn is_file(path: &str) -> bool {
    is_rows(path) || ProjectionName::of_path(path).is_some()
}

/// Whether it may be the name of a dataset or of a projection: letters and digits of any language, `_` and `-`; no dot
/// and no slash, so no way out of the folder.
pub(crate) fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_out_of_the_folder() {
        for text in [
            "patients",
            "/patients/a",
            "../a",
            "a/..",
            "a/b/c",
            "a/",
            "/a",
            "a/.b",
            "a/b.sql",
            "a\\b/c",
            "a/b c",
            "",
        ] {
            assert!(text.parse::<ProjectionName>().is_err(), "{text}");
        }
        let name: ProjectionName = "patients/analytics_2-b".parse().unwrap();
        assert_eq!(
            (name.dataset(), name.to_string().as_str()),
            ("patients", "patients/analytics_2-b")
        );
    }

    #[test]
    fn a_folder_has_three_kinds_of_files() {
        let mut wrong = Vec::new();
        for (path, rows, file) in [
            ("reference/icd10.csv", true, true),
            ("reference/icd10.sql", false, true),
            ("reference/icd10.CSV", false, false),
            ("reference/.csv", false, false),
            ("reference/old/icd10.csv", false, false),
            ("reference/../icd10.csv", false, false),
            ("references/icd10.csv", false, false),
            ("reference.csv", false, false),
            ("reference/a b.csv", false, false),
            ("patients/icd10.csv", false, false),
            ("patients/schema.sql", false, true),
        ] {
            if (is_rows(path), is_file(path)) != (rows, file) {
                wrong.push(path);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        for name in ["..", "a/b", "a.b", "", "a b"] {
            assert!(ReferencePaths::new(name).is_none(), "{name}");
        }
    }

    #[test]
    fn paths_name_projections_contracts_or_nothing() {
        let mut wrong = Vec::new();
        for (path, expected) in [
            ("patients/analytics.sql", Some(("patients/analytics", true))),
            ("patients/schema.sql", Some(("patients/schema", false))),
            ("reference/zip.sql", Some(("reference/zip", false))),
            ("patients/Schema.sql", Some(("patients/Schema", true))),
            ("patients/analytics.SQL", None),
            ("patients/analytics.sql~", None),
            ("patients/.analytics.sql", None),
            ("patients/.sql", None),
            ("patients/old/analytics.sql", None),
            ("analytics.sql", None),
            ("../analytics.sql", None),
            ("patients/", None),
        ] {
            let name = ProjectionName::of_path(path);
            let found = name.as_ref().map(|n| (n.to_string(), n.is_servable()));
            let found = found.as_ref().map(|(name, is)| (name.as_str(), *is));
            if found != expected {
                wrong.push(format!("{path}: {found:?}"));
            }
            if name.is_some_and(|name| name.path() != path) {
                wrong.push(format!("{path}: another path"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
