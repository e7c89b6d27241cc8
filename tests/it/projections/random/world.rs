//! Random contracts, and objects that keep to them: every value of a direct identifier is a canary.

use std::fmt::Write as _;
use std::sync::Arc;

use veilpoint::csv;
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::reference::Reference;

use super::canaries::{self, Canary};
use super::tape::Tape;

/// How many rows an object has.
pub const ROWS: usize = 7;

/// What a column's values are, roughly: the planner would refuse most of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Date,
    Truth,
}

/// A column of a random contract.
#[derive(Clone, Debug)]
pub struct Field {
    /// Such as `D1`: the class's letter, and a number.
    pub name: String,
    pub kind: Kind,
    pub sql_type: &'static str,
    /// Empty for a column that nobody classified.
    pub class: &'static str,
}

impl Field {
    /// Whether its values are secret.
    pub fn direct(&self) -> bool {
        matches!(self.class, "direct identifier" | "")
    }
}

/// The reference table: its contract, and its rows.
const CODES: (&str, &str) = (
    "CREATE EXTERNAL TABLE codes (code VARCHAR PRIMARY KEY COMMENT 'insensitive', word VARCHAR COMMENT 'insensitive', \
     number INT COMMENT 'insensitive') STORED AS CSV LOCATION 'codes.csv'",
    "code,word,number\nzq6a,one,1\nkind-4b,two,2\nward 5a,three,3\nx,four,4\n10-19,five,5\n",
);

/// A random contract.
#[derive(Clone, Debug)]
pub struct World {
    pub fields: Vec<Field>,
    subject: bool,
}

const DIRECT: [(Kind, &str); 4] = [
    (Kind::Text, "VARCHAR"),
    (Kind::Number, "BIGINT"),
    (Kind::Date, "DATE"),
    (Kind::Text, "VARCHAR(40)"),
];

const OTHER: [(Kind, &str); 9] = [
    (Kind::Text, "VARCHAR"),
    (Kind::Number, "INT"),
    (Kind::Date, "DATE"),
    (Kind::Truth, "BOOLEAN"),
    (Kind::Number, "DOUBLE"),
    (Kind::Text, "VARCHAR"),
    (Kind::Number, "SMALLINT"),
    (Kind::Date, "TIMESTAMP"),
    (Kind::Number, "DECIMAL(12, 2)"),
];

impl World {
    /// Two to four direct identifiers, the last of which nobody may have classified, and two to four columns of each
    /// other class.
    pub fn draw(tape: &mut Tape<'_>) -> Self {
        let mut fields = Vec::new();
        let classes = [
            ("D", "direct identifier", &DIRECT[..]),
            ("Q", "quasi-identifier", &OTHER[..]),
            ("S", "sensitive", &OTHER[..]),
            ("I", "insensitive", &OTHER[..]),
        ];
        for (letter, class, types) in classes {
            let (count, first) = (2 + tape.pick(3), tape.pick(types.len()));
            for number in 0..count {
                let (kind, sql_type) = types[(first + number) % types.len()];
                fields.push(Field {
                    name: format!("{letter}{number}"),
                    kind,
                    sql_type,
                    class,
                });
            }
            if letter == "D" && tape.pick(3) == 1 {
                fields.last_mut().unwrap().class = "";
            }
        }
        let subject = tape.pick(2) == 0;
        Self { fields, subject }
    }

    /// The contract of [`Self::schema`], with a reference table beside it.
    pub fn contract(&self, open: bool) -> Contract {
        let contract = Contract::parse("t", "sql/t/schema.sql", &self.schema(open)).unwrap();
        let (codes, key) = Contract::parse_reference("codes", "codes.sql", CODES.0).unwrap();
        let rows = csv::table::read(&codes, &CODES.1.into()).unwrap();
        let table = Arc::new(Reference::new(&codes, key, rows).unwrap());
        contract.with_references([table].into_iter().collect())
    }

    /// The contract's text as it is, or with no class but `insensitive`.
    pub fn schema(&self, open: bool) -> String {
        let mut columns = String::new();
        for field in &self.fields {
            let comma = if columns.is_empty() { "" } else { ", " };
            write!(columns, "{comma}\"{}\" {}", field.name, field.sql_type).unwrap();
            let class = if open { "insensitive" } else { field.class };
            if !class.is_empty() {
                write!(columns, " COMMENT '{class}'").unwrap();
            }
        }
        let options = if self.subject {
            " OPTIONS ('veilpoint.subject' '\"D0\"')"
        } else {
            ""
        };
        format!("CREATE EXTERNAL TABLE t ({columns}) STORED AS CSV LOCATION 't*.csv'{options}")
    }

    /// An object; the direct identifiers of `changed` have other values, and all else is equal.
    pub fn object(&self, changed: &[&str]) -> String {
        let header: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let mut text = header.join(",") + "\n";
        for row in 0..ROWS {
            let values: Vec<String> = (0..self.fields.len())
                .map(|at| self.value(at, row, changed))
                .collect();
            text += &(values.join(",") + "\n");
        }
        text
    }

    /// The canaries in an object of which nothing is changed, with their columns.
    pub fn canaries(&self) -> Vec<(&Field, &'static Canary)> {
        let direct = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.direct());
        direct
            .flat_map(|(at, field)| {
                let rows = (0..ROWS).filter(move |row| !missing(at, *row));
                rows.map(move |row| (field, canaries::of(field.kind, at, row, false)))
            })
            .collect()
    }

    fn value(&self, at: usize, row: usize, changed: &[&str]) -> String {
        let field = &self.fields[at];
        if missing(at, row) {
            return String::new();
        }
        if field.direct() {
            let other = changed.contains(&field.name.as_str());
            return canaries::of(field.kind, at, row, other).value.clone();
        }
        plain(field, at, row)
    }
}

/// One value of each column is NULL, of another row each.
fn missing(at: usize, row: usize) -> bool {
    row == (at * 3 + 2) % ROWS
}

/// A value that names nobody. Some are shared by several rows.
fn plain(field: &Field, at: usize, row: usize) -> String {
    let shared = row % (2 + at % 5);
    match (field.kind, field.sql_type) {
        (Kind::Text, _) => format!(
            "{}{at}{}",
            ["zq", "kind-", "ward "][at % 3],
            "abcdefgh".as_bytes()[shared] as char
        ),
        (Kind::Number, "SMALLINT") => (shared * 9 + at).to_string(),
        (Kind::Number, "INT") => (row * 1370 + at).to_string(),
        (Kind::Number, _) => format!("{}.5", row * 11 + at),
        (Kind::Date, "TIMESTAMP") => {
            format!("2016-0{}-0{}T0{}:30:00", shared + 1, row + 1, at % 10)
        }
        (Kind::Date, _) => format!("19{}{}-0{}-0{}", 7 + at % 3, shared, row + 1, at % 9 + 1),
        (Kind::Truth, _) => ["true", "false"][shared % 2].to_owned(),
    }
}
