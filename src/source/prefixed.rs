//! What lies below a prefix of a bucket, as a bucket of its own.

use super::{Fetched, ObjectVersion, OwnStore, RawPage, RawQuery, store};
use crate::error::{Error, Kind, Result};
use crate::request::ListVersion;

/// A bucket below a prefix. Keys are relative to it, and no other can be reached.
#[derive(Clone)]
pub struct Prefixed {
    store: OwnStore,
    prefix: String,
    name: String,
}

impl Prefixed {
    /// What lies below a prefix, which is empty or ends with a slash.
    ///
    /// # Errors
    /// [`Kind::Settings`] for another prefix.
    pub fn new(store: OwnStore, bucket: &str, prefix: &str) -> Result<Self> {
        let folder = prefix.strip_suffix('/');
        if !prefix.is_empty() && folder.and_then(store::exact_key).is_none() {
            let message = "a prefix is empty or ends with a slash, and has no empty parts, no dots for parts, and no \
                           control characters";
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            store,
            prefix: prefix.to_owned(),
            name: format!("s3://{bucket}/{prefix}"),
        })
    }

    /// As [`OwnStore::open`].
    pub async fn open(&self, key: &str) -> Result<Option<Fetched>> {
        self.store.open(&self.whole(key)).await
    }

    /// As [`OwnStore::head`].
    pub async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        let whole: Vec<String> = keys.iter().map(|key| self.whole(key)).collect();
        let found = self.store.head(&whole).await?;
        let found = found.map(|(key, version)| Ok((self.relative(key)?, version)));
        found.transpose()
    }

    /// As [`OwnStore::page`].
    pub async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        let query = RawQuery {
            prefix: self.whole(&query.prefix),
            after: query.after.as_deref().map(|after| self.whole(after)),
            ..query.clone()
        };
        let mut page = self.store.page(&query).await?;
        for object in &mut page.objects {
            object.key = self.relative(std::mem::take(&mut object.key))?;
        }
        for prefix in &mut page.prefixes {
            *prefix = self.relative(std::mem::take(prefix))?;
        }
        // A marker is a key; a token is the store's own.
        if query.version == ListVersion::V1 {
            page.next = page.next.map(|marker| self.relative(marker)).transpose()?;
        }
        Ok(page)
    }

    /// What records call it: `s3://bucket/prefix/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What does not name exactly one object below the prefix is no key to the store: [`store::exact_key`].
    fn whole(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn relative(&self, key: String) -> Result<String> {
        let outside = || {
            let message = "the store lists keys that do not begin with the prefix that was asked";
            Error::new(Kind::Source, message)
        };
        let relative = key.strip_prefix(&self.prefix).ok_or_else(outside)?;
        Ok(relative.to_owned())
    }
}
