//! The errors' sizes, their distribution, and what they depend on.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float32Array, Float64Array, Int8Array, Int64Array,
    StringArray, UInt64Array,
};
use arrow::datatypes::{
    Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int64Type, UInt64Type,
};
use datafusion_common::config::ConfigOptions;

use super::errors::{float, float32, moved};
use super::*;
use crate::error::Kind;
use crate::functions::testing::{call, context, context_of, keyless, refused, text_types};

const ROWS: i64 = 20_000;

/// `noise` of a column by this name, for the subjects 0, 1, 2 and so on.
fn noise_of(context: &Context, column: &str, x: &ArrayRef, ratio: f64) -> ArrayRef {
    let rows = x.len();
    let subjects = Int64Array::from_iter_values(0..i64::try_from(rows).unwrap());
    let function = Noise::new(context);
    let field =
        |name: &str, data_type: &DataType| Arc::new(Field::new(name, data_type.clone(), true));
    let answer = function.invoke_with_args(ScalarFunctionArgs {
        args: vec![
            ColumnarValue::Array(Arc::clone(x)),
            ColumnarValue::Array(Arc::new(subjects)),
            ScalarValue::Float64(Some(ratio)).into(),
        ],
        arg_fields: vec![
            field(column, x.data_type()),
            field("s", &DataType::Int64),
            field("r", &DataType::Float64),
        ],
        number_rows: rows,
        return_field: field("n", x.data_type()),
        config_options: Arc::new(ConfigOptions::default()),
    });
    answer.unwrap().into_array(rows).unwrap()
}

/// The relative errors of a thousand, for each subject.
fn errors(context: &Context, column: &str, ratio: f64) -> Vec<f64> {
    let x: ArrayRef = Arc::new(Float64Array::from(vec![
        1000.0;
        usize::try_from(ROWS).unwrap()
    ]));
    let noised = noise_of(context, column, &x, ratio);
    let noised = noised.as_primitive::<Float64Type>().values();
    noised.iter().map(|noised| noised / 1000.0 - 1.0).collect()
}

/// Chi-square of 100 equal bins from -ratio to ratio.
fn chi_square(errors: &[f64], ratio: f64) -> f64 {
    let mut counts = [0_i32; 100];
    for error in errors {
        let place = (error / ratio + 1.0) * 50.0;
        let bin = (1..100).filter(|edge| f64::from(*edge) <= place).count();
        counts[bin] += 1;
    }
    let expected = f64::from(counts.iter().sum::<i32>()) / 100.0;
    let square = |count: &i32| (f64::from(*count) - expected).powi(2) / expected;
    counts.iter().map(square).sum()
}

fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    sum / count
}

/// The draws are fixed, so the bounds are: a fair draw passes them with odds of more than 999 in 1,000.
#[test]
fn errors_are_even_and_within_the_ratio() {
    for ratio in [0.01, 0.1, 1.0] {
        let errors = errors(&context(), "Weight", ratio);
        // The 24 bits that are kept round once more.
        assert!(errors.iter().all(|error| error.abs() <= ratio + 1e-7));
        let chi = chi_square(&errors, ratio);
        assert!(chi < 148.2, "{ratio}: {chi}");
        // Four standard deviations of the mean of 20,000 even draws.
        let mean = mean(errors.iter().copied());
        assert!(mean.abs() < ratio * 0.0164, "{ratio}: {mean}");
    }
}

#[test]
fn columns_ratios_domains_and_keys_have_unrelated_errors() {
    let all = [
        errors(&context(), "Weight", 0.1),
        errors(&context(), "Height", 0.1),
        errors(&context(), "weight", 0.1),
        errors(&context(), "Weight", 0.2),
        errors(&context_of([7; 32], "patients/research"), "Weight", 0.1),
        errors(&context_of([8; 32], "patients/analytics"), "Weight", 0.1),
    ];
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            let product = mean(a.iter().zip(b).map(|(a, b)| a * b));
            let squares = mean(a.iter().map(|a| a * a)) * mean(b.iter().map(|b| b * b));
            let correlation = product / squares.sqrt();
            // Four standard deviations.
            assert!(correlation.abs() < 0.0283, "{correlation}");
        }
    }
}

#[test]
fn to_ask_again_averages_nothing_away() {
    let x: ArrayRef = Arc::new(Float64Array::from(vec![1000.0; 500]));
    assert_eq!(
        &noise_of(&context(), "Weight", &x, 0.1),
        &noise_of(&context(), "Weight", &x, 0.1)
    );
    let names = [
        Some("Anna Müller"),
        Some(" ANNA  mu\u{308}ller"),
        Some("anna MÜLLER"),
    ];
    for subject in text_types(&names) {
        let args = vec![
            ScalarValue::Float64(Some(1000.0)).into(),
            ColumnarValue::Array(subject),
            ScalarValue::Float64(Some(0.1)).into(),
        ];
        let noised = call(&context(), "noise", args)
            .unwrap()
            .into_array(3)
            .unwrap();
        let noised = noised.as_primitive::<Float64Type>().values();
        assert!(
            noised
                .iter()
                .all(|one| one.to_bits() == noised[0].to_bits())
        );
    }
}

#[test]
fn all_values_of_a_subject_are_off_by_one_factor() {
    let draw = 0x1234_5678_9abc_def0_u128 << 64;
    let factor = float(1000.0, draw, 100_000) / 1000.0;
    for x in [1.0, -3.5, 72.5, 1e100, -1e-100] {
        assert!((float(x, draw, 100_000) / x / factor - 1.0).abs() < 1e-6);
    }
}

#[test]
fn whole_numbers_reach_every_number_within_the_width_and_no_other() {
    let mut wrong = Vec::new();
    for (x, ratio, least, most) in [
        (0, 1_000_000, 0, 0),
        (1, 10_000, 0, 3),
        (2, 10_000, 0, 4),
        (7, 10_000, 5, 9),
        (-7, 10_000, -9, -5),
        (7, 1_000_000, 0, 14),
        (299, 10_000, 297, 301),
        (300, 10_000, 297, 303),
        (1000, 100_000, 900, 1100),
        (-1000, 123_456, -1123, -877),
    ] {
        let reached: std::collections::BTreeSet<i128> =
            (0..10_000).map(|draw| moved(x, draw, ratio)).collect();
        if !reached.iter().copied().eq(least..=most) {
            wrong.push(format!("{x} by {ratio}: {reached:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_ends_of_a_type_hold() {
    for draw in [0, 1, u128::MAX / 3, u128::MAX - 1, u128::MAX] {
        for x in [i128::MIN, i128::MAX, 10_i128.pow(38) - 1, -1] {
            assert!(moved(x, draw, 1_000_000).signum() * x.signum() >= 0);
        }
        for x in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324] {
            assert!(float(x, draw, 1_000_000).is_finite());
        }
        assert!(float32(f32::MAX, draw, 1_000_000).is_finite());
        assert!(float32(f32::NAN, draw, 1_000_000).is_nan());
        assert_eq!(
            float(f64::INFINITY, draw, 10_000).to_bits(),
            f64::INFINITY.to_bits()
        );
        assert!(float(f64::NAN, draw, 10_000).is_nan());
        assert_eq!(float(0.0, draw, 10_000).to_bits(), 0);
    }
    let many = |x: ArrayRef| noise_of(&context(), "x", &x, 0.5);
    let small = many(Arc::new(Int8Array::from(vec![i8::MAX; 100])));
    let small = small.as_primitive::<Int8Type>().values();
    assert!(small.iter().all(|x| (63..=127).contains(x)) && small.contains(&127));
    let large = many(Arc::new(UInt64Array::from(vec![u64::MAX; 100])));
    assert!(
        large
            .as_primitive::<UInt64Type>()
            .values()
            .contains(&u64::MAX)
    );
    let decimals = Decimal128Array::from(vec![-99_999; 100]).with_precision_and_scale(5, 2);
    let decimals = many(Arc::new(decimals.unwrap()));
    assert_eq!(decimals.data_type(), &DataType::Decimal128(5, 2));
    let decimals = decimals.as_primitive::<Decimal128Type>().values();
    assert!(decimals.iter().all(|x| (-99_999..=-50_000).contains(x)));
    assert!(decimals.contains(&-99_999));
}

#[test]
fn fractions_keep_24_bits() {
    let x: ArrayRef = Arc::new(Float64Array::from(vec![72.5; 1000]));
    let noised = noise_of(&context(), "Weight", &x, 0.1);
    for noised in noised.as_primitive::<Float64Type>().values() {
        assert_eq!(noised.to_bits() & ((1 << 29) - 1), 0);
    }
    let x: ArrayRef = Arc::new(Float32Array::from(vec![72.5; 1000]));
    let small = noise_of(&context(), "Weight", &x, 0.1);
    let small = small.as_primitive::<Float32Type>().iter();
    let noised = noised.as_primitive::<Float64Type>().iter();
    assert!(small.map(|x| x.map(f64::from)).eq(noised));
}

#[test]
fn without_a_number_or_a_subject_there_is_nothing() {
    let x: ArrayRef = Arc::new(Int64Array::from(vec![
        Some(1000),
        Some(1000),
        None,
        Some(1000),
    ]));
    let subject = StringArray::from(vec![None, Some(" "), Some("Bo"), Some("Bo")]);
    let args = vec![
        ColumnarValue::Array(x),
        ColumnarValue::Array(Arc::new(subject)),
        ScalarValue::Float64(Some(0.1)).into(),
    ];
    let noised = call(&context(), "noise", args)
        .unwrap()
        .into_array(4)
        .unwrap();
    let noised = noised.as_primitive::<Int64Type>();
    assert_eq!(noised.null_count(), 3);
    assert!((900..=1100).contains(&noised.value(3)));
}

#[test]
fn the_ratio_is_bounded_and_a_key_is_needed() {
    let (data_type, text) = (DataType::Float64, ScalarValue::from("Bo"));
    let x = Argument::Column {
        data_type: &data_type,
        min_step: None,
    };
    for (ratio, good) in [
        (ScalarValue::Float64(Some(0.01)), true),
        (ScalarValue::Float64(Some(0.123_456)), true),
        (ScalarValue::Int64(Some(1)), true),
        (ScalarValue::Decimal128(Some(5), 2, 1), true),
        (ScalarValue::Float64(Some(0.009_999)), false),
        (ScalarValue::Float64(Some(1.000_001)), false),
        (ScalarValue::Float64(Some(0.123_456_7)), false),
        (ScalarValue::Float64(Some(-0.1)), false),
        (ScalarValue::Float64(None), false),
        (ScalarValue::from("0.1"), false),
    ] {
        let constant = Argument::Constant(&ratio);
        assert_eq!(bounds(&[x, x, constant]).is_ok(), good, "{ratio}");
        let args = |x: ScalarValue| -> Vec<ColumnarValue> {
            vec![x.into(), text.clone().into(), ratio.clone().into()]
        };
        let one = ScalarValue::Float64(Some(1.5));
        let answer = call(&context(), "noise", args(one.clone()));
        if good {
            assert!(matches!(answer.unwrap(), ColumnarValue::Scalar(_)));
            refused(call(&keyless(), "noise", args(one)), Kind::Key);
            refused(
                call(&context(), "noise", args(text.clone())),
                Kind::Projection,
            );
        } else {
            refused(answer, Kind::Projection);
        }
    }
}
