//! The prefix in a bucket.

use std::time::Duration;

use futures::FutureExt;
use object_store::path::Path;
use object_store::throttle::{ThrottleConfig, ThrottledStore};

use super::*;
use crate::source::sql::bucket::{MAX_LISTED, fetch};
use crate::source::store::Store;

/// Whether two looks have the very same text, and not one that was fetched again.
fn same(one: &Texts, other: &Texts, path: &str) -> bool {
    matches!((&one[path], &other[path]), (Ok(a), Ok(b)) if Arc::ptr_eq(a, b))
}

#[test]
fn only_objects_directly_in_a_dataset_below_the_prefix_are_read() {
    let keys = [
        "sql/patients/schema.sql",
        "sql/patients/analytics.sql",
        "sql/patients/notes.txt",
        "sql/patients/old/analytics.sql",
        "sql/patients/.hidden.sql",
        "sql/loose.sql",
        "sql-old/patients/analytics.sql",
        "patients/schema.sql",
        "patients/billing.sql",
    ];
    for (prefix, expected) in [
        ("sql/", "patients/analytics.sql patients/schema.sql"),
        ("", "patients/billing.sql patients/schema.sql sql/loose.sql"),
        ("sql/patients/", "old/analytics.sql"),
        ("none/", ""),
    ] {
        let (store, mut source) = source(prefix);
        let texts = block(async {
            for key in keys {
                put(&store, key, key.to_owned()).await;
            }
            source.texts().await.unwrap().unwrap()
        });
        assert_eq!(told(&texts).join(" "), expected, "{prefix}");
        for (path, text) in texts {
            assert_eq!(text, Ok(format!("{prefix}{path}").into()));
        }
    }
}

#[test]
fn every_edit_is_seen_and_only_what_changed_is_fetched() {
    let (store, mut source) = source("sql/");
    block(async {
        for key in ["sql/a/schema.sql", "sql/a/b.sql", "sql/a/c.sql"] {
            put(&store, key, "1").await;
        }
        let first = source.texts().await.unwrap().unwrap();
        assert!(source.texts().await.unwrap().is_none());

        put(&store, "sql/a/b.sql", "2").await;
        let second = source.texts().await.unwrap().unwrap();
        assert_eq!(second["a/b.sql"], Ok("2".into()));
        assert!(same(&first, &second, "a/c.sql") && same(&first, &second, "a/schema.sql"));
        assert!(source.texts().await.unwrap().is_none());

        // The same text in another version of the object is no edit.
        put(&store, "sql/a/b.sql", "2").await;
        assert!(source.texts().await.unwrap().is_none());

        store.delete(&"sql/a/b.sql".into()).await.unwrap();
        let third = source.texts().await.unwrap().unwrap();
        assert_eq!(told(&third), ["a/c.sql", "a/schema.sql"]);
        assert!(same(&first, &third, "a/c.sql"));

        put(&store, "sql/a/b.sql", "2").await;
        let fourth = source.texts().await.unwrap().unwrap();
        assert_eq!(fourth["a/b.sql"], Ok("2".into()));
    });
}

#[test]
fn what_has_no_text_is_said_in_its_place() {
    let (store, mut source) = source("");
    let texts = block(async {
        put(&store, "a/latin.sql", b"-- na\xefve".to_vec()).await;
        put(&store, "a/large.sql", vec![b' '; (1 << 16) + 1]).await;
        put(&store, "a/largest.sql", vec![b' '; 1 << 16]).await;
        put(&store, "a/schema.sql", "1").await;
        source.texts().await.unwrap().unwrap()
    });
    let expected = [
        format!("a/large.sql: {TOO_LARGE}"),
        "a/largest.sql".to_owned(),
        format!("a/latin.sql: {NOT_UTF8}"),
        "a/schema.sql".to_owned(),
    ];
    assert_eq!(told(&texts), expected);
}

#[test]
fn an_object_that_changes_between_listing_and_answer_is_read_as_it_is_then() {
    let (store, _) = bucket("");
    let (store, path): (Store, Path) = (store, "a/b.sql".into());
    block(async {
        store.put(&path, "1".into()).await.unwrap();
        let listed = store.head(&path).await.unwrap();
        store.put(&path, "2".into()).await.unwrap();
        let newer = store.head(&path).await.unwrap();
        let read = |listed| fetch(&store, "a/b.sql", listed);
        let known = read(listed.clone()).await.unwrap().unwrap();
        assert_eq!(known.text, Ok("2".into()));
        // So the next listing has nothing new.
        assert_eq!(Some(known.mark), newer.e_tag);

        let large = vec![b' '; (1 << 16) + 1];
        store.put(&path, large.into()).await.unwrap();
        let known = read(listed.clone()).await.unwrap().unwrap();
        assert_eq!(known.text, Err(TOO_LARGE));

        store.delete(&path).await.unwrap();
        assert!(read(listed).await.unwrap().is_none());
    });
}

#[test]
fn what_a_look_fetched_before_it_was_given_up_is_not_fetched_again() {
    let patient = ThrottleConfig {
        // So the empty object comes at once, and the other one does not come.
        wait_get_per_byte: Duration::from_hours(1),
        ..ThrottleConfig::default()
    };
    let store = Arc::new(ThrottledStore::new(InMemory::new(), patient));
    let mut bucket = Bucket::new(store.clone(), "").unwrap();
    let text = |bucket: &Bucket| bucket.known["a/empty.sql"].text.clone().unwrap();
    block(async {
        for (path, bytes) in [("a/empty.sql", ""), ("a/long.sql", "1")] {
            store.put(&path.into(), bytes.into()).await.unwrap();
        }
        assert!(Box::pin(bucket.texts()).now_or_never().is_none());
        let paths: Vec<&str> = bucket.known.keys().map(String::as_str).collect();
        assert_eq!(paths, ["a/empty.sql"]);
        let first = text(&bucket);
        store.config_mut(|config| *config = ThrottleConfig::default());
        let texts = bucket.texts().await.unwrap();
        assert_eq!(told(&texts), ["a/empty.sql", "a/long.sql"]);
        assert!(Arc::ptr_eq(&first, &text(&bucket)));
    });
}

#[test]
fn a_bucket_of_very_many_objects_is_another_kind_of_bucket() {
    let (store, mut source) = source("");
    block(async {
        for number in 0..MAX_FILES {
            put(&store, &format!("a/p{number}.sql"), "").await;
        }
        let texts = source.texts().await.unwrap().unwrap();
        assert_eq!(texts.len(), MAX_FILES);
        put(&store, "a/schema.sql", "").await;
        let error = source.texts().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Settings);
        assert!(error.to_string().contains("1000 contracts"), "{error}");

        store.delete(&"a/schema.sql".into()).await.unwrap();
        for number in MAX_FILES..=MAX_LISTED {
            put(&store, &format!("raw/{number}.csv"), "").await;
        }
        let error = source.texts().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Settings);
        assert!(error.to_string().starts_with("s3://bucket/: "), "{error}");
        assert!(error.to_string().contains("10000 objects"), "{error}");

        // One less, and all is well.
        store.delete(&"raw/10000.csv".into()).await.unwrap();
        assert!(source.texts().await.unwrap().is_none());
    });
}
