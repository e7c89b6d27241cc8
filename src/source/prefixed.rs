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
        let found = found.map(|(key, version)| Ok((self.relative(&key)?, version)));
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
            object.key = self.relative(&object.key)?;
        }
        for prefix in &mut page.prefixes {
            *prefix = self.relative(prefix)?;
        }
        // A marker is a key; a token is the store's own.
        if query.version == ListVersion::V1 {
            page.next = page.next.map(|marker| self.relative(&marker)).transpose()?;
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

    fn relative(&self, key: &str) -> Result<String> {
        let outside = || {
            let message = "the store lists keys that do not begin with the prefix that was asked";
            Error::new(Kind::Source, message)
        };
        let relative = key.strip_prefix(&self.prefix).ok_or_else(outside)?;
        Ok(relative.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::aws::AmazonS3Builder;

    use super::*;
    use crate::request::Delimiter;
    use crate::source::testing::{Answering, answer, block};

    fn prefixed(port: u16, prefix: &str) -> Result<Prefixed> {
        let store = AmazonS3Builder::new()
            .with_endpoint(format!("http://127.0.0.1:{port}"))
            .with_allow_http(true)
            .with_bucket_name("bucket")
            .with_access_key_id("account")
            .with_secret_access_key("secret");
        let store = OwnStore::new(Arc::new(store.build().unwrap()))?;
        Prefixed::new(store, "bucket", prefix)
    }

    /// What is asked of the store: the path, and the decoded query.
    fn asked(s3: &Answering) -> Vec<String> {
        let heads = s3.asked();
        let targets = heads.iter().filter_map(|head| head[0].split(' ').nth(1));
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            let text = percent_encoding::percent_decode_str(&spaced).decode_utf8();
            text.unwrap().into_owned()
        };
        targets.map(decoded).collect()
    }

    #[test]
    fn keys_stand_below_the_prefix_and_no_others_are_asked_for() {
        let mut wrong = Vec::new();
        for (prefix, key, expected) in [
            ("p/q/", "a b/c%.csv", Some("/bucket/p/q/a b/c%.csv")),
            ("", "p/q", Some("/bucket/p/q")),
            ("p/q/", "", None),
            ("p/q/", "/", None),
            ("p/q/", "/a", None),
            ("p/q/", "a/", None),
            ("p/q/", "../x", None),
            ("p/q/", "a/../../../x", None),
            ("", "", None),
            ("", "/a", None),
            ("", "a/", None),
        ] {
            let s3 = Answering::with(&[&answer(200, "", "x"), &answer(200, "", "")]);
            let source = prefixed(s3.port, prefix).unwrap();
            let opened = block(source.open(key)).unwrap().is_some();
            let found = block(source.head(&[key.to_owned()])).unwrap();
            let found = found.map(|(key, _)| key);
            let twice: Vec<String> = expected
                .iter()
                .flat_map(|path| [(*path).to_owned(), (*path).to_owned()])
                .collect();
            if asked(&s3) != twice
                || opened == expected.is_none()
                || found.as_deref() != expected.map(|_| key)
            {
                wrong.push(format!(
                    "{prefix} {key}: {opened}, {found:?}, {:?}",
                    asked(&s3)
                ));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn pages_are_those_below_the_prefix_with_keys_relative_to_it() {
        let page = "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>p/a.csv</Key><Size>1</Size></Contents>\
            <CommonPrefixes><Prefix>p/b/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>p/p/</Prefix></CommonPrefixes>";
        for (version, end, next, expected) in [
            (
                ListVersion::V1,
                "<NextMarker>p/p/</NextMarker>",
                "p/",
                "marker=p/0",
            ),
            (ListVersion::V1, "", "p/", "marker=p/0"),
            (
                ListVersion::V2,
                "<NextContinuationToken>p/x=</NextContinuationToken>",
                "p/x=",
                "start-after=p/0&continuation-token=t",
            ),
        ] {
            let s3 =
                Answering::with(&[&answer(200, "", &format!("{page}{end}</ListBucketResult>"))]);
            let query = RawQuery {
                version,
                prefix: "x".into(),
                delimiter: Some(Delimiter::Slash),
                after: Some("0".into()),
                token: (version == ListVersion::V2).then(|| "t".into()),
                max_keys: 3,
            };
            let page = block(prefixed(s3.port, "p/").unwrap().page(&query)).unwrap();
            assert_eq!(page.objects[0].key, "a.csv");
            assert_eq!(
                (page.prefixes, page.next.as_deref()),
                (vec!["b/".to_owned(), "p/".into()], Some(next))
            );
            let asked = asked(&s3);
            assert!(
                asked[0].contains("prefix=p/x&") && asked[0].ends_with(expected),
                "{asked:?}"
            );
        }
        let foreign = "<ListBucketResult><Contents><Key>q/a.csv</Key><Size>1</Size></Contents></ListBucketResult>";
        let s3 = Answering::with(&[&answer(200, "", foreign)]);
        let error = block(prefixed(s3.port, "p/").unwrap().page(&RawQuery::default()));
        assert_eq!(error.unwrap_err().kind(), Kind::Source);
    }

    #[test]
    fn a_prefix_is_a_folder_of_keys() {
        for (prefix, right) in [
            ("", true),
            ("p/", true),
            ("p/q r/", true),
            ("p", false),
            ("/", false),
            ("/p/", false),
            ("p//", false),
            ("p/../", false),
            ("./", false),
        ] {
            let made = prefixed(1, prefix);
            let name = made.as_ref().map(Prefixed::name).map_err(Error::kind);
            let expected = format!("s3://bucket/{prefix}");
            assert_eq!(
                name,
                if right {
                    Ok(expected.as_str())
                } else {
                    Err(Kind::Settings)
                },
                "{prefix}"
            );
        }
    }
}
