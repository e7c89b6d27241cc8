//! A value of the file, read as what it must be. What it is instead is never quoted.

use std::fmt::Display;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::DeValue;

use super::keys::Keys;
use super::table::{File, Table, named, shown};

/// A value, and what it is the value of.
pub(super) struct Value<'a> {
    pub file: &'a File<'a>,
    /// The key.
    pub name: &'a str,
    /// Where it begins.
    pub at: usize,
    toml: &'a DeValue<'a>,
}

impl<'a> Value<'a> {
    pub fn new(file: &'a File<'a>, name: &'a str, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self {
            file,
            name,
            at: value.span().start,
            toml: value.get_ref(),
        }
    }

    /// Refuses it: `what` follows the key.
    pub fn wrong(&self, what: impl Display) {
        let what = format!("\"{}\" {what}", shown(self.name));
        self.file.wrong(self.at, what);
    }

    /// Says something of it.
    pub fn note(&self, what: impl Display) {
        let what = format!("\"{}\" {what}", shown(self.name));
        self.file.note(self.at, what);
    }

    /// The text that it is, if it is one.
    pub fn as_text(&self) -> Option<&'a str> {
        self.toml.as_str()
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.toml.is_table()
    }

    /// What a text means; `form` says what it must be.
    pub fn parsed<T>(&self, form: &str, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let parsed = self.as_text().and_then(read);
        if parsed.is_none() {
            self.wrong(format_args!("must be {form}"));
        }
        parsed
    }

    /// A text that is not empty.
    pub fn text(&self, form: &str) -> Option<&'a str> {
        self.parsed(form, |text| Some(text).filter(|text| !text.is_empty()))
    }

    /// A whole number within bounds.
    pub fn whole(&self, bounds: RangeInclusive<u64>) -> Option<u64> {
        let number = self
            .toml
            .as_integer()
            .and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = bounds.into_inner();
            self.wrong(format_args!(
                "must be a whole number from {least} to {most}"
            ));
        }
        number
    }

    /// A number as it was written, or the text of one.
    pub fn number(&self) -> Option<&'a str> {
        match self.toml {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
            DeValue::Float(number) => Some(number.as_str()),
            DeValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// True or false.
    pub fn truth(&self) -> Option<bool> {
        let truth = self.toml.as_bool();
        if truth.is_none() {
            self.wrong("must be true or false, without quotes");
        }
        truth
    }

    /// The values of a list, each under the list's key.
    pub fn list(&self, form: &str) -> Option<Vec<Value<'a>>> {
        let list = self.toml.as_array();
        if list.is_none() {
            self.wrong(format_args!("must be {form}"));
        }
        let each = |value| Value::new(self.file, self.name, value);
        Some(list?.iter().map(each).collect())
    }

    /// A table with keys that are known.
    pub fn table(&self, keys: Keys, form: &str) -> Option<Table<'a>> {
        let Some(entries) = self.toml.as_table() else {
            self.wrong(format_args!("must be {form}"));
            return None;
        };
        Some(Table::new(self.file, entries, self.at, keys))
    }

    /// A table whose keys are names: each with the place of its name.
    pub fn names(&self, form: &str) -> Option<Vec<(usize, Value<'a>)>> {
        let Some(entries) = self.toml.as_table() else {
            self.wrong(format_args!("must be {form}"));
            return None;
        };
        Some(named(self.file, entries).collect())
    }
}
