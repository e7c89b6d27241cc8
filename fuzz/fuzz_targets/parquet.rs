//! Columns of every type with NULLs, in row groups and in any order, gathered, through the Parquet encoders, and back
//! through the parquet crate's reader; and no value outside the bounds that the file tells of its row groups and pages.

#![no_main]

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, make_comparator};
use arrow::compute::{SortOptions, concat_batches};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use veilpoint::encode::gather::gather;
use veilpoint::encode::{Codec, Output, Rows, parquet as encoder};
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::columns::{Given, block, column, in_order, order, rows};

const CODECS: [Codec; 4] = [Codec::Snappy, Codec::Zstd, Codec::Lz4, Codec::None];

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let codec = choices.one(&CODECS);
    let rows = rows(&mut choices);
    if rows == 0 {
        return;
    }
    let order = order(rows, &mut choices);
    // Row groups of the same columns: a second one in the order of the input.
    let orders = choices.one(&[vec![order.as_deref()], vec![order.as_deref(), None]]);
    let cut = choices.byte();
    let mut columns = Vec::new();
    while columns.len() < 3 && (columns.is_empty() || !choices.is_empty()) {
        columns.push(column(&mut choices, rows));
    }
    let block = block(&columns, rows, &mut Choices::new(&[cut]));
    let schema = schema(&columns);
    let file = write(&schema, &block, &orders, codec);
    let again = write(&schema, &block, &orders, codec);
    assert_eq!(file, again, "the same rows give other bytes");
    check(&file, &schema, &columns, &orders);
});

/// The orders of row groups' rows.
type Orders<'a> = [Option<&'a [u32]>];

/// A column that has no NULL is one that may have none.
fn schema(columns: &[Given]) -> SchemaRef {
    let field = |(at, given): (usize, &Given)| {
        let array = &given.array;
        Field::new(
            format!("c{at}"),
            array.data_type().clone(),
            array.null_count() > 0,
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

fn write(schema: &SchemaRef, block: &[Rows], orders: &Orders<'_>, codec: Codec) -> Bytes {
    let mut bytes = Vec::new();
    let (encoder, mut writer) = encoder::open(schema, codec, None, Kept(&mut bytes)).unwrap();
    for (group, order) in orders.iter().enumerate() {
        let mut others = encoder.others(group).unwrap();
        let chunks = schema.fields().iter().enumerate().map(|(at, field)| {
            let values = gather(block, at, field.data_type(), *order).unwrap();
            let other = || Ok(others[at].take().expect("a column is written once"));
            encoder.encode(at, &values, other).unwrap()
        });
        let chunks = chunks.collect();
        writer.write(chunks).unwrap();
    }
    writer.finish().unwrap();
    Bytes::from(bytes)
}

fn check(file: &Bytes, schema: &SchemaRef, columns: &[Given], orders: &Orders<'_>) {
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options);
    let reader = reader.expect("a Parquet file");
    let metadata = Arc::clone(reader.metadata());
    let read_schema = Arc::clone(reader.schema());
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    let all = concat_batches(&read_schema, &batches).unwrap();
    let rows = columns[0].array.len();
    assert_eq!(all.num_rows(), rows * orders.len());
    for (group, order) in orders.iter().enumerate() {
        for (at, given) in columns.iter().enumerate() {
            let expected = in_order(&given.array, *order);
            assert_eq!(&all.column(at).slice(group * rows, rows), &expected);
            bounds(&expected, at, group, schema, &metadata);
        }
    }
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
