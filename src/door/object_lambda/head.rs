//! `HeadObject`: what is said of a release, as the function's return value.

use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::event::Event;
use super::find::Finder;
use super::get::{request, silent};
use super::service::Service;
use crate::access_point::{Answer, Head, Wanted, too_slow};
use crate::door::s3::head::http_date;
use crate::door::s3::log::Line;
use crate::door::s3::sending::Stop;
use crate::request::content_range;

/// What the invocation returns: S3's answer to a HEAD.
pub async fn answer(
    service: &Service,
    event: &Event,
    deadline: std::time::Instant,
    line: &mut Line,
) -> Result<Value, Stop> {
    let finder = Finder::new(service, event)?;
    let request = request(event, false, deadline)?;
    let finding = async {
        let ask = service.ask(event).await?;
        line.of_ask(&ask);
        let asked = ask.point.asked(&finder.key, |name| event.header(name))?;
        line.of_asked(&asked);
        let found = finder.head(&asked).await?;
        let named = ask.name(
            &found.key,
            &found.version,
            asked.format,
            &request.conditions,
        )?;
        Ok::<_, Stop>((ask, named))
    };
    let found = timeout_at(deadline.into(), finding).await;
    let (ask, named) = found.unwrap_or_else(|_| Err(silent().into()))?;
    line.object_key = Some(named.object_key.clone());
    let wanted = Wanted {
        ask: &ask,
        named: &named,
        opened: None,
        opens: &finder,
        beside: 1,
    };
    let answer = timeout_at(deadline.into(), service.releases.answer(wanted, &request)).await;
    let (status, head) = match answer.unwrap_or_else(|_| Err(too_slow()))? {
        Answer::NotModified(head) => (304, head),
        Answer::Head(head) | Answer::Body(head, _) => (head.status(), head),
    };
    line.answered(status);
    Ok(json!({"statusCode": status, "headers": headers(&head)}))
}

/// An allow-list: nothing of the object but its date.
fn headers(head: &Head) -> Value {
    let mut headers = json!({
        "Content-Type": head.format.media_type(),
        "Accept-Ranges": "bytes",
    });
    let optional = [
        ("Content-Length", head.length.map(Value::from)),
        ("ETag", head.etag.clone().map(Value::from)),
        (
            "Last-Modified",
            head.modified.map(|at| Value::from(http_date(at))),
        ),
        (
            "Content-Range",
            head.range
                .as_ref()
                .map(|(range, length)| Value::from(content_range(range, *length))),
        ),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            headers[name] = value;
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Format;

    #[test]
    fn a_head_says_what_is_known_and_no_more() {
        let at = chrono::DateTime::from_timestamp(1_792_567_680, 0);
        let full = Head {
            format: Format::Parquet,
            etag: Some("\"e-1\"".into()),
            modified: at,
            length: Some(10),
            range: Some((3..13, 100)),
        };
        let expected = json!({
            "Content-Type": "application/vnd.apache.parquet",
            "Accept-Ranges": "bytes",
            "Content-Length": 10,
            "ETag": "\"e-1\"",
            "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT",
            "Content-Range": "bytes 3-12/100",
        });
        assert_eq!(headers(&full), expected);
        let bare = Head {
            format: Format::Csv,
            etag: None,
            modified: None,
            length: None,
            range: None,
        };
        let expected = json!({"Content-Type": "text/csv; charset=utf-8", "Accept-Ranges": "bytes"});
        assert_eq!(headers(&bare), expected);
    }
}
