//! What is no release, or may not be read, or cannot be answered: its status and code, and never a byte.

use serde_json::{Value, json};

use crate::access_point::stage::{RAW, Stage, leaks, payload};
use crate::support::lambda::Point;
use crate::support::samples::{patients, people};

/// Targets that are no release: what HEAD and GET come to.
const NOWHERE: [(&str, &str); 6] = [
    ("a folder", "a/"),
    ("what is only a prefix", "a"),
    ("a part of a name", "a/patients"),
    ("a key with no object", "b/patients.parquet"),
    ("a key that no dataset owns", "a/secrets.csv"),
    ("its release", "a/secrets.parquet"),
];

#[test]
fn what_is_no_release_does_not_exist_for_head_and_get_beside_a_listing_that_finds_what_begins_so() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 20), 1);
    stage.put("a/secrets.csv", "CANARYSECRET", 1);
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (name, key) in NOWHERE {
        for (method, code) in [("HEAD", ""), ("GET", "NoSuchKey")] {
            let got = stage.ask(method, &format!("{bucket}/{key}"), &[]);
            if (got.status(), got.code().as_str()) != (404, code) {
                wrong.push(format!(
                    "{method} of {name}: {} {}",
                    got.status(),
                    got.code()
                ));
            }
            wrong.extend(
                leaks(&got)
                    .into_iter()
                    .map(|what| format!("{method} of {name}: {what}")),
            );
        }
    }
    for query in [
        "list-type=2&prefix=a/",
        "list-type=2&prefix=a",
        "prefix=a/patients",
    ] {
        let keys = stage.page(&bucket, query).map(|page| {
            page.entries
                .into_iter()
                .map(|entry| entry.key)
                .collect::<Vec<_>>()
        });
        if keys.as_deref() != Ok(&["a/patients.parquet".to_owned()][..]) {
            wrong.push(format!("LIST {query}: {keys:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_s3_refuses_of_the_raw_object_is_refused_with_its_status() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 20), 1);
    stage.put("b/patients.csv", patients(0, 20), 1);
    stage.front.deny("a/");
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (key, status) in [
        ("a/patients.csv", 403),
        // The reader's own rights count for a key with another suffix, too.
        ("a/patients.parquet", 403),
        ("a/none.parquet", 403),
        ("b/patients.csv", 200),
        ("b/patients.parquet", 200),
    ] {
        let code = if status == 403 { "AccessDenied" } else { "" };
        // One that no dataset owns does not exist for anybody.
        let (status, code) = if key.contains("none") {
            (404, "NoSuchKey")
        } else {
            (status, code)
        };
        for method in ["HEAD", "GET"] {
            let got = stage.ask(method, &format!("{bucket}/{key}"), &[]);
            let code = if method == "HEAD" { "" } else { code };
            if (got.status(), got.code().as_str()) != (status, code) {
                wrong.push(format!("{method} {key}: {} {}", got.status(), got.code()));
            }
        }
    }
    // Dots are no way around it: a key is a name, and such a one is nobody's.
    for key in [
        "b/../a/patients.csv",
        "b/../a/patients.parquet",
        "b/%2E%2E/a/patients.parquet",
    ] {
        for method in ["HEAD", "GET"] {
            let got = stage.ask(method, &format!("{bucket}/{key}"), &[]);
            if ![400, 403, 404].contains(&got.status()) {
                wrong.push(format!("{method} {key}: {}", got.status()));
            }
        }
    }
    stage.front.deny("");
    for query in ["list-type=2", "prefix=a/"] {
        let said = stage.page(&bucket, query).err();
        if said.as_deref() != Some("403 AccessDenied") {
            wrong.push(format!("LIST {query}: {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const PAYLOAD: &str = "InvalidFunctionPayload";

/// A name, the payload, and the status and code of whatever is asked.
fn unset() -> Vec<(&'static str, String, u16, &'static str)> {
    let of = |projection: &str, more: &Value| payload(projection, "parquet", more).to_string();
    vec![
        ("no payload", String::new(), 400, PAYLOAD),
        ("broken JSON", "{\"projection\"".to_owned(), 400, PAYLOAD),
        ("a list", "[]".to_owned(), 400, PAYLOAD),
        ("no projection", "{}".to_owned(), 400, PAYLOAD),
        (
            "an unknown field",
            of("people/costs", &json!({"formats": "csv"})),
            400,
            PAYLOAD,
        ),
        (
            "an unknown projection",
            of("people/none", &json!({})),
            400,
            PAYLOAD,
        ),
        (
            "a refused projection",
            of("people/named", &json!({})),
            403,
            "ProjectionRefused",
        ),
        (
            "a length that is none",
            of("people/costs", &json!({"length": "guessed"})),
            400,
            PAYLOAD,
        ),
        (
            "a factor beside exact",
            of(
                "people/costs",
                &json!({"length": "exact", "length_factor": 2}),
            ),
            400,
            PAYLOAD,
        ),
    ]
}

#[test]
fn an_access_point_that_is_not_set_up_answers_a_clear_error_and_never_a_byte() {
    let stage = Stage::new();
    stage.put("people.csv", people(50), 1);
    let mut wrong = Vec::new();
    for (name, payload, status, code) in unset() {
        let mut point = Point::new("unset", RAW, &Value::Null);
        point.payload = payload;
        let bucket = stage.front.point(point);
        for (method, target) in [
            ("GET", "/people.parquet"),
            ("GET", "/people.csv"),
            ("HEAD", "/people.parquet"),
            ("HEAD", "/people.csv"),
            ("GET", "?list-type=2"),
            ("GET", "?prefix=p"),
        ] {
            let got = stage.ask(method, &format!("{bucket}{target}"), &[]);
            let code = if method == "HEAD" { "" } else { code };
            if (got.status(), got.code().as_str()) != (status, code) {
                wrong.push(format!(
                    "{name}, {method} {target}: {} {}",
                    got.status(),
                    got.code()
                ));
            }
        }
    }
    if stage.read() != (0, 0) {
        wrong.push("raw objects were read".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn objects_without_a_release_have_no_length_where_it_is_exact_and_a_law_where_there_is_one() {
    let stage = Stage::new();
    stage.put("empty/people.csv", "", 1);
    stage.put("header/people.csv", "Name,Note,Cost\n", 1);
    stage.put(
        "wrong/people.csv",
        "Name,Note,Cost\nCANARYNAME,CANARYNOTE,CANARYCOST\n",
        1,
    );
    let mut wrong = Vec::new();
    for (name, format, head) in [("csv", "csv", 409), ("law", "parquet", 200)] {
        let bucket = stage.point(name, &payload("people/costs", format, &json!({})));
        for (folder, code) in [
            ("empty", "HeaderRefused"),
            ("header", "NoRecords"),
            ("wrong", "InvalidValue"),
        ] {
            let target = format!("{bucket}/{folder}/people.{format}");
            for (method, status, code) in [("HEAD", head, ""), ("GET", 409, code)] {
                let got = stage.ask(method, &target, &[]);
                if (got.status(), got.code().as_str()) != (status, code) || !leaks(&got).is_empty()
                {
                    wrong.push(format!(
                        "{name}, {method} {folder}: {} {}",
                        got.status(),
                        got.text()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whoever_asks_without_a_name_is_answered() {
    let stage = Stage::new();
    stage.put("patients.csv", patients(0, 20), 1);
    let mut wrong = Vec::new();
    for (row, principal) in [json!({"type": "AWSAccount"}), json!({}), Value::Null]
        .into_iter()
        .enumerate()
    {
        let mut point = Point::new(
            "nobody",
            RAW,
            &payload("patients/analytics", "parquet", &json!({})),
        );
        point.principal = principal;
        let bucket = stage.front.point(point);
        for (method, target) in [
            ("HEAD", "/patients.parquet"),
            ("GET", "/patients.parquet"),
            ("GET", "?list-type=2"),
        ] {
            let got = stage.ask(method, &format!("{bucket}{target}"), &[]);
            if got.status() != 200 {
                wrong.push(format!(
                    "row {row}, {method} {target}: {} {}",
                    got.status(),
                    got.code()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
