//! A table of the file, whose keys are taken one by one: what nobody took is refused.

use std::cell::RefCell;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys;
use super::report::{Report, place};
use super::value::Value;
use crate::config::Variables;
use crate::dataset::nearest::hint;

/// How much of a key is shown.
const SHOWN: usize = 64;

/// What all tables of a file know of it.
pub(super) struct File<'a> {
    pub text: &'a str,
    /// Where it lies: paths are relative to it.
    pub folder: &'a Path,
    pub variables: &'a Variables,
    pub report: RefCell<Report>,
}

impl File<'_> {
    pub fn wrong(&self, at: usize, what: impl Display) {
        self.report.borrow_mut().wrong(at, what.to_string());
    }

    pub fn note(&self, at: usize, what: impl Display) {
        self.report.borrow_mut().note(at, what.to_string());
    }

    /// The line of an offset.
    pub fn line(&self, at: usize) -> usize {
        place(self.text, at).0
    }

    /// A path as it is meant.
    pub fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// A table, and which of its keys were taken.
pub(super) struct Table<'a> {
    pub file: &'a File<'a>,
    /// Where it begins.
    pub at: usize,
    entries: &'a DeTable<'a>,
    keys: keys::Keys,
    taken: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    /// A table that may have these keys.
    pub fn new(file: &'a File<'a>, entries: &'a DeTable<'a>, at: usize, keys: keys::Keys) -> Self {
        Self {
            file,
            at,
            entries,
            keys,
            taken: RefCell::default(),
        }
    }

    /// The value of a key, if there is one.
    pub fn value(&self, key: &'static str) -> Option<Value<'a>> {
        self.taken.borrow_mut().push(key);
        let (_, value) = self.entries.get_key_value(key)?;
        Some(Value::new(self.file, key, value))
    }

    /// The value of a key that must be there; `example` is what it may look like.
    pub fn needed(&self, key: &'static str, example: &str) -> Option<Value<'a>> {
        let value = self.value(key);
        if value.is_none() {
            let what = format!("\"{key}\" is missing here: {key} = {example}");
            self.file.wrong(self.at, what);
        }
        value
    }

    /// Refuses what nobody took.
    pub fn end(self) {
        let taken = self.taken.borrow();
        for (key, value) in self.entries {
            if !taken.contains(&key.get_ref().as_ref()) {
                self.file
                    .wrong(key.span().start, self.unknown(key.get_ref(), value));
            }
        }
    }

    fn unknown(&self, key: &str, value: &Spanned<DeValue>) -> String {
        let near = hint(key, self.keys.names.iter().copied());
        let all = self.keys.names.join(", ");
        // Who writes a secret where its place belongs may write it as a key.
        if self.keys.is_secret && near.is_empty() {
            return format!("there is no such key here, the keys are: {all}");
        }
        let shown = shown(key);
        if near.is_empty() {
            let elsewhere = self.elsewhere(key, value);
            format!("there is no key \"{shown}\" here{elsewhere}; the keys are: {all}")
        } else {
            format!("there is no key \"{shown}\" here{near}")
        }
    }

    /// Where a key belongs that is none here.
    fn elsewhere(&self, key: &str, value: &Spanned<DeValue>) -> &'static str {
        let at_root = self.keys.names == keys::GATEWAY.names;
        if !at_root && keys::GATEWAY.names.contains(&key) {
            ": it belongs to the head of the file, above the first line in brackets"
        } else if self.keys.names == keys::POINT.names && value.get_ref().is_table() {
            ": a name with dots stands in quotes, as in [access_points.\"a.b\"]"
        } else {
            ""
        }
    }
}

/// A key as a message shows it: one line, and not a long one.
pub(super) fn shown(key: &str) -> String {
    let plain: String = key.chars().take(SHOWN).collect();
    plain.escape_debug().to_string()
}

/// Names of a file's tables, at the place of each.
pub(super) fn named<'a>(
    file: &'a File<'a>,
    entries: &'a DeTable<'a>,
) -> impl Iterator<Item = (usize, Value<'a>)> {
    entries.iter().map(move |(key, value)| {
        let at = key.span().start;
        (at, Value::new(file, key.get_ref(), value))
    })
}
