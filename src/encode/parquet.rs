//! Columns of blocks → a Parquet file: one row group a block, each column encoded by itself.
//!
//! Nothing but the released columns is in the file: no `ARROW:schema`, no other key-value metadata, no bloom filter.
//! Timestamps are delta-encoded without a dictionary, which halves both their time and their size.

use std::io::Write;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::Codec;
use crate::error::{Error, Kind, Result};

/// The encoded column of one block.
pub struct Chunk(ArrowColumnChunk);

/// Encodes columns. Shared by all workers.
pub struct ParquetEncoder {
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
}

/// Puts row groups into the file, in order.
pub struct ParquetWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

/// The encoder and the writer of a file with columns of `schema`.
pub fn open<W: Write + Send>(
    schema: &SchemaRef,
    codec: Codec,
    output: W,
) -> Result<(ParquetEncoder, ParquetWriter<W>)> {
    let properties = Arc::new(properties(schema, codec));
    let descriptor = ArrowSchemaConverter::new()
        .convert(schema)
        .map_err(internal)?;
    let writer = SerializedFileWriter::new(output, descriptor.root_schema_ptr(), properties)
        .map_err(internal)?;
    let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(schema));
    Ok((
        ParquetEncoder {
            schema: Arc::clone(schema),
            factory,
        },
        ParquetWriter { writer },
    ))
}

fn properties(schema: &SchemaRef, codec: Codec) -> WriterProperties {
    let compression = match codec {
        Codec::Snappy => Compression::SNAPPY,
        Codec::Zstd => Compression::ZSTD(ZstdLevel::default()),
        Codec::Lz4 => Compression::LZ4_RAW,
        Codec::None => Compression::UNCOMPRESSED,
    };
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("veilpoint version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(compression)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_key_value_metadata(None);
    for field in schema.fields() {
        if matches!(field.data_type(), DataType::Timestamp(..)) {
            let path = ColumnPath::new(vec![field.name().clone()]);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    properties.build()
}

fn internal(error: ParquetError) -> Error {
    Error::new(Kind::Internal, "the Parquet writer failed").with_private(error)
}

impl ParquetEncoder {
    /// Writers of the columns of one block, for [`ParquetEncoder::encode`].
    pub fn block(&self, block: usize) -> Result<Vec<ArrowColumnWriter>> {
        self.factory.create_column_writers(block).map_err(internal)
    }

    /// Encodes column `column` of a block.
    pub fn encode(
        &self,
        mut writer: ArrowColumnWriter,
        column: usize,
        values: &ArrayRef,
    ) -> Result<Chunk> {
        let leaves = compute_leaves(self.schema.field(column), values).map_err(internal)?;
        for leaf in &leaves {
            writer.write(leaf).map_err(internal)?;
        }
        writer.close().map(Chunk).map_err(internal)
    }
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Writes one block's columns.
    pub fn write(&mut self, chunks: Vec<Chunk>) -> Result<()> {
        let mut group = self
            .writer
            .next_row_group()
            .map_err(|error| output(&error))?;
        for Chunk(chunk) in chunks {
            chunk
                .append_to_row_group(&mut group)
                .map_err(|error| output(&error))?;
        }
        group.close().map(|_| ()).map_err(|error| output(&error))
    }

    /// Writes the footer.
    pub fn finish(self) -> Result<()> {
        self.writer
            .close()
            .map(|_| ())
            .map_err(|error| output(&error))
    }
}

/// The output's own error stays recognisable: a broken pipe is no failure of ours.
fn output(error: &ParquetError) -> Error {
    if let ParquetError::External(source) = error
        && let Some(error) = source.downcast_ref::<std::io::Error>()
    {
        return super::output_error(error);
    }
    Error::new(Kind::Output, "the Parquet file cannot be written")
}
