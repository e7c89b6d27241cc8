//! A page of releases.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use s3s::{Body, S3Response, S3Result};
use tokio::time::timeout_at;

use super::object::{denied, silent};
use super::reply::refused;
use super::route::Call;
use crate::access_point::Page;
use crate::door::s3::list_xml::document;
use crate::error::Result;
use crate::request::{ListQuery, ListVersion};

/// What is left of the time when releases that a listing needs are given up, so that it can be said.
const SPARE: Duration = Duration::from_millis(500);

/// Answers a LIST.
pub async fn list(call: Call, version: ListVersion) -> S3Result<S3Response<Body>> {
    match page(&call, version).await {
        Ok((query, page)) => {
            call.trace.say(|line| line.answered(200));
            let document = document(&call.bucket, &query, &page);
            let mut response = S3Response::with_status(Body::from(document), StatusCode::OK);
            let xml = HeaderValue::from_static("application/xml");
            response.headers.insert(CONTENT_TYPE, xml);
            Ok(response)
        }
        Err(error) => Err(refused(&(&error).into(), &call.trace)),
    }
}

async fn page(call: &Call, version: ListVersion) -> Result<(ListQuery, Page)> {
    let mut query = ListQuery::parse(&call.query)?;
    query.version = version;
    let in_force = call.gateway.in_force();
    let time = Duration::from_secs(in_force.settings.limits.list_seconds);
    let deadline = Instant::now() + time;
    let point = in_force.point(&call.reader, &call.bucket);
    let point = point.ok_or_else(denied)?;
    let listing = async {
        let ask = in_force.ask(point).await?;
        call.trace.say(|line| {
            line.of_ask(&ask);
            line.format = Some(ask.point.format);
        });
        let until = deadline
            .checked_sub(SPARE.min(time / 4))
            .unwrap_or(deadline);
        let releases = &call.gateway.releases;
        releases.list(&ask, &query, &point.source, until).await
    };
    let page = timeout_at(deadline.into(), listing).await;
    Ok((query, page.unwrap_or_else(|_| Err(silent()))?))
}
