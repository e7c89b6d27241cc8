//! `name.sql` → [`Projection`]: one SELECT, restricted, planned and proven; and bound to a release, a [`Plan`].
//!
//! The text is planned twice by the same code: once when it is read, with a neutral context, for the proof; and once
//! for a release, with its keys and its as-of date. Nothing is kept between the two but the syntax tree. The plan of the
//! last release is kept for the next one with the same keys and date (`bound`).

mod anonymity;
mod bound;
pub(in crate::dataset) mod catalog;
mod expressions;
mod head;
pub(in crate::dataset) mod lookup;
pub(in crate::dataset) mod output;
mod planner;
mod restrict;
mod rows;
mod tables;
mod walk;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use chrono::NaiveDate;
use datafusion_expr::LogicalPlan;
use datafusion_physical_expr::PhysicalExpr;
use sqlparser::ast::{Query, SetExpr};

use self::bound::Bound;
pub use self::head::{Anonymity, Head};
use super::contract::Contract;
use super::place::Place;
use super::proof::{Proof, prove};
use super::rule::{Refusals, Refused};
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::key::Domain;

/// A projection, proven.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The full name, `<dataset>/<name>`.
    pub name: String,
    /// What its head says.
    pub head: Head,
    /// What leaves through each output column.
    pub proof: Proof,
    file: String,
    contract: Arc<Contract>,
    query: Query,
    uses_keys: bool,
    bound: Bound,
}

/// A projection bound to a release.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Each output row comes from one input row.
    Rows(RowPlan),
    /// Output rows come from many: grouped, sorted, made distinct, or with windows.
    Whole(WholePlan),
}

/// A projection that is row by row: a filter, and an expression for each output column.
#[derive(Clone, Debug)]
pub struct RowPlan {
    /// The contract's columns that are read, by position, ascending. Empty for a projection of constants.
    pub inputs: Vec<usize>,
    /// The Arrow schema of the inputs, in that order.
    pub schema: SchemaRef,
    /// Which rows stay: those where it is true.
    pub filter: Option<Arc<dyn PhysicalExpr>>,
    /// The positions in `inputs` that the filter reads, ascending.
    pub filter_columns: Vec<usize>,
    /// The output columns.
    pub outputs: Vec<Output>,
}

/// An output column of a [`RowPlan`].
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name, unique in the projection.
    pub name: String,
    /// Its type, one that every encoder knows.
    pub data_type: DataType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// What computes it from a batch of `schema`.
    pub expr: Arc<dyn PhysicalExpr>,
    /// The positions in `inputs` that it reads, ascending.
    pub columns: Vec<usize>,
    /// The position in `inputs`, where it is just that column.
    pub bare: Option<usize>,
}

/// A projection that is not row by row: one plan over all rows.
#[derive(Clone, Debug)]
pub struct WholePlan {
    /// The contract's columns that are read, by position, ascending. Empty where only the number of rows counts.
    pub inputs: Vec<usize>,
    /// The Arrow schema of the inputs, in that order: what the plan's scan must yield.
    pub schema: SchemaRef,
    /// The plan, over one scan of a table with the dataset's name and exactly this schema.
    pub logical: LogicalPlan,
    /// The output columns: name, type, and whether it may hold NULL.
    pub outputs: Vec<(String, DataType, bool)>,
    /// Whether the statement fixes the order of the rows (ORDER BY, with or without LIMIT).
    pub ordered: bool,
    /// What is suppressed of it.
    pub anonymity: Option<Suppression>,
}

/// What k-anonymity does to a plan.
#[derive(Clone, Debug)]
pub enum Suppression {
    /// Output rows whose combination of values is shared by too few subjects.
    Rows {
        /// How many are enough.
        k: u32,
        /// The positions of the output columns that make the combination.
        over: Vec<usize>,
        /// Whether the plan yields, behind its output columns, one more: the id of the row's subject. Otherwise each row
        /// is one.
        subjects: bool,
    },
    /// Groups of too few subjects, before anything is done with them.
    Groups {
        /// How many are enough.
        k: u32,
        /// The groups, over the scan of the dataset: the columns of the scan that the plan reads in place of the
        /// dataset's ([`GROUPS`]), and then numbers of subjects. The first is that of the group, and must be enough. Each
        /// that follows is of those with a value in what an aggregate hides among others, and is enough or NULL.
        below: Box<LogicalPlan>,
        /// The columns that the plan reads of the groups.
        groups: SchemaRef,
    },
}

/// The table of groups in a plan above them: no dataset is called so.
pub const GROUPS: &str = "groups of enough subjects";

impl Projection {
    /// Reads, restricts, plans and proves a projection. `name` is its full name, and `file` how errors call the text.
    ///
    /// # Errors
    /// All refusals, one a line: `file:line:column: message [rule]`.
    pub fn parse(contract: &Contract, name: &str, file: &str, text: &str) -> Result<Self> {
        Ok(Self::judge(contract, name, file, text)?)
    }

    /// The same, and where it is refused, each refusal by itself.
    ///
    /// # Errors
    /// What speaks against the statement and its head; of a statement that is one SELECT, what speaks against its plan.
    pub fn judge(
        contract: &Contract,
        name: &str,
        file: &str,
        text: &str,
    ) -> std::result::Result<Self, Refused> {
        let place = Place {
            kind: Kind::Projection,
            file,
        };
        let mut refusals = Refusals::default();
        let head = Head::parse(contract, text, &mut refusals);
        let query = restrict::query(&place, contract, text, refusals)?;
        let neutral = Context {
            as_of: NaiveDate::default(),
            keys: None,
        };
        let logical = planner::analysed(&place, contract, &query, &neutral)?;
        let mut refusals = Refusals::default();
        let proven = prove(contract, &head, &logical, &mut refusals);
        output::check(&logical, &mut refusals);
        refusals.check(&place)?;
        let projection = Self {
            name: name.to_owned(),
            head,
            proof: proven.proof,
            file: file.to_owned(),
            contract: Arc::new(contract.clone()),
            query,
            uses_keys: proven.uses_keys,
            bound: Bound::default(),
        };
        // What cannot be bound is refused now, not at the first release.
        projection
            .plan(&neutral)
            .map_err(|error| Refused::elsewhere(&place, error))?;
        Ok(projection)
    }

    /// The names of the tables that a text names, be it a projection or not: reference tables among them.
    pub fn tables(text: &str) -> BTreeSet<String> {
        tables::named(text)
    }

    /// The domain of its keys: its own, or the one its head names.
    pub fn domain(&self) -> Domain {
        match &self.head.domain {
            Some(shared) => Domain::Named(shared.clone()),
            None => Domain::Own(self.name.clone()),
        }
    }

    /// Whether its release needs the key: for its functions, or for the order that rows leave in.
    pub fn needs_key(&self) -> bool {
        self.uses_keys() || !self.head.keep_order
    }

    /// How many columns a release has.
    pub fn columns(&self) -> usize {
        self.proof.outputs.len()
    }

    /// Whether it needs keys at all.
    pub fn uses_keys(&self) -> bool {
        self.uses_keys
    }

    /// Whether the statement itself fixes the order of the rows (ORDER BY).
    pub fn is_ordered(&self) -> bool {
        is_ordered(&self.query)
    }

    /// The contract that it was proven against.
    pub fn contract(&self) -> &Arc<Contract> {
        &self.contract
    }

    /// Binds it to a release. About a millisecond, where the release before had another date or other keys.
    pub fn bind(&self, context: &Context) -> Result<Plan> {
        if self.uses_keys && context.keys.is_none() {
            let message = format!(
                "the projection {} uses functions under a key, and there is none: configure a master key",
                self.name
            );
            return Err(Error::new(Kind::Key, message));
        }
        self.bound.of(context, || self.plan(context))
    }

    fn plan(&self, context: &Context) -> Result<Plan> {
        let place = Place {
            kind: Kind::Projection,
            file: &self.file,
        };
        let logical = planner::analysed(&place, &self.contract, &self.query, context)?;
        let logical = lookup::replaced(logical, &self.contract.references)
            .map_err(|error| planner::translate(&place, &self.contract, error))?;
        if let Some(asked) = &self.head.k {
            let ordered = is_ordered(&self.query);
            let lowered = &self.proof.lowered_aggregates;
            return anonymity::plan(&place, &self.contract, asked, lowered, logical, ordered)
                .map(Plan::Whole);
        }
        match rows::plan(&place, &self.contract, &logical)? {
            Some(rows) => Ok(Plan::Rows(rows)),
            None => whole::plan(&place, &self.contract, logical, is_ordered(&self.query))
                .map(Plan::Whole),
        }
    }
}

/// Whether the outermost ORDER BY is that of the statement, through parentheses around it.
fn is_ordered(query: &Query) -> bool {
    match query.body.as_ref() {
        _ if query.order_by.is_some() => true,
        SetExpr::Query(inner) => is_ordered(inner),
        _ => false,
    }
}
