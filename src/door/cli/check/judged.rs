//! The texts of a folder → what is proven, and everything that speaks against the rest.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::csv::table;
use crate::dataset::catalog::{Catalog, Served, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, reference_file};
use crate::dataset::projection::Projection;
use crate::dataset::reference::{Reference, References};
use crate::dataset::rule::Refusal;
use crate::error::Error;

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

/// One thing that speaks against a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refused {
    /// Line and column, both from 1, where they are known.
    pub(super) at: Option<(u64, u64)>,
    /// The rule, where one is named.
    pub(super) rule: Option<String>,
    pub(super) message: String,
    /// The contract column that it is about.
    pub(super) column: Option<String>,
    /// From that column to where it may not go.
    pub(super) path: Option<String>,
    /// The functions that would do.
    pub(super) would_do: Vec<String>,
}

impl Refused {
    /// A refusal without a place.
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// `sql/patients/a.sql:3:8: message [rule]`.
    pub(super) fn line(&self, file: &str) -> String {
        let place = match self.at {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_owned(),
        };
        let rule = self.rule.as_ref();
        let rule = rule.map_or_else(String::new, |rule| format!(" [{rule}]"));
        format!("{place}: {}{rule}", self.message)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            at: refusal.at,
            rule: Some(refusal.rule.to_string()),
            message: refusal.message,
            column: refusal.column,
            path: refusal.path,
            would_do: refusal.would_do.into_iter().map(str::to_owned).collect(),
        }
    }
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

/// The refusals in an error, one a line of its message, with their places apart.
fn refusals(error: &Error, file: &str) -> Vec<Refused> {
    let shown = error.to_string();
    let code = format!(" [{}]", error.kind().facts().code);
    let shown = shown.strip_suffix(&code).unwrap_or(&shown);
    shown.lines().map(|line| refusal(line, file)).collect()
}

fn refusal(line: &str, file: &str) -> Refused {
    let rest = line
        .strip_prefix(file)
        .and_then(|rest| rest.strip_prefix(':'));
    let Some(rest) = rest else {
        return Refused::new(line);
    };
    let number = |text: &str| text.parse::<u64>().ok();
    let mut parts = rest.splitn(3, ':');
    let place = (parts.next().and_then(number), parts.next().and_then(number));
    let (at, message) = match (place, parts.next()) {
        ((Some(line), Some(column)), Some(message)) => (Some((line, column)), message),
        _ => (None, rest),
    };
    let message = message.trim();
    let (message, rule) = match message
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once(" ["))
    {
        Some((message, rule)) if is_rule(rule) => (message, Some(rule.to_owned())),
        _ => (message, None),
    };
    Refused {
        at,
        rule,
        ..Refused::new(message)
    }
}

fn is_rule(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_lowercase() || c == '-';
    !text.is_empty() && text.chars().all(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_taken_apart_and_put_together_again() {
        let rows = [
            (
                "sql/a/b.sql:3:8: wrong [name]",
                Some((3, 8)),
                Some("name"),
                "wrong",
            ),
            (
                "sql/a/b.sql:3:8: a: b, [1]",
                Some((3, 8)),
                None,
                "a: b, [1]",
            ),
            ("sql/a/b.sql: wrong", None, None, "wrong"),
            (
                "sql/a/schema.sql:3:8: wrong",
                None,
                None,
                "sql/a/schema.sql:3:8: wrong",
            ),
        ];
        let mut wrong = Vec::new();
        for (line, at, rule, message) in rows {
            let found = refusal(line, "sql/a/b.sql");
            if (found.at, found.rule.as_deref(), found.message.as_str()) != (at, rule, message) {
                wrong.push(format!("{line}: {found:?}"));
            }
            if message != line && found.line("sql/a/b.sql") != line {
                wrong.push(format!("{line}: {}", found.line("sql/a/b.sql")));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
