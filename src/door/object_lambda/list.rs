//! `ListObjects` and `ListObjectsV2`: a page of releases, as the function's return value.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::timeout_at;

use super::event::{Event, Operation};
use super::find::Finder;
use super::get::silent;
use super::service::Service;
use crate::access_point::{Ask, Page, doubtful};
use crate::door::s3::list_xml::document;
use crate::door::s3::log::Line;
use crate::door::s3::refusal::Refusal;
use crate::door::s3::sending::Stop;
use crate::error::Result;
use crate::request::{Format, ListQuery, ListVersion, MAX_KEYS};
use crate::source::{RawObject, RawPage, RawQuery};

/// What is left of the time when releases that a listing needs are given up, so that it can be said.
const SPARE: Duration = Duration::from_millis(500);

/// What the invocation returns: S3's answer to a LIST.
pub async fn answer(
    service: &Service,
    event: &Event,
    deadline: Instant,
    line: &mut Line,
) -> std::result::Result<Value, Stop> {
    let list = List {
        service,
        finder: Finder::new(service, event)?,
        event,
        deadline,
    };
    let query = list.query()?;
    let asking = async {
        let ask = service.ask(event).await?;
        line.of_ask(&ask);
        line.format = Some(ask.point.format);
        Ok::<_, Stop>((list.raw().await?, ask))
    };
    let asked = timeout_at(deadline.into(), asking).await;
    let (raw, ask) = asked.unwrap_or_else(|_| Err(silent().into()))?;
    let page = list.page(&ask, &query, raw);
    let page = timeout_at(deadline.into(), page).await;
    let page = page.unwrap_or_else(|_| Err(silent()))?;
    line.answered(200);
    let name = event.access_point.rsplit('/').next().unwrap_or_default();
    Ok(json!({"statusCode": 200, "listResultXml": document(name, &query, &page)}))
}

/// One LIST on its way.
struct List<'a> {
    service: &'a Service,
    finder: Finder<'a>,
    event: &'a Event,
    deadline: Instant,
}

impl List<'_> {
    /// What is asked: all of it stands in the presigned URL.
    fn query(&self) -> Result<ListQuery> {
        let mut query = ListQuery::parse(&self.finder.url().query())?;
        query.version = match self.event.operation {
            Operation::ListObjects => ListVersion::V1,
            _ => ListVersion::V2,
        };
        Ok(query)
    }

    /// The page of objects, with the caller's own rights.
    async fn raw(&self) -> std::result::Result<RawPage, Stop> {
        let fetcher = self.service.fetcher()?;
        let header = |name: &str| self.event.header(name);
        let listed = fetcher.list(self.finder.url(), header).await?;
        listed.map_err(|(status, code)| Stop::Refused(Refusal::of_s3(status, code)))
    }

    /// The page of releases. One that comes out empty while more follows is gone on from: some readers take it for the
    /// end, and what stands in a bucket beside the dataset's objects is none of their business.
    async fn page(&self, ask: &Ask, query: &ListQuery, raw: RawPage) -> Result<Page> {
        let beside = self.beside(ask, query).await?;
        let mut page = self.released(ask, query, raw, beside).await?;
        while page.entries.is_empty() && page.prefixes.is_empty() && page.truncated {
            let Some(next) = page.next.take() else { break };
            let following = following(query, next);
            let raw = self.cut(ask, query, following).await?;
            page = self.released(ask, query, raw, Vec::new()).await?;
        }
        Ok(page)
    }

    async fn released(
        &self,
        ask: &Ask,
        query: &ListQuery,
        mut raw: RawPage,
        beside: Vec<RawObject>,
    ) -> Result<Page> {
        for (key, likelier) in doubtful(ask, query, &raw)? {
            if self.finder.own()?.head(&likelier).await?.is_some() {
                raw.objects.retain(|object| object.key != key);
            }
        }
        let made = (
            &self.finder,
            self.deadline.checked_sub(SPARE).unwrap_or(self.deadline),
        );
        self.service
            .releases
            .page(ask, query, raw, beside, made)
            .await
    }

    /// A page of objects of which no more are the dataset's than were asked for: it is asked for once more, and shorter,
    /// where there are, so that the next page begins behind what this one says.
    async fn cut(&self, ask: &Ask, query: &ListQuery, asked: RawQuery) -> Result<RawPage> {
        let own = self.finder.own()?;
        let page = own.page(&asked).await?;
        let keys = ask.point.served.owner()?;
        let mut ends: Vec<&str> = page.prefixes.iter().map(String::as_str).collect();
        ends.extend(page.objects.iter().map(|object| object.key.as_str()));
        ends.sort_unstable();
        let shown = |name: &&str| keys.owns(name) || keys.may_own_below(name);
        let last = ends.iter().enumerate().filter(|(_, name)| shown(name));
        match last.map(|(at, _)| at).nth(query.max_keys) {
            None => Ok(page),
            Some(at) => {
                let shorter = RawQuery {
                    max_keys: at,
                    ..asked
                };
                own.page(&shorter).await
            }
        }
    }

    /// The object whose release's key begins with the prefix, while its own does not: the prefix reaches into the
    /// release's suffix, as that of whoever looks for one release does. It stands on the first page.
    async fn beside(&self, ask: &Ask, query: &ListQuery) -> Result<Vec<RawObject>> {
        let Some(release) = ask.point.format.begun(&query.prefix) else {
            return Ok(Vec::new());
        };
        let passed = query.after.as_ref().is_some_and(|after| *after >= release);
        if query.token.is_some() || passed || query.max_keys == 0 {
            return Ok(Vec::new());
        }
        let owner = ask.point.served.owner()?;
        let mut keys = Format::object_keys(&release);
        keys.retain(|key| owner.owns(key) && !key.starts_with(&query.prefix));
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.finder.own()?.head(&keys).await?;
        let found = found.map(|(key, version)| RawObject {
            key,
            version,
            storage_class: None,
        });
        Ok(found.into_iter().collect())
    }
}

/// What goes on behind a page.
fn following(query: &ListQuery, next: String) -> RawQuery {
    let (after, token) = match query.version {
        ListVersion::V1 => (Some(next), None),
        ListVersion::V2 => (None, Some(next)),
    };
    RawQuery {
        version: query.version,
        prefix: query.prefix.clone(),
        delimiter: query.delimiter,
        after,
        token,
        max_keys: MAX_KEYS,
    }
}
