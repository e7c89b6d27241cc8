//! Uploads in parts.

use std::collections::BTreeMap;

use super::{Object, Store, taken};
use crate::support::lambda::reply::{Reply, escaped};
use crate::support::lambda::request::Request;

/// An upload that is neither completed nor taken back: its parts by number.
pub type Upload = BTreeMap<u32, Vec<u8>>;

impl Store {
    /// How many uploads are under way.
    pub fn uploads(&self) -> usize {
        self.state().uploads.len()
    }

    /// Begins or completes an upload.
    pub(super) fn post(&self, request: &Request) -> Reply {
        if request.value("uploads").is_some() {
            return self.begin(request);
        }
        match request.value("uploadId") {
            Some(id) => self.complete(id, request),
            None => Reply::refused(405, "MethodNotAllowed", "not here"),
        }
    }

    fn begin(&self, request: &Request) -> Reply {
        let mut state = self.state();
        let last = state.uploads.keys().next_back();
        let id = last.map_or(1, |last| last.parse::<u32>().expect("a number") + 1);
        let id = format!("{id:08}");
        state.uploads.insert(id.clone(), Upload::new());
        let (bucket, key) = (&request.bucket, &request.key);
        let document = format!(
            "<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId>\
             </InitiateMultipartUploadResult>"
        );
        Reply::xml(200, &document)
    }

    /// Takes a part.
    pub(super) fn part(&self, id: &str, request: &Request, body: &[u8]) -> Reply {
        let number = request.value("partNumber");
        let number = number.and_then(|number| number.parse().ok());
        let mut state = self.state();
        match (state.uploads.get_mut(id), number) {
            (Some(upload), Some(number)) => {
                upload.insert(number, body.to_vec());
                Reply::empty(200).header("ETag", format!("\"{number:032x}\""))
            }
            _ => Reply::refused(404, "NoSuchUpload", "no such upload"),
        }
    }

    /// Puts the parts together. Which of them the request names is not looked at: whoever names others has them not.
    fn complete(&self, id: &str, request: &Request) -> Reply {
        let mut state = self.state();
        let bucket = state.buckets.get(&request.bucket).expect("a bucket");
        if let Some(reply) = taken(bucket, request) {
            return reply;
        }
        let Some(upload) = state.uploads.remove(id) else {
            return Reply::refused(404, "NoSuchUpload", "no such upload");
        };
        let mut object = Object::new(upload.into_values().flatten().collect());
        object.etag = format!("{}-1\"", object.etag.trim_end_matches('"'));
        let etag = object.etag.clone();
        let bucket = state.buckets.get_mut(&request.bucket).expect("a bucket");
        bucket.insert(request.key.clone(), object);
        let document = format!(
            "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
            escaped(&etag)
        );
        Reply::xml(200, &document)
    }
}
