//! The files of a folder of contracts, projections and reference tables → [`Catalog`]: what is proven, and why the rest is not.
//!
//! A catalog never changes: an edit makes another one, from the one before. What it holds of a projection:
//!
//! ```text
//! hashes of its file, its contract's     ─┬─ as before ─────────▶ as before, whatever that was
//! and its reference tables'               ├─ those in force ────▶ taken over, nothing is proven
//!                                         └─ others ─▶ prove ─┬─▶ in force
//!                                                             └─▶ refused: the version before stays, if there was one
//! ```

mod prover;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use self::prover::Prover;
use self::tables::Tables;
use super::contract::{Contract, KeyMatcher};
use super::name::{ProjectionName, reference_file};
use super::projection::Projection;
use super::reference::{ReadTable, Reference};
use crate::error::{Error, Result};

/// A file's text; or why it has none, in words for its author.
pub type Text = std::result::Result<Arc<str>, &'static str>;

/// The files of a folder of contracts and projections, by path relative to it (`patients/schema.sql`).
pub type Texts = BTreeMap<String, Text>;

/// Hashes of files, by their names.
pub type Hashes = BTreeMap<String, String>;

/// A projection in force: its releases are made from this and nothing newer.
#[derive(Debug)]
pub struct Served {
    /// Its full name.
    pub name: ProjectionName,
    /// The contract that it was proven against: the one in the folder, or an older one if that is refused.
    pub contract: Contract,
    /// The projection, proven.
    pub projection: Projection,
    /// SHA-256 of the contract's file, 64 lower-case hexadecimal digits.
    pub contract_sha256: String,
    /// SHA-256 of the projection's file, 64 lower-case hexadecimal digits.
    pub projection_sha256: String,
    /// SHA-256 of the two files of each reference table that it names, by the files' names (`icd10.csv`), likewise.
    pub references_sha256: Hashes,
    /// The projection's text: it stays in force under another contract only where it can be proven against that.
    text: Arc<str>,
    /// The pattern of its contract's LOCATION, compiled by the first request.
    owner: OnceLock<KeyMatcher>,
}

impl Served {
    /// The keys that its dataset owns.
    ///
    /// # Errors
    /// As [`Contract::keys`].
    pub fn owner(&self) -> Result<&KeyMatcher> {
        if let Some(owner) = self.owner.get() {
            return Ok(owner);
        }
        let owner = self.contract.keys()?;
        Ok(self.owner.get_or_init(|| owner))
    }
}

/// Every projection of a folder at one moment. Whoever holds one sees that moment, whatever is edited meanwhile.
#[derive(Debug)]
pub struct Catalog {
    origin: String,
    entries: BTreeMap<ProjectionName, Entry>,
    tables: Tables,
}

/// What became of a projection's file.
#[derive(Clone, Debug)]
struct Entry {
    judged: Judged,
    state: State,
}

/// The files that were judged: the hash of each, or why it has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Judged {
    contract: String,
    projection: String,
    references: Hashes,
}

#[derive(Clone, Debug)]
enum State {
    /// Proven, and in force.
    InForce(Arc<Served>),
    /// Refused; an older version is in force.
    Kept(Arc<Served>, Arc<Error>),
    /// Refused, and there is no older version.
    Refused(Arc<Error>),
}

impl State {
    fn served(&self) -> Option<&Arc<Served>> {
        match self {
            Self::InForce(served) | Self::Kept(served, _) => Some(served),
            Self::Refused(_) => None,
        }
    }

    fn refusal(&self) -> Option<&Arc<Error>> {
        match self {
            Self::Kept(_, error) | Self::Refused(error) => Some(error),
            Self::InForce(_) => None,
        }
    }
}

impl Catalog {
    /// Proves every projection. `origin` is what errors call the folder (`sql`, `s3://bucket/sql`); `read` reads reference
    /// tables, each once a version.
    ///
    /// One that is refused keeps its version from `previous`, as long as its file is there beside a contract, and as that
    /// version can be proven against the contract that lies there now: whoever declares a column secret is obeyed at
    /// once. A contract that is itself refused leaves the old one in force, and what was proven against it; so does a
    /// reference table that is refused or gone. Where there is no such version, the refusal is answered. What has the same
    /// texts as in `previous` is not proven again.
    /// About a millisecond of work for each that is.
    pub fn prove(texts: &Texts, origin: &str, previous: Option<&Self>, read: ReadTable) -> Self {
        let origin = origin.trim_end_matches('/');
        let known = previous.map(|previous| &previous.tables);
        let mut prover = Prover::new(texts, origin, Tables::of(known, read));
        let mut entries = BTreeMap::new();
        for path in texts.keys() {
            let Some(name) = ProjectionName::of_path(path).filter(ProjectionName::is_servable)
            else {
                continue;
            };
            let Some(judged) = prover.judged(&name) else {
                continue;
            };
            let before = previous.and_then(|previous| previous.entries.get(&name));
            let entry = match before {
                Some(before) if before.judged == judged => before.clone(),
                _ => Entry {
                    state: judge(&mut prover, &name, &judged, before),
                    judged,
                },
            };
            entries.insert(name, entry);
        }
        Self {
            origin: origin.to_owned(),
            entries,
            tables: prover.into_tables(),
        }
    }

    /// Every reference table among these files, by name: also those that no projection names.
    pub fn references(
        texts: &Texts,
        origin: &str,
        read: ReadTable,
    ) -> BTreeMap<String, Result<Arc<Reference>>> {
        let origin = origin.trim_end_matches('/');
        let mut prover = Prover::new(texts, origin, Tables::of(None, read));
        let files = texts.keys().filter_map(|path| reference_file(path));
        let names: BTreeSet<&str> = files
            .filter_map(|file| file.rsplit_once('.').map(|(name, _)| name))
            .collect();
        let read = names.into_iter().map(|name| {
            let table = prover.reference(name);
            (name.to_owned(), table.map_err(|error| error.public()))
        });
        read.collect()
    }

    /// The projection in force under this name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) with the nearest name and those that exist; or what it was refused
    /// for.
    pub fn get(&self, name: &ProjectionName) -> Result<Arc<Served>> {
        match self.entries.get(name).map(|entry| &entry.state) {
            Some(State::InForce(served) | State::Kept(served, _)) => Ok(Arc::clone(served)),
            Some(State::Refused(error)) => Err(error.public()),
            None => {
                let names: Vec<String> = self.names().map(ToString::to_string).collect();
                Err(name.unknown(&names, &self.origin))
            }
        }
    }

    /// The names of all projections, refused ones too, in order.
    pub fn names(&self) -> impl Iterator<Item = &ProjectionName> {
        self.entries.keys()
    }

    /// Those in force.
    pub fn served(&self) -> impl Iterator<Item = &Arc<Served>> {
        self.entries
            .values()
            .filter_map(|entry| entry.state.served())
    }

    /// The refusals of what lies in the folder, also where an older version is in force.
    pub fn refusals(&self) -> impl Iterator<Item = (&ProjectionName, &Error)> {
        let entries = self.entries.iter();
        entries.filter_map(|(name, entry)| Some((name, &**entry.state.refusal()?)))
    }

    /// The refusals that `previous` did not have: each is said once, not with every edit of something else.
    pub fn new_refusals(
        &self,
        previous: Option<&Self>,
    ) -> impl Iterator<Item = (&ProjectionName, &Error)> {
        self.refusals().filter(move |(name, error)| {
            let before = previous.and_then(|previous| previous.entries.get(name));
            let known = before.and_then(|entry| entry.state.refusal());
            known.is_none_or(|known| !std::ptr::eq(&raw const **known, *error))
        })
    }
}

/// What becomes of a projection whose files are not those that were judged before.
fn judge(
    prover: &mut Prover<'_>,
    name: &ProjectionName,
    judged: &Judged,
    before: Option<&Entry>,
) -> State {
    let kept = before.and_then(|before| before.state.served());
    match kept {
        // An edit that was refused has been taken back.
        Some(kept)
            if kept.contract_sha256 == judged.contract
                && kept.projection_sha256 == judged.projection
                && kept.references_sha256 == judged.references =>
        {
            State::InForce(Arc::clone(kept))
        }
        kept => match (prover.prove(name, judged), kept) {
            (Ok(served), _) => State::InForce(Arc::new(served)),
            (Err(error), kept) => match kept.and_then(|kept| prover.carry(kept, judged)) {
                Some(kept) => State::Kept(kept, error),
                None => State::Refused(error),
            },
        },
    }
}
