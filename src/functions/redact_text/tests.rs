//! Rows of texts with the ids of their row, and what is left.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, StringArray};
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::ColumnarValue;

use crate::error::Kind;
use crate::functions::testing::{
    call, column, context, day, over_texts, refused, strings, text_types,
};
use crate::functions::{Argument, find};

#[test]
fn what_names_a_person_by_its_form_gives_way_to_its_kind() {
    let rows = [
        (None, None),
        (Some(""), Some("")),
        (Some("no identifier"), Some("no identifier")),
        (
            Some("Mail a@b.ch, Tel. 044 668 18 00, geb. 12.3.1980."),
            Some("Mail [EMAIL], Tel. [PHONE], geb. [DATE]."),
        ),
        (
            Some(
                "CH93 0076 2011 6238 5295 7 / 756.9217.0769.85 / 123-45-6789 / 4111 1111 1111 1111",
            ),
            Some("[IBAN] / [AHV] / [SSN] / [CARD]"),
        ),
        (Some("äöü a@b.ch 李小龍"), Some("äöü [EMAIL] 李小龍")),
    ];
    let texts: Vec<_> = rows.iter().map(|(text, _)| *text).collect();
    let left = over_texts("redact_text", &texts, &[]);
    let wrong: Vec<_> = rows
        .iter()
        .zip(&left)
        .filter(|((_, expected), left)| left.as_deref() != *expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_words_of_the_ids_are_taken_in_every_spelling() {
    // Ids, text, what is left.
    let rows: &[(&[&str], &str, &str)] = &[
        (
            &["Anna Müller"],
            "Frau Müller (Anna) kam.",
            "Frau [NAME] ([NAME]) kam.",
        ),
        (
            &["Anna Müller"],
            "MUELLER, ANNA; anna muller",
            "[NAME]; [NAME]",
        ),
        (&["Anna Mueller"], "Müllers Hund", "[NAME] Hund"),
        (&["Anna Müller"], "A. Müller, Müller A.", "[NAME]."),
        (
            &["Anna Müller"],
            "Patientin A.M., dann M. A.",
            "Patientin [NAME]., dann [NAME].",
        ),
        (
            &["Anna Müller"],
            "um 9 a.m. nahm A. ab",
            "um 9 a.m. nahm A. ab",
        ),
        (
            &["Anna", "Müller"],
            "A. M. und Anna-Maria",
            "[NAME]. und [NAME]-Maria",
        ),
        (
            &["Juan de la Cruz"],
            "de la Cruz war de la partie",
            "[NAME] war de la partie",
        ),
        (
            &["Jean-Pierre O'Brien"],
            "J.-P. O\u{2019}Brien, OBrien",
            "[NAME]",
        ),
        (
            &["Dr. Ursula von Arx"],
            "Dr. Meier und von Arx",
            "Dr. Meier und [NAME]",
        ),
        (
            &["anna.muster@example.com"],
            "Muster von example.com",
            "[NAME] von example.com",
        ),
        (&["4711"], "Fall 4711, Zimmer 47", "Fall [NAME], Zimmer 47"),
        (
            &["Seestrasse 12, 8001 Zürich"],
            "Seestr. / Seestrasse 12 in 8001 Zurich, 12 mg",
            "Seestr. / [NAME] in [NAME] mg",
        ),
        (&["Li Wu"], "Li liest Wu", "[NAME] liest [NAME]"),
        (&["de", "A", "12"], "de A 12", "de A 12"),
        (&[""], "nobody", "nobody"),
        (&["Anna Müller"], "anna.mueller@example.com", "[EMAIL]"),
        (&["Annamaria"], "Anna und Maria", "Anna und Maria"),
        (&["Strauß"], "STRAUSS Strauss strauß", "[NAME]"),
    ];
    let mut wrong = Vec::new();
    for (ids, text, expected) in rows {
        let one = |value: &str| ColumnarValue::Array(Arc::new(StringArray::from(vec![value])));
        let args = std::iter::once(*text).chain(ids.iter().copied()).map(one);
        let answer = call(&context(), "redact_text", args.collect()).unwrap();
        let left = strings(&answer.into_array(1).unwrap());
        if left != [Some((*expected).to_owned())] {
            wrong.push(format!("{ids:?} {text:?}: {left:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn ids_are_of_any_type_and_of_their_own_row() {
    let texts = [Some("Anna 4711, 471100"), Some("Anna 4711, 471100"), None];
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(4711), None, Some(4711)]));
    let born: ArrayRef = Arc::new(Date32Array::from(vec![day("1980-03-12"); 3]));
    for texts in text_types(&texts) {
        for names in text_types(&[None, Some("ANNA"), Some("Anna")]) {
            let args = [&texts, &names, &numbers, &born];
            let args = args.map(|array| ColumnarValue::Array(Arc::clone(array)));
            let answer = call(&context(), "redact_text", args.to_vec()).unwrap();
            let left = strings(&answer.into_array(3).unwrap());
            let left: Vec<_> = left.iter().map(Option::as_deref).collect();
            assert_eq!(
                left,
                [
                    Some("Anna [NAME], 471100"),
                    Some("[NAME] 4711, 471100"),
                    None
                ]
            );
        }
    }
}

#[test]
fn a_text_of_the_authors_own_is_no_question_about_an_id() {
    let bounds = find("redact_text").unwrap().bounds;
    let column = Argument::Column {
        data_type: &DataType::Utf8,
        min_step: None,
    };
    let names = ScalarValue::from("Anna Berta Clara");
    let rows: [(&[Argument<'_>], bool); 6] = [
        (&[column], true),
        (&[Argument::Computed], true),
        (&[column, column, column], true),
        (&[Argument::Constant(&names), column], false),
        (&[Argument::Computed, column], false),
        (&[column, column, Argument::Constant(&names)], false),
    ];
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(arguments, good)| bounds(arguments).is_ok() != *good)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn only_text_is_redacted() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    refused(column("redact_text", &numbers, &[]), Kind::Projection);
}
