//! Columns of every type with NULLs, in row groups, through the Parquet encoders, and back through the parquet crate's
//! reader; and no value outside the bounds that the file tells of its row groups and pages.

#![no_main]

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, make_comparator};
use arrow::compute::{SortOptions, cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use veilpoint::encode::{Codec, Output, parquet as encoder};
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::columns::{column, rows};

const CODECS: [Codec; 4] = [Codec::Snappy, Codec::Zstd, Codec::Lz4, Codec::None];

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let codec = choices.one(&CODECS);
    // A second row group has the same columns once more, in fewer rows.
    let second = choices.one(&[false, true]);
    let rows = rows(&mut choices);
    if rows == 0 {
        return;
    }
    let mut columns = Vec::new();
    while columns.len() < 3 && (columns.is_empty() || !choices.is_empty()) {
        columns.push(column(&mut choices, rows));
    }
    let mut groups = vec![columns];
    if second {
        let part = |column: &ArrayRef| column.slice(rows / 3, rows - rows / 3);
        groups.push(groups[0].iter().map(part).collect());
    }
    let schema = schema(&groups[0]);
    let file = write(&schema, &groups, codec);
    assert_eq!(
        file,
        write(&schema, &groups, codec),
        "the same rows give other bytes"
    );
    check(&file, &schema, &groups);
});

/// What a column is in the file: codes are their texts.
fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        other => other.clone(),
    }
}

/// A column that has no NULL is one that may have none.
fn schema(columns: &[ArrayRef]) -> SchemaRef {
    let field = |(at, column): (usize, &ArrayRef)| {
        Field::new(
            format!("c{at}"),
            plain(column.data_type()),
            column.logical_null_count() > 0,
        )
    };
    let fields: Vec<Field> = columns.iter().enumerate().map(field).collect();
    Arc::new(Schema::new(fields))
}

/// A vector that stays here.
struct Kept<'a>(&'a mut Vec<u8>);

impl Write for Kept<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Output for Kept<'_> {}

fn write(schema: &SchemaRef, groups: &[Vec<ArrayRef>], codec: Codec) -> Bytes {
    let mut bytes = Vec::new();
    let (encoder, mut writer) = encoder::open(schema, codec, None, Kept(&mut bytes)).unwrap();
    for (group, columns) in groups.iter().enumerate() {
        let mut others = encoder.others(group).unwrap();
        let chunks = columns.iter().enumerate().map(|(at, values)| {
            let other = || Ok(others[at].take().expect("a column is written once"));
            encoder.encode(at, values, other).unwrap()
        });
        let chunks = chunks.collect();
        writer.write(chunks).unwrap();
    }
    writer.finish().unwrap();
    Bytes::from(bytes)
}

fn check(file: &Bytes, schema: &SchemaRef, groups: &[Vec<ArrayRef>]) {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options);
    let reader = reader.expect("a Parquet file");
    let metadata = Arc::clone(reader.metadata());
    let read_schema = Arc::clone(reader.schema());
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    let all = concat_batches(&read_schema, &batches).unwrap();
    let mut start = 0;
    for (group, columns) in groups.iter().enumerate() {
        for (at, values) in columns.iter().enumerate() {
            let expected = cast(values, schema.field(at).data_type()).unwrap();
            assert_eq!(&all.column(at).slice(start, values.len()), &expected);
            bounds(&expected, at, group, schema, &metadata);
        }
        start += columns[0].len();
    }
    assert_eq!(start, all.num_rows());
}

/// By the crate's own reading of statistics and of the column index.
fn bounds(values: &ArrayRef, at: usize, group: usize, schema: &Schema, metadata: &ParquetMetaData) {
    let descriptor = metadata.file_metadata().schema_descr();
    let name = format!("c{at}");
    let converter = StatisticsConverter::try_new(&name, schema, descriptor).unwrap();
    let groups = [metadata.row_group(group)];
    let least = converter.row_group_mins(groups).unwrap();
    let greatest = converter.row_group_maxes(groups).unwrap();
    within(values, &least, &greatest, 0);
    let nulls = converter.row_group_null_counts(groups).unwrap();
    assert_eq!(nulls.value(0), values.null_count() as u64);

    let (Some(index), Some(offsets)) = (metadata.column_index(), metadata.offset_index()) else {
        return;
    };
    let groups = [group];
    let least = converter.data_page_mins(index, offsets, &groups).unwrap();
    let greatest = converter.data_page_maxes(index, offsets, &groups).unwrap();
    let starts = offsets[group][at].page_locations().iter();
    let starts: Vec<usize> = starts
        .map(|page| usize::try_from(page.first_row_index).unwrap())
        .collect();
    for (page, &start) in starts.iter().enumerate() {
        let end = starts.get(page + 1).copied().unwrap_or(values.len());
        within(&values.slice(start, end - start), &least, &greatest, page);
    }
}

/// No value lies outside bounds `at`, where there are any. NaN has no place among them.
fn within(values: &ArrayRef, least: &ArrayRef, greatest: &ArrayRef, at: usize) {
    let from_least = make_comparator(values, least, SortOptions::default()).unwrap();
    let from_greatest = make_comparator(values, greatest, SortOptions::default()).unwrap();
    for row in (0..values.len()).filter(|&row| values.is_valid(row) && !is_nan(values, row)) {
        assert!(
            least.is_null(at) || from_least(row, at).is_ge(),
            "row {row}"
        );
        assert!(
            greatest.is_null(at) || from_greatest(row, at).is_le(),
            "row {row}"
        );
    }
}

fn is_nan(values: &ArrayRef, row: usize) -> bool {
    let any = values.as_any();
    any.downcast_ref::<arrow::array::Float64Array>()
        .is_some_and(|values| values.value(row).is_nan())
        || any
            .downcast_ref::<arrow::array::Float32Array>()
            .is_some_and(|values| values.value(row).is_nan())
}
