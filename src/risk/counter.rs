//! Everything that is counted of a file, batch after batch.

use super::classes::Classes;
use super::diversity::Diversity;
use super::frequencies::Frequencies;
use super::hash::Hash;
use super::number::share;
use super::report::{Report, Role, VERSION};
use super::table::Budget;
use super::values::{Reader, Value};
use crate::csv;
use crate::error::{Error, Kind, Result};
use crate::request::Size;

/// What does not depend on the file.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The risk above which a record counts as at risk.
    pub threshold: f64,
    /// The c of recursive (c, l)-diversity.
    pub c: f64,
    /// What all tables may take together.
    pub memory: Size,
}

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// What is known of a column while it is read.
struct Counted {
    column: Column,
    reader: Reader,
    frequencies: Frequencies,
    /// Of a sensitive one.
    diversity: Option<Diversity>,
    /// The values of the batch.
    values: Vec<Value>,
}

/// Counts the records of a file.
pub struct Counter {
    columns: Vec<Counted>,
    settings: Settings,
    budget: Budget,
    classes: Classes,
    /// The classes of the batch's records.
    ids: Vec<u32>,
}

impl Counter {
    /// Counts these columns. Of several quasi-identifiers, their order is that of the population's as well.
    pub fn new(columns: Vec<Column>, settings: Settings) -> Self {
        let columns = columns.into_iter().map(|column| {
            let sensitive = column.role == Role::Sensitive;
            Counted {
                reader: Reader::new(sensitive),
                frequencies: Frequencies::new(),
                diversity: sensitive.then(Diversity::new),
                values: Vec::new(),
                column,
            }
        });
        Self {
            columns: columns.collect(),
            settings,
            budget: Budget::new(settings.memory),
            classes: Classes::new(),
            ids: Vec::new(),
        }
    }

    /// Counts records: all columns, in the order of [`Counter::new`], of equal length.
    ///
    /// # Errors
    /// [`Kind::Memory`], and [`Kind::Value`] for a column that cannot be compared.
    pub fn add(&mut self, columns: &[csv::column::Column]) -> Result<()> {
        for (counted, column) in self.columns.iter_mut().zip(columns) {
            let read = counted.reader.read(column, &mut counted.values);
            read.map_err(|err| err.in_column(&counted.column.name))?;
        }
        let quasi: Vec<&[Value]> = self
            .columns
            .iter()
            .filter(|counted| counted.column.role == Role::QuasiIdentifier)
            .map(|counted| counted.values.as_slice())
            .collect();
        self.ids.clear();
        for row in 0..columns.first().map_or(0, csv::column::Column::len) {
            let id = self
                .classes
                .add(combination(&quasi, row), &mut self.budget)?;
            self.ids.push(id);
        }
        for counted in &mut self.columns {
            for value in &counted.values {
                counted.frequencies.add(value.hash, &mut self.budget)?;
            }
            if let Some(diversity) = &mut counted.diversity {
                for (&class, &value) in self.ids.iter().zip(&counted.values) {
                    diversity.add(class, value, &mut self.budget)?;
                }
            }
        }
        Ok(())
    }

    /// Counts records of the population: the quasi-identifiers, in the order of [`Counter::new`]. Comes after the file.
    ///
    /// # Errors
    /// [`Kind::Value`] for a column that cannot be compared.
    pub fn add_population(&mut self, columns: &[csv::column::Column]) -> Result<()> {
        let mut quasi = self.columns.iter_mut();
        for column in columns {
            let own = quasi.find(|counted| counted.column.role == Role::QuasiIdentifier);
            let Some(own) = own else { break };
            let read = own.reader.read(column, &mut own.values);
            read.map_err(|err| err.in_column(&own.column.name))?;
        }
        let quasi: Vec<&[Value]> = self
            .columns
            .iter()
            .filter(|counted| counted.column.role == Role::QuasiIdentifier)
            .map(|counted| counted.values.as_slice())
            .collect();
        for row in 0..columns.first().map_or(0, csv::column::Column::len) {
            self.classes.add_population(combination(&quasi, row));
        }
        Ok(())
    }

    /// What was measured.
    ///
    /// # Errors
    /// [`Kind::Empty`] without a record, [`Kind::Argument`] where the population does not hold the file,
    /// [`Kind::Memory`].
    pub fn report(self) -> Result<Report> {
        let sizes = self.classes.sizes()?;
        let records = sizes.records();
        if records == 0 {
            let message = "there is no record: nothing can be said of nobody";
            return Err(Error::new(Kind::Empty, message));
        }
        let mut budget = self.budget;
        let (mut columns, mut sensitive) = (Vec::new(), Vec::new());
        let mut quasi_identifiers = Vec::new();
        for counted in self.columns {
            let Column { name, role } = counted.column;
            columns.push(counted.frequencies.report(&name, role));
            if let Some(diversity) = counted.diversity {
                sensitive.push(diversity.report(&name, self.settings.c, &mut budget)?);
            }
            if role == Role::QuasiIdentifier {
                quasi_identifiers.push(name);
            }
        }
        let threshold = self.settings.threshold;
        Ok(Report {
            version: VERSION,
            records,
            quasi_identifiers,
            classes: sizes.classes(),
            k: sizes.k(),
            mean_class_size: share(records, sizes.classes()),
            unique_records: sizes.unique(),
            unique_share: share(sizes.unique(), records),
            histogram: sizes.histogram(),
            below: sizes.below(),
            threshold,
            prosecutor: sizes.prosecutor(threshold),
            journalist: sizes.journalist(threshold),
            marketer: sizes.marketer(),
            population_records: self.classes.population(),
            sensitive,
            columns,
        })
    }
}

/// A record's combination of quasi-identifiers.
fn combination(quasi: &[&[Value]], row: usize) -> Hash {
    let missing = Hash::missing();
    let value = |column: &&[Value]| column.get(row).map_or(missing, |value| value.hash);
    Hash::all(quasi.iter().map(value))
}
