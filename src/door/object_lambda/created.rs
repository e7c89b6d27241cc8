//! S3's notification of new objects: their releases are made before anyone asks for them, for the access points that a
//! setting names. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
//!
//! What is wrong with an object is logged, and no reason to be notified again; what may pass is, and Lambda tries again.

use std::time::Instant;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::Function;
use super::get::silent;
use crate::access_point::Warmed;
use crate::error::{Kind, Result};
use crate::source::{Origin, OwnStore, RawObject};

/// The new objects that an event tells of, by bucket and key; none where it is no such event.
pub fn objects(event: &Value) -> Option<Vec<(String, String)>> {
    // What S3 sends once, when the notification is set up.
    if event.get("Event").and_then(Value::as_str) == Some("s3:TestEvent") {
        return Some(Vec::new());
    }
    if event.get("detail-type").and_then(Value::as_str) == Some("Object Created") {
        // EventBridge's form has the key as it is.
        let object = of(event.get("detail")?)?;
        return Some(vec![object]);
    }
    let records = event.get("Records")?.as_array()?;
    let created = records.iter().filter(|record| {
        let name = record.get("eventName").and_then(Value::as_str);
        // MinIO says s3: in front.
        name.is_some_and(|name| name.trim_start_matches("s3:").starts_with("ObjectCreated:"))
    });
    let objects = created.filter_map(|record| of(record.get("s3")?));
    Some(
        objects
            .map(|(bucket, key)| (bucket, decoded(&key)))
            .collect(),
    )
}

fn of(place: &Value) -> Option<(String, String)> {
    let text = |path: [&str; 2]| Some(place.get(path[0])?.get(path[1])?.as_str()?.to_owned());
    Some((text(["bucket", "name"])?, text(["object", "key"])?))
}

/// Keys of notifications are URL-encoded as forms are.
fn decoded(key: &str) -> String {
    let key = key.replace('+', " ");
    percent_decode_str(&key).decode_utf8_lossy().into_owned()
}

impl Function {
    /// Makes the releases of new objects.
    ///
    /// # Errors
    /// What may pass: a store or a key that cannot be had now, or too little time.
    pub(super) async fn created(
        &self,
        objects: &[(String, String)],
        deadline: Instant,
    ) -> Result<Value> {
        let mut made = 0;
        // Nobody else's objects are looked at for nobody.
        let objects = if self.warmed.is_empty() { &[] } else { objects };
        for (bucket, key) in objects {
            let bucket = self.warm_bucket.as_ref().unwrap_or(bucket);
            let origin = Origin::Bucket(bucket.clone());
            let store = self.service.own_store(&origin)?;
            let found = timeout_at(deadline.into(), store.head(std::slice::from_ref(key))).await;
            let Some((key, version)) = found.unwrap_or_else(|_| Err(silent()))? else {
                // It is gone again.
                continue;
            };
            self.service.versions.see(&key, &version);
            let object = RawObject {
                key,
                version,
                storage_class: None,
            };
            made += self.warm(&object, &store, deadline).await?;
        }
        Ok(json!({"made": made}))
    }

    /// How many releases of an object were made: for each access point one.
    async fn warm(&self, object: &RawObject, store: &OwnStore, deadline: Instant) -> Result<u64> {
        let mut made = 0;
        for named in &self.warmed {
            let warmed = async {
                let ask = self.service.ask_of(&named.access_point, &named.payload);
                let ask = ask.await?;
                let releases = &self.service.releases;
                releases.warm(&ask, object, store, deadline).await
            };
            let warmed = timeout_at(deadline.into(), warmed).await;
            let outcome = match warmed.unwrap_or_else(|_| Err(silent())) {
                Ok(Warmed::Made) => {
                    made += 1;
                    "made"
                }
                Ok(Warmed::NotKept) => "not_kept",
                Ok(Warmed::Known) => "known",
                Ok(Warmed::ByLaw) => "by_law",
                Ok(Warmed::NotOwned) => "not_owned",
                Err(error) if is_final(error.kind()) => {
                    let (access_point, message) = (&named.access_point, error.to_string());
                    tracing::error!(event = "not_warmed", access_point, message);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (access_point, object_key) = (&named.access_point, &object.key);
            tracing::info!(event = "warmed", access_point, object_key, outcome);
        }
        Ok(made)
    }
}

/// Whether the same object fails in the same way next time.
fn is_final(kind: Kind) -> bool {
    let status = kind.facts().status;
    (400..500).contains(&status) && kind != Kind::TimeLimit && kind != Kind::Denied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_objects_stand_in_notifications_of_three_forms() {
        let record = |name: &str, key: &str| json!({"eventName": name, "s3": {"bucket": {"name": "raw"}, "object": {"key": key}}});
        let pair = |key: &str| ("raw".to_owned(), key.to_owned());
        for (event, objects_) in [
            (
                json!({"Records": [record("ObjectCreated:Put", "a/p+1%2B%C3%BC.csv"), record("ObjectRemoved:Delete", "b")]}),
                Some(vec![pair("a/p 1+\u{fc}.csv")]),
            ),
            (
                json!({"Records": [record("s3:ObjectCreated:CompleteMultipartUpload", "p.csv")]}),
                Some(vec![pair("p.csv")]),
            ),
            (
                json!({"detail-type": "Object Created", "detail": {"bucket": {"name": "raw"}, "object": {"key": "a+b.csv"}}}),
                Some(vec![pair("a+b.csv")]),
            ),
            (
                json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}),
                Some(vec![]),
            ),
            (
                json!({"Records": [{"eventName": "ObjectCreated:Put"}]}),
                Some(vec![]),
            ),
            (json!({"getObjectContext": {}}), None),
            (json!([]), None),
        ] {
            assert_eq!(objects(&event), objects_, "{event}");
        }
    }
}
