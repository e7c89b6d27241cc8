//! What is said against a projection that breaks a rule: one refusal, all of them by place, and the error that they make.

use super::Rule;
use crate::dataset::place::{Place, Position};
use crate::error::Error;

/// One thing that speaks against a projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line and column in the text, both from 1, where they are known.
    pub at: Option<(u64, u64)>,
    /// The rule that is broken.
    pub rule: Rule,
    /// What is wrong, without place and rule.
    pub message: String,
    /// The contract column that it is about.
    pub column: Option<String>,
    /// The way from that column to where it may not come.
    pub path: Option<String>,
    /// The functions that would do.
    pub would_do: Vec<&'static str>,
}

impl Refusal {
    /// A refusal that is about no column.
    pub(in crate::dataset) fn new(
        rule: Rule,
        at: Option<Position>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            at,
            rule,
            message: message.into(),
            column: None,
            path: None,
            would_do: Vec::new(),
        }
    }

    /// The same, about a contract column.
    pub(in crate::dataset) fn of(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// The same, with the column's way to where it may not come.
    pub(in crate::dataset) fn along(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same, with the functions that would do.
    pub(in crate::dataset) fn instead(mut self, functions: &[&'static str]) -> Self {
        self.would_do = functions.to_vec();
        self
    }

    /// `file:3:7: message [rule]`.
    fn line(&self, place: &Place<'_>) -> String {
        format!("{} [{}]", place.at(self.at, &self.message), self.rule)
    }
}

/// A projection that is refused: as an error for people, and as a list for machines.
#[derive(Debug)]
pub struct Refused {
    /// Every refusal on a line of its own, by place.
    pub error: Error,
    /// The refusals, in the same order.
    pub refusals: Vec<Refusal>,
}

impl Refused {
    /// For one reason.
    pub(in crate::dataset) fn one(place: &Place<'_>, refusal: Refusal) -> Self {
        Self {
            error: Error::new(place.kind, refusal.line(place)),
            refusals: vec![refusal],
        }
    }

    /// The same, with the cause for a debugger.
    pub(in crate::dataset) fn with_private(
        mut self,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.error = self.error.with_private(cause);
        self
    }

    /// An error of this text that was made elsewhere: it breaks the rule that it names, or cannot be a projection.
    pub(in crate::dataset) fn elsewhere(place: &Place<'_>, error: Error) -> Self {
        let (at, message) = place.apart(error.message());
        let named = message
            .strip_suffix(']')
            .and_then(|message| message.rsplit_once(" ["))
            .and_then(|(message, name)| Some((message, Rule::of_name(name)?)));
        if let Some((message, rule)) = named {
            return Self {
                refusals: vec![Refusal::new(rule, at, message)],
                error,
            };
        }
        let refusal = Refusal::new(Rule::Statement, at, message);
        Self::one(place, refusal).with_private(error)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

/// What is found wrong, before all of it is said.
#[derive(Debug, Default)]
pub(in crate::dataset) struct Refusals(Vec<Refusal>);

impl Refusals {
    /// Adds one, unless the same is there: a flow that is met twice is reported once, as it was met first.
    pub(in crate::dataset) fn add(&mut self, refusal: Refusal) {
        let same = |known: &Refusal| {
            let placed = refusal.at.is_some() && refusal.column.is_some();
            known.at == refusal.at
                && known.rule == refusal.rule
                && known.column == refusal.column
                && (placed || known.message == refusal.message)
        };
        if refusal.rule.applies() && !self.0.iter().any(same) {
            self.0.push(refusal);
        }
    }

    pub(in crate::dataset) fn extend(&mut self, others: Self) {
        for refusal in others.0 {
            self.add(refusal);
        }
    }

    pub(in crate::dataset) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is said of this column already at a place.
    pub(in crate::dataset) fn stands(&self, at: Option<Position>, column: &str) -> bool {
        let same = |known: &Refusal| {
            known.at == at && known.column.as_deref().is_some_and(|c| c == column)
        };
        at.is_some() && self.0.iter().any(same)
    }

    /// All of it, by place, where there is any.
    pub(in crate::dataset) fn check(
        mut self,
        place: &Place<'_>,
    ) -> std::result::Result<(), Refused> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0
            .sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
        let lines: Vec<String> = self.0.iter().map(|refusal| refusal.line(place)).collect();
        Err(Refused {
            error: Error::new(place.kind, lines.join("\n")),
            refusals: self.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const PLACE: Place<'_> = Place {
        kind: Kind::Projection,
        file: "a:b.sql",
    };

    #[test]
    fn refusals_stand_by_place_once_each_with_their_rule() {
        let mut refusals = Refusals::default();
        refusals.add(Refusal::new(Rule::Opaque, Some((2, 1)), "second"));
        refusals.add(Refusal::new(Rule::Name, Some((1, 9)), "first"));
        refusals.add(Refusal::new(Rule::Name, Some((1, 9)), "first"));
        refusals.add(Refusal::new(Rule::Node, None, "nowhere"));
        let refused = refusals.check(&PLACE).unwrap_err();
        assert_eq!(
            refused.error.message(),
            "a:b.sql: nowhere [node]\na:b.sql:1:9: first [name]\na:b.sql:2:1: second [opaque]"
        );
        assert_eq!(refused.refusals.len(), 3);
    }

    #[test]
    fn an_error_made_elsewhere_keeps_its_place_and_rule() {
        for (text, at, message, rule) in [
            (
                "a:b.sql:3:7: x [y] [type]",
                Some((3, 7)),
                "x [y]",
                Rule::Type,
            ),
            ("a:b.sql: 3: x", None, "3: x", Rule::Statement),
            ("other", None, "other", Rule::Statement),
        ] {
            let refused = Refused::elsewhere(&PLACE, Error::new(Kind::Projection, text));
            let expected = Refusal::new(rule, at, message);
            assert_eq!(refused.refusals, std::slice::from_ref(&expected));
            assert_eq!(refused.error.message(), expected.line(&PLACE));
        }
    }
}
