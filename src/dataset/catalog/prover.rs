//! Texts → contracts and projections, each contract once.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Judged, Served, Text, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::ProjectionName;
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};

/// A refusal that several projections may share.
type Shared<T> = std::result::Result<T, Arc<Error>>;

pub(super) struct Prover<'a> {
    texts: &'a Texts,
    origin: &'a str,
    hashes: HashMap<&'a str, String>,
    /// The contracts that were needed so far, by dataset.
    contracts: HashMap<String, Shared<Contract>>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(texts: &'a Texts, origin: &'a str) -> Self {
        let hashes = texts
            .iter()
            .map(|(path, text)| (path.as_str(), hash(text)))
            .collect();
        Self {
            texts,
            origin,
            hashes,
            contracts: HashMap::new(),
        }
    }

    /// The files of a projection by their hashes. None where one of the two is missing.
    pub(super) fn judged(&self, name: &ProjectionName) -> Option<Judged> {
        Some(Judged {
            contract: self.hashes.get(name.schema_path().as_str())?.clone(),
            projection: self.hashes.get(name.path().as_str())?.clone(),
        })
    }

    pub(super) fn prove(&mut self, name: &ProjectionName, judged: &Judged) -> Shared<Served> {
        let contract = self.contract(name)?;
        let (_, text) = self.text(&name.path(), Kind::Projection)?;
        self.prove_text(name, &Arc::clone(text), contract, judged)
    }

    /// The version in force, against the contract of now; none where that does not admit it.
    pub(super) fn carry(&mut self, kept: &Arc<Served>, judged: &Judged) -> Option<Arc<Served>> {
        let contract = match self.contract(&kept.name) {
            Ok(contract) if kept.contract_sha256 != judged.contract => contract,
            // The same contract, or one that is refused and so leaves the old one in force.
            Ok(_) | Err(_) => return Some(Arc::clone(kept)),
        };
        let judged = Judged {
            contract: judged.contract.clone(),
            projection: kept.projection_sha256.clone(),
        };
        let carried = self.prove_text(&kept.name, &kept.text, contract, &judged);
        carried.ok().map(Arc::new)
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
            text: Arc::clone(text),
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
