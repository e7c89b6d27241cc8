//! Events: a captured one, with its URL led to the tests' server and whatever else a test changes in it.
//!
//! Every secret of the event says CANARY, and so does every value that is nobody's business.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::support::lambda::S3;

/// As S3 sent it to a function, long expired.
const CAPTURED: &str = include_str!("get-event.json");

/// The alias of the access point that raw objects come from: the bucket in a URL of path style.
pub const ALIAS: &str = "raw-a1b2-s3alias";

/// The query of a presigned URL, up to the signed headers.
const QUERY: &str = "X-Amz-Security-Token=CANARYURLTOKEN&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261126T092728Z\
    &X-Amz-Expires=60&X-Amz-Credential=CANARYURLKEY%2F20261126%2Fus-east-1%2Fs3%2Faws4_request\
    &X-Amz-Signature=CANARYSIGNATURE&X-Amz-SignedHeaders=";

/// An event.
#[derive(Clone)]
pub struct Event(Value);

impl Event {
    /// GET of a key, by a consumer whose access point has this payload.
    pub fn get(s3: &S3, key: &str, payload: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut event: Value = serde_json::from_str(CAPTURED).unwrap();
        let host = "https://anonymize-lambda-accesspoint-012345678912.s3-object-lambda.eu-central-1.amazonaws.com";
        event["xAmzRequestId"] = json!(format!("8e288686-af80-4495-896c-{number:012}"));
        event["userRequest"]["url"] = json!(format!("{host}/{key}?x-id=CANARYUSERQUERY"));
        event["userRequest"]["headers"]["Cookie"] = json!("CANARYCOOKIE");
        event["configuration"]["payload"] = json!(payload);
        event["getObjectContext"]["outputToken"] = json!("CANARYOUTPUTTOKEN");
        event["userIdentity"]["accessKeyId"] = json!("CANARYCALLER");
        Self(event).at(&s3.endpoint(), key).signing("host")
    }

    /// With the presigned URL at this place.
    pub fn at(self, endpoint: &str, key: &str) -> Self {
        let url = format!("{endpoint}/{ALIAS}/{key}?{QUERY}host");
        self.with("/getObjectContext/inputS3Url", json!(url))
    }

    /// With these headers as the signed ones, parted by `;`.
    pub fn signing(self, headers: &str) -> Self {
        let url = self.0["getObjectContext"]["inputS3Url"].as_str().unwrap();
        let (before, _) = url.split_once("&X-Amz-SignedHeaders=").unwrap();
        let signed = headers.replace(';', "%3B");
        let url = format!("{before}&X-Amz-SignedHeaders={signed}");
        self.with("/getObjectContext/inputS3Url", json!(url))
    }

    /// With a header of the user's.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0["userRequest"]["headers"][name] = json!(value);
        self
    }

    /// With another value at a place that is there.
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        *self.0.pointer_mut(pointer).expect("a place in the event") = value;
        self
    }

    /// Without what is at a place.
    pub fn without(mut self, pointer: &str) -> Self {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        let parent = self.0.pointer_mut(parent).and_then(Value::as_object_mut);
        parent.unwrap().remove(field).expect("a place in the event");
        self
    }

    /// As another operation: its context, in place of `GetObject`'s.
    pub fn operation(mut self, context: &str) -> Self {
        let url = self.0["getObjectContext"]["inputS3Url"].clone();
        self.0[context] = json!({"inputS3Url": url});
        self.without("/getObjectContext")
    }

    /// A value at a place.
    pub fn text(&self, pointer: &str) -> &str {
        let value = self.0.pointer(pointer).and_then(Value::as_str);
        value.expect("a text in the event")
    }

    /// S3's number of the request.
    pub fn id(&self) -> &str {
        self.text("/xAmzRequestId")
    }

    /// As it is sent.
    pub fn json(&self) -> String {
        self.0.to_string()
    }
}
