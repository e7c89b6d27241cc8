//! Calls the pipeline in process: contract, projection, key and text in; the release out.

use std::io::{Cursor, Read};

use chrono::NaiveDate;
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::functions::Context;
use veilpoint::key::MasterKey;
use veilpoint::release::{self, Control, Job, Options, Summary};
use veilpoint::request::Format;

/// A dataset `t` with one projection.
pub struct Engine {
    contract: Contract,
    projection: Projection,
    context: Context,
}

impl Engine {
    /// Reads both SQL texts. The key is 32 times `key`; the as-of date is 2026-11-01.
    pub fn new(schema: &str, projection: &str, key: u8) -> Self {
        Self::of("t", schema, projection, key)
    }

    /// The same for a dataset of another name.
    pub fn of(dataset: &str, schema: &str, projection: &str, key: u8) -> Self {
        let contract = Contract::parse(dataset, "sql/t/schema.sql", schema).unwrap();
        Self::over(contract, projection, key)
    }

    /// The same over a contract that was read.
    pub fn over(contract: Contract, projection: &str, key: u8) -> Self {
        Self::proven(contract, projection, key).unwrap()
    }

    /// The same, or why the projection is refused.
    pub fn proven(contract: Contract, projection: &str, key: u8) -> Result<Self, veilpoint::Error> {
        let projection = Projection::parse(&contract, "t/p", "sql/t/p.sql", projection)?;
        let keys = MasterKey::from_bytes([key; 32]).domain(&projection.domain());
        let context = Context {
            as_of: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
            keys: Some(keys),
        };
        Ok(Self {
            contract,
            projection,
            context,
        })
    }

    /// The release of `text`, which arrives in pieces of `piece` bytes, made by `threads` threads.
    pub fn release(
        &self,
        text: &[u8],
        format: Format,
        threads: usize,
        piece: usize,
    ) -> Result<(Vec<u8>, Summary), veilpoint::Error> {
        let options = Options {
            threads,
            ..Options::default()
        };
        self.release_with(text, format, &options, piece)
    }

    /// The same with all options.
    pub fn release_with(
        &self,
        text: &[u8],
        format: Format,
        options: &Options,
        piece: usize,
    ) -> Result<(Vec<u8>, Summary), veilpoint::Error> {
        let job = Job {
            contract: &self.contract,
            projection: &self.projection,
            object: "t.csv",
            context: &self.context,
            format,
            length: None,
            options,
        };
        let input = Box::new(Pieces {
            text: Cursor::new(text.to_vec()),
            piece,
        });
        let mut bytes = Vec::new();
        let summary = release::run(&job, input, &mut bytes, &Control::default())?;
        Ok((bytes, summary))
    }
}

/// A source that hands out a few bytes at a time.
struct Pieces {
    text: Cursor<Vec<u8>>,
    piece: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(self.piece);
        self.text.read(&mut buffer[..len])
    }
}
