//! Random projections over the dataset `t`: a row of numbers is read as a row of choices, so that a failing projection
//! shrinks to a short one. When the numbers end, the first choice is taken, and that is always the simplest.

use std::fmt::Write as _;

/// What an expression is, roughly: the planner would refuse most of a mixture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Date,
    Truth,
}

/// A column that an expression may name.
#[derive(Clone)]
struct Name {
    sql: String,
    kind: Kind,
    /// Whether its values are replaced under the key.
    keyed: bool,
    /// Whether they depend on the order of such values, in a window.
    moved: bool,
}

/// A projection.
pub struct Statement {
    pub sql: String,
    /// For each output column, whether the key reaches it.
    pub keyed: Vec<bool>,
    /// Whether the key chooses which rows are shown: then another identifier may show other rows.
    pub loose: bool,
}

/// The projection of a row of numbers.
pub fn statement(choices: &[u16]) -> Statement {
    let mut writer = Writer {
        choices,
        at: 0,
        scope: Vec::new(),
        marks: Marks::default(),
        any_keyed: false,
        limited: false,
        loose: false,
    };
    let reveals = writer.pick(4) == 1;
    let (sql, names) = writer.select(2);
    let head = if reveals {
        "-- reveals: \"Gender\"\n"
    } else {
        ""
    };
    Statement {
        sql: format!("{head}{sql}"),
        keyed: names.iter().map(|name| name.keyed || name.moved).collect(),
        loose: writer.loose || (writer.limited && writer.any_keyed),
    }
}

struct Writer<'a> {
    choices: &'a [u16],
    at: usize,
    scope: Vec<Name>,
    /// What the expression under way holds.
    marks: Marks,
    any_keyed: bool,
    limited: bool,
    loose: bool,
}

/// Whether an expression holds a keyed value, or one that depends on their order.
#[derive(Clone, Copy, Default)]
struct Marks {
    keyed: bool,
    moved: bool,
}

impl Writer<'_> {
    fn pick(&mut self, of: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % of
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.pick(of.len())]
    }

    /// A SELECT, and its output columns.
    fn select(&mut self, depth: usize) -> (String, Vec<Name>) {
        let (with, from) = self.source(depth);
        let shape = self.pick(6);
        let count = 1 + self.pick(3);
        let mut names = Vec::new();
        let mut items = Vec::new();
        let mut group = None;
        for at in 0..count {
            let (sql, kind) = match (shape, at) {
                (4, 0) => {
                    let (key, kind) = self.marked(Self::any);
                    self.loose |= self.marks.moved;
                    group = Some(key.clone());
                    (key, kind)
                }
                (4 | 5, _) => self.marked(Self::aggregate),
                (3, 0) => self.marked(Self::window),
                _ => self.marked(Self::any),
            };
            let name = format!("c{at}");
            items.push(format!("{sql} AS {name}"));
            names.push(Name {
                sql: name,
                kind,
                keyed: self.marks.keyed,
                moved: self.marks.moved,
            });
        }
        let distinct = shape == 2;
        self.loose |= distinct && names.iter().any(|name| name.moved);
        let mut sql = format!(
            "{with}SELECT {}{} FROM {from}",
            if distinct { "DISTINCT " } else { "" },
            items.join(", ")
        );
        if self.pick(3) == 1 {
            let predicate = self.choosing(|writer| writer.truth(2));
            write!(sql, " WHERE {predicate}").unwrap();
        }
        if let Some(group) = group {
            write!(sql, " GROUP BY {group}").unwrap();
            if self.pick(4) == 1 {
                let aggregate = self.choosing(|writer| writer.aggregate().0);
                write!(sql, " HAVING {aggregate} IS NOT NULL").unwrap();
            }
        }
        if self.pick(4) == 1 {
            let key = if shape < 4 && !distinct {
                self.choosing(|writer| writer.any().0)
            } else {
                "1".to_owned()
            };
            write!(sql, " ORDER BY {key}").unwrap();
        }
        if self.pick(5) == 1 {
            self.limited = true;
            write!(sql, " LIMIT {}", 1 + self.pick(4)).unwrap();
        }
        (sql, names)
    }

    /// Where the rows come from: WITH if any, and FROM. Sets the names that expressions may use.
    fn source(&mut self, depth: usize) -> (String, String) {
        let how = if depth == 0 { 0 } else { self.pick(5) };
        if how < 3 {
            self.scope = base();
            let from = if how == 2 { "t AS p" } else { "t" };
            return (String::new(), from.to_owned());
        }
        let (inner, names) = self.select(depth - 1);
        self.scope = names;
        if how == 3 && !inner.starts_with("WITH") {
            (format!("WITH d AS ({inner}) "), "d".to_owned())
        } else {
            (String::new(), format!("({inner}) AS s"))
        }
    }

    /// An expression, with the marks of what it holds.
    fn marked<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.marks = Marks::default();
        let written = write(self);
        self.any_keyed |= self.marks.keyed;
        written
    }

    /// An expression that chooses rows.
    fn choosing<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let written = self.marked(write);
        self.loose |= self.marks.moved;
        written
    }

    fn any(&mut self) -> (String, Kind) {
        match self.pick(6) {
            0..3 => (self.text(3), Kind::Text),
            3 => (self.number(3), Kind::Number),
            4 => (self.date(2), Kind::Date),
            _ => (self.truth(2), Kind::Truth),
        }
    }

    /// A column of a kind, or a constant where there is none. Identifiers come first in no scope, so that most
    /// expressions hold none.
    fn column(&mut self, kind: Kind) -> String {
        let of_kind: Vec<Name> = self
            .scope
            .iter()
            .filter(|name| name.kind == kind)
            .cloned()
            .collect();
        if of_kind.is_empty() {
            return constant(kind).to_owned();
        }
        let name = &of_kind[self.pick(of_kind.len())];
        self.marks.keyed |= name.keyed;
        self.marks.moved |= name.moved;
        name.sql.clone()
    }

    /// A column of any kind.
    fn bare(&mut self) -> String {
        let kind = [Kind::Text, Kind::Text, Kind::Number, Kind::Date][self.pick(4)];
        self.column(kind)
    }

    fn text(&mut self, depth: usize) -> String {
        let choice = self.pick(if depth == 0 { 8 } else { 20 });
        match choice {
            0 | 1 => self.column(Kind::Text),
            2 => self.one(&["'x'", "'-'", "''", "NULL"]).to_owned(),
            3 => self.keyed_call(),
            4 => format!("redact({})", self.column(Kind::Text)),
            5 => format!("redact({}, '*')", self.bare()),
            6 => format!(
                "keep_prefix({}, {})",
                self.column(Kind::Text),
                1 + self.pick(3)
            ),
            7 => format!(
                "age_band({}, {})",
                self.column(Kind::Date),
                self.one(&["10", "5", "4"])
            ),
            8 => {
                let function = self.one(&["upper", "lower", "trim", "reverse", "md5", "initcap"]);
                format!("{function}({})", self.text(depth - 1))
            }
            9 => format!("concat({}, {})", self.text(depth - 1), self.text(depth - 1)),
            10 => format!("{} || {}", self.text(depth - 1), self.text(depth - 1)),
            11 => format!("left({}, {})", self.text(depth - 1), self.pick(3)),
            12 => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.truth(depth - 1),
                self.text(depth - 1),
                self.text(depth - 1)
            ),
            13 => format!(
                "coalesce({}, {})",
                self.text(depth - 1),
                self.text(depth - 1)
            ),
            14 => format!("nullif({}, {})", self.text(depth - 1), self.text(depth - 1)),
            15 => format!("CAST({} AS VARCHAR)", self.number(depth - 1)),
            16 => format!("CAST({} AS VARCHAR)", self.date(depth - 1)),
            17 => format!("replace({}, '1', {})", self.text(depth - 1), self.text(0)),
            18 => format!(
                "greatest({}, {})",
                self.text(depth - 1),
                self.text(depth - 1)
            ),
            _ => format!("regexp_replace({}, '[0-9]', '#')", self.text(depth - 1)),
        }
    }

    fn keyed_call(&mut self) -> String {
        self.marks.keyed = true;
        match self.pick(6) {
            0 | 1 => format!("token({})", self.bare()),
            2 => format!("pseudonym({})", self.bare()),
            3 => format!("token(concat({}, ' ', {}))", self.bare(), self.bare()),
            4 => format!("pseudonym({}, {})", self.bare(), self.column(Kind::Text)),
            _ => format!("token({})", self.text(1)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.pick(if depth == 0 { 5 } else { 11 }) {
            0 => self.column(Kind::Number),
            1 => self.one(&["1", "0", "7"]).to_owned(),
            2 => format!("age({})", self.column(Kind::Date)),
            3 => format!(
                "generalize({}, {})",
                self.column(Kind::Number),
                self.one(&["10", "5", "1"])
            ),
            4 => format!("redact({})", self.column(Kind::Number)),
            5 => format!("length({})", self.text(depth - 1)),
            6 => {
                let operator = self.one(&["+", "-", "*", "%"]);
                format!(
                    "({} {operator} {})",
                    self.number(depth - 1),
                    self.number(depth - 1)
                )
            }
            7 => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.truth(depth - 1),
                self.number(depth - 1),
                self.number(depth - 1)
            ),
            8 => format!(
                "coalesce({}, {})",
                self.number(depth - 1),
                self.number(depth - 1)
            ),
            9 => format!("date_part('year', {})", self.date(depth - 1)),
            _ => format!("TRY_CAST({} AS INT)", self.text(depth - 1)),
        }
    }

    fn date(&mut self, depth: usize) -> String {
        match self.pick(if depth == 0 { 4 } else { 6 }) {
            0 => self.column(Kind::Date),
            1 => self.one(&["as_of()", "DATE '2001-02-03'"]).to_owned(),
            2 => format!(
                "generalize_date({}, '{}')",
                self.column(Kind::Date),
                self.one(&["year", "month", "day"])
            ),
            3 => format!("redact({})", self.column(Kind::Date)),
            4 => format!(
                "coalesce({}, {})",
                self.date(depth - 1),
                self.date(depth - 1)
            ),
            _ => format!(
                "CASE WHEN {} THEN {} END",
                self.truth(depth - 1),
                self.date(depth - 1)
            ),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.pick(if depth == 0 { 4 } else { 10 }) {
            0 => self.column(Kind::Truth),
            1 => self.one(&["true", "false"]).to_owned(),
            2 => format!("{} IS NULL", self.bare()),
            3 => self.probe().to_owned(),
            4 => {
                let operator = self.one(&["<", "=", ">="]);
                format!(
                    "{} {operator} {}",
                    self.number(depth - 1),
                    self.number(depth - 1)
                )
            }
            5 => {
                let operator = self.one(&["=", "<>", "<"]);
                format!(
                    "{} {operator} {}",
                    self.text(depth - 1),
                    self.text(depth - 1)
                )
            }
            6 => format!("{} LIKE '%1%'", self.text(depth - 1)),
            7 => format!(
                "(NOT {} OR {})",
                self.truth(depth - 1),
                self.truth(depth - 1)
            ),
            8 => format!(
                "{} IN ('x', {})",
                self.text(depth - 1),
                self.text(depth - 1)
            ),
            _ => format!("{} IS NOT NULL", self.text(depth - 1)),
        }
    }

    /// A question to an identifier that the two sets of people answer differently, where expressions can name one.
    fn probe(&mut self) -> &'static str {
        if !self.scope.iter().any(|name| name.sql == "\"SSN\"") {
            return "true";
        }
        self.one(&[
            "\"SSN\" < '8'",
            "\"Name\" LIKE 'Quill%'",
            "\"Account\" > 99999999999",
            "\"Joined\" < DATE '1960-01-01'",
            "\"Email\" LIKE '%x.test'",
            "nullif(left(\"SSN\", 1), '8') IS NULL",
        ])
    }

    fn aggregate(&mut self) -> (String, Kind) {
        match self.pick(9) {
            0 => ("count(*)".to_owned(), Kind::Number),
            1 => (format!("count({})", self.bare()), Kind::Number),
            2 => (format!("count(DISTINCT {})", self.bare()), Kind::Number),
            3 => (format!("count(DISTINCT {})", self.text(2)), Kind::Number),
            4 => (format!("count({})", self.number(2)), Kind::Number),
            5 => (format!("max({})", self.text(2)), Kind::Text),
            6 => (format!("sum({})", self.number(2)), Kind::Number),
            7 => (format!("min({})", self.date(1)), Kind::Date),
            _ => (
                format!("count(*) FILTER (WHERE {})", self.truth(2)),
                Kind::Number,
            ),
        }
    }

    fn window(&mut self) -> (String, Kind) {
        let (call, kind) = match self.pick(5) {
            0 => ("row_number()".to_owned(), Kind::Number),
            1 => ("count(*)".to_owned(), Kind::Number),
            2 => (format!("lag({})", self.text(1)), Kind::Text),
            3 => (format!("first_value({})", self.text(1)), Kind::Text),
            _ => (format!("max({})", self.number(1)), Kind::Number),
        };
        let partition = self.pick(3) == 1;
        let partition = if partition {
            format!("PARTITION BY {} ", self.any().0)
        } else {
            String::new()
        };
        let order = format!("ORDER BY {}", self.any().0);
        self.marks.moved |= self.marks.keyed;
        (format!("{call} OVER ({partition}{order})"), kind)
    }
}

fn constant(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "'none'",
        Kind::Number => "3",
        Kind::Date => "DATE '1999-09-09'",
        Kind::Truth => "true",
    }
}

/// The dataset's columns. What no class protects stands several times, so that it is chosen more often.
fn base() -> Vec<Name> {
    let columns = [
        ("Disease", Kind::Text, 4),
        ("SSN", Kind::Text, 1),
        ("Zip", Kind::Text, 1),
        ("Name", Kind::Text, 1),
        ("Gender", Kind::Text, 1),
        ("Email", Kind::Text, 1),
        ("Weight", Kind::Number, 3),
        ("Account", Kind::Number, 1),
        ("Income", Kind::Number, 1),
        ("Visit", Kind::Date, 2),
        ("Birthdate", Kind::Date, 1),
        ("Joined", Kind::Date, 1),
        ("Smoking", Kind::Truth, 1),
    ];
    let name = |column: &str, kind| Name {
        sql: format!("\"{column}\""),
        kind,
        keyed: false,
        moved: false,
    };
    columns
        .iter()
        .flat_map(|(column, kind, times)| std::iter::repeat_n(name(column, *kind), *times))
        .collect()
}
