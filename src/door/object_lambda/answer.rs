//! `WriteGetObjectResponse`: how a GET is answered.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html>

use aws_sdk_s3::operation::write_get_object_response::builders::WriteGetObjectResponseFluentBuilder;
use aws_sdk_s3::primitives::{ByteStream, DateTime, SdkBody};

use super::event::GetObject;
use crate::access_point::Head;
use crate::door::s3::log::Outcome;
use crate::door::s3::refusal::Refusal;
use crate::door::s3::sending::{Caller, Stop};
use crate::door::s3::transfer::Transfer;
use crate::error::{Error, Kind, Result};
use crate::request::content_range;

/// Answers GETs.
pub struct Answers {
    client: aws_sdk_s3::Client,
}

impl Answers {
    /// Through this client.
    pub fn new(client: aws_sdk_s3::Client) -> Self {
        Self { client }
    }

    /// The answer to one of them.
    pub fn to<'a>(&'a self, place: &'a GetObject) -> To<'a> {
        let client = &self.client;
        To { client, place }
    }
}

/// The answer to one GET.
pub struct To<'a> {
    client: &'a aws_sdk_s3::Client,
    place: &'a GetObject,
}

impl To<'_> {
    /// Sends an error.
    ///
    /// # Errors
    /// [`Kind::Output`] where S3 does not take it.
    pub async fn refuse(&self, refusal: &Refusal) -> Result<()> {
        let answer = self
            .answer()
            .status_code(i32::from(refusal.status))
            .set_error_code(refusal.code.clone());
        let message = refusal.code.as_ref().map(|_| refusal.said());
        send(answer.set_error_message(message)).await
    }

    fn answer(&self) -> WriteGetObjectResponseFluentBuilder {
        let answer = self.client.write_get_object_response();
        let answer = answer.request_route(&self.place.route);
        answer.request_token(&self.place.token)
    }
}

impl Caller for To<'_> {
    async fn not_modified(&self, head: &Head) -> std::result::Result<(), Stop> {
        let answer = self
            .answer()
            .status_code(304)
            .set_e_tag(head.etag.clone())
            .set_last_modified(head.modified.map(seconds));
        let sent = send(answer).await;
        sent.map_err(|error| Stop::Lost(Outcome::Failed, error))
    }

    async fn release(&self, head: &Head, body: Transfer) -> std::result::Result<(), Stop> {
        let range = head.range.as_ref();
        let answer = self
            .answer()
            .status_code(i32::from(head.status()))
            .content_type(head.format.media_type())
            .accept_ranges("bytes")
            .set_content_range(range.map(|(range, length)| content_range(range, *length)))
            .set_e_tag(head.etag.clone())
            .set_last_modified(head.modified.map(seconds))
            .set_content_length(head.length.and_then(|length| i64::try_from(length).ok()))
            .body(ByteStream::new(SdkBody::from_body_1_x(body)));
        let sent = send(answer).await;
        sent.map_err(|error| Stop::Lost(Outcome::Failed, error))
    }
}

async fn send(answer: WriteGetObjectResponseFluentBuilder) -> Result<()> {
    let sent = answer.send().await;
    sent.map(|_| ()).map_err(|err| {
        let status = err
            .raw_response()
            .map(|response| response.status().as_u16());
        let message = match status {
            Some(status) => format!("S3 does not take the answer: it says {status}"),
            None => "the answer could not be sent whole".to_owned(),
        };
        Error::new(Kind::Output, message).with_private(err)
    })
}

fn seconds(at: chrono::DateTime<chrono::Utc>) -> DateTime {
    DateTime::from_secs(at.timestamp())
}
