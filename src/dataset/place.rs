//! Places in an SQL text: parsing within limits, and errors that name file, line and column.

use std::collections::VecDeque;

use datafusion_common::DataFusionError;
use datafusion_sql::parser::{DFParserBuilder, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Span, Token, Tokenizer};

use crate::error::{Error, Kind, Result};

/// The longest text of a contract or projection. Analysts write a few kilobytes; a longer one is a mistake.
pub const MAX_TEXT: usize = 64 * 1024;

/// The most words, numbers and signs in a text: bounds the depth of its syntax tree, and so the stack that walks it.
const MAX_TOKENS: usize = 10_000;

/// Line and column, both from 1.
pub(super) type Position = (u64, u64);

/// An SQL file under check: what its errors are called, and where they are.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The kind of every refusal.
    pub kind: Kind,
    /// The file's name, as messages show it.
    pub file: &'a str,
}

impl Place<'_> {
    /// `file:3:7: message`, or `file: message` where the place is not known.
    pub(super) fn at(&self, position: Option<Position>, message: &str) -> String {
        match position {
            Some((line, column)) => format!("{}:{line}:{column}: {message}", self.file),
            None => format!("{}: {message}", self.file),
        }
    }

    /// A refusal at a place.
    pub(super) fn refuse(&self, position: Option<Position>, message: &str) -> Error {
        Error::new(self.kind, self.at(position, message))
    }

    /// A message of [`Self::at`] again without the file, and its position.
    pub(super) fn apart<'m>(&self, message: &'m str) -> (Option<Position>, &'m str) {
        let Some(rest) = message
            .strip_prefix(self.file)
            .and_then(|rest| rest.strip_prefix(':'))
        else {
            return (None, message);
        };
        let mut parts = rest.splitn(3, ':');
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        match (number(), number(), parts.next()) {
            (Some(line), Some(column), Some(told)) => (Some((line, column)), told.trim_start()),
            _ => (None, rest.trim_start()),
        }
    }

    /// The statements of a text, after a byte order mark if any, within the limits of size and depth.
    pub(super) fn parse(&self, text: &str) -> Result<VecDeque<Statement>> {
        if text.len() > MAX_TEXT {
            return Err(self.refuse(None, "the text is longer than 64 KiB: shorten it"));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let tokens = Tokenizer::new(&GenericDialect {}, text)
            .tokenize_with_location()
            .map_err(|error| {
                let at = (error.location.line, error.location.column);
                self.refuse(
                    Some(at),
                    "this is no SQL: a quote, comment or sign is not complete",
                )
            })?;
        let words = tokens
            .iter()
            .filter(|token| !matches!(token.token, Token::Whitespace(_)));
        if words.count() > MAX_TOKENS {
            return Err(self.refuse(
                None,
                "the text has more than 10000 words and signs: shorten it",
            ));
        }
        let end = tokens.last().and_then(|token| start(token.span));
        DFParserBuilder::new(tokens)
            .build()
            .and_then(|mut parser| parser.parse_statements())
            .map_err(|error| self.syntax(error, end))
    }

    /// A syntax error at the place that the parser's message states, without the message itself.
    fn syntax(&self, error: DataFusionError, end: Option<Position>) -> Error {
        let text = error.to_string();
        let message = if text.contains("recursion limit") || text.contains("RecursionLimitExceeded")
        {
            "the text is nested too deeply: use fewer parentheses and subqueries"
        } else if text.contains("STORED AS clause") {
            "STORED AS CSV is missing"
        } else if text.contains("LOCATION clause") {
            "LOCATION is missing: give the pattern of the keys that the dataset owns"
        } else if text.contains("more than once") {
            "a clause stands more than once"
        } else {
            "syntax error: the SQL cannot be read from here on"
        };
        let position = position_in(&text).or(if text.contains("EOF") { end } else { None });
        self.refuse(position, message).with_private(error)
    }
}

/// The start of a span, where there is one.
pub(super) fn start(span: Span) -> Option<Position> {
    (span.start.line > 0).then_some((span.start.line, span.start.column))
}

/// The numbers of the last `Line: 3, Column: 7` in a parser's message.
fn position_in(text: &str) -> Option<Position> {
    let (_, after) = text.rsplit_once("Line: ")?;
    let (line, after) = after.split_once(", Column: ")?;
    let digits = after
        .find(|c: char| !c.is_ascii_digit())
        .map_or(after, |end| &after[..end]);
    Some((line.parse().ok()?, digits.parse().ok()?))
}

/// Column names in double quotes, separated by commas (`"Gender", "Zip"`; a quote in a name is doubled).
/// The error says what is wrong without a place.
pub(super) fn quoted_list(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text.trim();
    loop {
        let Some(mut body) = rest.strip_prefix('"') else {
            return Err("column names stand in double quotes, separated by commas".into());
        };
        let mut name = String::new();
        loop {
            let Some(end) = body.find('"') else {
                return Err("a column name lacks its closing double quote".into());
            };
            name.push_str(&body[..end]);
            body = &body[end + 1..];
            match body.strip_prefix('"') {
                Some(after) => {
                    name.push('"');
                    body = after;
                }
                None => break,
            }
        }
        if name.is_empty() {
            return Err("a column name is empty".into());
        }
        names.push(name);
        rest = body.trim_start();
        if rest.is_empty() {
            return Ok(names);
        }
        rest = match rest.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None => return Err("column names are separated by commas".into()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_lists_are_read_or_refused() {
        let ok = |text: &str| quoted_list(text).expect("a list");
        assert_eq!(ok(r#""Gender""#), ["Gender"]);
        assert_eq!(ok(r#" "Gender" ,"Zip code" "#), ["Gender", "Zip code"]);
        assert_eq!(ok(r#""a ""b"", c""#), [r#"a "b", c"#]);
        for bad in [
            "",
            "Gender",
            "\"Gender",
            "\"a\" \"b\"",
            "\"a\",",
            "\"\"",
            "'a'",
        ] {
            assert!(quoted_list(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_syntax_error_has_a_place_and_none_of_the_parsers_words() {
        let place = Place {
            kind: Kind::Projection,
            file: "x.sql",
        };
        for (text, expected) in [
            ("SELECT a\n FROM FROM t WHERE", "x.sql:2:"),
            ("SELECT\n , FROM t", "x.sql:2:"),
            ("SELECT ((((", "x.sql:1:"),
            ("SELECT 'a", "x.sql:1:8: this is no SQL"),
            ("SELECT (1", "x.sql:1:"),
        ] {
            let message = place.parse(text).expect_err("refused").to_string();
            assert!(message.starts_with(expected), "{message}");
            assert!(!message.contains("Expected"), "{message}");
        }
    }
}
