//! What an expression holds of the contract's columns.

use std::collections::{BTreeMap, BTreeSet};

use datafusion_common::ScalarValue;

use crate::dataset::place::Position;
use crate::functions::Level;

/// The longest path that is kept: beyond it, a message would help nobody.
const MAX_PATH: usize = 12;

/// An expression that lowered a column, or the column itself where nothing did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    /// Its text, the same for every way to write it.
    pub text: String,
    /// Whether it tells of a date nothing finer than a year.
    pub yearly: bool,
}

impl Atom {
    /// The column itself.
    pub(super) fn column(name: &str) -> Self {
        Self {
            text: format!("\"{name}\""),
            yearly: false,
        }
    }
}

/// How much of one contract column an expression holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leak {
    /// The highest level.
    pub level: Level,
    /// The expressions that the column came through; none for keyed ones. Whatever is computed from one of them tells
    /// no more than it does.
    pub atoms: BTreeSet<Atom>,
    /// The functions on the way, the innermost first.
    pub path: Vec<String>,
    /// Where the column is named in the text.
    pub at: Option<Position>,
}

impl Leak {
    /// `"SSN" → upper → trim`.
    pub(super) fn route(&self, column: &str) -> String {
        let steps = self.path.iter().map(|step| format!(" → {step}"));
        std::iter::once(format!("\"{column}\""))
            .chain(steps)
            .collect()
    }
}

/// What an expression holds, by contract column. A column of level `none` has no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaks(BTreeMap<usize, Leak>);

impl Leaks {
    /// A whole column.
    pub(super) fn column(column: usize, name: &str) -> Self {
        let leak = Leak {
            level: Level::Whole,
            atoms: BTreeSet::from([Atom::column(name)]),
            path: Vec::new(),
            at: None,
        };
        Self(BTreeMap::from([(column, leak)]))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Leak)> {
        self.0.iter().map(|(column, leak)| (*column, leak))
    }

    pub(super) fn get(&self, column: usize) -> Option<&Leak> {
        self.0.get(&column)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the first column is named.
    pub(super) fn at(&self) -> Option<Position> {
        self.0.values().find_map(|leak| leak.at)
    }

    /// Adds what another expression holds: the higher level, and everything that was lowered.
    pub(super) fn merge(&mut self, other: &Self) {
        for (column, leak) in &other.0 {
            match self.0.entry(*column) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(leak.clone());
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let held = entry.get_mut();
                    held.atoms.extend(leak.atoms.iter().cloned());
                    if leak.level > held.level {
                        held.level = leak.level;
                        held.path.clone_from(&leak.path);
                        held.at = leak.at.or(held.at);
                    }
                }
            }
        }
    }

    /// All columns at one level at most, through one expression.
    pub(super) fn lowered(mut self, level: Level, atom: &Atom) -> Self {
        if level == Level::None {
            return Self::default();
        }
        for leak in self.0.values_mut().filter(|leak| leak.level > level) {
            leak.level = level;
            leak.atoms.clear();
            if level > Level::Keyed {
                leak.atoms.insert(atom.clone());
            }
        }
        self
    }

    /// All columns whole, whatever was done to them: for `count`, which tells a chosen value from NULL.
    pub(super) fn raised(mut self, name: impl Fn(usize) -> String) -> Self {
        for (column, leak) in &mut self.0 {
            leak.level = Level::Whole;
            leak.atoms = BTreeSet::from([Atom::column(&name(*column))]);
        }
        self
    }

    /// One more step on the way of each.
    pub(super) fn through(mut self, step: &str) -> Self {
        for leak in self
            .0
            .values_mut()
            .filter(|leak| leak.path.len() < MAX_PATH)
        {
            leak.path.push(step.to_owned());
        }
        self
    }

    /// Where the columns are named, for those that have no place yet.
    pub(super) fn placed(&mut self, at: Option<Position>) {
        for leak in self.0.values_mut() {
            leak.at = leak.at.or(at);
        }
    }
}

/// What an expression is, for the functions over it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// A contract column, under whatever name.
    Bare(usize),
    /// A constant.
    Constant(ScalarValue),
    /// Bare columns as text: trimmed, in one case, joined with separators. What a keyed function takes.
    Text,
    /// What a keyed function returns.
    Keyed,
    /// Anything else.
    Computed,
}

/// An expression under proof.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flow {
    pub shape: Shape,
    pub leaks: Leaks,
}

impl Flow {
    /// Something computed that holds this.
    pub(super) fn computed(leaks: Leaks) -> Self {
        Self {
            shape: Shape::Computed,
            leaks,
        }
    }

    /// Nothing of any column.
    pub(super) fn nothing() -> Self {
        Self::computed(Leaks::default())
    }
}
