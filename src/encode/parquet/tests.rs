//! Columns of every type through the encoders here, and back through the parquet crate's reader, which shares nothing
//! with them but the format; other projects' readers are in the integration tests.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "any values do"
)]

use std::io::Write;
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use ::parquet::file::page_index::column_index::ColumnIndexMetaData;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float32Array,
    Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use proptest::prelude::*;

use super::super::Rows;
use super::super::gather::gather;
use super::chunk::PAGE_ROWS;
use super::*;
use crate::csv::column::Column;

/// A vector that stays with the test.
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

/// A file of one column, a row group an array.
fn file(
    groups: &[ArrayRef],
    data_type: &DataType,
    nullable: bool,
    codec: Codec,
) -> (SchemaRef, Bytes) {
    let groups = groups.iter().map(|values| {
        let rows = Rows {
            columns: Arc::new(vec![Column::Plain(Arc::clone(values))]),
            start: 0,
            len: values.len(),
        };
        gather(&[rows], 0, data_type, None).unwrap()
    });
    written(groups, data_type, nullable, codec)
}

/// A file of one column, a row group for each gathered one.
fn written(
    groups: impl Iterator<Item = Gathered>,
    data_type: &DataType,
    nullable: bool,
    codec: Codec,
) -> (SchemaRef, Bytes) {
    let field = Field::new("x", data_type.clone(), nullable);
    let schema = Arc::new(Schema::new(vec![field]));
    let mut bytes = Vec::new();
    let (encoder, mut writer) = open(&schema, codec, None, Kept(&mut bytes)).unwrap();
    for (group, gathered) in groups.enumerate() {
        let other = || Ok(encoder.others(group)?.remove(0).unwrap());
        writer
            .write(vec![encoder.encode(0, &gathered, other).unwrap()])
            .unwrap();
    }
    writer.finish().unwrap();
    (schema, Bytes::from(bytes))
}

/// The column as the parquet crate reads it.
fn read(bytes: &Bytes) -> ArrayRef {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<_> = reader
        .build()
        .unwrap()
        .map(|batch| batch.unwrap())
        .collect();
    Arc::clone(concat_batches(&schema, &batches).unwrap().column(0))
}

fn metadata(bytes: &Bytes) -> ParquetMetaData {
    let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Required);
    reader.try_parse(bytes).unwrap();
    reader.finish().unwrap()
}

/// Writes and reads, with every codec.
fn round(values: &ArrayRef) {
    let plain = values.data_type().clone();
    for codec in [Codec::Snappy, Codec::Zstd, Codec::Lz4, Codec::None] {
        let (_, bytes) = file(
            &[Arc::clone(values)],
            &plain,
            values.null_count() > 0,
            codec,
        );
        assert_eq!(&read(&bytes), values, "{plain} {codec}");
    }
    // Whatever else is wrong with a file, the same values give the same bytes.
    let twice = || file(&[Arc::clone(values)], &plain, true, Codec::Snappy).1;
    assert_eq!(twice(), twice());
}

/// Numbers of a few shapes: few distinct ones, many, all.
fn numbers() -> impl Strategy<Value = Vec<Option<i64>>> {
    let value = prop_oneof![-3..3i64, -40_000..40_000i64, any::<i64>()];
    let shape = (value, 0..4u8, 0..90_000i64);
    (
        prop::collection::vec(shape, 1..60),
        1..900usize,
        any::<bool>(),
    )
        .prop_map(|(seeds, times, nulls)| {
            let row = |(at, (base, kind, step)): (usize, (i64, u8, i64))| {
                let value = match kind {
                    0 => base,
                    1 => base.wrapping_add(at as i64 % 7),
                    _ => base.wrapping_add(step.wrapping_mul(at as i64)),
                };
                (!nulls || !at.is_multiple_of(5)).then_some(value)
            };
            let seeds = seeds.iter().cycle().take(seeds.len() * times);
            seeds.copied().enumerate().map(row).collect()
        })
}

macro_rules! of {
    ($array:ty, $values:expr, $map:expr) => {
        Arc::new(
            $values
                .iter()
                .map(|value| value.map($map))
                .collect::<$array>(),
        ) as ArrayRef
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn numbers_of_every_type_read_back(values in numbers()) {
        round(&of!(Int8Array, values, |v| v as i8));
        round(&of!(Int16Array, values, |v| v as i16));
        round(&of!(Int32Array, values, |v| v as i32));
        round(&of!(Int64Array, values, |v| v));
        round(&of!(UInt8Array, values, |v| v as u8));
        round(&of!(UInt16Array, values, |v| v as u16));
        round(&of!(UInt32Array, values, |v| v as u32));
        round(&of!(UInt64Array, values, |v| v as u64));
        round(&of!(Date32Array, values, |v| v as i32));
        round(&of!(TimestampMicrosecondArray, values, |v| v));
        round(&of!(TimestampNanosecondArray, values, |v| v));
        round(&of!(Float32Array, values, |v| v as f32 / 10.0));
        round(&of!(Float64Array, values, |v| v as f64 / 10.0));
        round(&of!(BooleanArray, values, |v| v % 2 == 0));
        // Of 32, of 64 and of more bits.
        for digits in [9, 18, 20] {
            let fits = |v: i64| i128::from(v) % 10i128.pow(digits.into());
            let decimals: Decimal128Array = values.iter().map(|v| v.map(fits)).collect();
            round(&(Arc::new(decimals.with_precision_and_scale(digits, 3).unwrap()) as ArrayRef));
        }
    }

    #[test]
    fn text_reads_back_as_codes_and_as_it_is(values in numbers(), long in 0..200usize) {
        let text = |v: i64| format!("{}é{}", "x".repeat(long * usize::from(v % 3 == 0)), v % 1000);
        let texts: StringArray = values.iter().map(|v| v.map(text)).collect();
        let plain: ArrayRef = Arc::new(texts);
        round(&plain);
        // As text that hardly repeats.
        let texts = values.iter().enumerate().map(|(row, v)| v.map(|v| format!("{row} {v}")));
        let texts: StringArray = texts.cycle().take(20_000).collect();
        round(&(Arc::new(texts) as ArrayRef));
    }

    #[test]
    fn no_value_lies_outside_the_bounds_that_a_file_tells(values in numbers()) {
        let array: Int64Array = values.iter().copied().collect();
        let (_, bytes) = file(&[Arc::new(array)], &DataType::Int64, true, Codec::Snappy);
        let metadata = metadata(&bytes);
        let ColumnIndexMetaData::INT64(pages) = &metadata.column_index().unwrap()[0][0] else {
            panic!("the column has an index");
        };
        for (page, values) in values.chunks(PAGE_ROWS).enumerate() {
            let some = values.iter().flatten();
            prop_assert_eq!(pages.min_value(page), some.clone().min());
            prop_assert_eq!(pages.max_value(page), some.clone().max());
            prop_assert_eq!(pages.null_count(page), Some((values.len() - some.count()) as i64));
        }
        let column = metadata.row_group(0).column(0);
        let statistics = column.statistics().unwrap();
        let least = values.iter().flatten().min().map(|v| v.to_le_bytes());
        let greatest = values.iter().flatten().max().map(|v| v.to_le_bytes());
        prop_assert_eq!(statistics.min_bytes_opt(), least.as_ref().map(|v| &v[..]));
        prop_assert_eq!(statistics.max_bytes_opt(), greatest.as_ref().map(|v| &v[..]));
    }

    /// Of plain text: texts that differ behind their first 16 bytes, or in length alone.
    #[test]
    fn no_plain_text_lies_outside_the_bounds_of_its_page(
        texts in prop::collection::vec(prop::option::of("[ab\u{0}é]{0,20}"), 1..90),
        same in "[a-c]{0,17}",
        rows in 1..45_000usize,
    ) {
        let texts = texts.iter().map(|text| text.as_ref().map(|text| format!("{same}{text}")));
        let texts: Vec<Option<String>> = texts.cycle().take(rows).collect();
        let array: StringArray = texts.iter().collect();
        let plain = PlainTexts::new(&[&array], None, array.nulls().cloned()).unwrap();
        let groups = std::iter::once(Gathered::Plain(plain));
        let (_, bytes) = written(groups, &DataType::Utf8, true, Codec::Snappy);
        prop_assert_eq!(&read(&bytes), &(Arc::new(array) as ArrayRef));
        let metadata = metadata(&bytes);
        let ColumnIndexMetaData::BYTE_ARRAY(pages) = &metadata.column_index().unwrap()[0][0] else {
            panic!("the column has an index");
        };
        for (page, texts) in texts.chunks(PAGE_ROWS).enumerate() {
            let some = texts.iter().flatten().map(String::as_bytes);
            prop_assert_eq!(pages.min_value(page), some.clone().min());
            prop_assert_eq!(pages.max_value(page), some.clone().max());
            prop_assert_eq!(pages.null_count(page), Some((texts.len() - some.count()) as i64));
        }
        let statistics = metadata.row_group(0).column(0).statistics().unwrap();
        let some = texts.iter().flatten().map(String::as_bytes);
        prop_assert_eq!(statistics.min_bytes_opt(), some.clone().min());
        prop_assert_eq!(statistics.max_bytes_opt(), some.max());
    }

    #[test]
    fn bounds_of_long_texts_are_short_and_hold(texts in prop::collection::vec("[a-c\u{7f}é\u{7ff}\u{10ffff}]{0,90}", 1..40)) {
        let array: ArrayRef = Arc::new(StringArray::from(texts.clone()));
        let (_, bytes) = file(&[array], &DataType::Utf8, false, Codec::None);
        let metadata = metadata(&bytes);
        let statistics = metadata.row_group(0).column(0).statistics().unwrap();
        let least = std::str::from_utf8(statistics.min_bytes_opt().unwrap()).unwrap();
        let greatest = std::str::from_utf8(statistics.max_bytes_opt().unwrap()).unwrap();
        prop_assert!(least.len() <= 64);
        prop_assert!(texts.iter().all(|text| least <= text.as_str() && text.as_str() <= greatest));
        prop_assert_eq!(statistics.min_is_exact(), texts.iter().any(|text| text == least));
    }
}

#[test]
fn what_has_no_order_and_what_is_empty_reads_back() {
    let nan: ArrayRef = Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(-0.0), None]));
    let (_, bytes) = file(&[nan], &DataType::Float64, true, Codec::Snappy);
    assert!(
        read(&bytes)
            .as_primitive::<arrow::datatypes::Float64Type>()
            .value(0)
            .is_nan()
    );
    let nulls: ArrayRef = Arc::new(StringArray::new_null(3));
    round(&nulls);
    round(&(Arc::new(Int64Array::new_null(3)) as ArrayRef));
}

/// The format asks for zeros of the sign that leaves none outside.
#[test]
fn zeros_lie_within_their_bounds() {
    let zeros: ArrayRef = Arc::new(Float64Array::from(vec![0.0, 0.0]));
    let (_, bytes) = file(&[zeros], &DataType::Float64, false, Codec::Snappy);
    let metadata = metadata(&bytes);
    let statistics = metadata.row_group(0).column(0).statistics().unwrap();
    assert_eq!(
        statistics.min_bytes_opt(),
        Some(&(-0.0f64).to_le_bytes()[..])
    );
    assert_eq!(statistics.max_bytes_opt(), Some(&0.0f64.to_le_bytes()[..]));
}

#[test]
fn several_row_groups_of_several_pages_stand_behind_each_other() {
    let group =
        |start: i32| Arc::new(Int32Array::from_iter_values(start..start + 50_000)) as ArrayRef;
    let (_, bytes) = file(
        &[group(0), group(50_000)],
        &DataType::Int32,
        false,
        Codec::Snappy,
    );
    assert_eq!(
        &read(&bytes),
        &(Arc::new(Int32Array::from_iter_values(0..100_000)) as ArrayRef)
    );
    assert_eq!(
        metadata(&bytes).offset_index().unwrap()[1][0]
            .page_locations()
            .len(),
        3
    );
}
