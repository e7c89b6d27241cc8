//! The objects of a prefix, through AWS's own client: a body that is sent comes from a file, in pieces, however long it is.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::{ByteStream, DateTime, DateTimeFormat};
use object_store::path::Path as ObjectPath;
use tokio::time::timeout;

use crate::config;
use crate::error::{Error, Kind, Result};
use crate::source::Location;

/// How long a call may take that moves no release, its retries included; and each piece of one that does.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes a second that a release moves there at least: a tenth of what a function has.
const SLOWEST: u64 = 4 * 1024 * 1024;

/// What one PUT takes. What is longer stays where it was made.
const LONGEST: u64 = 5 * 1024 * 1024 * 1024;

/// A prefix of a bucket.
pub(super) struct Objects {
    client: Client,
    bucket: String,
    prefix: String,
}

/// Why a bucket is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Our role may not.
    Denied,
    /// It says no, for another reason.
    Refused,
    /// It does not answer, or not in time.
    Silent,
}

/// An object on its way here.
pub(super) struct Incoming {
    pub etag: Option<String>,
    pub length: u64,
    pub body: ByteStream,
}

/// A claim that is there.
#[derive(Debug)]
pub(super) struct Claimed {
    pub etag: Option<String>,
    /// Seconds since 1970, by the store's clock.
    pub modified: Option<i64>,
    pub nonce: Vec<u8>,
}

/// What became of a claim.
pub(super) enum Put {
    /// It was made, with this `ETag`.
    Made(Option<String>),
    /// There is one already. This is the store's clock, in seconds since 1970.
    Taken(Option<i64>),
}

type Answered<T> = std::result::Result<T, Trouble>;

impl Objects {
    /// Reads the setting.
    ///
    /// # Errors
    /// [`Kind::Settings`] for anything else than a prefix of a bucket.
    pub fn new(place: &str, client: Client) -> Result<Self> {
        match Location::parse(place) {
            Ok(Location::Prefix { bucket, prefix }) if ObjectPath::parse(&prefix).is_ok() => {
                Ok(Self {
                    client,
                    bucket,
                    prefix,
                })
            }
            _ => Err(Error::new(
                Kind::Settings,
                format!(
                    "{} is s3://bucket/prefix/, with a slash at its end",
                    config::CACHE_BUCKET
                ),
            )),
        }
    }

    fn key(&self, file: &str) -> String {
        format!("{}{file}", self.prefix)
    }

    /// An object, from its beginning; none where there is none, or where our role may not know that there is none.
    pub async fn get(&self, file: &str) -> Answered<Option<Incoming>> {
        let get = self.client.get_object().bucket(&self.bucket);
        match in_time(get.key(self.key(file)).send()).await? {
            Ok(object) => Ok(Some(Incoming {
                length: length(object.content_length),
                etag: object.e_tag,
                body: object.body,
            })),
            Err(error) if matches!(status(&error), Some(403 | 404)) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    /// A claim; none where there is none any more.
    pub async fn claimed(&self, file: &str) -> Answered<Option<Claimed>> {
        let get = self.client.get_object().bucket(&self.bucket);
        let reading = async {
            let object = match get.key(self.key(file)).send().await {
                Ok(object) => object,
                Err(error) if matches!(status(&error), Some(403 | 404)) => return Ok(None),
                Err(error) => return Err(trouble(&error)),
            };
            let body = object.body.collect().await;
            Ok(Some(Claimed {
                etag: object.e_tag,
                modified: object.last_modified.map(|at| at.secs()),
                nonce: body.map_err(|_| Trouble::Silent)?.to_vec(),
            }))
        };
        in_time(reading).await?
    }

    /// Makes a claim where there is none; or in place of one, while that is still the one with this `ETag`.
    pub async fn put_claim(&self, file: &str, nonce: &[u8], of: Option<&str>) -> Answered<Put> {
        let put = self.client.put_object().bucket(&self.bucket);
        let put = put.key(self.key(file)).body(nonce.to_vec().into());
        let put = match of {
            Some(etag) => put.if_match(etag),
            None => put.if_none_match("*"),
        };
        match in_time(put.send()).await? {
            Ok(made) => Ok(Put::Made(made.e_tag)),
            Err(error) => match status(&error) {
                Some(409 | 412) => Ok(Put::Taken(clock(&error))),
                Some(404) if of.is_some() => Ok(Put::Taken(None)),
                _ => Err(trouble(&error)),
            },
        }
    }

    /// Copies a file, unless there is an object already: that of another process, which is the same. A file that is gone by
    /// now is none, and one that is too long stays here.
    pub async fn put_file(&self, file: &str, path: &Path) -> Answered<()> {
        let Ok(body) = ByteStream::from_path(path).await else {
            return Ok(());
        };
        let length = body.size_hint().0;
        if length > LONGEST {
            return Ok(());
        }
        let patience = PATIENCE + Duration::from_secs(length / SLOWEST);
        let put = self.client.put_object().bucket(&self.bucket);
        let put = put.key(self.key(file)).if_none_match("*").body(body);
        match within(patience, put.send()).await? {
            Ok(_) => Ok(()),
            Err(error) if matches!(status(&error), Some(409 | 412)) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }

    /// Removes an object, while it is still the one with this `ETag`.
    pub async fn delete(&self, file: &str, etag: Option<&str>) -> Answered<()> {
        let delete = self.client.delete_object().bucket(&self.bucket);
        let delete = delete
            .key(self.key(file))
            .set_if_match(etag.map(str::to_owned));
        match in_time(delete.send()).await? {
            Ok(_) => Ok(()),
            Err(error) if matches!(status(&error), Some(404 | 409 | 412)) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

/// What a call comes to in the time that it has.
pub(super) async fn in_time<T>(call: impl Future<Output = T>) -> Answered<T> {
    within(PATIENCE, call).await
}

async fn within<T>(patience: Duration, call: impl Future<Output = T>) -> Answered<T> {
    // The client's futures are large, and many others hold one.
    let call = Box::pin(call);
    timeout(patience, call).await.map_err(|_| Trouble::Silent)
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

fn trouble<E>(error: &SdkError<E>) -> Trouble {
    match status(error) {
        Some(401 | 403) => Trouble::Denied,
        Some(status) if status < 500 || status == 501 => Trouble::Refused,
        _ => Trouble::Silent,
    }
}

/// The clock of the store, as its answer says it.
fn clock<E>(error: &SdkError<E>) -> Option<i64> {
    let date = error.raw_response()?.headers().get("date")?;
    let date = DateTime::from_str(date, DateTimeFormat::HttpDate).ok()?;
    Some(date.secs())
}

fn length(announced: Option<i64>) -> u64 {
    announced
        .and_then(|length| length.try_into().ok())
        .unwrap_or(0)
}

impl Trouble {
    /// As the log says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Refused => "refused",
            Self::Silent => "silent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        let version = aws_sdk_s3::config::BehaviorVersion::v2026_01_12();
        let config = aws_sdk_s3::Config::builder().behavior_version(version);
        Client::from_conf(config.build())
    }

    #[test]
    fn only_a_prefix_is_taken() {
        let rows = [
            ("s3://bucket/prefix/", Some("prefix/n.release")),
            ("s3://bucket/a/b/", Some("a/b/n.release")),
            ("s3://bucket/", Some("n.release")),
            ("", None),
            ("folder/", None),
            ("s3://bucket/key", None),
            ("s3://", None),
            ("-", None),
            ("s3://bucket/a//b/", None),
            ("https://bucket/prefix/", None),
        ];
        let mut wrong = Vec::new();
        for (place, expected) in rows {
            let read = Objects::new(place, client());
            let refused = read.as_ref().err().map(Error::kind);
            let key = read.ok().map(|objects| objects.key("n.release"));
            let kind = expected.is_none().then_some(Kind::Settings);
            if key.as_deref() != expected || refused != kind {
                wrong.push((place, key, refused));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
