//! A file of any columns, as batches: CSV as text, exactly as it is written, or Parquet.
//!
//! # Memory
//! One block of CSV, or one batch of Parquet and what its row group takes to decode.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::csv::column::Column;
use crate::csv::cut::Cutter;
use crate::csv::header::open_unknown;
use crate::csv::read::BlockReader;
use crate::csv::{RecordError, Syntax};
use crate::dataset::contract::{Binding, Contract, Encoding};
use crate::error::{Error, Kind, Result};
use crate::source::{classify, decode};

/// A contract with one column: what a file is read by that has none.
const ANY: &str = r#"CREATE EXTERNAL TABLE any ("any" VARCHAR) STORED AS CSV LOCATION '*'"#;

/// Records of Parquet at a time.
const BATCH: usize = 8192;

/// How a CSV is written.
pub(super) struct Flavour {
    pub(super) delimiter: u8,
    pub(super) encoding: Encoding,
}

/// A file that was opened, and whose columns are known.
pub(super) struct Input {
    names: Vec<String>,
    table: Table,
}

enum Table {
    Csv(Box<Csv>),
    Parquet(Box<ParquetRecordBatchReaderBuilder<File>>),
}

struct Csv {
    cutter: Cutter,
    syntax: Syntax,
    contract: Contract,
}

impl Input {
    /// Opens a file by its path, or standard input.
    ///
    /// # Errors
    /// What the file cannot be read for, and what is wrong with its header or footer.
    pub(super) fn open(path: &str, flavour: &Flavour) -> Result<Self> {
        if path == "-" {
            return Self::csv(Box::new(io::stdin()), "", flavour);
        }
        let mut file = File::open(path).map_err(classify)?;
        let mut magic = [0; 4];
        // A pipe cannot go back, and holds no Parquet.
        let whole = file.metadata().map_err(classify)?.is_file();
        if whole {
            let parquet = file.read_exact(&mut magic).is_ok() && &magic == b"PAR1";
            file.rewind().map_err(classify)?;
            if parquet {
                return Self::parquet(file);
            }
        }
        let key = Path::new(path).file_name().unwrap_or_default();
        Self::csv(Box::new(file), &key.to_string_lossy(), flavour)
    }

    fn csv(raw: Box<dyn Read + Send>, key: &str, flavour: &Flavour) -> Result<Self> {
        let mut contract = Contract::parse("any", "any", ANY)?;
        contract.dialect.delimiter = flavour.delimiter;
        contract.dialect.encoding = flavour.encoding;
        let text = decode(raw, key, &contract.dialect);
        let mut cutter = Cutter::new(text);
        let (syntax, names) = open_unknown(&mut cutter, &contract.dialect).map_err(our_words)?;
        let table = Table::Csv(Box::new(Csv {
            cutter,
            syntax,
            contract,
        }));
        Ok(Self { names, table })
    }

    fn parquet(file: File) -> Result<Self> {
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(unreadable)?;
        let fields = metadata.schema().fields().iter();
        let names = fields.map(|field| field.name().clone()).collect();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let table = Table::Parquet(Box::new(builder));
        Ok(Self { names, table })
    }

    /// The names of the columns. Of a file without a header they are data: errors do not quote them.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a column that somebody names.
    ///
    /// # Errors
    /// [`Kind::ColumnMissing`], [`Kind::ColumnDoubled`].
    pub(super) fn position(&self, name: &str) -> Result<usize> {
        let mut places = self.names.iter().enumerate();
        let mut next = || places.find(|(_, other)| *other == name);
        match (next(), next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => {
                let message = "the file has this column more than once: keep one";
                Err(Error::new(Kind::ColumnDoubled, message).in_column(name))
            }
            (None, _) => {
                let message = "the file has no such column: names are exact, and --delimiter says what is between them";
                Err(Error::new(Kind::ColumnMissing, message).in_column(name))
            }
        }
    }

    /// Reads all records, and of them these columns, in this order.
    ///
    /// # Errors
    /// What is wrong with the file, and what `each` refuses.
    pub(super) fn read(
        self,
        positions: &[usize],
        each: impl FnMut(&[Column]) -> Result<()>,
    ) -> Result<()> {
        match self.table {
            Table::Csv(csv) => csv.read(&self.names, positions, each),
            Table::Parquet(builder) => parquet(*builder, positions, each),
        }
    }
}

impl Csv {
    fn read(
        mut self,
        names: &[String],
        positions: &[usize],
        mut each: impl FnMut(&[Column]) -> Result<()>,
    ) -> Result<()> {
        let template = self.contract.columns.first().cloned();
        let column = |position: &usize| {
            let mut column = template.clone()?;
            column.name.clone_from(names.get(*position)?);
            Some(column)
        };
        self.contract.columns = positions.iter().filter_map(column).collect();
        let binding = Binding {
            fields: positions.to_vec(),
            width: names.len(),
            unknown: Vec::new(),
        };
        let inputs: Vec<usize> = (0..self.contract.columns.len()).collect();
        let mut reader = BlockReader::new(&self.contract, &binding, &self.syntax, &inputs);
        let mut records = 0;
        let mut buffer = Vec::new();
        while let Some(block) = self
            .cutter
            .next(buffer, &self.syntax)
            .map_err(|err| our_words(classify(err)))?
        {
            // A name of the header may be data: the field's number says as much.
            let placed = |err: RecordError| our_words(err.place(records, |_| None));
            let batch = reader.read(&block).map_err(placed)?;
            records += batch.records;
            each(&batch.columns)?;
            buffer = block.bytes;
        }
        Ok(())
    }
}

/// The reader of objects speaks of contracts, and here is none.
fn our_words(error: Error) -> Error {
    if error.kind() != Kind::Encoding {
        return error;
    }
    let message = "the text is not in the encoding that --encoding says (utf-8 without it)";
    let ours = Error::new(Kind::Encoding, message);
    match error.record() {
        Some(record) => ours.at_record(record),
        None => ours,
    }
}

fn parquet(
    builder: ParquetRecordBatchReaderBuilder<File>,
    positions: &[usize],
    mut each: impl FnMut(&[Column]) -> Result<()>,
) -> Result<()> {
    let mask = ProjectionMask::roots(builder.parquet_schema(), positions.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH).build();
    // What is read comes in the file's order.
    let place = |position: &usize| positions.iter().filter(|other| *other < position).count();
    let places: Vec<usize> = positions.iter().map(place).collect();
    for batch in reader.map_err(unreadable)? {
        let batch = batch.map_err(unreadable)?;
        let column = |place: &usize| Some(Column::Plain(Arc::clone(batch.columns().get(*place)?)));
        let columns: Option<Vec<Column>> = places.iter().map(column).collect();
        each(&columns.ok_or_else(|| unreadable("a column is missing"))?)?;
    }
    Ok(())
}

/// Parquet's own words may quote what is in the file.
fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let message = "the Parquet file cannot be read: it is damaged, encrypted, or compressed in a way that is not served";
    Error::new(Kind::NotCsv, message).with_private(cause)
}
