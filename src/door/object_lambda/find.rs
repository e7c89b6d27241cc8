//! The raw object or listing behind a request: at its presigned URL, which the caller's own rights open; or, where that
//! is of another key, with the function's own role, at the same place, and only where the caller might have read.

use super::event::{Event, Operation};
use super::service::Service;
use crate::access_point::{Asked, Opens};
use crate::door::s3::refusal::Refusal;
use crate::door::s3::sending::Stop;
use crate::error::{Error, Kind, Result};
use crate::source::{Answer, Fetched, ObjectVersion, Origin, OwnStore, PresignedUrl};

/// Finds what one request is about.
pub struct Finder<'a> {
    service: &'a Service,
    event: &'a Event,
    url: PresignedUrl,
    origin: Origin,
    /// The key that was asked for; empty for a listing.
    pub key: String,
}

/// A raw object, found.
pub struct Found {
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: ObjectVersion,
    /// Its bytes, where they are on their way already.
    pub opened: Option<Fetched>,
}

impl<'a> Finder<'a> {
    /// At the place that the event names.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a URL that leads elsewhere, or another key than the user's; [`Kind::NotFound`] for a key that
    /// is no text.
    pub fn new(service: &'a Service, event: &'a Event) -> Result<Self> {
        let url = PresignedUrl::parse(&event.input_url, &service.hosts)?;
        let supporting = event.supporting.as_deref();
        let (key, origin) = match event.operation {
            Operation::GetObject(_) | Operation::HeadObject => url.key(&event.url, supporting)?,
            Operation::ListObjects | Operation::ListObjectsV2 => {
                (String::new(), url.origin(supporting)?)
            }
        };
        Ok(Self {
            service,
            event,
            url,
            origin,
            key,
        })
    }

    /// Where objects lie, as records say it.
    pub fn source(&self) -> String {
        self.origin.name()
    }

    /// The presigned URL.
    pub fn url(&self) -> &PresignedUrl {
        &self.url
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.event.header(name)
    }

    /// The bucket, with the function's own role.
    pub fn own(&self) -> Result<OwnStore> {
        self.service.own_store(&self.origin)
    }

    /// The object for a GET: opened, unless it is still the version whose release is kept, as `kept` says.
    pub async fn get(
        &self,
        asked: &Asked,
        kept: impl AsyncFn(&str, &ObjectVersion) -> bool,
    ) -> std::result::Result<Found, Stop> {
        let fetcher = self.service.fetcher()?;
        let header = |name: &str| self.header(name);
        if asked.itself {
            let known = self.kept(&self.key, &kept).await;
            let unless = known.as_ref().and_then(|version| version.etag.as_deref());
            match fetcher.get(&self.url, header, unless).await? {
                Answer::Object(object) => return Ok(self.found(self.key.clone(), object)),
                Answer::Unchanged(now) => {
                    return self.unchanged(known.unwrap_or_default(), &now).await;
                }
                // Without rights of our own, S3's word for the key that was asked for is the last.
                Answer::Refused { status: 404, .. }
                    if !asked.others.is_empty() && self.service.has_rights() => {}
                Answer::Refused { status, code } => return Err(refused(status, code)),
            }
        } else if let Err((status, code)) = fetcher.may_read(&self.url, header).await? {
            return Err(refused(status, code));
        }
        self.other(asked).await
    }

    /// The object of which the key names a release, by our own rights. It is opened where its release is made.
    async fn other(&self, asked: &Asked) -> std::result::Result<Found, Stop> {
        self.check_others()?;
        let found = self.own()?.head(&asked.others).await?;
        let (key, version) = found.ok_or_else(no_object)?;
        Ok(Found {
            key,
            version,
            opened: None,
        })
    }

    /// The object for a HEAD, of which no byte is read.
    pub async fn head(&self, asked: &Asked) -> std::result::Result<Found, Stop> {
        let fetcher = self.service.fetcher()?;
        let head = fetcher.head(&self.url, |name| self.header(name)).await?;
        match head {
            Ok(version) if asked.itself => {
                self.service.versions.see(&self.key, &version);
                return Ok(Found {
                    key: self.key.clone(),
                    version,
                    opened: None,
                });
            }
            // Who may ask for the key is told of its release; S3 says who may not before it says what there is.
            Ok(_) | Err((404, _)) if !asked.others.is_empty() => {}
            Ok(_) => return Err(no_object().into()),
            Err((status, code)) => return Err(refused(status, code)),
        }
        self.other(asked).await
    }

    /// A version is one of the key that was asked for, and the object has another.
    fn check_others(&self) -> Result<()> {
        if self.url.version().is_some() {
            return Err(no_object());
        }
        Ok(())
    }

    fn found(&self, key: String, object: Fetched) -> Found {
        let version = object.version.clone();
        self.service.versions.see(&key, &version);
        Found {
            key,
            version,
            opened: Some(object),
        }
    }

    /// The version that was seen last, where its release is kept.
    async fn kept(
        &self,
        key: &str,
        kept: &impl AsyncFn(&str, &ObjectVersion) -> bool,
    ) -> Option<ObjectVersion> {
        let version = self.service.versions.seen(key)?;
        kept(key, &version).await.then_some(version)
    }

    /// S3 has the object that is known. The same bytes may have been written anew since: then the date is another.
    async fn unchanged(
        &self,
        known: ObjectVersion,
        now: &ObjectVersion,
    ) -> std::result::Result<Found, Stop> {
        let date = |version: &ObjectVersion| version.modified.map(|at| at.timestamp());
        if date(now) == date(&known) && now.version_id == known.version_id {
            return Ok(Found {
                key: self.key.clone(),
                version: known,
                opened: None,
            });
        }
        let object = self.presigned().await?;
        Ok(self.found(self.key.clone(), object))
    }

    async fn presigned(&self) -> std::result::Result<Fetched, Stop> {
        let fetcher = self.service.fetcher()?;
        let answer = fetcher
            .get(&self.url, |name| self.header(name), None)
            .await?;
        match answer {
            Answer::Object(object) => Ok(object),
            Answer::Unchanged(_) => Err(no_object().into()),
            Answer::Refused { status, code } => Err(refused(status, code)),
        }
    }
}

impl Opens for Finder<'_> {
    async fn open(&self, key: &str) -> Result<Fetched> {
        let of_get = matches!(self.event.operation, Operation::GetObject(_));
        if of_get && key == self.key {
            return self.presigned().await.map_err(|stop| match stop {
                Stop::Lost(_, error) => error,
                Stop::Refused(_) => gone(),
            });
        }
        let version = self.url.version().filter(|_| key == self.key);
        let opened = self.own()?.open_version(key, version.as_deref()).await?;
        opened.ok_or_else(gone)
    }
}

fn refused(status: u16, code: Option<String>) -> Stop {
    Stop::Refused(Refusal::of_s3(status, code))
}

fn no_object() -> Error {
    let message = "there is no object of which this could be the release";
    Error::new(Kind::NotFound, message)
}

fn gone() -> Error {
    let message = "the object is no longer there, or no longer to be read: ask again";
    Error::new(Kind::Source, message)
}
