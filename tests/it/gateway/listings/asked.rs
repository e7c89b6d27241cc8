//! What a listing is asked with, right and wrong, and what its page says of it.

use super::{BUCKET, staged};
use crate::gateway::listed::{Page, query};
use crate::gateway::stage::unlike_refusal;

/// Arguments, and what the page says beside its entries; none where it says nothing.
type Around = (
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, Option<&'static str>)],
);

const AROUND: [Around; 12] = [
    (
        &[],
        &[
            ("Name", Some(BUCKET)),
            ("Prefix", Some("")),
            ("Marker", Some("")),
            ("MaxKeys", Some("1000")),
            ("KeyCount", None),
            ("EncodingType", None),
            ("Delimiter", None),
        ],
    ),
    (
        &[("list-type", "2")],
        &[
            ("Name", Some(BUCKET)),
            ("Prefix", Some("")),
            ("Marker", None),
            ("MaxKeys", Some("1000")),
            ("KeyCount", Some("21")),
            ("StartAfter", None),
            ("ContinuationToken", None),
        ],
    ),
    (
        &[("list-type", "2"), ("max-keys", "0")],
        &[
            ("MaxKeys", Some("0")),
            ("KeyCount", Some("0")),
            ("NextContinuationToken", None),
        ],
    ),
    (
        &[("max-keys", "0")],
        &[("MaxKeys", Some("0")), ("NextMarker", None)],
    ),
    (
        &[("list-type", "2"), ("max-keys", "1001")],
        &[("MaxKeys", Some("1000")), ("KeyCount", Some("21"))],
    ),
    (
        &[("list-type", "2"), ("max-keys", "2147483647")],
        &[("MaxKeys", Some("1000"))],
    ),
    (
        &[("list-type", "2"), ("max-keys", "")],
        &[("MaxKeys", Some("1000"))],
    ),
    (
        &[("list-type", "2"), ("delimiter", "/"), ("prefix", "b/")],
        &[
            ("Prefix", Some("b/")),
            ("Delimiter", Some("/")),
            ("KeyCount", Some("2")),
        ],
    ),
    (
        &[("list-type", "2"), ("delimiter", "")],
        &[("Delimiter", None), ("KeyCount", Some("21"))],
    ),
    (
        &[
            ("list-type", "2"),
            ("prefix", "\u{fc}/ +"),
            ("start-after", "a b"),
            ("encoding-type", "url"),
        ],
        &[
            ("Prefix", Some("%C3%BC/%20%2B")),
            ("StartAfter", Some("a%20b")),
            ("EncodingType", Some("url")),
            ("KeyCount", Some("0")),
        ],
    ),
    (
        &[("marker", "a+b/"), ("encoding-type", "url")],
        &[("Marker", Some("a%2Bb/"))],
    ),
    (
        &[("list-type", "2"), ("fetch-owner", "true")],
        &[("KeyCount", Some("21")), ("Owner", None)],
    ),
];

#[test]
fn a_page_says_what_was_asked() {
    let stage = staged();
    let mut wrong = Vec::new();
    for (arguments, fields) in AROUND {
        let page = match Page::of(&stage, BUCKET, arguments) {
            Ok(page) => page,
            Err(what) => {
                wrong.push(format!("{arguments:?}: {what}"));
                continue;
            }
        };
        for (name, value) in fields {
            if page.field(name).as_deref() != *value {
                wrong.push(format!(
                    "{arguments:?}: {name} {:?}, not {value:?}",
                    page.field(name)
                ));
            }
        }
        // They come behind what the page says of itself.
        if arguments.contains(&("fetch-owner", "true")) {
            let got = stage.ask("GET", &format!("/{BUCKET}{}", query(arguments)), &[]);
            if got.text().contains("Owner") {
                wrong.push("says whose objects they are".to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Arguments that are none.
const REFUSED: [&[(&str, &str)]; 16] = [
    &[("max-keys", "-1")],
    &[("max-keys", "CANARY")],
    &[("max-keys", "1.5")],
    &[("max-keys", "2147483648")],
    &[("list-type", "2"), ("max-keys", "+1")],
    // S3 folds at any text; releases are folded at slashes, and nothing is answered that was not asked.
    &[("delimiter", ".")],
    &[("delimiter", "//")],
    &[("list-type", "2"), ("delimiter", "CANARY")],
    &[("encoding-type", "CANARY")],
    &[("list-type", "2"), ("encoding-type", "xml")],
    &[("list-type", "1")],
    &[("list-type", "CANARY")],
    &[("list-type", "2"), ("continuation-token", "")],
    &[("list-type", "2"), ("continuation-token", "CANARY")],
    &[("list-type", "2"), ("continuation-token", "a/patients.csv")],
    &[("list-type", "2"), ("continuation-token", "AWE=")],
];

#[test]
fn arguments_that_are_none_are_refused() {
    let stage = staged();
    let mut wrong = Vec::new();
    for arguments in REFUSED {
        let got = stage.ask("GET", &format!("/{BUCKET}{}", query(arguments)), &[]);
        let found = unlike_refusal(&got, "GET", 400, "InvalidArgument");
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{arguments:?}: {what}")),
        );
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
