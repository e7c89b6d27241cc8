//! Row groups → a Parquet file, of a length that is given if one is.
//!
//! Zeros stand between what the footer refers to and the footer, where the format allows gaps. Readers begin with the
//! last eight bytes, which lead to the footer, and follow its offsets from there
//! (<https://parquet.apache.org/docs/file-format/>).

use std::io::{self, Write};

use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_writer::ArrowRowGroupWriterFactory;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;

use super::super::{Output, output_error};
use super::{Chunk, internal};
use crate::error::{Error, Kind, Result};

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

impl<W: Output> ParquetWriter<W> {
    /// A file of this schema, and of this length if one is given.
    pub(super) fn new(
        schema: &SchemaDescriptor,
        properties: WriterPropertiesPtr,
        length: Option<u64>,
        output: W,
    ) -> Result<Self> {
        let output = Tail {
            output,
            passed: 0,
            held: None,
        };
        let writer = SerializedFileWriter::new(output, schema.root_schema_ptr(), properties)
            .map_err(internal)?;
        Ok(Self { writer, length })
    }

    /// Writers of the parquet crate for columns of this file.
    pub(super) fn others(&self, schema: &SchemaRef) -> ArrowRowGroupWriterFactory {
        ArrowRowGroupWriterFactory::new(&self.writer, SchemaRef::clone(schema))
    }

    /// Writes one block's columns.
    ///
    /// # Errors
    /// [`Kind::Length`] as soon as the file has outgrown its length.
    pub fn write(&mut self, chunks: Vec<Chunk>) -> Result<()> {
        let mut group = self
            .writer
            .next_row_group()
            .map_err(|error| output(&error))?;
        for chunk in chunks {
            match chunk {
                Chunk::Own(bytes, close) => group.append_column(&bytes, *close),
                Chunk::Other(chunk) => chunk.append_to_row_group(&mut group),
            }
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
        written.map_err(|error| output_error(&error))
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
        return output_error(error);
    }
    Error::new(Kind::Output, "the Parquet file cannot be written")
}
