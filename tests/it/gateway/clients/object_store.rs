//! Arrow's object store, which Polars, `DataFusion` and delta-rs read with.

use futures::TryStreamExt as _;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use object_store::signer::Signer as _;
use object_store::{
    Error, GetOptions, GetRange, ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutPayload,
};

use super::{endpoint, keys, raw, stage};
use crate::gateway::stage::{OTHER, READER, Stage};
use crate::support::clients::{object_store, runtime};
use crate::support::samples::is_release;

/// An error in a word.
fn word(error: &Error) -> &'static str {
    match error {
        Error::NotFound { .. } => "not found",
        Error::Precondition { .. } => "precondition",
        Error::NotModified { .. } => "not modified",
        Error::PermissionDenied { .. } => "denied",
        Error::Unauthenticated { .. } => "unauthenticated",
        _ => "another",
    }
}

async fn all_listed(store: &object_store::aws::AmazonS3, prefix: Option<&str>) -> Vec<ObjectMeta> {
    let prefix = prefix.map(Path::from);
    store.list(prefix.as_ref()).try_collect().await.unwrap()
}

fn names(metas: &[ObjectMeta]) -> Vec<String> {
    metas.iter().map(|meta| meta.location.to_string()).collect()
}

#[test]
fn what_it_lists_is_what_it_heads_and_gets_and_the_commands_release() {
    let stage = stage();
    let mut wrong = Vec::new();
    for (bucket, format) in [
        ("analytics", "parquet"),
        ("analytics-csv", "csv"),
        ("analytics.exact", "parquet"),
    ] {
        let store = object_store(&endpoint(&stage), bucket, READER);
        runtime().block_on(async {
            let listed = all_listed(&store, None).await;
            if names(&listed) != keys(format) {
                wrong.push(format!("{bucket} lists {:?}", names(&listed)));
            }
            for (at, meta) in listed.iter().enumerate() {
                let expected = stage.converted(&raw(at), "patients/analytics", format);
                let head = store.head(&meta.location).await.unwrap();
                let got = store.get(&meta.location).await.unwrap();
                let found = got.meta.clone();
                let bytes = got.bytes().await.unwrap();
                let right = meta.size == bytes.len() as u64 && is_release(&bytes, &expected);
                // A listing has the time to the millisecond, and heads to the second.
                let seconds = [meta, &head, &found].map(|meta| meta.last_modified.timestamp());
                let same = [&head, &found]
                    .iter()
                    .all(|other| (&other.e_tag, other.size) == (&meta.e_tag, meta.size));
                if !right || !same || seconds != [seconds[0]; 3] {
                    wrong.push(format!("{bucket}: {meta:?}, {head:?}, {found:?}"));
                }
            }
        });
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn it_lists_by_prefix_offset_folder_and_page() {
    let stage = stage();
    let store = object_store(&endpoint(&stage), "analytics", READER);
    let all = keys("parquet");
    runtime().block_on(async {
        let below = all_listed(&store, Some("a")).await;
        assert_eq!(names(&below), all[..3]);
        let offset = Path::from(all[1].as_str());
        let after: Vec<ObjectMeta> = store
            .list_with_offset(None, &offset)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(names(&after), all[2..]);
        let folders = store.list_with_delimiter(None).await.unwrap();
        let prefixes: Vec<String> = folders
            .common_prefixes
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(prefixes, ["a", "b c", "d"]);
        assert_eq!(names(&folders.objects), all[5..]);
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let options = PaginatedListOptions {
                max_keys: Some(2),
                page_token: token,
                ..PaginatedListOptions::default()
            };
            let page = store.list_paginated(None, options).await.unwrap();
            assert!(page.result.objects.len() <= 2);
            seen.extend(names(&page.result.objects));
            token = page.page_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    });
}

#[test]
fn its_ranges_are_bytes_of_the_whole() {
    let stage = stage();
    let mut wrong = Vec::new();
    for (bucket, format) in [("analytics", "parquet"), ("analytics-csv", "csv")] {
        let store = object_store(&endpoint(&stage), bucket, READER);
        let path = Path::from(format!("a/patients-1.{format}"));
        runtime().block_on(async {
            let whole = store.get(&path).await.unwrap().bytes().await.unwrap();
            let length = whole.len() as u64;
            for (range, expected) in [
                (GetRange::Bounded(0..10), 0..10),
                (GetRange::Bounded(length - 1..length), length - 1..length),
                (GetRange::Bounded(7..length + 500), 7..length),
                (GetRange::Offset(length - 9), length - 9..length),
                (GetRange::Suffix(8), length - 8..length),
                // As Polars asks for the end of a small file.
                (GetRange::Suffix(length + 65_536), 0..length),
            ] {
                let options = GetOptions {
                    range: Some(range.clone()),
                    ..GetOptions::default()
                };
                let got = store.get_opts(&path, options).await.unwrap();
                let (said, size) = (got.range.clone(), got.meta.size);
                let bytes = got.bytes().await.unwrap();
                let slice = whole.slice(
                    usize::try_from(expected.start).unwrap()
                        ..usize::try_from(expected.end).unwrap(),
                );
                if said != expected || size != length || bytes != slice {
                    wrong.push(format!(
                        "{bucket} {range:?}: {said:?} of {size}, {} bytes",
                        bytes.len()
                    ));
                }
            }
            // Some are close together, and are asked for as one.
            let many = [0..4, 2..9, 1_000..1_100, 5_000..5_001, length - 8..length];
            let parts = store.get_ranges(&path, &many).await.unwrap();
            for (range, part) in many.iter().zip(parts) {
                let slice = whole.slice(
                    usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap(),
                );
                if part != slice {
                    wrong.push(format!(
                        "{bucket}, of many, {range:?}: {} bytes",
                        part.len()
                    ));
                }
            }
            if store.get_range(&path, length..length + 9).await.is_ok() {
                wrong.push(format!("{bucket}: bytes behind the end"));
            }
        });
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Conditions on a release, and in a word what they come to.
fn conditions(meta: &ObjectMeta) -> Vec<(&'static str, GetOptions, &'static str)> {
    let tag = || meta.e_tag.clone();
    let bare = || tag().map(|tag| tag.trim_matches('"').to_owned());
    let other = || Some("\"00000000000000000000000000000000-1\"".to_owned());
    let (at, hour) = (meta.last_modified, chrono::Duration::hours(1));
    let with = |change: &dyn Fn(&mut GetOptions)| {
        let mut options = GetOptions::default();
        change(&mut options);
        options
    };
    vec![
        ("its tag", with(&|o| o.if_match = tag()), ""),
        ("its tag without quotes", with(&|o| o.if_match = bare()), ""),
        ("any", with(&|o| o.if_match = Some("*".to_owned())), ""),
        (
            "another tag",
            with(&|o| o.if_match = other()),
            "precondition",
        ),
        (
            "not its tag",
            with(&|o| o.if_none_match = tag()),
            "not modified",
        ),
        ("not another", with(&|o| o.if_none_match = other()), ""),
        (
            "since before",
            with(&|o| o.if_modified_since = Some(at - hour)),
            "",
        ),
        (
            "since after",
            with(&|o| o.if_modified_since = Some(at + hour)),
            "not modified",
        ),
        (
            "not since before",
            with(&|o| o.if_unmodified_since = Some(at - hour)),
            "precondition",
        ),
        (
            "not since after",
            with(&|o| o.if_unmodified_since = Some(at + hour)),
            "",
        ),
        (
            "a head of another tag",
            with(&|o| (o.head, o.if_match) = (true, other())),
            "precondition",
        ),
        (
            "a head of its tag",
            with(&|o| (o.head, o.if_match) = (true, tag())),
            "",
        ),
        (
            "a range of another tag",
            with(&|o| (o.range, o.if_match) = (Some(GetRange::Bounded(0..9)), other())),
            "precondition",
        ),
    ]
}

#[test]
fn its_conditions_hold_and_what_it_may_not_do_is_denied() {
    let stage = stage();
    let store = object_store(&endpoint(&stage), "analytics", READER);
    let path = Path::from("patients.parquet");
    let mut wrong = Vec::new();
    let mut complain = |name: &str, said: &str, expected: &str| {
        if said != expected {
            wrong.push(format!("{name}: {said:?}, not {expected:?}"));
        }
    };
    runtime().block_on(async {
        let meta = store.head(&path).await.unwrap();
        for (name, options, expected) in conditions(&meta) {
            let got = store.get_opts(&path, options).await;
            complain(name, got.as_ref().err().map_or("", word), expected);
        }
        let payload = || PutPayload::from_static(b"CANARY");
        let put = store.put(&path, payload()).await;
        complain("a write", put.as_ref().err().map_or("", word), "denied");
        let delete = store.delete(&path).await;
        complain(
            "a removal",
            delete.as_ref().err().map_or("", word),
            "denied",
        );
        let copy = store.copy(&path, &Path::from("copy.parquet")).await;
        complain("a copy", copy.as_ref().err().map_or("", word), "denied");
        let multipart = store.put_multipart(&path).await;
        complain(
            "an upload",
            multipart.as_ref().err().map_or("", word),
            "denied",
        );
        let none = store.get(&Path::from("none/patients.parquet")).await;
        complain(
            "no object",
            none.as_ref().err().map_or("", word),
            "not found",
        );
        for (name, account, bucket) in [
            ("another's access point", OTHER, "analytics"),
            ("none", READER, "none"),
            (
                "a wrong secret",
                (READER.0, "CANARYWRONGSECRET"),
                "analytics",
            ),
            ("nobody", ("nobody", READER.1), "analytics"),
        ] {
            let store = object_store(&endpoint(&stage), bucket, account);
            let got = store.get(&path).await;
            complain(name, got.as_ref().err().map_or("", word), "denied");
        }
    });
    wrong.extend(presigned(&stage));
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with what a URL opens that it has signed.
fn presigned(stage: &Stage) -> Option<String> {
    let store = object_store(&endpoint(stage), "analytics-csv", READER);
    let path = Path::from("b c/patients+3.csv");
    let expected = stage.converted(&raw(3), "patients/analytics", "csv");
    runtime().block_on(async {
        let minute = std::time::Duration::from_mins(1);
        let url = store
            .signed_url(reqwest::Method::GET, &path, minute)
            .await
            .unwrap();
        let got = reqwest::get(url).await.unwrap();
        let status = got.status();
        let bytes = got.bytes().await.unwrap();
        (bytes != expected).then(|| format!("a signed URL: {status} with {} bytes", bytes.len()))
    })
}
