//! Pages → the bytes of one column of a row group, with its metadata, column index and offset index.
//!
//! Headers and metadata are the parquet crate's; what is put together here is what stands between them: definition
//! levels, values, compression. Data pages are of version 1, which every reader has.

use std::ops::Range;

use arrow::buffer::NullBuffer;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::codec::Compressor;
use super::hybrid;

/// Rows of a page: a sixth of a row group, and about what other writers have.
pub const PAGE_ROWS: usize = 20_480;

/// A column of one row group, on its way.
pub struct ChunkBuilder {
    column: ColumnDescPtr,
    compressor: Compressor,
    sink: TrackedWrite<Vec<u8>>,
    bounds: ColumnIndexBuilder,
    offsets: OffsetIndexBuilder,
    stages: Vec<PageEncodingStats>,
    dictionary: Option<u64>,
    first: Option<u64>,
    sizes: (usize, usize),
    rows: usize,
    nulls: usize,
    /// A page before it is compressed, kept for its room.
    plain: Vec<u8>,
}

/// The least and the greatest value of a page, as Parquet writes them plainly: no value lies outside.
pub type Bounds = (Vec<u8>, Vec<u8>);

impl ChunkBuilder {
    /// An empty column.
    pub fn new(column: ColumnDescPtr, compressor: Compressor) -> Self {
        Self {
            bounds: ColumnIndexBuilder::new(column.physical_type()),
            column,
            compressor,
            sink: TrackedWrite::new(Vec::new()),
            offsets: OffsetIndexBuilder::new(),
            stages: Vec::new(),
            dictionary: None,
            first: None,
            sizes: (0, 0),
            rows: 0,
            nulls: 0,
            plain: Vec::new(),
        }
    }

    /// Writes the dictionary, before any other page: so many values, in their order.
    pub fn dictionary(&mut self, plain: &[u8], values: usize) -> Result<(), ParquetError> {
        let page = Page::DictionaryPage {
            buf: self.compressor.compress(plain)?,
            num_values: count(values)?,
            encoding: Encoding::PLAIN,
            is_sorted: true,
        };
        let spec = self.write(page, plain.len())?;
        self.dictionary = Some(spec.offset);
        Ok(())
    }

    /// Writes a page of `rows` of the column whose NULLs are `nulls`; `values` appends those that are none,
    /// and tells their bounds.
    ///
    /// Bounds are missing where all are NULL; where they are missing otherwise, the column has no index.
    pub fn page(
        &mut self,
        rows: Range<usize>,
        nulls: Option<&NullBuffer>,
        encoding: Encoding,
        values: impl FnOnce(&mut Vec<u8>) -> Option<Bounds>,
    ) -> Result<(), ParquetError> {
        let mut plain = std::mem::take(&mut self.plain);
        plain.clear();
        let nulls = if self.column.max_def_level() > 0 {
            levels(nulls, &rows, &mut plain)
        } else {
            0
        };
        let bounds = values(&mut plain);
        let page = Page::DataPage {
            buf: self.compressor.compress(&plain)?,
            num_values: count(rows.len())?,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let spec = self.write(page, plain.len())?;
        self.plain = plain;
        self.first.get_or_insert(spec.offset);
        let all = nulls == rows.len();
        if bounds.is_none() && !all {
            self.bounds.to_invalid();
        }
        let (least, greatest) = bounds.unwrap_or_default();
        self.bounds.append(all, least, greatest, signed(nulls)?);
        self.offsets
            .append_offset_and_size(signed(spec.offset)?, size(spec.compressed_size)?);
        self.offsets.append_row_count(signed(rows.len())?);
        self.rows += rows.len();
        self.nulls += nulls;
        Ok(())
    }

    fn write(&mut self, page: Page, plain: usize) -> Result<PageWriteSpec, ParquetError> {
        let (page_type, encoding) = (page.page_type(), page.encoding());
        match self.stages.last_mut() {
            Some(last) if last.page_type == page_type && last.encoding == encoding => {
                last.count += 1;
            }
            _ => self.stages.push(PageEncodingStats {
                page_type,
                encoding,
                count: 1,
            }),
        }
        let spec = SerializedPageWriter::new(&mut self.sink)
            .write_page(CompressedPage::new(page, plain))?;
        self.sizes.0 += spec.uncompressed_size;
        self.sizes.1 += spec.compressed_size;
        Ok(spec)
    }

    /// NULLs so far.
    pub fn nulls(&self) -> u64 {
        self.nulls as u64
    }

    /// The bytes of the column, and what the file is to know of them.
    pub fn finish(
        self,
        statistics: Statistics,
    ) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
        let mut encodings = vec![Encoding::RLE];
        encodings.extend(self.stages.iter().map(|stage| stage.encoding));
        encodings.sort_unstable();
        encodings.dedup();
        let dictionary = self.dictionary.map(signed).transpose()?;
        let metadata = ColumnChunkMetaData::builder(self.column)
            .set_compression(self.compressor.of_file())
            .set_encodings(encodings)
            .set_page_encoding_stats(self.stages)
            .set_total_uncompressed_size(signed(self.sizes.0)?)
            .set_total_compressed_size(signed(self.sizes.1)?)
            .set_num_values(signed(self.rows)?)
            .set_data_page_offset(signed(self.first.unwrap_or(0))?)
            .set_dictionary_page_offset(dictionary)
            .set_statistics(statistics)
            .build()?;
        let index = self.bounds.valid().then(|| self.bounds.build());
        let bytes = self.sink.into_inner()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: index.transpose()?,
            offset_index: Some(self.offsets.build()),
        };
        Ok((Bytes::from(bytes), close))
    }
}

/// Appends which of `rows` are not NULL, with the length that pages of version 1 have before it; how many are.
fn levels(nulls: Option<&NullBuffer>, rows: &Range<usize>, out: &mut Vec<u8>) -> usize {
    let begin = out.len();
    out.extend_from_slice(&[0; 4]);
    let nulls = nulls.map(|nulls| nulls.slice(rows.start, rows.len()));
    let missing = nulls.as_ref().map_or(0, NullBuffer::null_count);
    match nulls {
        Some(nulls) if missing > 0 => {
            // Arrow's bits are Parquet's levels, once they begin at a byte.
            let valid = nulls.inner().sliced();
            hybrid::bits(&valid, rows.len(), out);
        }
        _ => hybrid::repeat(1, rows.len(), 1, out),
    }
    #[expect(clippy::cast_possible_truncation, reason = "a bit for each row")]
    let length = (out.len() - begin - 4) as u32;
    out[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
    missing
}

fn count(number: usize) -> Result<u32, ParquetError> {
    u32::try_from(number).map_err(|_| too_large())
}

fn size(number: usize) -> Result<i32, ParquetError> {
    i32::try_from(number).map_err(|_| too_large())
}

fn signed(number: impl TryInto<i64>) -> Result<i64, ParquetError> {
    number.try_into().map_err(|_| too_large())
}

fn too_large() -> ParquetError {
    ParquetError::General("a page is too large".to_owned())
}
