//! What the benchmarks read: hospital admissions, and files of one column of one kind. The same bytes in each run.

use std::fmt::Write as _;

use veilpoint::csv::Syntax;
use veilpoint::csv::cut::{Block, Cutter};
use veilpoint::csv::header;
use veilpoint::dataset::contract::{Binding, Contract};

/// Rows of the admissions.
pub const ROWS: u64 = 200_000;

/// Their contract and the projection that is measured.
pub const SCHEMA: &str = include_str!("../sql/admissions/schema.sql");
pub const PROJECTION: &str = include_str!("../sql/admissions/bench.sql");

/// Rows of a file of one column.
pub const COLUMN_ROWS: u64 = 100_000;

/// Numbers from a linear congruential generator.
pub struct Numbers(u64);

impl Numbers {
    /// From their beginning.
    pub fn new() -> Self {
        Self(1)
    }

    /// The next, below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// The same columns as `benches/compare` makes.
pub fn admissions() -> String {
    let mut numbers = Numbers::new();
    let mut below = |limit| numbers.below(limit);
    let mut text = String::from(
        "id,ssn,first_name,last_name,birth_date,gender,address,zip,city,phone,email,blood_type,weight_kg,height_cm,\
         diagnosis,admitted_at\n",
    );
    for id in 0..ROWS {
        let row = format!(
            "{id},{:03}-{:02}-{:04},First{},Last{},19{:02}-{:02}-{:02},{},\"Bahnhofstrasse {}, Haus \"\"{}\"\"\",{},\
             City{},+41 {:02} {:03},user{}@example.org,B{},{}.{},{}.{},D{},2024-{:02}-{:02} {:02}:{:02}:{:02}",
            below(899),
            below(99),
            below(9999),
            below(24),
            below(24),
            below(99),
            below(12) + 1,
            below(28) + 1,
            if below(2) == 0 { 'F' } else { 'M' },
            below(200),
            below(8),
            1000 + below(8999),
            below(7),
            below(99),
            below(999),
            below(1_000_000),
            below(8),
            40 + below(80),
            below(10),
            140 + below(60),
            below(10),
            below(8),
            below(12) + 1,
            below(28) + 1,
            below(24),
            below(60),
            below(60),
        );
        // A string takes any write.
        let _ = writeln!(text, "{row}");
    }
    text
}

/// A kind of column: what it is called, its type in a contract, and a value of it, of a row and some chance.
pub struct Kind {
    pub name: &'static str,
    pub sql: &'static str,
    pub value: fn(u64, &mut Numbers) -> String,
}

/// Every type that a contract may give a column, and of text those shapes that are read in different ways.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "text of 3",
        sql: "VARCHAR",
        value: |_, chance| ["female", "male", "unknown"][index(chance.below(3))].to_owned(),
    },
    Kind {
        name: "text of 5,000",
        sql: "VARCHAR",
        value: |_, chance| format!("Person {}", chance.below(5_000)),
    },
    Kind {
        name: "text, all distinct",
        sql: "VARCHAR",
        value: |row, _| format!("user{row}@example.org"),
    },
    Kind {
        name: "text, quoted",
        sql: "VARCHAR",
        value: |_, chance| format!("\"Street {}, \"\"left\"\"\"", chance.below(5_000)),
    },
    Kind {
        name: "SMALLINT",
        sql: "SMALLINT",
        value: |_, chance| chance.below(20_000).to_string(),
    },
    Kind {
        name: "INT",
        sql: "INT",
        value: |_, chance| chance.below(1_000_000).to_string(),
    },
    Kind {
        name: "INT, a tenth NULL",
        sql: "INT",
        value: |_, chance| match chance.below(10) {
            0 => String::new(),
            _ => chance.below(1_000_000).to_string(),
        },
    },
    Kind {
        name: "BIGINT",
        sql: "BIGINT",
        value: |row, chance| format!("{row}{:06}", chance.below(1_000_000)),
    },
    Kind {
        name: "REAL",
        sql: "REAL",
        value: |_, chance| format!("{}.{}", chance.below(200), chance.below(10)),
    },
    Kind {
        name: "DOUBLE",
        sql: "DOUBLE",
        value: |_, chance| format!("{}.{:03}", chance.below(200), chance.below(1000)),
    },
    Kind {
        name: "DECIMAL",
        sql: "DECIMAL(9,2)",
        value: |_, chance| format!("{}.{:02}", chance.below(10_000), chance.below(100)),
    },
    Kind {
        name: "BOOLEAN",
        sql: "BOOLEAN",
        value: |_, chance| ["true", "false"][index(chance.below(2))].to_owned(),
    },
    Kind {
        name: "DATE",
        sql: "DATE",
        value: |_, chance| date(chance),
    },
    Kind {
        name: "TIMESTAMP",
        sql: "TIMESTAMP",
        value: |_, chance| time(chance),
    },
    Kind {
        name: "TIMESTAMP WITH TIME ZONE",
        sql: "TIMESTAMP WITH TIME ZONE",
        value: |_, chance| format!("{}+02:00", time(chance)),
    },
];

/// A date of a life.
pub fn date(chance: &mut Numbers) -> String {
    let (year, month, day) = (chance.below(90), chance.below(12), chance.below(28));
    format!("{}-{:02}-{:02}", 1930 + year, month + 1, day + 1)
}

/// A time of some day.
pub fn time(chance: &mut Numbers) -> String {
    let (hour, minute, second) = (chance.below(24), chance.below(60), chance.below(60));
    format!("{} {hour:02}:{minute:02}:{second:02}", date(chance))
}

fn index(below: u64) -> usize {
    usize::try_from(below).unwrap()
}

/// A dataset in memory: contract, text, and how its records are read.
pub struct Dataset {
    pub contract: Contract,
    pub text: String,
    pub syntax: Syntax,
    pub binding: Binding,
    /// All records.
    pub blocks: Vec<Block>,
}

impl Dataset {
    /// Of a contract's text and an object's.
    pub fn new(name: &str, schema: &str, text: String) -> Self {
        let contract = Contract::parse(name, "schema.sql", schema).unwrap();
        let mut cutter = Cutter::new(Box::new(std::io::Cursor::new(text.clone().into_bytes())));
        let (syntax, binding) = header::open(&mut cutter, &contract).unwrap();
        let mut blocks = Vec::new();
        while let Some(block) = cutter.next(Vec::new(), &syntax).unwrap() {
            blocks.push(block);
        }
        Self {
            contract,
            text,
            syntax,
            binding,
            blocks,
        }
    }

    /// One column `x` of a kind, which names nobody.
    pub fn of(kind: &Kind) -> Self {
        let schema = format!(
            "CREATE EXTERNAL TABLE t (x {} COMMENT 'insensitive') STORED AS CSV LOCATION 't.csv' \
             OPTIONS ('veilpoint.found_identifiers' 'ignore')",
            kind.sql
        );
        let mut chance = Numbers::new();
        let mut text = String::from("x\n");
        for row in 0..COLUMN_ROWS {
            let _ = writeln!(text, "{}", (kind.value)(row, &mut chance));
        }
        Self::new("t", &schema, text)
    }
}
