//! Columns of blocks → a Parquet file: one row group a block, each column encoded by itself.
//!
//! Nothing but the released columns is in the file: no `ARROW:schema`, no other key-value metadata, no bloom filter.
//! Timestamps are delta-encoded without a dictionary, which halves both their time and their size.
//!
//! A file may be made of a length that is given: zeros stand between what the footer refers to and the footer, where the
//! format allows gaps. Readers begin with the last eight bytes, which lead to the footer, and follow its offsets from
//! there (<https://parquet.apache.org/docs/file-format/>).

use std::io::{self, Write};
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

use super::{Codec, Output};
use crate::error::{Error, Kind, Result};

/// The encoded column of one block.
pub struct Chunk(ArrowColumnChunk);

/// Encodes columns. Shared by all workers.
pub struct ParquetEncoder {
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
}

/// Puts row groups into the file, in order.
pub struct ParquetWriter<W: Output> {
    writer: SerializedFileWriter<Tail<W>>,
    length: Option<u64>,
}

/// An output whose last bytes are held back, so that filler can be put among them.
struct Tail<W> {
    output: W,
    passed: u64,
    held: Option<Vec<u8>>,
}

impl<W: Write> Write for Tail<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(held) = &mut self.held {
            return held.write(bytes);
        }
        let written = self.output.write(bytes)?;
        self.passed += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// What ends every file: the length of the footer, and the magic number.
const END: usize = 8;

/// The encoder and the writer of a file with columns of `schema`, of this length if one is given.
pub fn open<W: Output>(
    schema: &SchemaRef,
    codec: Codec,
    length: Option<u64>,
    output: W,
) -> Result<(ParquetEncoder, ParquetWriter<W>)> {
    let properties = Arc::new(properties(schema, codec));
    let descriptor = ArrowSchemaConverter::new()
        .convert(schema)
        .map_err(internal)?;
    let output = Tail {
        output,
        passed: 0,
        held: None,
    };
    let writer = SerializedFileWriter::new(output, descriptor.root_schema_ptr(), properties)
        .map_err(internal)?;
    let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(schema));
    Ok((
        ParquetEncoder {
            schema: Arc::clone(schema),
            factory,
        },
        ParquetWriter { writer, length },
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

impl<W: Output> ParquetWriter<W> {
    /// Writes one block's columns.
    ///
    /// # Errors
    /// [`Kind::Length`] as soon as the file has outgrown its length.
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
        group.close().map_err(|error| output(&error))?;
        match self.length {
            Some(length) if self.writer.bytes_written() as u64 > length => Err(outgrown(length)),
            _ => Ok(()),
        }
    }

    /// Writes the footer, and before it the filler. Holds the file's metadata once more meanwhile.
    ///
    /// # Errors
    /// [`Kind::Length`].
    pub fn finish(mut self) -> Result<()> {
        let Some(length) = self.length else {
            return self
                .writer
                .close()
                .map(|_| ())
                .map_err(|error| output(&error));
        };
        self.writer.inner_mut().held = Some(Vec::new());
        // This writes the metadata, too.
        let tail = self.writer.into_inner().map_err(|error| output(&error))?;
        tail.finish(length)
    }
}

impl<W: Output> Tail<W> {
    /// Writes what was held, with the footer at the end of so many bytes.
    fn finish(mut self, length: u64) -> Result<()> {
        let held = self.held.take().unwrap_or_default();
        let filler = length.checked_sub(self.passed + held.len() as u64);
        let filler = filler.ok_or_else(|| outgrown(length))?;
        let (before, footer) = held.split_at(footer_at(&held).ok_or_else(no_footer)?);
        let written = self
            .output
            .write_all(before)
            .and_then(|()| self.output.filler(filler))
            .and_then(|()| self.output.write_all(footer))
            .and_then(|()| self.output.flush());
        written.map_err(|error| super::output_error(&error))
    }
}

/// Where the footer begins in the end of a file.
fn footer_at(end: &[u8]) -> Option<usize> {
    let footer_end = end.len().checked_sub(END)?;
    let length = end.get(footer_end..footer_end + 4)?.try_into().ok()?;
    footer_end.checked_sub(usize::try_from(u32::from_le_bytes(length)).ok()?)
}

fn no_footer() -> Error {
    Error::new(Kind::Internal, "the Parquet file has no footer")
}

fn outgrown(length: u64) -> Error {
    let message = format!(
        "the release is longer than the {length} bytes of its length law: raise the length factor (\"length_factor\" of \
         the access point, --length-factor of the command), or set \"length\" to \"exact\""
    );
    Error::new(Kind::Length, message)
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
