//! What two consumers could put together, if they met: keyed columns of one domain, rows in one order, columns in common.
//!
//! It speaks of pairs of projections, and of what their proofs show; how far values in fact agree, only data can tell.

use crate::dataset::catalog::Served;
use crate::dataset::contract::Class;
use crate::dataset::proof::{OutputProof, Source};
use crate::functions::{self, Level};

use super::words;

/// What joins two projections.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) a: String,
    pub(super) b: String,
    /// The domain of keys that both name.
    pub(super) domain: Option<String>,
    /// Keyed columns that hold the same for the same person.
    pub(super) keys: Vec<KeyPair>,
    /// What puts the rows of both into one order.
    pub(super) position: Option<Position>,
    /// Columns of protected classes that both show generalized, in part or whole.
    pub(super) common: Vec<Common>,
    /// Other columns that both show.
    pub(super) others: Vec<String>,
    /// Whether one of them asks for k: it counts within one release.
    pub(super) k: bool,
}

/// What puts rows into an order that is not keyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// The object: the heads keep its order.
    Object,
    /// The statements: they order by something.
    Statement,
}

/// Two output columns made by one function under one key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyPair {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) function: String,
    /// The contract columns that go in, and what is done to them before.
    pub(super) a_input: String,
    pub(super) b_input: String,
    /// Whether both take the same of the same dataset. Otherwise they join where their inputs hold the same.
    pub(super) same_input: bool,
}

/// A contract column that both show.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Common {
    pub(super) column: String,
    pub(super) class: Class,
    /// The output columns that show it, at least one on each side.
    pub(super) a: Vec<Shown>,
    pub(super) b: Vec<Shown>,
}

/// An output column, and how much of a contract column it shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) output: String,
    pub(super) level: Level,
}

/// Every pair of projections that anything joins, in the order of their names.
pub(super) fn joins(projections: &[&Served]) -> Vec<Join> {
    let mut joins = Vec::new();
    for (index, a) in projections.iter().enumerate() {
        for b in projections.iter().skip(index + 1) {
            joins.extend(join(a, b));
        }
    }
    joins
}

/// What joins two projections; none where nothing does.
fn join(a: &Served, b: &Served) -> Option<Join> {
    let one_dataset = a.name.dataset() == b.name.dataset();
    let (head_a, head_b) = (&a.projection.head, &b.projection.head);
    let domain = head_a
        .domain
        .clone()
        .filter(|_| head_a.domain == head_b.domain);
    let mut join = Join {
        a: a.name.to_string(),
        b: b.name.to_string(),
        k: head_a.k.is_some() || head_b.k.is_some(),
        ..Join::default()
    };
    if domain.is_some() {
        join.keys = keys(a, b, one_dataset);
        join.domain = domain.filter(|_| !join.keys.is_empty());
    }
    if one_dataset {
        join.position = position(a, b);
        (join.common, join.others) = common(a, b);
    }
    let nothing = join.keys.is_empty() && join.position.is_none() && join.common.is_empty();
    (!nothing).then_some(join)
}

fn position(a: &Served, b: &Served) -> Option<Position> {
    let (a, b) = (&a.projection, &b.projection);
    match (a.is_ordered(), b.is_ordered()) {
        (true, true) => Some(Position::Statement),
        (false, false) if a.head.keep_order && b.head.keep_order => Some(Position::Object),
        _ => None,
    }
}

/// A keyed output column: the function, and what goes in.
struct Keyed<'a> {
    output: &'a str,
    function: &'a str,
    input: String,
}

/// The keyed columns of a projection.
fn keyed(served: &Served) -> Vec<Keyed<'_>> {
    let outputs = served.projection.proof.outputs.iter();
    outputs.filter_map(keyed_output).collect()
}

fn keyed_output(output: &OutputProof) -> Option<Keyed<'_>> {
    let sources = output.sources.iter();
    let keyed = |source: &&Source| !source.implicit && source.level == Level::Keyed;
    let keyed: Vec<&Source> = sources.filter(keyed).collect();
    // What a keyed function returns is opaque, so that nothing but the function itself is the last step.
    let steps = &keyed.first()?.steps;
    let function = steps.iter().rev().find(|step| is_keyed(step))?;
    let inputs = keyed.iter().map(|source| {
        let column = std::iter::once(format!("\"{}\"", source.column));
        let before = source.steps.iter().take_while(|step| *step != function);
        let way: Vec<String> = column.chain(before.cloned()).collect();
        way.join(" → ")
    });
    Some(Keyed {
        output: &output.name,
        function,
        input: inputs.collect::<Vec<_>>().join(", "),
    })
}

fn is_keyed(step: &str) -> bool {
    functions::find(step).is_some_and(|function| function.keyed)
}

fn keys(a: &Served, b: &Served, one_dataset: bool) -> Vec<KeyPair> {
    let mut pairs = Vec::new();
    for left in keyed(a) {
        for right in keyed(b)
            .into_iter()
            .filter(|right| right.function == left.function)
        {
            pairs.push(KeyPair {
                a: left.output.to_owned(),
                b: right.output.to_owned(),
                function: left.function.to_owned(),
                same_input: one_dataset && left.input == right.input,
                a_input: left.input.clone(),
                b_input: right.input,
            });
        }
    }
    pairs
}

/// The contract columns that both show by value: those of protected classes, and the names of the rest.
fn common(a: &Served, b: &Served) -> (Vec<Common>, Vec<String>) {
    let mut protected = Vec::new();
    let mut others = Vec::new();
    for column in &a.contract.columns {
        let (a, b) = (shown(a, &column.name), shown(b, &column.name));
        if a.is_empty() || b.is_empty() {
            continue;
        }
        if words::is_protected(column.class) {
            protected.push(Common {
                column: column.name.clone(),
                class: column.class,
                a,
                b,
            });
        } else {
            others.push(column.name.clone());
        }
    }
    (protected, others)
}

/// The output columns that show more of a contract column than a keyed replacement.
fn shown(served: &Served, column: &str) -> Vec<Shown> {
    let outputs = served.projection.proof.outputs.iter();
    let shown = outputs.filter_map(|output| {
        let of_it = |source: &&Source| source.column == column && !source.implicit;
        let source = output.sources.iter().find(of_it)?;
        (source.level > Level::Keyed).then(|| Shown {
            output: output.name.clone(),
            level: source.level,
        })
    });
    shown.collect()
}

impl Join {
    /// What a cell of the matrix says, the strongest first.
    pub(super) fn short(&self) -> Vec<(&'static str, String)> {
        let mut short = Vec::new();
        if self.keys.iter().any(|pair| pair.same_input) {
            short.push(("bad", "key".to_owned()));
        } else if !self.keys.is_empty() {
            short.push(("quasi", "key, perhaps".to_owned()));
        }
        match self.position {
            Some(Position::Object) => short.push(("bad", "position".to_owned())),
            Some(Position::Statement) => short.push(("quasi", "position, perhaps".to_owned())),
            None => {}
        }
        if !self.common.is_empty() {
            short.push(("quasi", format!("{} in common", self.common.len())));
        }
        short
    }

    /// What joins them, a sentence each.
    pub(super) fn sentences(&self) -> Vec<String> {
        let domain = self.domain.as_deref().unwrap_or_default();
        let mut sentences: Vec<String> = Vec::new();
        for pair in &self.keys {
            let KeyPair {
                a,
                b,
                function,
                a_input,
                b_input,
                ..
            } = pair;
            sentences.push(if pair.same_input {
                format!("\"{a}\" = \"{b}\" joins them: both are {function} of {a_input} in the domain {domain}")
            } else {
                format!(
                    "\"{a}\" = \"{b}\" joins them wherever {a_input} and {b_input} hold the same: both are {function} \
                     in the domain {domain}"
                )
            });
        }
        match self.position {
            Some(Position::Object) => sentences
                .push("rows of both stand in the object's order, and join by position".to_owned()),
            Some(Position::Statement) => sentences.push(
                "both are sorted: where they are by the same, rows join by position".to_owned(),
            ),
            None => {}
        }
        if !self.common.is_empty() {
            let columns = self.common.iter().map(Common::phrase);
            let columns: Vec<String> = columns.collect();
            sentences.push(format!(
                "in common: {}; rows that are rare in these may be told to be one person's",
                columns.join(", ")
            ));
        }
        if !self.others.is_empty() {
            let others = words::quoted(&self.others);
            sentences.push(format!("also in common, and not protected: {others}"));
        }
        if self.k {
            sentences.push("k is counted within one release, and not over both".to_owned());
        }
        sentences
    }
}

impl Common {
    /// `"Birthdate" ("Age" coarse; "Born" whole)`.
    fn phrase(&self) -> String {
        let side = |shown: &[Shown]| {
            let shown = shown
                .iter()
                .map(|one| format!("\"{}\" {}", one.output, words::level(one.level)));
            shown.collect::<Vec<_>>().join(", ")
        };
        format!("\"{}\" ({}; {})", self.column, side(&self.a), side(&self.b))
    }
}
