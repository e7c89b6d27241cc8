//! Texts → contracts, projections and reference tables, each contract and table once.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::tables::Tables;
use super::{Hashes, Judged, Served, Text, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, ReferencePaths, reference_file};
use crate::dataset::projection::Projection;
use crate::dataset::reference::{Reference, References};
use crate::error::{Error, Kind, Result};

/// A refusal that several projections may share.
pub(super) type Shared<T> = std::result::Result<T, Arc<Error>>;

pub(super) struct Prover<'a> {
    texts: &'a Texts,
    origin: &'a str,
    hashes: HashMap<&'a str, String>,
    /// The contracts that were needed so far, by dataset.
    contracts: HashMap<String, Shared<Contract>>,
    tables: Tables,
}

impl<'a> Prover<'a> {
    pub(super) fn new(texts: &'a Texts, origin: &'a str, tables: Tables) -> Self {
        let hashes = texts
            .iter()
            .map(|(path, text)| (path.as_str(), hash(text)))
            .collect();
        Self {
            texts,
            origin,
            hashes,
            contracts: HashMap::new(),
            tables,
        }
    }

    /// The tables that were read, and those of before whose files are as they were.
    pub(super) fn into_tables(self) -> Tables {
        let Self { hashes, tables, .. } = self;
        tables.kept(|name| files_of(&hashes, name))
    }

    /// The files of a projection by their hashes. None where it or its contract is missing.
    pub(super) fn judged(&self, name: &ProjectionName) -> Option<Judged> {
        Some(Judged {
            contract: self.hashes.get(name.schema_path().as_str())?.clone(),
            projection: self.hashes.get(name.path().as_str())?.clone(),
            references: self.references_named(name),
        })
    }

    /// The files of the reference tables that a projection's text names, by their hashes.
    fn references_named(&self, name: &ProjectionName) -> Hashes {
        let Some(Ok(text)) = self.texts.get(&name.path()) else {
            return Hashes::new();
        };
        let tables = Projection::tables(text);
        tables
            .iter()
            .flat_map(|table| files_of(&self.hashes, table))
            .collect()
    }

    pub(super) fn prove(&mut self, name: &ProjectionName, judged: &Judged) -> Shared<Served> {
        let contract = self.contract(name)?;
        let (_, text) = self.text(&name.path(), Kind::Projection)?;
        let mut references = Vec::new();
        for table in Projection::tables(text) {
            if !files_of(&self.hashes, &table).is_empty() {
                references.push(self.reference(&table)?);
            }
        }
        let contract = contract.with_references(references.into_iter().collect());
        self.prove_text(name, &Arc::clone(text), contract, judged)
    }

    /// The version in force, against the contract and the reference tables of now; none where that contract does not
    /// admit it. Tables that it cannot be proven with leave its own in force.
    pub(super) fn carry(&mut self, kept: &Arc<Served>, judged: &Judged) -> Option<Arc<Served>> {
        let (contract, contract_sha256) = match self.contract(&kept.name) {
            Ok(contract) if kept.contract_sha256 != judged.contract => {
                (contract, judged.contract.clone())
            }
            // The same contract, or one that is refused and so leaves the old one in force.
            Ok(_) | Err(_) => (kept.contract.clone(), kept.contract_sha256.clone()),
        };
        let own = (
            kept.contract.references.clone(),
            kept.references_sha256.clone(),
        );
        for (references, hashes) in [self.now_or(kept), own] {
            if contract_sha256 == kept.contract_sha256 && hashes == kept.references_sha256 {
                return Some(Arc::clone(kept));
            }
            let judged = Judged {
                contract: contract_sha256.clone(),
                projection: kept.projection_sha256.clone(),
                references: hashes,
            };
            let contract = contract.clone().with_references(references);
            if let Ok(carried) = self.prove_text(&kept.name, &kept.text, contract, &judged) {
                return Some(Arc::new(carried));
            }
        }
        None
    }

    /// The reference tables of a version in force: those of now, and its own for what is refused or gone.
    fn now_or(&mut self, kept: &Served) -> (References, Hashes) {
        let (mut tables, mut hashes) = (Vec::new(), kept.references_sha256.clone());
        for name in kept.contract.references.names() {
            if let Ok(table) = self.reference(name) {
                hashes.extend(files_of(&self.hashes, name));
                tables.push(table);
            } else {
                tables.extend(kept.contract.references.get(name).cloned());
            }
        }
        (tables.into_iter().collect(), hashes)
    }

    /// A reference table, read once.
    pub(super) fn reference(&mut self, name: &str) -> Shared<Arc<Reference>> {
        let hashes = files_of(&self.hashes, name);
        if let Some(known) = self.tables.get(name, &hashes) {
            return known;
        }
        let read = self.read_reference(name);
        self.tables.insert(name, hashes, read.clone());
        read
    }

    fn read_reference(&self, name: &str) -> Shared<Arc<Reference>> {
        let unnamed = || Error::new(Kind::Contract, "this is no name of a reference table");
        let paths = ReferencePaths::new(name).ok_or_else(|| Arc::new(unnamed()))?;
        let (label, text) = self.text(&paths.schema, Kind::Contract)?;
        let parse = || Contract::parse_reference(name, &label, text);
        let (contract, key) = guarded(Kind::Contract, &label, parse)?;
        let (label, text) = self.text(&paths.rows, Kind::Contract)?;
        let read = || {
            let reference = (self.tables.read)(&contract, text)
                .and_then(|rows| Reference::new(&contract, key, rows));
            reference.map_err(|error| of_table(&error, &label))
        };
        guarded(Kind::Contract, &label, read).map(Arc::new)
    }

    fn prove_text(
        &self,
        name: &ProjectionName,
        text: &Arc<str>,
        contract: Contract,
        judged: &Judged,
    ) -> Shared<Served> {
        let label = self.label(&name.path());
        let parse = || Projection::parse(&contract, &name.to_string(), &label, text);
        Ok(Served {
            name: name.clone(),
            projection: guarded(Kind::Projection, &label, parse)?,
            contract,
            contract_sha256: judged.contract.clone(),
            projection_sha256: judged.projection.clone(),
            references_sha256: judged.references.clone(),
            text: Arc::clone(text),
            owner: OnceLock::new(),
        })
    }

    fn contract(&mut self, name: &ProjectionName) -> Shared<Contract> {
        if let Some(known) = self.contracts.get(name.dataset()) {
            return known.clone();
        }
        let read = self
            .text(&name.schema_path(), Kind::Contract)
            .and_then(|(label, text)| {
                let parse = || Contract::parse(name.dataset(), &label, text);
                guarded(Kind::Contract, &label, parse)
            });
        self.contracts
            .insert(name.dataset().to_owned(), read.clone());
        read
    }

    fn label(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }

    /// A file's text, and what errors call it.
    fn text(&self, path: &str, kind: Kind) -> Shared<(String, &'a Arc<str>)> {
        let label = self.label(path);
        match self.texts.get(path) {
            Some(Ok(text)) => Ok((label, text)),
            Some(Err(reason)) => Err(Arc::new(Error::new(kind, *reason).in_object(&label))),
            None => Err(Arc::new(
                Error::new(kind, "there is no such file").in_object(&label),
            )),
        }
    }
}

/// The files of a reference table by their hashes; fewer than two where one is missing.
fn files_of(hashes: &HashMap<&str, String>, table: &str) -> Hashes {
    let paths = ReferencePaths::new(table).into_iter();
    let paths = paths.flat_map(|paths| [paths.schema, paths.rows]);
    let found = paths.filter_map(|path| {
        let hash = hashes.get(path.as_str())?.clone();
        Some((reference_file(&path)?.to_owned(), hash))
    });
    found.collect()
}

/// What is wrong with a table's rows is wrong with the folder, and not with an object.
fn of_table(error: &Error, label: &str) -> Error {
    let mut placed = Error::new(Kind::Contract, error.message()).in_object(label);
    if let Some(column) = error.column() {
        placed = placed.in_column(column);
    }
    match error.record() {
        Some(record) => placed.at_record(record),
        None => placed,
    }
}

/// SHA-256 in hexadecimal digits; for what has no text its reason, which is no hash.
fn hash(text: &Text) -> String {
    match text {
        Ok(text) => HEXLOWER.encode(&Sha256::digest(text.as_bytes())),
        Err(reason) => (*reason).to_owned(),
    }
}

/// One text that breaks the check must not take the others with it.
fn guarded<T>(kind: Kind, label: &str, check: impl FnOnce() -> Result<T>) -> Shared<T> {
    let checked = catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| {
        let message =
            "the check broke down, which is Veilpoint's own fault: write it in another way";
        Err(Error::new(kind, message).in_object(label))
    });
    checked.map_err(Arc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_breaks_down_is_a_refusal() {
        let check = || -> Result<()> { panic!("CANARY") };
        let error = guarded(Kind::Projection, "sql/a/b.sql", check).unwrap_err();
        assert_eq!(error.kind(), Kind::Projection);
        let told = error.to_string();
        assert!(told.starts_with("sql/a/b.sql: the check broke"), "{told}");
        assert!(!told.contains("CANARY"), "{told}");
    }

    #[test]
    fn hashes_are_those_of_the_files_bytes() {
        // RFC 6234's test of SHA-256, and of the empty file.
        for (text, expected) in [
            (
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
        ] {
            assert_eq!(hash(&Ok(text.into())), expected);
        }
    }
}
