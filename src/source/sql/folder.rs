//! Contracts and projections in a folder.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{MAX_BYTES, MAX_FILES, NOT_UTF8, TOO_LARGE, too_many};
use crate::dataset::catalog::{Text, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, is_name};
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
        let schema = self.root.join(name.schema_path());
        let file = self.root.join(name.path());
        if !name.is_servable() || !schema.is_file() || !file.is_file() {
            let place = self.root.display().to_string();
            return Err(name.unknown(&self.projections(), &place));
        }
        let text = read(&schema, Kind::Contract)?;
        let contract = Contract::parse(name.dataset(), &schema.display().to_string(), &text)?;
        let text = read(&file, Kind::Projection)?;
        let label = file.display().to_string();
        let projection = Projection::parse(&contract, &name.to_string(), &label, &text)?;
        Ok((contract, projection))
    }

    /// The full names of all projections, sorted. What cannot be read is left out.
    pub fn projections(&self) -> Vec<String> {
        let datasets = entries(&self.root).unwrap_or_default();
        let mut names: Vec<String> = datasets
            .iter()
            .flat_map(|dataset| named(&self.root, dataset).unwrap_or_default())
            .filter(|name| name.is_servable() && self.root.join(name.schema_path()).is_file())
            .map(|name| name.to_string())
            .collect();
        names.sort();
        names
    }
}

/// The texts of all contracts and projections in a folder.
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
    let mut texts = Texts::new();
    for dataset in entries(root).map_err(unreadable)? {
        // A folder that cannot be listed may hold what is in force: better no answer than one without it.
        for name in named(root, &dataset).map_err(unreadable)? {
            let path = name.path();
            if let Some(text) = text_of(&root.join(&path)) {
                texts.insert(path, text);
            }
            if texts.len() > MAX_FILES {
                return Err(too_many());
            }
        }
    }
    Ok(texts)
}

/// The contracts and projections in the folder of a dataset, by name. None where it is no folder.
fn named(root: &Path, dataset: &str) -> io::Result<Vec<ProjectionName>> {
    let folder = root.join(dataset);
    if !is_name(dataset) || !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = entries(&folder)?.into_iter();
    Ok(files
        .filter_map(|file| ProjectionName::of_path(&format!("{dataset}/{file}")))
        .collect())
}

/// The names in a folder that are text: no other is one of ours.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// A file's text. None where there is no such file: it may have been deleted since it was listed.
fn text_of(path: &Path) -> Option<Text> {
    // A pipe would keep whoever opens it.
    match fs::metadata(path) {
        Ok(facts) if facts.is_file() => {}
        Err(err) if err.kind() != ErrorKind::NotFound => return Some(Err(explain(err.kind()))),
        _ => return None,
    }
    let mut bytes = Vec::new();
    let bounded = |file: fs::File| file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    match fs::File::open(path).and_then(bounded) {
        Ok(count) if count as u64 > MAX_BYTES => Some(Err(TOO_LARGE)),
        Ok(_) => Some(
            String::from_utf8(bytes)
                .map(Arc::from)
                .map_err(|_| NOT_UTF8),
        ),
        Err(err) if err.kind() == ErrorKind::NotFound => None,
        Err(err) => Some(Err(explain(err.kind()))),
    }
}

fn read(path: &Path, kind: Kind) -> Result<Arc<str>> {
    let text = text_of(path).unwrap_or(Err(explain(ErrorKind::NotFound)));
    text.map_err(|message| Error::new(kind, message).in_object(&path.display().to_string()))
}

fn unreadable(err: io::Error) -> Error {
    Error::new(Kind::Source, explain(err.kind())).with_private(err)
}
