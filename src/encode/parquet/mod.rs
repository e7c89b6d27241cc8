//! Columns of blocks → a Parquet file: one row group a block, each column encoded by itself.
//!
//! Nothing but the released columns is in the file: no `ARROW:schema`, no other key-value metadata, no bloom filter.
//!
//! Text, numbers, decimals of up to 18 digits, dates and timestamps have encoders here: with the parquet crate's, which
//! hash every value, a release takes half as much CPU again (4.7 instead of 3.1 s for the reference gigabyte). Headers,
//! metadata and file are the crate's, and so is every other column. Dictionaries are sorted: a page's bounds are then
//! those of its codes, and bytes do not depend on how a worker had numbered its texts. What must change together:
//! `numbers` and `text` choose an encoding, `chunk` writes it down, `hybrid` and `delta` are the encodings.

mod chunk;
mod codec;
mod delta;
mod file;
mod hybrid;
mod numbers;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::parquet::arrow::ArrowSchemaConverter;
use ::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::schema::types::SchemaDescriptor;
use arrow::array::{Array, ArrayRef};
use arrow::datatypes::SchemaRef;
use bytes::Bytes;

use self::chunk::ChunkBuilder;
use self::codec::Compressor;
pub use self::file::ParquetWriter;
use super::gather::Gathered;
use super::texts::PlainTexts;
use super::{Codec, Output};
use crate::error::{Error, Kind, Result};

/// The encoded column of one block.
pub enum Chunk {
    /// By the encoders here.
    Own(Bytes, Box<ColumnCloseResult>),
    /// By the parquet crate's.
    Other(Box<ArrowColumnChunk>),
}

/// Encodes columns. Shared by all workers.
pub struct ParquetEncoder {
    schema: SchemaRef,
    columns: SchemaDescriptor,
    codec: Codec,
    others: ArrowRowGroupWriterFactory,
}

/// The encoder and the writer of a file with columns of `schema`, of this length if one is given.
pub fn open<W: Output>(
    schema: &SchemaRef,
    codec: Codec,
    length: Option<u64>,
    output: W,
) -> Result<(ParquetEncoder, ParquetWriter<W>)> {
    let columns = ArrowSchemaConverter::new()
        .convert(schema)
        .map_err(internal)?;
    let properties = Arc::new(properties(codec));
    let writer = ParquetWriter::new(&columns, properties, length, output)?;
    let encoder = ParquetEncoder {
        schema: Arc::clone(schema),
        columns,
        codec,
        others: writer.others(schema),
    };
    Ok((encoder, writer))
}

fn properties(codec: Codec) -> WriterProperties {
    let compression = match codec {
        Codec::Snappy => Compression::SNAPPY,
        Codec::Zstd => Compression::ZSTD(ZstdLevel::default()),
        Codec::Lz4 => Compression::LZ4_RAW,
        Codec::None => Compression::UNCOMPRESSED,
    };
    WriterProperties::builder()
        .set_created_by(concat!("veilpoint version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(compression)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(None)
        .build()
}

fn internal(error: ParquetError) -> Error {
    Error::new(Kind::Internal, "the Parquet writer failed").with_private(error)
}

impl ParquetEncoder {
    /// The parquet crate's writers for the columns of one block, for those that have no encoder here.
    pub fn others(&self, block: usize) -> Result<Vec<Option<ArrowColumnWriter>>> {
        let writers = self.others.create_column_writers(block).map_err(internal)?;
        Ok(writers.into_iter().map(Some).collect())
    }

    /// Encodes column `column` of a block; `other` gives the crate's writer for it.
    pub fn encode(
        &self,
        column: usize,
        values: &Gathered,
        other: impl FnOnce() -> Result<ArrowColumnWriter>,
    ) -> Result<Chunk> {
        let mut chunk = ChunkBuilder::new(self.columns.column(column), Compressor::new(self.codec));
        let statistics = match values {
            // A dictionary of nothing is no page that a reader takes.
            Gathered::Texts(texts) if texts.values.is_empty() => {
                text::plain(&PlainTexts::none(texts.codes.len()), &mut chunk)
            }
            Gathered::Texts(texts) => text::coded(texts, &mut chunk),
            Gathered::Numbers(number, coded) => numbers::coded(*number, coded, &mut chunk),
            Gathered::Keys(number, keys, nulls) => {
                numbers::plain(*number, keys, nulls.as_ref(), &mut chunk)
            }
            Gathered::Plain(texts) => text::plain(texts, &mut chunk),
            Gathered::Array(array) => {
                return self
                    .other(column, array, other()?)
                    .map(|chunk| Chunk::Other(Box::new(chunk)));
            }
        };
        let (bytes, close) = statistics
            .and_then(|statistics| chunk.finish(statistics))
            .map_err(internal)?;
        Ok(Chunk::Own(bytes, Box::new(close)))
    }

    fn other(
        &self,
        column: usize,
        values: &ArrayRef,
        mut writer: ArrowColumnWriter,
    ) -> Result<ArrowColumnChunk> {
        let leaves = compute_leaves(self.schema.field(column), values).map_err(internal)?;
        for leaf in &leaves {
            writer.write(leaf).map_err(internal)?;
        }
        writer.close().map_err(internal)
    }
}
