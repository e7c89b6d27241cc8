//! A release by its name: everything that decides its bytes, and what follows from that before a byte is read.

use chrono::{DateTime, Days, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};

use super::settings::Settings;
use super::{AccessPoint, Identity, Record, VERSION};
use crate::cache::{Facts, Name};
use crate::error::{Error, Kind, Result};
use crate::key::{DomainKeys, KeyRing, KeyVersion, MasterKey};
use crate::request::{AsOf, Conditions, Format};
use crate::source::ObjectVersion;

/// Who asks at which access point, under which keys, on which day.
#[derive(Clone)]
pub struct Ask {
    /// The access point.
    pub point: AccessPoint,
    /// What it is called: entries of a cache never cross from one to another.
    pub access_point: String,
    /// Where its objects lie, where that is not part of the access point: what is kept never crosses from one place to
    /// another, of which objects may have the same version by chance.
    pub place: String,
    /// The projection's keys, where there is a master key.
    pub keys: Option<DomainKeys>,
    /// The master key's id.
    pub key_id: Option<String>,
    /// Its version.
    pub key_version: Option<KeyVersion>,
    /// The day of the request, in UTC.
    pub today: NaiveDate,
}

/// A release, known by its object's metadata.
#[derive(Clone, Debug)]
pub struct Named {
    /// The object's key.
    pub object_key: String,
    /// The object's version.
    pub object: ObjectVersion,
    /// The settings that reach the bytes.
    pub settings: Settings,
    /// The date that ages count from.
    pub as_of: NaiveDate,
    /// The `ETag`, with quotes; none without a key.
    pub etag: Option<String>,
    /// The length by law; none where the release is as long as it comes.
    pub length: Option<u64>,
    /// What a cache calls it; none without an `ETag`.
    pub name: Option<Name>,
}

impl Ask {
    /// At an access point of this name, under the key that it is pinned to or the one of now, today.
    ///
    /// # Errors
    /// [`Kind::Key`] where the projection needs a key, and there is none; where there is none of the version that the
    /// access point is pinned to.
    pub fn new(name: &str, point: AccessPoint, keys: Option<&KeyRing>) -> Result<Self> {
        let projection = &point.served.projection;
        let found = keys.map(|keys| keys.of(point.key_version)).transpose()?;
        let master = found.map(|(_, key)| key);
        if master.is_none() && projection.needs_key() {
            let message = "the projection works under a key, and there is no master key";
            return Err(Error::new(Kind::Key, message));
        }
        Ok(Self {
            access_point: name.to_owned(),
            place: String::new(),
            keys: master.map(|master| master.domain(&projection.domain())),
            key_id: master.map(MasterKey::id),
            key_version: found.map(|(version, _)| version),
            today: Utc::now().date_naive(),
            point,
        })
    }

    /// The release of an object in a format. Of two days' releases, where ages count from today, a condition that names
    /// yesterday's gets that one: a query that began before midnight reads on.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an as-of date that the object lacks.
    pub fn name(
        &self,
        object_key: &str,
        object: &ObjectVersion,
        format: Format,
        conditions: &Conditions,
    ) -> Result<Named> {
        let as_of = self.point.as_of.resolve(self.today, object.modified)?;
        let named = self.on(as_of, object_key, object, format);
        // Listings name a thousand at once, and without conditions.
        if *conditions == Conditions::default() {
            return Ok(named);
        }
        let yesterday = as_of.checked_sub_days(Days::new(1));
        let (AsOf::Today, Some(yesterday)) = (self.point.as_of, yesterday) else {
            return Ok(named);
        };
        if asks_for(conditions, &named) {
            return Ok(named);
        }
        let before = self.on(yesterday, object_key, object, format);
        Ok(if asks_for(conditions, &before) {
            before
        } else {
            named
        })
    }

    fn on(&self, as_of: NaiveDate, key: &str, object: &ObjectVersion, format: Format) -> Named {
        let settings = self.point.settings(format, key);
        let columns = self.point.served.projection.columns();
        let identity = self.identity(object, &settings, as_of);
        let etag = identity.etag(self.keys.as_ref());
        let name = etag.as_ref().map(|etag| {
            let parts = [&*self.access_point, key, etag].into_iter();
            let place = Some(&*self.place).filter(|place| !place.is_empty());
            let parts = parts.chain(place);
            let parts = parts.map(|part| format!("{}:{part}", part.len()));
            Name::from(<[u8; 32]>::from(Sha256::digest(parts.collect::<String>())))
        });
        Named {
            object_key: key.to_owned(),
            object: object.clone(),
            length: object
                .length
                .and_then(|length| settings.length(length, columns)),
            settings,
            as_of,
            etag,
            name,
        }
    }

    fn identity<'a>(
        &'a self,
        object: &'a ObjectVersion,
        settings: &'a Settings,
        as_of: NaiveDate,
    ) -> Identity<'a> {
        let served = &self.point.served;
        Identity {
            object,
            projection: &served.projection.name,
            contract_sha256: &served.contract_sha256,
            projection_sha256: &served.projection_sha256,
            references_sha256: &served.references_sha256,
            settings,
            key_id: self.key_id.as_deref(),
            as_of,
            veilpoint: VERSION,
        }
    }

    /// The record of a release that was answered.
    pub fn record(&self, named: &Named, facts: &Facts, to: &Recipient<'_>) -> Record {
        let served = &self.point.served;
        Record {
            request_id: to.request_id.to_owned(),
            principal: to.principal.to_owned(),
            access_point: self.access_point.clone(),
            key: to.key.to_owned(),
            range: to.range.clone(),
            source: to.source.to_owned(),
            object_key: named.object_key.clone(),
            object: named.object.clone(),
            projection: served.projection.name.clone(),
            contract_sha256: served.contract_sha256.clone(),
            projection_sha256: served.projection_sha256.clone(),
            references_sha256: served.references_sha256.clone(),
            settings_sha256: named.settings.sha256(),
            settings: named.settings,
            key_id: self.key_id.clone(),
            key_version: self.key_version,
            as_of: named.as_of,
            rows_in: facts.rows_in,
            rows_out: facts.rows_out,
            rows_dropped: facts.rows_dropped,
            rows_suppressed: facts.rows_suppressed,
            sha256: facts.sha256.clone(),
            length: facts.length,
            etag: named.etag.clone(),
            veilpoint: VERSION.to_owned(),
        }
    }
}

fn asks_for(conditions: &Conditions, named: &Named) -> bool {
    let etag = named.etag.as_deref();
    etag.is_some_and(|etag| conditions.asks_for(etag))
}

/// To whom a release went.
pub struct Recipient<'a> {
    /// The request's id, as its door knows it.
    pub request_id: &'a str,
    /// Who asked, as the door knows it.
    pub principal: &'a str,
    /// The key that was asked for.
    pub key: &'a str,
    /// Where the object lies.
    pub source: &'a str,
    /// Which of its bytes, where not all.
    pub range: Option<String>,
}

impl Named {
    /// The `ETag`, for what cannot be answered without one: pieces of releases that are put together, and lengths that
    /// are believed later.
    ///
    /// # Errors
    /// [`Kind::Key`].
    pub fn known(&self) -> Result<&str> {
        self.etag.as_deref().ok_or_else(|| {
            let message = "there is no master key, from which releases have their ETag: whole objects are answered, and \
                           nothing else";
            Error::new(Kind::Key, message)
        })
    }

    /// When it was last modified: its object was.
    pub fn modified(&self) -> Option<DateTime<Utc>> {
        self.object.modified
    }
}
