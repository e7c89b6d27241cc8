//! The texts of a folder → what is proven, and everything that speaks against the rest.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::refused::{Refused, refusals};
use crate::csv::table;
use crate::dataset::catalog::{Catalog, Served, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, reference_file};
use crate::dataset::projection::Projection;
use crate::dataset::reference::{Reference, References};

/// A folder of contracts and projections, judged.
pub(super) struct Judged {
    /// What errors call the folder.
    pub(super) origin: String,
    /// Every dataset with a contract, by name.
    pub(super) datasets: Vec<Dataset>,
    /// Every reference table, by name.
    pub(super) references: Vec<Table>,
    /// Every projection, by name.
    pub(super) projections: Vec<Projected>,
}

/// A contract, or why it is refused.
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) contract: Result<Contract, Vec<Refused>>,
}

/// A reference table, or why it is refused.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) outcome: Result<Arc<Reference>, Vec<Refused>>,
}

/// A projection, proven or refused.
pub(super) struct Projected {
    pub(super) name: ProjectionName,
    pub(super) file: String,
    pub(super) outcome: Result<Arc<Served>, Vec<Refused>>,
}

impl Judged {
    /// Judges every text, as the doors do. `origin` is what errors call the folder.
    pub(super) fn new(texts: &Texts, origin: &str) -> Self {
        let origin = origin.trim_end_matches('/');
        let catalog = Catalog::prove(texts, origin, None, table::read);
        let references = references(texts, origin);
        let names = texts
            .keys()
            .filter_map(|path| ProjectionName::of_path(path));
        let mut datasets = Vec::new();
        let mut projections = Vec::new();
        for name in names {
            if name.is_servable() {
                let judged = projected(&catalog, &references, texts, origin, name);
                projections.push(judged);
            } else if let Some(dataset) = dataset(texts, origin, &name) {
                datasets.push(dataset);
            }
        }
        Self {
            origin: origin.to_owned(),
            datasets,
            references,
            projections,
        }
    }

    /// Those that are proven.
    pub(super) fn proven(&self) -> impl Iterator<Item = &Arc<Served>> {
        let outcomes = self.projections.iter().map(|one| one.outcome.as_ref());
        outcomes.filter_map(Result::ok)
    }

    /// How many contracts and reference tables, and how many projections, are refused.
    pub(super) fn refused(&self) -> (usize, usize) {
        let contracts = self.datasets.iter().filter(|one| one.contract.is_err());
        let tables = self.references.iter().filter(|one| one.outcome.is_err());
        let projections = self.projections.iter().filter(|one| one.outcome.is_err());
        (contracts.count() + tables.count(), projections.count())
    }

    /// The names of all datasets, those without a contract too, in order.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let contracts = self.datasets.iter().map(|one| one.name.as_str());
        let projections = self.projections.iter().map(|one| one.name.dataset());
        contracts.chain(projections).collect()
    }
}

/// Every reference table among these texts.
fn references(texts: &Texts, origin: &str) -> Vec<Table> {
    let tables = Catalog::references(texts, origin, table::read);
    let tables = tables.into_iter().map(|(name, outcome)| {
        let file = format!("{origin}/reference/{name}.sql");
        Table {
            outcome: outcome.map_err(|error| refusals(&error, &file)),
            name,
            file,
        }
    });
    tables.collect()
}

/// The contract among these texts that a name stands for; none where it stands for no contract.
fn dataset(texts: &Texts, origin: &str, name: &ProjectionName) -> Option<Dataset> {
    if name.path() != name.schema_path() || reference_file(&name.path()).is_some() {
        return None;
    }
    let file = format!("{origin}/{}", name.path());
    let contract = match texts.get(&name.path())? {
        Ok(text) => {
            Contract::parse(name.dataset(), &file, text).map_err(|error| refusals(&error, &file))
        }
        Err(reason) => Err(vec![Refused::new(*reason)]),
    };
    Some(Dataset {
        name: name.dataset().to_owned(),
        file,
        contract,
    })
}

/// What the doors serve under a name; or, where they refuse it, everything that speaks against it.
fn projected(
    catalog: &Catalog,
    references: &[Table],
    texts: &Texts,
    origin: &str,
    name: ProjectionName,
) -> Projected {
    let file = format!("{origin}/{}", name.path());
    let schema = name.schema_path();
    let outcome = if texts.contains_key(&schema) {
        catalog.get(&name).map_err(|error| {
            let apart = apart(references, texts, origin, &name);
            apart.unwrap_or_else(|| refusals(&error, &file))
        })
    } else {
        let message = format!("there is no {origin}/{schema}: a projection belongs to a contract");
        Err(vec![Refused::new(message)])
    };
    Projected {
        name,
        file,
        outcome,
    }
}

/// The refusals of a projection, each by itself; none where its contract, its file or a reference table that it names
/// cannot be read, or where the proof breaks down: the catalog's own words say so.
fn apart(
    references: &[Table],
    texts: &Texts,
    origin: &str,
    name: &ProjectionName,
) -> Option<Vec<Refused>> {
    let label = |path: &str| format!("{origin}/{path}");
    let schema = texts.get(&name.schema_path())?.as_ref().ok()?;
    let text = texts.get(&name.path())?.as_ref().ok()?;
    let named = Projection::tables(text);
    let named = references
        .iter()
        .filter(|table| named.contains(&table.name));
    let tables: Result<References, _> = named.map(|table| table.outcome.clone()).collect();
    let tables = tables.ok()?;
    let judge = || {
        let schema_file = label(&name.schema_path());
        let contract = Contract::parse(name.dataset(), &schema_file, schema).ok()?;
        let contract = contract.with_references(tables);
        Projection::judge(&contract, &name.to_string(), &label(&name.path()), text).err()
    };
    let refused = catch_unwind(AssertUnwindSafe(judge)).ok()??;
    Some(refused.refusals.into_iter().map(Refused::from).collect())
}
