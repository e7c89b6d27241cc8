//! The folder of contracts and projections: `<dataset>/schema.sql` beside `<dataset>/<name>.sql`.

use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::damaged::explain;
use crate::dataset::contract::Contract;
use crate::dataset::nearest::{hint, nearest};
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};

/// The contract's file in a dataset's folder.
const SCHEMA: &str = "schema";

/// The folder of reference tables: they are joined, not projected.
const REFERENCE: &str = "reference";

/// No statement that a person wrote is larger.
const MAX_BYTES: u64 = 1024 * 1024;

/// At most so many projections are named in an error.
const MAX_NAMED: usize = 20;

/// The full name of a projection, `<dataset>/<name>`, safe as a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectionName {
    dataset: String,
    name: String,
}

impl ProjectionName {
    /// The dataset.
    pub fn dataset(&self) -> &str {
        &self.dataset
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

/// Letters and digits of any language, `_` and `-`: no dot and no slash, so no way out of the folder.
fn is_name(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// A folder of contracts and projections.
pub struct SqlFolder {
    root: PathBuf,
}

impl SqlFolder {
    /// The folder at this path; it is read when something is loaded.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Reads and checks a projection with its contract.
    ///
    /// # Errors
    /// [`Kind::Settings`] where there is no such folder, [`Kind::NotFound`] with the nearest name and those that exist,
    /// and what the contract and the projection are refused for.
    pub fn load(&self, name: &ProjectionName) -> Result<(Contract, Projection)> {
        if !self.root.is_dir() {
            let message =
                "there is no such folder of contracts and projections: give it with --sql";
            let error = Error::new(Kind::Settings, message);
            return Err(error.in_object(&self.root.display().to_string()));
        }
        let folder = self.root.join(&name.dataset);
        let schema = folder.join(SCHEMA).with_extension("sql");
        let file = folder.join(&name.name).with_extension("sql");
        let servable = name.name != SCHEMA && name.dataset != REFERENCE;
        if !servable || !schema.is_file() || !file.is_file() {
            return Err(self.unknown(name));
        }
        let text = read(&schema, Kind::Contract)?;
        let contract = Contract::parse(&name.dataset, &schema.display().to_string(), &text)?;
        let text = read(&file, Kind::Projection)?;
        let label = file.display().to_string();
        let projection = Projection::parse(&contract, &name.to_string(), &label, &text)?;
        Ok((contract, projection))
    }

    /// The full names of all projections, sorted. What cannot be read is left out.
    pub fn projections(&self) -> Vec<String> {
        let mut names: Vec<String> = entries(&self.root)
            .into_iter()
            .filter(|dataset| is_name(dataset) && dataset != REFERENCE)
            .map(|dataset| (self.root.join(&dataset), dataset))
            .filter(|(folder, _)| folder.join(SCHEMA).with_extension("sql").is_file())
            .flat_map(|(folder, dataset)| {
                let files = entries(&folder).into_iter();
                files.filter_map(move |file| {
                    let name = file.strip_suffix(".sql")?;
                    let servable = is_name(name) && name != SCHEMA;
                    servable.then(|| format!("{dataset}/{name}"))
                })
            })
            .collect();
        names.sort();
        names
    }

    fn unknown(&self, name: &ProjectionName) -> Error {
        let names = self.projections();
        // Each part by itself: a dataset in common makes no two names alike.
        let alike = |full: &&str| {
            full.split_once('/').is_some_and(|(dataset, projection)| {
                nearest(&name.dataset, [dataset]).is_some()
                    && nearest(&name.name, [projection]).is_some()
            })
        };
        let near = hint(
            &name.to_string(),
            names.iter().map(String::as_str).filter(alike),
        );
        let stop = if near.is_empty() { ";" } else { "" };
        let message = match names.len() {
            0 => format!(
                "there is no projection {name}, and no other either: a projection is a file <dataset>/<name>.sql beside <dataset>/schema.sql"
            ),
            count => format!(
                "there is no projection {name}{near}{stop} there are: {}{}",
                names[..count.min(MAX_NAMED)].join(", "),
                if count > MAX_NAMED { ", …" } else { "" }
            ),
        };
        Error::new(Kind::NotFound, message).in_object(&self.root.display().to_string())
    }
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

fn read(path: &Path, kind: Kind) -> Result<String> {
    let mut text = String::new();
    let bounded = |file: fs::File| file.take(MAX_BYTES + 1).read_to_string(&mut text);
    let message = match fs::File::open(path).and_then(bounded) {
        Ok(count) if count as u64 <= MAX_BYTES => return Ok(text),
        Ok(_) => "the file is larger than 1 MiB: no statement is",
        Err(err) if err.kind() == ErrorKind::InvalidData => "the file is not UTF-8: save it so",
        Err(err) => explain(err.kind()),
    };
    Err(Error::new(kind, message).in_object(&path.display().to_string()))
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
    fn an_unknown_projection_is_answered_with_those_that_exist() {
        let folder = tempfile::tempdir().unwrap();
        let sql = SqlFolder::new(folder.path());
        let name: ProjectionName = "patients/anlytics".parse().unwrap();
        assert_eq!(
            sql.load(&name).err().map(|e| e.kind()),
            Some(Kind::NotFound)
        );
        for file in [
            "patients/schema.sql",
            "patients/analytics.sql",
            "patients/billing.sql",
            "patients/notes.txt",
            "visits/loose.sql",
            "reference/schema.sql",
            "reference/zip.sql",
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let error = sql.load(&name).err().unwrap();
        let names = "there is no projection patients/anlytics, did you mean \"patients/analytics\"? \
                     there are: patients/analytics, patients/billing [NoSuchKey]";
        assert!(error.to_string().ends_with(names), "{error}");
        for name in ["patients/schema", "reference/zip"] {
            let error = sql.load(&name.parse().unwrap()).err().unwrap();
            assert_eq!(error.kind(), Kind::NotFound);
        }
    }

    #[test]
    fn a_missing_folder_is_a_wrong_setting() {
        let error = SqlFolder::new("/nowhere")
            .load(&"a/b".parse().unwrap())
            .err();
        assert_eq!(error.map(|e| e.kind()), Some(Kind::Settings));
    }
}
