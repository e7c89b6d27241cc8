//! Keys that are found, and those that are not.

use arrow::array::{
    DictionaryArray, Int16Array, Int32Array, Int64Array, LargeStringArray, NullArray, StringArray,
    StringViewArray,
};
use arrow::datatypes::Int32Type;

use super::*;

fn table(key_type: &str, keys: ArrayRef) -> Result<Reference> {
    let sql = format!(
        "CREATE EXTERNAL TABLE codes (code {key_type} PRIMARY KEY COMMENT 'insensitive') STORED AS CSV LOCATION \
         'codes.csv'"
    );
    let (contract, key) = Contract::parse_reference("codes", "codes.sql", &sql).unwrap();
    let schema = contract.schema([0]);
    let fields = schema.field(0).clone().with_nullable(true);
    let schema = arrow::datatypes::Schema::new(vec![fields]);
    let rows = RecordBatch::try_new(schema.into(), vec![keys]).unwrap();
    Reference::new(&contract, key, rows)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "arrays are made where they are asked for"
)]
fn found(table: &Reference, keys: ArrayRef) -> Option<Vec<Option<u32>>> {
    Some(table.find(&keys)?.iter().collect())
}

#[test]
fn text_is_found_by_its_bytes_in_whatever_form_it_comes() {
    let keys = vec!["A00", "a00", "", "Zürich", "A00 "];
    let table = table("VARCHAR", Arc::new(StringArray::from(keys))).unwrap();
    let asked = vec![
        Some("A00 "),
        None,
        Some("A00"),
        Some("A0"),
        Some(""),
        Some("Zu\u{308}rich"),
        Some("Zürich"),
        Some("a00"),
    ];
    let expected = vec![
        Some(4),
        None,
        Some(0),
        None,
        Some(2),
        None,
        Some(3),
        Some(1),
    ];
    let dictionary: DictionaryArray<Int32Type> = asked.iter().copied().collect();
    let forms: [ArrayRef; 4] = [
        Arc::new(StringArray::from(asked.clone())),
        Arc::new(LargeStringArray::from(asked.clone())),
        Arc::new(StringViewArray::from(asked)),
        Arc::new(dictionary),
    ];
    for form in forms {
        let name = form.data_type().clone();
        assert_eq!(found(&table, form), Some(expected.clone()), "{name}");
    }
    let number: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    assert_eq!(found(&table, number), None);
}

#[test]
fn whole_numbers_are_found_by_their_value_in_any_width() {
    let keys = Int16Array::from(vec![-1, 0, 8001, i16::MAX]);
    let table = table("SMALLINT", Arc::new(keys)).unwrap();
    let asked: [(ArrayRef, Vec<Option<u32>>); 3] = [
        (
            Arc::new(Int16Array::from(vec![Some(8001), None, Some(1)])),
            vec![Some(2), None, None],
        ),
        (
            Arc::new(Int32Array::from(vec![65_535, -1])),
            vec![None, Some(0)],
        ),
        (
            Arc::new(Int64Array::from(vec![i64::MAX, 32_767, 0])),
            vec![None, Some(3), Some(1)],
        ),
    ];
    for (keys, expected) in asked {
        assert_eq!(found(&table, keys), Some(expected));
    }
    for other in [
        Arc::new(StringArray::from(vec!["0"])) as ArrayRef,
        Arc::new(NullArray::new(1)),
    ] {
        assert_eq!(found(&table, other), None);
    }
}

/// Enough keys for the table to grow, and for hashes to meet.
#[test]
fn each_of_very_many_keys_is_found_where_it_stands() {
    let texts: Vec<String> = (0..50_000).map(|n| format!("{:x}", n * 7)).collect();
    let keys: ArrayRef = Arc::new(StringArray::from(texts.clone()));
    let table = table("VARCHAR", Arc::clone(&keys)).unwrap();
    let expected: Vec<Option<u32>> = (0..50_000).map(Some).collect();
    assert_eq!(found(&table, keys), Some(expected));
    let others: Vec<String> = texts.iter().map(|text| format!("{text}!")).collect();
    let others = found(&table, Arc::new(StringArray::from(others)));
    assert_eq!(others, Some(vec![None; 50_000]));
}

#[test]
fn a_key_that_is_missing_or_stands_twice_is_refused_with_its_record() {
    let keys = |keys: Vec<Option<&str>>| Arc::new(StringArray::from(keys)) as ArrayRef;
    for (given, record, says) in [
        (
            vec![Some("a"), Some("b"), Some("a")],
            3,
            "stands in one before",
        ),
        (
            vec![Some("b"), Some("b"), Some("b")],
            2,
            "stands in one before",
        ),
        (vec![Some("a"), None, None], 2, "is missing"),
    ] {
        let error = table("VARCHAR", keys(given)).unwrap_err();
        assert_eq!(error.kind(), Kind::Contract);
        assert_eq!(
            (error.record(), error.column()),
            (Some(record), Some("code"))
        );
        assert!(error.message().contains(says), "{error}");
    }
    assert_eq!(
        found(
            &table("VARCHAR", keys(vec![])).unwrap(),
            keys(vec![Some("")])
        ),
        Some(vec![None])
    );
}
