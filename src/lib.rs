//! Veilpoint: what one SQL projection leaves of a raw CSV object, as Parquet or CSV.
//!
//! ```text
//! door → request → dataset (contract, projection, proof) ─┐ what may be answered
//!                                                         ▼
//! source → csv (cut, tokenize, decode) → project → encode → output
//!          └────────────────────── release ──────────────┘ bounded, in parallel, in order
//!                                     ▼
//!                           cache ◀─ access_point         made once, and what it is known by: HEAD, LIST, GET, ranges
//! ```
//! Modules import only from those declared before them. Everything but `source`, `release`, `cache`, `access_point` and
//! `door` is without I/O.
//!
//! A release in a few lines (the command does the same, with files):
//! ```
//! use veilpoint::dataset::{contract::Contract, projection::Projection};
//! use veilpoint::functions::Context;
//! use veilpoint::key::MasterKey;
//! use veilpoint::release::{Control, Job, Options, run};
//! use veilpoint::request::Format;
//!
//! let schema = r#"CREATE EXTERNAL TABLE visits (
//!     "Name" VARCHAR NOT NULL COMMENT 'direct identifier', "Born" DATE COMMENT 'quasi-identifier')
//!     STORED AS CSV LOCATION 'visits*.csv'"#;
//! let contract = Contract::parse("visits", "schema.sql", schema)?;
//! let select = r#"-- order: kept
//!     SELECT redact("Name", 'somebody') AS who, age("Born") AS age FROM visits"#;
//! let projection = Projection::parse(&contract, "visits/ages", "ages.sql", select)?;
//!
//! let as_of = "2026-11-01".parse().expect("a date");
//! let keys = Some(MasterKey::generate()?.domain(&projection.domain()));
//! let job = Job {
//!     contract: &contract,
//!     projection: &projection,
//!     object: "visits.csv",
//!     context: &Context { as_of, keys },
//!     format: Format::Csv,
//!     length: None,
//!     options: &Options::default(),
//! };
//! let mut release = Vec::new();
//! let raw = "Born,Name\n2000-02-29,Ada\n1956-11-02,Bo\n";
//! run(&job, Box::new(raw.as_bytes()), &mut release, &Control::default())?;
//! assert_eq!(release, b"who,age\nsomebody,26\nsomebody,69\n");
//! # Ok::<(), veilpoint::Error>(())
//! ```
//!
//! # Security
//! No value of the data is in an error, a log line or a panic. What is not done: rows are k-anonymized only where a head
//! asks for it, and then by what it names; how often each token occurs is as in the data.

pub mod error;

pub mod key;
pub mod request;

pub mod identifiers;

pub mod functions;

pub mod dataset;

pub mod config;

pub mod source;

pub mod csv;

pub mod project;

pub mod encode;

pub mod release;

pub mod cache;

pub mod access_point;

pub mod risk;

pub mod door;

pub use error::{Error, Kind, Result};
