//! Plain requests to S3: their client, and answers that are documents.

use std::time::Duration;

use futures::StreamExt;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::error::{Error, Kind, Result};

/// How long a connection may take: S3 in the same region answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(5);

/// How long S3 may send nothing: it is a third of the time that an answer has.
const SILENCE: Duration = Duration::from_secs(20);

/// How long a connection waits for its next use: less than S3 keeps it, since a function that was frozen would
/// otherwise wake with a dead one.
const IDLE: Duration = Duration::from_secs(3);

/// An error's document is small; what is longer is not one.
const MAX_ERROR: usize = 64 * 1024;

/// The longest listing that is read. A page of a thousand keys of 1,024 bytes, each byte URL-encoded, has half of it.
const MAX_LISTING: usize = 8 * 1024 * 1024;

/// S3's refusal: its status, and its code where a document has one.
pub type Refused = (u16, Option<String>);

/// A client that follows no redirect, asks no proxy, and unpacks nothing.
///
/// # Errors
/// [`Kind::Internal`] where the system's certificates cannot be read.
pub(super) fn client() -> Result<Client> {
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .pool_idle_timeout(IDLE);
    client.build().map_err(|err| {
        let message = "no HTTPS client: the system's certificates cannot be read";
        Error::new(Kind::Internal, message).with_private(err)
    })
}

/// An error of the client, without the URL, which is a secret.
pub(super) fn unreachable(err: reqwest::Error) -> Error {
    let message = "S3 did not answer, or broke off: try again";
    Error::new(Kind::Source, message).with_private(err.without_url())
}

/// The text of a listing.
///
/// # Errors
/// [`Kind::Source`] for what breaks off, is longer than 8 MiB, or no text in UTF-8.
pub(super) async fn listing(response: Response) -> Result<String> {
    let document = document(response, MAX_LISTING).await?;
    let text = document.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| {
        let message = "S3's listing is no text in UTF-8, or too long";
        Error::new(Kind::Source, message)
    })
}

/// The status, and the `Code` of S3's error document. What breaks off has none.
pub(super) async fn refused(response: Response) -> Refused {
    let status = response.status().as_u16();
    let document = document(response, MAX_ERROR).await.ok().flatten();
    let text = document.as_deref().map(std::str::from_utf8);
    let code = text.and_then(|text| code_of(text.ok()?));
    (status, code)
}

/// The body; none where it is longer than `most`.
async fn document(response: Response, most: usize) -> Result<Option<Vec<u8>>> {
    let mut document = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        document.extend_from_slice(&piece.map_err(unreachable)?);
        if document.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(document))
}

fn code_of(document: &str) -> Option<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(document);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) if element.name().as_ref() == b"Code" => {
                let code = reader.read_text(element.name()).ok()?;
                return Some(code.into_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_in_the_document() {
        let document = r#"<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>CANARY</Message></Error>"#;
        assert_eq!(code_of(document).as_deref(), Some("NoSuchKey"));
        for other in ["", "<html></html>", "<Error><Code>", "no xml"] {
            assert_eq!(code_of(other), None, "{other}");
        }
    }
}
