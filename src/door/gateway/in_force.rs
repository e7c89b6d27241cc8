//! What holds at one moment: settings, access points with their sources, credentials, projections, the master key.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use s3s::auth::SecretKey;

use crate::access_point::{AccessPoint, Ask};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::key::KeyRing;
use crate::request::Payload;
use crate::source::{LiveSql, ObjectSource};

/// What holds at one moment. Without `Debug`: it holds secrets.
pub struct InForce {
    /// The settings.
    pub settings: config::Gateway,
    /// Contracts and projections.
    pub sql: Arc<LiveSql>,
    points: BTreeMap<String, Point>,
    readers: HashMap<String, Reader>,
    keys: Option<KeyRing>,
}

/// An access point.
pub struct Point {
    /// Its name, which is that of a bucket.
    pub name: String,
    /// Where its objects lie.
    pub source: ObjectSource,
    /// What tells its source from others.
    place: String,
    payload: Payload,
}

/// Who has a credential.
pub struct Reader {
    /// What their requests are signed with.
    pub secret: SecretKey,
    access_points: Vec<String>,
}

impl InForce {
    /// By these settings. What of them is as before is taken over: clients of sources, and projections.
    ///
    /// # Errors
    /// [`Kind::Settings`] for a source that cannot be opened; [`Kind::Key`].
    pub async fn of(settings: config::Gateway, before: Option<&Self>) -> Result<Self> {
        let mut points = BTreeMap::new();
        for (name, set) in &settings.access_points {
            let known = before.and_then(|before| {
                let same = before.settings.access_points.get(name)?.source == set.source;
                same.then(|| before.points.get(name))?
            });
            let source = match known {
                Some(point) => point.source.clone(),
                None => ObjectSource::open_place(&set.source)
                    .await
                    .map_err(|error| {
                        let message = format!("access_points.{name}: {}", error.message());
                        Error::new(Kind::Settings, message)
                    })?,
            };
            let point = Point {
                name: name.clone(),
                place: format!("{:?}", set.source),
                source,
                payload: set.payload.clone(),
            };
            points.insert(name.clone(), point);
        }
        let readers = settings.credentials.iter().map(|credential| {
            let reader = Reader {
                secret: SecretKey::from(credential.secret_access_key.as_str()),
                access_points: credential.access_points.clone(),
            };
            (credential.access_key_id.clone(), reader)
        });
        let sql = match before {
            Some(before) => Arc::clone(&before.sql),
            None => Arc::new(LiveSql::new(&settings.sql)?),
        };
        Ok(Self {
            readers: readers.collect(),
            keys: settings.keys().await?,
            points,
            sql,
            settings,
        })
    }

    /// Who has this access key id.
    pub fn reader(&self, access_key_id: &str) -> Option<&Reader> {
        self.readers.get(access_key_id)
    }

    /// The access point of this name, for somebody who may read it.
    pub fn point(&self, access_key_id: &str, name: &str) -> Option<&Point> {
        self.reader(access_key_id)?
            .may_read(name)
            .then(|| self.points.get(name))?
    }

    /// Whether there is an access point of this name.
    pub fn is_point(&self, name: &str) -> bool {
        self.points.contains_key(name)
    }

    /// The names of the access points that somebody may read.
    pub fn names(&self, access_key_id: &str) -> impl Iterator<Item = &str> {
        let reader = self.reader(access_key_id);
        let may = move |name: &&String| reader.is_some_and(|reader| reader.may_read(name));
        self.points.keys().filter(may).map(String::as_str)
    }

    /// Says in the log which access points no request can be answered at, as the projections are now. An edit of these may
    /// put it right.
    pub async fn look(&self) {
        // A catalog that cannot be read has said so.
        let Ok(catalog) = self.sql.current().await else {
            return;
        };
        for (name, point) in &self.points {
            if let Err(error) = AccessPoint::of_payload(&point.payload, &catalog) {
                let message = error.to_string();
                tracing::error!(event = "access_point_refused", access_point = name, message);
            }
        }
    }

    /// What a request at an access point is made of.
    ///
    /// # Errors
    /// What its projection is refused for; [`Kind::Key`].
    pub async fn ask(&self, point: &Point) -> Result<Ask> {
        let catalog = self.sql.current().await?;
        let found = AccessPoint::of_payload(&point.payload, &catalog)?;
        let ask = Ask::new(&point.name, found, self.keys.as_ref())?;
        Ok(Ask {
            place: point.place.clone(),
            ..ask
        })
    }
}

impl Reader {
    fn may_read(&self, name: &str) -> bool {
        self.access_points.iter().any(|own| own == name)
    }
}
