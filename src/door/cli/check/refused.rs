//! What speaks against a text: from the proof's own list, or out of an error's message.

use crate::dataset::rule::Refusal;
use crate::error::Error;

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
    pub(super) fn new(message: impl Into<String>) -> Self {
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

/// The refusals in an error, one a line of its message, with their places apart.
pub(super) fn refusals(error: &Error, file: &str) -> Vec<Refused> {
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
