//! Listings as a client reads them that is not ours: boto3's own parser and decoding.

use chrono::DateTime;
use serde_json::{Value, json};
use veilpoint::access_point::{Listed, Page};
use veilpoint::door::s3::list_xml::document;
use veilpoint::request::{Delimiter, ListQuery, ListVersion};

use crate::support::python::run_script_in;

/// The pins that boto3 is among.
const BOTO3: &str = "requirements-ministack.txt";

const ETAG: &str = "\"0123456789abcdef0123456789abcdef-1\"";

/// Keys that some way of writing would change; the last has no form in XML.
fn keys() -> Vec<String> {
    let odd = [
        "plain.parquet",
        " two  spaces .parquet",
        "a+b%20%2B.parquet",
        "&amp;<a>\"'.parquet",
        "\u{fc}\u{65e5}\u{1f600}~*!'().parquet",
        "tab\tline\nreturn\r.parquet",
        "]]>.parquet",
    ];
    let mut keys: Vec<String> = odd.map(str::to_owned).into();
    keys.push("\u{65e5}".repeat(341) + "p");
    keys.push("\u{1}\u{1f}.parquet".to_owned());
    keys
}

fn page(keys: &[String]) -> Page {
    let listed = |key: &String| Listed {
        key: key.clone(),
        size: 5_368_709_121,
        modified: DateTime::from_timestamp(1_795_600_800, 999_000_000),
        etag: ETAG.to_owned(),
        storage_class: None,
    };
    Page {
        entries: keys.iter().map(listed).collect(),
        prefixes: vec!["a b+/".to_owned(), "&/".to_owned()],
        truncated: true,
        next: Some("next &+".to_owned()),
    }
}

fn query(version: ListVersion, url_encoded: bool) -> ListQuery {
    ListQuery {
        version,
        prefix: "p &+".to_owned(),
        delimiter: Some(Delimiter::Slash),
        max_keys: 20,
        after: Some("after &+".to_owned()),
        token: (version == ListVersion::V2).then(|| "token &+".to_owned()),
        url_encoded,
    }
}

/// What boto3 is to say of a page.
fn expected(version: ListVersion, url_encoded: bool, keys: &[String]) -> Value {
    let contents = keys.iter().map(|key| {
        json!({
            "Key": key, "Size": 5_368_709_121_u64, "ETag": ETAG, "StorageClass": "STANDARD",
            "LastModified": "2026-11-25T10:00:00+00:00",
        })
    });
    let mut said = json!({
        "Name": "point", "Prefix": "p &+", "Delimiter": "/", "MaxKeys": 20, "IsTruncated": true,
        "Contents": contents.collect::<Vec<_>>(),
        "CommonPrefixes": [{"Prefix": "a b+/"}, {"Prefix": "&/"}],
    });
    if url_encoded {
        said["EncodingType"] = json!("url");
        if version == ListVersion::V1 {
            // In this version it leaves the prefix as it comes.
            said["Prefix"] = json!("p%20%26%2B");
        }
    }
    if version == ListVersion::V1 {
        said["Marker"] = json!("after &+");
        said["NextMarker"] = json!("next &+");
    } else {
        said["StartAfter"] = json!("after &+");
        said["ContinuationToken"] = json!("token &+");
        said["NextContinuationToken"] = json!("next &+");
        said["KeyCount"] = json!(keys.len() + 2);
    }
    said
}

#[test]
fn boto3_reads_every_key_that_the_form_can_hold() {
    let all = keys();
    let (without_form, some) = all.split_last().unwrap();
    assert!(without_form.starts_with('\u{1}'));
    let mut rows = Vec::new();
    for (version, operation) in [
        (ListVersion::V1, "ListObjects"),
        (ListVersion::V2, "ListObjectsV2"),
    ] {
        let said = |encoded, keys: &[String]| expected(version, encoded, keys);
        rows.push((operation, version, true, &all[..], said(true, &all)));
        rows.push((operation, version, false, some, said(false, some)));
        // A strict parser takes no page with such a key, however it is written.
        rows.push((operation, version, false, &all[..], Value::Null));
    }
    let documents = rows.iter().map(|(operation, version, encoded, keys, _)| {
        let document = document("point", &query(*version, *encoded), &page(keys));
        json!({"operation": operation, "document": document}).to_string() + "\n"
    });
    let said = run_script_in(
        BOTO3,
        "listing.py",
        &[],
        documents.collect::<String>().as_bytes(),
    );
    let mut wrong = Vec::new();
    for (line, row) in said.lines().zip(&rows) {
        let said: Value = serde_json::from_str(line).unwrap();
        if said != row.4 {
            wrong.push(format!(
                "{} {}, {} keys:\n{said}\nand not\n{}",
                row.0,
                row.2,
                row.3.len(),
                row.4
            ));
        }
    }
    assert_eq!(said.lines().count(), rows.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
