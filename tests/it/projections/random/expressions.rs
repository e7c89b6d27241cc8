//! Random expressions: from the proof's own grammar, and beyond it.

use super::tape::Tape;
use super::world::Kind;

/// A column that an expression may name.
#[derive(Clone, Debug)]
pub struct Name {
    pub sql: String,
    pub kind: Kind,
    /// Whether it is a direct identifier of the contract by its own name.
    pub direct: bool,
}

/// Writes expressions over the names in scope.
pub struct Writer<'t, 'a> {
    pub tape: &'t mut Tape<'a>,
    pub scope: Vec<Name>,
}

impl Writer<'_, '_> {
    /// An expression of any kind.
    pub fn any(&mut self) -> (String, Kind) {
        match self.tape.pick(6) {
            0..3 => (self.text(2), Kind::Text),
            3 => (self.number(2), Kind::Number),
            4 => (self.date(1), Kind::Date),
            _ => (self.truth(1), Kind::Truth),
        }
    }

    /// A column of a kind, or a constant where there is none.
    pub fn column(&mut self, kind: Kind) -> String {
        let names: Vec<&Name> = self.scope.iter().filter(|name| name.kind == kind).collect();
        if names.is_empty() {
            return constant(kind).to_owned();
        }
        names[self.tape.pick(names.len())].sql.clone()
    }

    /// A column of any kind.
    pub fn bare(&mut self) -> String {
        let kind = [Kind::Text, Kind::Text, Kind::Number, Kind::Date][self.tape.pick(4)];
        self.column(kind)
    }

    /// A direct identifier, or any column where none is in scope.
    fn subject(&mut self) -> String {
        let names: Vec<&Name> = self.scope.iter().filter(|name| name.direct).collect();
        if names.is_empty() {
            return self.bare();
        }
        names[self.tape.pick(names.len())].sql.clone()
    }

    pub fn text(&mut self, depth: usize) -> String {
        match self.tape.pick(if depth == 0 { 10 } else { 24 }) {
            0..3 => self.column(Kind::Text),
            3 => self.tape.one(&["'x'", "'-'", "''", "NULL"]).to_owned(),
            4 | 5 => self.keyed(),
            6 => format!("redact({})", self.column(Kind::Text)),
            7 => format!("redact({}, '*')", self.bare()),
            8 => self.part(),
            9 => format!(
                "age_band({}, {})",
                self.column(Kind::Date),
                self.tape.one(&["10", "5", "4"])
            ),
            other => self.computed_text(other, depth - 1),
        }
    }

    /// Part of a text.
    fn part(&mut self) -> String {
        let text = self.column(Kind::Text);
        match self.tape.pick(5) {
            0 => format!("keep_prefix({text}, {})", 1 + self.tape.pick(3)),
            1 => format!("keep_suffix({text}, {})", 1 + self.tape.pick(3)),
            2 => format!("mask({text}, 1, {})", self.tape.pick(3)),
            3 => format!("hipaa_zip3({text})"),
            _ => format!("redact_text({text}, {})", self.subject()),
        }
    }

    fn computed_text(&mut self, choice: usize, depth: usize) -> String {
        match choice {
            10 | 11 => {
                let function = self
                    .tape
                    .one(&["upper", "lower", "trim", "reverse", "md5", "initcap"]);
                format!("{function}({})", self.text(depth))
            }
            12 => format!("encode(sha256({}), 'hex')", self.text(depth)),
            13 => format!("encode({}, 'base64')", self.text(depth)),
            14 => format!("concat({}, {})", self.text(depth), self.text(depth)),
            15 => format!("{} || {}", self.text(depth), self.text(depth)),
            16 => format!("left({}, {})", self.text(depth), self.tape.pick(3)),
            17 => {
                let condition = self.truth(depth);
                format!(
                    "CASE WHEN {condition} THEN {} ELSE {} END",
                    self.text(depth),
                    self.text(depth)
                )
            }
            18 => format!("coalesce({}, {})", self.text(depth), self.text(depth)),
            19 => format!("nullif({}, {})", self.text(depth), self.text(depth)),
            20 => format!("CAST({} AS VARCHAR)", self.number(depth)),
            21 => format!("CAST({} AS VARCHAR)", self.date(depth)),
            22 => format!("greatest({}, {})", self.text(depth), self.text(depth)),
            _ => format!("replace({}, '1', {})", self.text(depth), self.text(0)),
        }
    }

    fn keyed(&mut self) -> String {
        match self.tape.pick(9) {
            0..3 => format!("token({})", self.bare()),
            3 => format!("pseudonym({})", self.bare()),
            4 => format!("token(concat({}, ' ', {}))", self.bare(), self.bare()),
            5 => format!("pseudonym({}, {})", self.bare(), self.column(Kind::Text)),
            6 => format!("ff1_encrypt({}, 'alnum')", self.bare()),
            7 => format!("token(lower(trim({})))", self.column(Kind::Text)),
            _ => format!("token({})", self.text(1)),
        }
    }

    pub fn number(&mut self, depth: usize) -> String {
        match self.tape.pick(if depth == 0 { 9 } else { 16 }) {
            0..3 => self.column(Kind::Number),
            3 => self.tape.one(&["1", "0", "7"]).to_owned(),
            4 => format!("age({})", self.column(Kind::Date)),
            5 => format!(
                "generalize({}, {})",
                self.column(Kind::Number),
                self.tape.one(&["10", "5", "1"])
            ),
            6 => format!("redact({})", self.column(Kind::Number)),
            7 => format!(
                "noise({}, {}, 0.1)",
                self.column(Kind::Number),
                self.subject()
            ),
            8 => format!("hipaa_age({})", self.column(Kind::Date)),
            other => self.computed_number(other, depth - 1),
        }
    }

    fn computed_number(&mut self, choice: usize, depth: usize) -> String {
        match choice {
            9 => format!("length({})", self.text(depth)),
            10 => {
                let operator = self.tape.one(&["+", "-", "*", "%", "/"]);
                format!("({} {operator} {})", self.number(depth), self.number(depth))
            }
            11 => {
                let condition = self.truth(depth);
                format!(
                    "CASE WHEN {condition} THEN {} ELSE {} END",
                    self.number(depth),
                    self.number(depth)
                )
            }
            12 => format!("coalesce({}, {})", self.number(depth), self.number(depth)),
            13 => format!("date_part('year', {})", self.date(depth)),
            14 => format!("top_code({}, 50)", self.number(depth)),
            _ => {
                let cast = self.tape.one(&["TRY_CAST", "CAST"]);
                format!("{cast}({} AS INT)", self.text(depth))
            }
        }
    }

    pub fn date(&mut self, depth: usize) -> String {
        match self.tape.pick(if depth == 0 { 6 } else { 8 }) {
            0 | 1 => self.column(Kind::Date),
            2 => self.tape.one(&["as_of()", "DATE '2001-02-03'"]).to_owned(),
            3 => format!(
                "generalize_date({}, '{}')",
                self.column(Kind::Date),
                self.tape.one(&["year", "month", "day"])
            ),
            4 => format!("redact({})", self.column(Kind::Date)),
            5 => format!(
                "date_shift({}, {}, 60)",
                self.column(Kind::Date),
                self.subject()
            ),
            6 => format!(
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

    pub fn truth(&mut self, depth: usize) -> String {
        match self.tape.pick(if depth == 0 { 4 } else { 10 }) {
            0 => self.column(Kind::Truth),
            1 => self.tape.one(&["true", "false"]).to_owned(),
            2 => format!("{} IS NULL", self.bare()),
            3 => self.probe(),
            4 => {
                let operator = self.tape.one(&["<", "=", ">="]);
                format!(
                    "{} {operator} {}",
                    self.number(depth - 1),
                    self.number(depth - 1)
                )
            }
            5 => {
                let operator = self.tape.one(&["=", "<>", "<"]);
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

    /// A question to an identifier that canaries answer differently.
    fn probe(&mut self) -> String {
        let names: Vec<Name> = self
            .scope
            .iter()
            .filter(|name| name.direct)
            .cloned()
            .collect();
        let Some(name) = names.get(self.tape.pick(names.len().max(1))) else {
            return "true".to_owned();
        };
        match name.kind {
            Kind::Text | Kind::Truth => format!("{} LIKE '%{}%'", name.sql, self.tape.pick(10)),
            Kind::Number => format!("{} > 5000000000000", name.sql),
            Kind::Date => format!("{} < DATE '1930-01-01'", name.sql),
        }
    }

    /// An aggregate, with its kind.
    pub fn aggregate(&mut self) -> (String, Kind) {
        let number = match self.tape.pick(11) {
            0 => "count(*)".to_owned(),
            1 => format!("count({})", self.bare()),
            2 => format!("count(DISTINCT {})", self.bare()),
            3 => format!("count(DISTINCT {})", self.text(2)),
            4 => format!("count({})", self.number(2)),
            5 => format!("sum({})", self.number(1)),
            6 => format!("avg({})", self.column(Kind::Number)),
            7 => format!("median({})", self.column(Kind::Number)),
            8 => format!("count(*) FILTER (WHERE {})", self.truth(2)),
            9 => return (format!("max({})", self.text(2)), Kind::Text),
            _ => return (format!("min({})", self.date(1)), Kind::Date),
        };
        (number, Kind::Number)
    }

    /// A window, with its kind.
    pub fn window(&mut self) -> (String, Kind) {
        let (call, kind) = match self.tape.pick(7) {
            0 => ("row_number()".to_owned(), Kind::Number),
            1 => ("count(*)".to_owned(), Kind::Number),
            2 => (format!("lag({})", self.text(1)), Kind::Text),
            3 => (format!("first_value({})", self.text(1)), Kind::Text),
            4 => (format!("sum({})", self.column(Kind::Number)), Kind::Number),
            5 => (format!("count(DISTINCT {})", self.bare()), Kind::Number),
            _ => (format!("max({})", self.number(1)), Kind::Number),
        };
        let partition = match self.tape.pick(3) {
            1 => format!("PARTITION BY {} ", self.any().0),
            _ => String::new(),
        };
        let order = self.any().0;
        (format!("{call} OVER ({partition}ORDER BY {order})"), kind)
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
