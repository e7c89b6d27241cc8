//! A Parquet reader over object store's ranges: footer first, then what the columns of its row groups need, as
//! `ParquetObjectReader` asks; and `DataFusion` over the CSV releases of a prefix.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::prelude::{CsvReadOptions, SessionContext};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::push_decoder::ParquetPushDecoderBuilder;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataPushDecoder};

use super::{ROWS, STEMS, endpoint, raw, stage};
use crate::gateway::stage::READER;
use crate::support::clients::{object_store, runtime};

/// The footer, by the length that the listing says.
async fn footer(store: &AmazonS3, path: &Path, size: u64) -> ParquetMetaData {
    let mut decoder = ParquetMetaDataPushDecoder::try_new(size).unwrap();
    loop {
        match decoder.try_decode().unwrap() {
            DecodeResult::NeedsData(ranges) => {
                let data = store.get_ranges(path, &ranges).await.unwrap();
                decoder.push_ranges(ranges, data).unwrap();
            }
            DecodeResult::Data(metadata) => return metadata,
            DecodeResult::Finished => panic!("no footer"),
        }
    }
}

/// The columns of these names; all without names.
async fn columns(store: &AmazonS3, path: &Path, names: &[&str]) -> Vec<RecordBatch> {
    let size = store.head(path).await.unwrap().size;
    let metadata = footer(store, path, size).await;
    let builder = ParquetPushDecoderBuilder::try_new_decoder(Arc::new(metadata)).unwrap();
    let mask = match names {
        [] => ProjectionMask::all(),
        names => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
    };
    let mut decoder = builder.with_projection(mask).build().unwrap();
    let mut batches = Vec::new();
    loop {
        match decoder.try_decode().unwrap() {
            DecodeResult::NeedsData(ranges) => {
                let data = store.get_ranges(path, &ranges).await.unwrap();
                decoder.push_ranges(ranges, data).unwrap();
            }
            DecodeResult::Data(batch) => batches.push(batch),
            DecodeResult::Finished => return batches,
        }
    }
}

/// A column of all batches, as text.
fn texts(batches: &[RecordBatch], name: &str) -> Vec<String> {
    let column =
        |batch: &RecordBatch| -> ArrayRef { Arc::clone(batch.column_by_name(name).unwrap()) };
    let text = |column: ArrayRef| {
        let text = arrow::compute::cast(&column, &arrow::datatypes::DataType::Utf8).unwrap();
        let text = text.as_string::<i32>();
        (0..text.len())
            .map(|row| text.value(row).to_owned())
            .collect::<Vec<_>>()
    };
    batches
        .iter()
        .flat_map(|batch| text(column(batch)))
        .collect()
}

#[test]
fn row_groups_are_read_by_their_ranges_and_are_those_of_the_commands_file() {
    let stage = stage();
    let mut wrong = Vec::new();
    for bucket in ["analytics", "analytics.exact"] {
        let store = object_store(&endpoint(&stage), bucket, READER);
        for (at, stem) in STEMS.iter().enumerate() {
            let path = Path::from(format!("{stem}.parquet"));
            let file = stage.converted(&raw(at), "patients/analytics", "parquet");
            let file = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file)).unwrap();
            let expected: Vec<RecordBatch> = file.build().unwrap().map(Result::unwrap).collect();
            for names in [&[][..], &["Age", "Disease"], &["Fullname"]] {
                let read = runtime().block_on(columns(&store, &path, names));
                let rows: usize = read.iter().map(RecordBatch::num_rows).sum();
                let all = ["Fullname", "Age", "Gender", "Disease"];
                let named = if names.is_empty() { &all[..] } else { names };
                let same = named
                    .iter()
                    .all(|name| texts(&read, name) == texts(&expected, name));
                if rows != ROWS || !same {
                    wrong.push(format!(
                        "{bucket} {path} {names:?}: {rows} rows, the same: {same}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn datafusion_reads_the_csv_releases_of_a_prefix() {
    let stage = stage();
    let store = Arc::new(object_store(&endpoint(&stage), "analytics-csv", READER));
    let sums = runtime().block_on(async {
        let context = SessionContext::new();
        let url = "s3://analytics-csv".parse().unwrap();
        context.register_object_store(&url, store);
        let table = context
            .read_csv("s3://analytics-csv/a/", CsvReadOptions::new())
            .await
            .unwrap();
        context
            .register_table("releases", table.into_view())
            .unwrap();
        let sql =
            "SELECT count(*) AS rows, sum(\"Weight\") AS weight FROM releases WHERE \"Age\" >= 0";
        context.sql(sql).await.unwrap().collect().await.unwrap()
    });
    let sum = |name| {
        let column = sums[0].column_by_name(name).unwrap();
        column.as_primitive::<Int64Type>().value(0)
    };
    // As `patients` makes them: three objects, whose rows are numbered on.
    let weights: usize = (0..3 * ROWS).map(|row| row % 60 + 45).sum();
    assert_eq!(sum("rows"), i64::try_from(3 * ROWS).unwrap());
    assert_eq!(sum("weight"), i64::try_from(weights).unwrap());
}
