//! Blocks from batches of every form, against the values that were put in.

use std::sync::Arc;

use arrow::array::Float64Array;
use proptest::prelude::*;

use super::super::numbers::to_float;
use super::*;
use crate::csv::column::{Dictionary, Doubles};

/// What one worker has numbered so far.
#[derive(Default)]
struct Worker {
    lineage: u64,
    codes: HashMap<u64, u32>,
    values: Vec<f64>,
}

impl Worker {
    fn code(&mut self, value: f64) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap();
        let code = *self.codes.entry(value.to_bits()).or_insert(next);
        if code == next {
            self.values.push(value);
        }
        code
    }
}

/// The same values as a batch may have them: as they are, or as a worker's codes.
fn column(values: &[Option<f64>], worker: Option<&mut Worker>, text: bool) -> Column {
    let as_text = |value: f64| value.to_string();
    let Some(worker) = worker else {
        if text {
            let texts: StringArray = values.iter().map(|v| v.map(as_text)).collect();
            return Column::Plain(Arc::new(texts));
        }
        return Column::Plain(Arc::new(values.iter().copied().collect::<Float64Array>()));
    };
    let codes = values.iter();
    let codes = codes.map(|value| value.map_or(column::NULL, |value| worker.code(value)));
    let codes = codes.collect();
    let lineage = worker.lineage;
    if text {
        let values = worker.values.iter().map(|&v| Some(as_text(v))).collect();
        return Column::Coded(Arc::new(Dictionary { lineage, values }), codes);
    }
    let values = worker.values.clone();
    Column::CodedDoubles(Arc::new(Doubles { lineage, values }), codes)
}

/// What a block has in the end, row by row.
fn values(gathered: &Gathered) -> Vec<Option<String>> {
    let coded = |codes: &[u16], text: &dyn Fn(usize) -> String| {
        let value = |&code: &u16| (code != NULL).then(|| text(code.into()));
        codes.iter().map(value).collect()
    };
    match gathered {
        Gathered::Texts(of) => coded(&of.codes, &|at| of.values.value(at).to_owned()),
        Gathered::Numbers(_, of) => {
            assert!(of.values.is_sorted());
            coded(&of.codes, &|at| to_float(of.values[at]).to_string())
        }
        Gathered::Keys(_, keys, nulls) => (0..keys.len())
            .map(|row| {
                let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                valid.then(|| to_float(keys[row]).to_string())
            })
            .collect(),
        Gathered::Plain(texts) => {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let texts = (0..texts.len()).map(|row| texts.get(row).map(|of| text(of.bytes())));
            texts.collect()
        }
        Gathered::Array(_) => panic!("text and doubles have forms of their own"),
    }
}

proptest! {
    #[test]
    fn a_block_has_the_rows_values_however_they_came(
        batches in prop::collection::vec(
            (0..3usize, prop::collection::vec(prop::option::of(-40..400i32), 1..200)), 1..8),
        text: bool,
        turned: bool,
    ) {
        let numbers = |values: &[Option<i32>]| -> Vec<Option<f64>> {
            values.iter().map(|v| v.map(|v| f64::from(v) / 10.0)).collect()
        };
        let mut workers = [0, 1].map(|lineage| Worker { lineage, ..Worker::default() });
        let rows: Vec<Rows> = batches
            .iter()
            .map(|(form, values)| Rows {
                columns: Arc::new(vec![column(&numbers(values), workers.get_mut(*form), text)]),
                start: values.len() / 3,
                len: values.len() - values.len() / 3,
            })
            .collect();
        let all = batches.iter().flat_map(|(_, values)| numbers(&values[values.len() / 3..]));
        let mut expected: Vec<Option<String>> = all.map(|v| v.map(|v| v.to_string())).collect();
        let order: Vec<u32> = (0..u32::try_from(expected.len()).unwrap()).rev().collect();
        let data_type = if text { DataType::Utf8 } else { DataType::Float64 };
        let gathered = gather(&rows, 0, &data_type, turned.then_some(&order)).unwrap();
        if turned {
            expected.reverse();
        }
        prop_assert_eq!(values(&gathered), expected);
    }
}

/// Whether values hardly repeat is judged alike.
#[test]
fn the_form_of_a_block_is_that_of_its_values() {
    let distinct: Vec<Option<f64>> = (0..20_000).map(|v| Some(f64::from(v) / 8.0)).collect();
    // Judged at each new value: where none comes any more, and where one comes soon or late.
    let repeated = |rows: usize| distinct[..10_000].iter().copied().cycle().take(rows);
    let and_one = |rows| repeated(rows).chain([distinct[19_999]]).collect::<Vec<_>>();
    let (none, soon, late) = (
        repeated(40_000).collect::<Vec<_>>(),
        and_one(16_500),
        and_one(30_000),
    );
    for (values, coded) in [
        (&distinct[..], false),
        (&distinct[..15_000], true),
        (&none, true),
        (&soon, false),
        (&late, true),
    ] {
        for coding in [false, true] {
            let of = |text| {
                let mut worker = Worker::default();
                let columns = column(values, coding.then_some(&mut worker), text);
                let columns = Arc::new(vec![columns]);
                let rows = Rows {
                    columns,
                    start: 0,
                    len: values.len(),
                };
                let data_type = if text {
                    DataType::Utf8
                } else {
                    DataType::Float64
                };
                gather(&[rows], 0, &data_type, None).unwrap()
            };
            assert_eq!(matches!(of(true), Gathered::Texts(_)), coded);
            assert_eq!(matches!(of(false), Gathered::Numbers(..)), coded);
        }
    }
}

/// Long texts show by their bytes that they do not repeat enough, however they come: a dictionary holds 1 MiB of them.
#[test]
fn a_block_of_long_texts_is_coded_up_to_a_mebibyte_of_them() {
    let texts: Vec<String> = (0..3_000).map(|number| format!("{number:0400}")).collect();
    let (most, one_more) = (MAX_BYTES / 400, MAX_BYTES / 400 + 1);
    for (distinct, coded) in [(most, true), (one_more, false), (3_000, false)] {
        for coding in [false, true] {
            let rows = 4 * distinct;
            let column = if coding {
                let values = texts[..distinct].iter().map(Some).collect();
                let codes = (0..).take(distinct).cycle().take(rows).collect();
                Column::Coded(Arc::new(Dictionary { lineage: 0, values }), codes)
            } else {
                let all = texts[..distinct].iter().cycle().take(rows).map(Some);
                Column::Plain(Arc::new(all.collect::<StringArray>()))
            };
            let rows = Rows {
                columns: Arc::new(vec![column]),
                start: 0,
                len: rows,
            };
            let gathered = gather(&[rows], 0, &DataType::Utf8, None).unwrap();
            let is_coded = matches!(gathered, Gathered::Texts(_));
            assert_eq!(is_coded, coded, "{distinct} texts, as codes: {coding}");
        }
    }
}
