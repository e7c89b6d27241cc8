//! `WriteGetObjectResponse`: how a GET is answered.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html>

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use aws_sdk_s3::operation::write_get_object_response::builders::WriteGetObjectResponseFluentBuilder;
use aws_sdk_s3::primitives::{ByteStream, DateTime, SdkBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{Mutex, mpsc};

use super::event::GetObject;
use crate::access_point::{Delivery, Head};
use crate::error::{Error, Kind, Result};
use crate::request::content_range;

/// The statuses of errors that S3 takes for an answer. (304 is none, and goes without code and message.)
const STATUSES: [u16; 11] = [400, 401, 403, 404, 405, 409, 411, 412, 416, 500, 503];

/// What any other status becomes.
const UNAVAILABLE: u16 = 503;

/// The longest message that is sent: it travels in a header.
const MAX_MESSAGE: usize = 1024;

/// Why a request is not answered with a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status that the caller gets.
    pub status: u16,
    /// The code, in S3's form; none for 304.
    pub code: Option<String>,
    /// What is said in the log, without values.
    pub message: String,
    /// Whether the caller hears it, too.
    pub public: bool,
}

impl Refusal {
    /// What S3 itself said of the object: its status and code, if they may be passed on.
    pub fn of_s3(status: u16, code: Option<String>) -> Self {
        if status == 304 {
            return Self {
                status,
                code: None,
                message: String::new(),
                public: true,
            };
        }
        let code = code.filter(|code| is_code(code));
        let code = code.or_else(|| usual_code(status).map(str::to_owned));
        let known = code.filter(|_| STATUSES.contains(&status));
        let words = "S3 answers so to the read of the object that is asked for";
        Self {
            status: if known.is_some() { status } else { UNAVAILABLE },
            code: Some(known.unwrap_or_else(|| Kind::Source.facts().code.to_owned())),
            message: words.to_owned(),
            public: true,
        }
    }
}

impl Refusal {
    /// What the caller hears, as a header can carry it.
    pub fn said(&self) -> String {
        header_text(if self.public { &self.message } else { INSIDE })
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let facts = error.kind().facts();
        Self {
            status: facts.status,
            code: Some(facts.code.to_owned()),
            message: error.to_string(),
            public: is_public(error.kind()),
        }
    }
}

/// What is wrong with the access point is its owner's affair: its message names folders, buckets and the projections of
/// others. The log has it.
fn is_public(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Payload | Kind::Projection | Kind::Contract | Kind::Settings | Kind::Key
    )
}

/// What the caller hears in place of such a message.
const INSIDE: &str = "the access point is not set up rightly; its owner finds the reason in the function's log, under the \
                      id of this request";

/// What S3 says with a status, where an answer came without its document.
fn usual_code(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("AccessDenied"),
        404 => Some("NoSuchKey"),
        412 => Some("PreconditionFailed"),
        416 => Some("InvalidRange"),
        500 => Some("InternalError"),
        _ => None,
    }
}

/// `^[A-Z][a-zA-Z]+$`, which is what S3 takes for a code.
fn is_code(code: &str) -> bool {
    code.len() > 1
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A message as a header can carry it: one line of ASCII, other characters escaped.
fn header_text(message: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let mut text = String::new();
    for c in message.chars() {
        if plain(c) {
            text.push(c);
        } else {
            text.extend(c.escape_unicode());
        }
        if text.len() > MAX_MESSAGE {
            text.truncate(MAX_MESSAGE);
            break;
        }
    }
    text
}

/// Answers GETs.
pub struct Answers {
    client: aws_sdk_s3::Client,
}

impl Answers {
    /// Through this client.
    pub fn new(client: aws_sdk_s3::Client) -> Self {
        Self { client }
    }

    /// Sends an error.
    ///
    /// # Errors
    /// [`Kind::Output`] where S3 does not take it.
    pub async fn refuse(&self, to: &GetObject, refusal: &Refusal) -> Result<()> {
        let answer = self
            .to(to)
            .status_code(i32::from(refusal.status))
            .set_error_code(refusal.code.clone());
        let message = refusal.code.as_ref().map(|_| refusal.said());
        send(answer.set_error_message(message)).await
    }

    /// Says that the reader has the release.
    ///
    /// # Errors
    /// As [`Answers::refuse`].
    pub async fn not_modified(&self, to: &GetObject, head: &Head) -> Result<()> {
        let answer = self
            .to(to)
            .status_code(304)
            .set_e_tag(head.etag.clone())
            .set_last_modified(head.modified.map(seconds));
        send(answer).await
    }

    /// Sends a release, or a range of it. Where the body fails, the transfer breaks off without an end.
    ///
    /// # Errors
    /// [`Kind::Output`] where S3 does not take it, or the body failed.
    pub async fn release(&self, to: &GetObject, head: &Head, body: SdkBody) -> Result<()> {
        let range = head.range.as_ref();
        let answer = self
            .to(to)
            .status_code(i32::from(head.status()))
            .content_type(head.format.media_type())
            .accept_ranges("bytes")
            .set_content_range(range.map(|(range, length)| content_range(range, *length)))
            .set_e_tag(head.etag.clone())
            .set_last_modified(head.modified.map(seconds))
            .set_content_length(head.length.and_then(|length| i64::try_from(length).ok()))
            .body(ByteStream::new(body));
        send(answer).await
    }

    fn to(&self, to: &GetObject) -> WriteGetObjectResponseFluentBuilder {
        let answer = self.client.write_get_object_response();
        answer.request_route(&to.route).request_token(&to.token)
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

/// A delivery that the transfer takes from, and its sender asks after.
pub type Shared = Arc<Mutex<Delivery>>;

/// What became of a body: nothing as long as it is on its way.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    end: Arc<OnceLock<Result<()>>>,
    bytes: Arc<AtomicU64>,
}

impl Fate {
    /// How the body ended, if it did.
    pub fn end(&self) -> Option<std::result::Result<(), Error>> {
        self.end
            .get()
            .map(|end| end.as_ref().copied().map_err(Error::public))
    }

    /// Bytes that the transfer has taken; the last few may not have left.
    pub fn handed_over(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Pieces on their way from a delivery into its transfer: while one leaves, the next is fetched.
const AHEAD: usize = 1;

/// What goes into a transfer. A body whose last word is missing has not ended.
enum Next {
    Piece(Bytes),
    End,
    Broken,
}

/// The body of a delivery. It ends where the delivery ended well, and with an error otherwise, so that no half release
/// looks like a whole one.
pub fn body(delivery: Shared, length: Option<u64>, fate: Fate) -> SdkBody {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let end = Arc::clone(&fate.end);
    tokio::spawn(async move {
        let mut delivery = delivery.lock().await;
        loop {
            let next = match delivery.next().await {
                Ok(Some(piece)) => Next::Piece(piece),
                Ok(None) => {
                    let _ = end.set(Ok(()));
                    Next::End
                }
                Err(error) => {
                    let _ = end.set(Err(error));
                    Next::Broken
                }
            };
            let more = matches!(next, Next::Piece(_));
            // The transfer is gone where nobody takes it.
            if sender.send(next).await.is_err() || !more {
                return;
            }
        }
    });
    SdkBody::from_body_1_x(Measured {
        pieces,
        length,
        over: false,
        fate,
    })
}

/// A body that says how long it is, where that is known: HTTP announces it then.
struct Measured {
    pieces: mpsc::Receiver<Next>,
    length: Option<u64>,
    over: bool,
    fate: Fate,
}

impl http_body::Body for Measured {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, BrokenOff>>> {
        // Whoever sends a body asks once more after its end.
        if self.over {
            return Poll::Ready(None);
        }
        let frame = match ready!(self.pieces.poll_recv(context)) {
            Some(Next::Piece(piece)) => {
                let count = piece.len() as u64;
                self.fate.bytes.fetch_add(count, Ordering::Relaxed);
                Some(Ok(Frame::data(piece)))
            }
            Some(Next::End) => None,
            Some(Next::Broken) | None => Some(Err(BrokenOff)),
        };
        self.over = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn seconds(at: chrono::DateTime<chrono::Utc>) -> DateTime {
    DateTime::from_secs(at.timestamp())
}

/// What the transfer is told where the release failed: nothing of why.
#[derive(Debug)]
struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the release failed")
    }
}

impl std::error::Error for BrokenOff {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_s3_pass_where_s3_takes_them_back() {
        for (status, code, passed) in [
            (404, Some("NoSuchKey"), (404, Some("NoSuchKey"))),
            (403, Some("AccessDenied"), (403, Some("AccessDenied"))),
            (403, None, (403, Some("AccessDenied"))),
            (412, Some("bad code"), (412, Some("PreconditionFailed"))),
            (409, None, (503, Some("SourceUnavailable"))),
            (304, None, (304, None)),
            (503, Some("SlowDown"), (503, Some("SlowDown"))),
            (418, Some("Teapot"), (503, Some("SourceUnavailable"))),
            (201, None, (503, Some("SourceUnavailable"))),
        ] {
            let refusal = Refusal::of_s3(status, code.map(str::to_owned));
            assert_eq!(
                (refusal.status, refusal.code.as_deref()),
                passed,
                "{status}"
            );
        }
    }

    #[test]
    fn the_kinds_that_a_request_meets_have_a_status_and_a_code_that_s3_takes() {
        for kind in [
            Kind::Usage,
            Kind::Payload,
            Kind::TimeLimit,
            Kind::Method,
            Kind::Source,
            Kind::Key,
        ] {
            let refusal = Refusal::from(&Error::new(kind, "words"));
            assert!(STATUSES.contains(&refusal.status), "{}", refusal.status);
            assert!(refusal.code.is_some_and(|code| is_code(&code)));
        }
    }

    #[test]
    fn what_is_wrong_with_the_access_point_is_told_to_the_log_alone() {
        for (kind, public) in [
            (Kind::Payload, false),
            (Kind::Projection, false),
            (Kind::Value, true),
        ] {
            let refusal = Refusal::from(&Error::new(kind, "INSIDE"));
            assert_eq!(refusal.said().contains("INSIDE"), public);
            assert!(refusal.message.contains("INSIDE"));
        }
    }

    #[test]
    fn a_message_is_one_line_of_ascii() {
        assert_eq!(
            header_text("column \"Größe\"\n: wrong"),
            "column \"Gr\\u{f6}\\u{df}e\"\\u{a}: wrong"
        );
        assert_eq!(header_text(&"é".repeat(1000)).len(), MAX_MESSAGE);
    }
}
