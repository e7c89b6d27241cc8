//! Contracts, projections and reference tables in a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::NOT_UTF8;
use super::limits::{Total, of_file};
use crate::csv::table;
use crate::dataset::catalog::{Catalog, Text, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, ReferencePaths, is_file, is_name};
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};
use crate::source::Location;
use crate::source::damaged::explain;

/// A folder of contracts and projections.
pub struct SqlFolder {
    root: PathBuf,
}

impl SqlFolder {
    /// The folder at this path; it is read when something is loaded.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Reads and checks a projection with its contract and the reference tables that it names.
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
        let schema = self.root.join(name.schema_path());
        let file = self.root.join(name.path());
        if !name.is_servable() || !schema.is_file() || !file.is_file() {
            let place = self.root.display().to_string();
            return Err(name.unknown(&self.projections(), &place));
        }
        let texts = self.texts_of(name)?;
        let origin = self.root.display().to_string();
        let served = Catalog::prove(&texts, &origin, None, table::read).get(name)?;
        Ok((served.contract.clone(), served.projection.clone()))
    }

    /// The files that a projection needs.
    fn texts_of(&self, name: &ProjectionName) -> Result<Texts> {
        let (mut texts, mut total) = (Texts::new(), Total::default());
        let mut add = |path: String| {
            if let Some(text) = text_of(&self.root, &path) {
                total.add(&path, size(&text))?;
                texts.insert(path, text);
            }
            Ok::<_, Error>(())
        };
        add(name.schema_path())?;
        add(name.path())?;
        let tables = match text_of(&self.root, &name.path()) {
            Some(Ok(text)) => Projection::tables(&text),
            _ => BTreeSet::new(),
        };
        for paths in tables.iter().filter_map(|name| ReferencePaths::new(name)) {
            add(paths.schema)?;
            add(paths.rows)?;
        }
        Ok(texts)
    }

    /// The full names of all projections, sorted. What cannot be read is left out.
    pub fn projections(&self) -> Vec<String> {
        let datasets = entries(&self.root).unwrap_or_default();
        let mut names: Vec<String> = datasets
            .iter()
            .flat_map(|dataset| files(&self.root, dataset).unwrap_or_default())
            .filter_map(|path| ProjectionName::of_path(&path))
            .filter(|name| name.is_servable() && self.root.join(name.schema_path()).is_file())
            .map(|name| name.to_string())
            .collect();
        names.sort();
        names
    }
}

/// The texts of all files of a folder.
pub(super) async fn texts(folder: &Location) -> Result<Texts> {
    let root = folder.path().map(Path::to_owned).unwrap_or_default();
    // Files may lie on a network.
    let reading = tokio::task::spawn_blocking(move || texts_below(&root));
    reading.await.unwrap_or_else(|err| {
        let message = "reading contracts and projections broke down";
        Err(Error::new(Kind::Internal, message).with_private(err))
    })
}

fn texts_below(root: &Path) -> Result<Texts> {
    if !root.is_dir() {
        let message = "there is no such folder of contracts and projections";
        return Err(Error::new(Kind::Settings, message));
    }
    let (mut texts, mut total) = (Texts::new(), Total::default());
    for dataset in entries(root).map_err(unreadable)? {
        // A folder that cannot be listed may hold what is in force: better no answer than one without it.
        for path in files(root, &dataset).map_err(unreadable)? {
            if let Some(text) = text_of(root, &path) {
                total.add(&path, size(&text))?;
                texts.insert(path, text);
            }
        }
    }
    Ok(texts)
}

/// How much of a file is held.
fn size(text: &Text) -> u64 {
    text.as_ref().map_or(0, |text| text.len() as u64)
}

/// The files in the folder of a dataset, or of reference tables, by path. None where it is no folder.
fn files(root: &Path, dataset: &str) -> io::Result<Vec<String>> {
    let folder = root.join(dataset);
    if !is_name(dataset) || !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = entries(&folder)?.into_iter();
    let paths = files.map(|file| format!("{dataset}/{file}"));
    Ok(paths.filter(|path| is_file(path)).collect())
}

/// The names in a folder that are text: no other is one of ours.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// The text of a file below `root`. None where there is no such file: it may have been deleted since it was listed.
fn text_of(root: &Path, path: &str) -> Option<Text> {
    let (most, too_large) = of_file(path);
    let path = &root.join(path);
    // A pipe would keep whoever opens it.
    match fs::metadata(path) {
        Ok(facts) if facts.is_file() => {}
        Err(err) if err.kind() != ErrorKind::NotFound => return Some(Err(explain(err.kind()))),
        _ => return None,
    }
    let mut bytes = Vec::new();
    let bounded = |file: fs::File| file.take(most + 1).read_to_end(&mut bytes);
    match fs::File::open(path).and_then(bounded) {
        Ok(count) if count as u64 > most => Some(Err(too_large)),
        Ok(_) => Some(
            String::from_utf8(bytes)
                .map(Arc::from)
                .map_err(|_| NOT_UTF8),
        ),
        Err(err) if err.kind() == ErrorKind::NotFound => None,
        Err(err) => Some(Err(explain(err.kind()))),
    }
}

fn unreadable(err: io::Error) -> Error {
    Error::new(Kind::Source, explain(err.kind())).with_private(err)
}
