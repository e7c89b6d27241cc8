//! Random projections over a random contract.

use std::fmt::Write as _;

use super::expressions::{Name, Writer};
use super::tape::Tape;
use super::world::{Kind, World};

/// A projection's SELECT, without a head, and what its columns are called.
pub fn select(tape: &mut Tape<'_>, world: &World) -> (String, Vec<String>) {
    let writer = Writer {
        tape,
        scope: Vec::new(),
    };
    let mut statement = Statement { writer, world };
    let (sql, names) = statement.select(2);
    (sql, names.into_iter().map(|name| name.sql).collect())
}

struct Statement<'t, 'a, 'w> {
    writer: Writer<'t, 'a>,
    world: &'w World,
}

impl Statement<'_, '_, '_> {
    fn pick(&mut self, of: usize) -> usize {
        self.writer.tape.pick(of)
    }

    /// A SELECT, and its output columns.
    fn select(&mut self, depth: usize) -> (String, Vec<Name>) {
        let (with, from) = self.source(depth);
        let shape = self.pick(8);
        let count = 1 + self.pick(3);
        let (mut names, mut items, mut group) = (Vec::new(), Vec::new(), None);
        for at in 0..count {
            let (sql, kind) = match (shape, at) {
                (4 | 5, 0) => {
                    let (key, kind) = self.writer.any();
                    group = Some(key.clone());
                    (key, kind)
                }
                (4..7, _) => self.writer.aggregate(),
                (3, 0) => self.writer.window(),
                _ => self.writer.any(),
            };
            items.push(format!("{sql} AS c{at}"));
            names.push(Name {
                sql: format!("c{at}"),
                kind,
                direct: false,
            });
        }
        let distinct = if shape == 2 { "DISTINCT " } else { "" };
        let mut sql = format!("{with}SELECT {distinct}{} FROM {from}", items.join(", "));
        self.clauses(&mut sql, shape, group);
        (sql, names)
    }

    /// What stands behind FROM.
    fn clauses(&mut self, sql: &mut String, shape: usize, group: Option<String>) {
        if self.pick(3) == 1 {
            write!(sql, " WHERE {}", self.writer.truth(2)).unwrap();
        }
        if let Some(group) = group {
            write!(sql, " GROUP BY {group}").unwrap();
            if self.pick(4) == 1 {
                write!(sql, " HAVING {} IS NOT NULL", self.writer.aggregate().0).unwrap();
            }
        }
        if self.pick(4) == 1 {
            let plain = matches!(shape, 0 | 1 | 3 | 7);
            let key = if plain {
                self.writer.any().0
            } else {
                "1".to_owned()
            };
            write!(sql, " ORDER BY {key}").unwrap();
        }
        if self.pick(5) == 1 {
            write!(sql, " LIMIT {}", 1 + self.pick(4)).unwrap();
        }
    }

    /// Where the rows come from: WITH if any, and FROM. Sets the names that expressions may use.
    fn source(&mut self, depth: usize) -> (String, String) {
        let how = if depth == 0 { 0 } else { self.pick(7) };
        if how < 4 {
            self.writer.scope = self.base();
            let from = if how == 3 { "t AS p" } else { "t" };
            return (String::new(), from.to_owned());
        }
        if how == 6 {
            return (String::new(), self.join());
        }
        let (inner, names) = self.select(depth - 1);
        self.writer.scope = names;
        if how == 4 && !inner.starts_with("WITH") {
            (format!("WITH d AS ({inner}) "), "d".to_owned())
        } else {
            (String::new(), format!("({inner}) AS s"))
        }
    }

    /// The dataset beside the reference table, by a text.
    fn join(&mut self) -> String {
        self.writer.scope = self.base();
        let join = if self.pick(2) == 0 { "LEFT" } else { "INNER" };
        let key = self.writer.text(1);
        for (name, kind) in [("word", Kind::Text), ("number", Kind::Number)] {
            let sql = format!("r.{name}");
            self.writer.scope.insert(
                0,
                Name {
                    sql,
                    kind,
                    direct: false,
                },
            );
        }
        format!("t {join} JOIN codes AS r ON r.code = {key}")
    }

    /// The contract's columns. What no class protects stands several times, so that it is chosen more often.
    fn base(&self) -> Vec<Name> {
        let fields = self.world.fields.iter().rev();
        fields
            .flat_map(|field| {
                let name = Name {
                    sql: format!("\"{}\"", field.name),
                    kind: field.kind,
                    direct: field.direct(),
                };
                let times = match (field.class, field.kind) {
                    ("insensitive" | "sensitive", Kind::Text | Kind::Number) => 2,
                    _ => 1,
                };
                std::iter::repeat_n(name, times)
            })
            .collect()
    }
}
