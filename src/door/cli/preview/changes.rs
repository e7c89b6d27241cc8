//! What an edit of a projection changes, by the two proofs and heads.

use super::super::check::words;
use crate::dataset::projection::Projection;
use crate::dataset::proof::OutputProof;

/// One change, with how it was and how it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// What it is about: an output column, or a word of the head.
    pub(super) what: String,
    /// None where it is new.
    pub(super) before: Option<String>,
    /// None where it is gone.
    pub(super) after: Option<String>,
}

/// All changes: those of the head first, then those of columns in their order.
pub(super) fn changes(old: &Projection, new: &Projection) -> Vec<Change> {
    let mut changes = head(old, new);
    let (before, after) = (&old.proof.outputs, &new.proof.outputs);
    for output in after {
        let held = before.iter().find(|other| other.name == output.name);
        changes.extend(differ(&output.name, held.map(phrase), Some(phrase(output))));
    }
    for output in before {
        if !after.iter().any(|other| other.name == output.name) {
            changes.extend(differ(&output.name, Some(phrase(output)), None));
        }
    }
    let names = |outputs: &[OutputProof]| {
        let names: Vec<String> = outputs.iter().map(|output| output.name.clone()).collect();
        names
    };
    let (before, after) = (names(before), names(after));
    let mut sorted = (before.clone(), after.clone());
    sorted.0.sort();
    sorted.1.sort();
    if before != after && sorted.0 == sorted.1 {
        let order = |names: &[String]| Some(words::quoted(names));
        changes.push(Change {
            what: "the order of columns".to_owned(),
            before: order(&before),
            after: order(&after),
        });
    }
    changes
}

fn differ(name: &str, before: Option<String>, after: Option<String>) -> Option<Change> {
    (before != after).then(|| Change {
        what: format!("\"{name}\""),
        before,
        after,
    })
}

/// `INT, coarse: "Birthdate" → age → "Age"`.
fn phrase(output: &OutputProof) -> String {
    let null = if output.nullable { "" } else { " NOT NULL" };
    let data_type = words::sql_type(&output.data_type);
    let sources = output.sources.iter().map(|source| {
        let how = if source.implicit {
            " by the rows that are chosen"
        } else {
            ""
        };
        let level = words::level(source.level);
        format!("{level}{how}: {}", source.path(&output.name))
    });
    let mut sources: Vec<String> = sources.collect();
    if sources.is_empty() {
        sources.push("nothing of any column".to_owned());
    }
    format!("{data_type}{null}; {}", sources.join("; "))
}

fn head(old: &Projection, new: &Projection) -> Vec<Change> {
    let directives = |projection: &Projection| {
        let head = &projection.head;
        let reveals = (!head.reveals.is_empty()).then(|| words::quoted(&head.reveals));
        let k = head.k.as_ref().map(|k| {
            let over = words::quoted(&k.over);
            let between = if over.is_empty() { "" } else { " over " };
            format!("{}{between}{over}", k.k)
        });
        let order = head.keep_order.then(|| "kept".to_owned());
        [
            ("reveals", reveals),
            ("k", k),
            ("domain", head.domain.clone()),
            ("order", order),
        ]
    };
    let both = directives(old).into_iter().zip(directives(new));
    let changed = both.filter(|((_, before), (_, after))| before != after);
    changed
        .map(|((word, before), (_, after))| Change {
            what: format!("-- {word}"),
            before,
            after,
        })
        .collect()
}
