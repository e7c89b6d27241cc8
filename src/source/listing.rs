//! A page of a raw listing: S3's `ListBucketResult`, of both versions, read.
//!
//! Memory: the document, at most [`MAX_DOCUMENT`], and what it says of at most a thousand objects.

use std::str::FromStr;

use chrono::{DateTime, SubsecRound, Utc};
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use super::ObjectVersion;
use crate::error::{Error, Kind, Result};
use crate::request::Delimiter;

/// The longest document that is read. A page of a thousand keys of 1,024 bytes, each byte URL-encoded, has half of it.
pub(super) const MAX_DOCUMENT: usize = 8 * 1024 * 1024;

/// A page of objects, as their store lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawPage {
    /// The objects, in the store's order.
    pub objects: Vec<RawObject>,
    /// What keys beyond the delimiter are folded to, each ending with it.
    pub prefixes: Vec<String>,
    /// Whether more follows.
    pub truncated: bool,
    /// What the next page is asked for with, where more follows: a token, or for `ListObjects` a marker.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawObject {
    /// Its key.
    pub key: String,
    /// Its version, as far as listings tell: without a version id, and its date in whole seconds, as HEAD and GET have it.
    pub version: ObjectVersion,
    /// Such as `STANDARD` or `GLACIER`.
    pub storage_class: Option<String>,
}

/// A page that is asked for with our own rights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawQuery {
    /// What keys begin with; empty for all.
    pub prefix: String,
    /// What they are folded at.
    pub delimiter: Option<Delimiter>,
    /// The key behind which it starts.
    pub after: Option<String>,
    /// Where the page before ended.
    pub token: Option<String>,
    /// How many entries at most.
    pub max_keys: usize,
}

impl FromStr for RawPage {
    type Err = Error;

    /// Reads the document. Unknown elements are ignored.
    ///
    /// # Errors
    /// [`Kind::Source`] for what is no whole `ListBucketResult`.
    fn from_str(document: &str) -> Result<Self> {
        let mut reader = Reader::from_str(document);
        let mut page = Document::default();
        loop {
            match reader
                .read_event()
                .map_err(|err| broken().with_private(err))?
            {
                Event::Start(element) => page.start(element.local_name().as_ref()),
                Event::Empty(element) => {
                    page.start(element.local_name().as_ref());
                    page.end()?;
                }
                Event::End(_) => page.end()?,
                Event::Text(text) => page.text.push_str(&text.decode().map_err(|_| broken())?),
                Event::CData(text) => page.text.push_str(&text.decode().map_err(|_| broken())?),
                Event::GeneralRef(name) => {
                    let name = name.decode().map_err(|_| broken())?;
                    let reference = format!("&{name};");
                    page.text
                        .push_str(&unescape(&reference).map_err(|_| broken())?);
                }
                Event::Eof => return page.finish(),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }
}

/// What has been read of a document.
#[derive(Default)]
struct Document {
    /// The names of the elements that are open.
    open: Vec<String>,
    /// The text of the innermost.
    text: String,
    whole: bool,
    second: bool,
    url_encoded: bool,
    token: Option<String>,
    marker: Option<String>,
    page: RawPage,
    object: Listed,
}

/// What has been read of an object.
#[derive(Default)]
struct Listed {
    key: Option<String>,
    version: ObjectVersion,
    storage_class: Option<String>,
}

impl Document {
    fn start(&mut self, name: &[u8]) {
        self.open.push(String::from_utf8_lossy(name).into_owned());
        self.text.clear();
    }

    /// The end of the innermost element, whose text has been read.
    fn end(&mut self) -> Result<()> {
        let text = std::mem::take(&mut self.text);
        let path: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let [root, path @ ..] = &path[..] else {
            return Err(broken());
        };
        if *root != "ListBucketResult" || self.whole {
            return Err(broken());
        }
        match path {
            [] => self.whole = true,
            ["EncodingType"] => self.url_encoded = text == "url",
            ["IsTruncated"] => self.page.truncated = text.trim() == "true",
            ["KeyCount"] => self.second = true,
            ["NextContinuationToken"] => self.token = Some(text),
            ["NextMarker"] => self.marker = Some(text),
            ["CommonPrefixes", "Prefix"] => self.page.prefixes.push(text),
            ["Contents", name] => self.object.field(name, text)?,
            ["Contents"] => self.page.objects.push(self.object.take()?),
            _ => {}
        }
        self.open.pop();
        Ok(())
    }

    fn finish(mut self) -> Result<RawPage> {
        if !self.whole {
            return Err(broken());
        }
        if self.url_encoded {
            let keys = self.page.objects.iter_mut().map(|object| &mut object.key);
            let texts = keys.chain(&mut self.page.prefixes).chain(&mut self.marker);
            for text in texts {
                *text = url_decoded(text)?;
            }
        }
        if self.page.truncated {
            let next = match self.token {
                None if !self.second => self.marker.or_else(|| self.page.last()),
                token => token,
            };
            self.page.next = Some(next.ok_or_else(broken)?);
        }
        Ok(self.page)
    }
}

impl Listed {
    fn field(&mut self, name: &str, text: String) -> Result<()> {
        match name {
            "Key" => self.key = Some(text),
            "ETag" => self.version.etag = Some(text),
            "Size" => self.version.length = Some(text.trim().parse().map_err(|_| broken())?),
            "LastModified" => {
                let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| broken())?;
                self.version.modified = Some(whole_seconds(at.to_utc()));
            }
            "StorageClass" => self.storage_class = Some(text),
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self) -> Result<RawObject> {
        let listed = std::mem::take(self);
        if listed.version.length.is_none() {
            return Err(broken());
        }
        Ok(RawObject {
            key: listed.key.ok_or_else(broken)?,
            version: listed.version,
            storage_class: listed.storage_class,
        })
    }
}

impl RawPage {
    /// The last key or common prefix, from which a listing goes on that has no token.
    fn last(&self) -> Option<String> {
        let keys = self.objects.iter().map(|object| &object.key);
        keys.chain(&self.prefixes).max().cloned()
    }
}

/// Listings tell milliseconds, and HEAD and GET do not.
pub(super) fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

/// As in a form: a plus is a space.
fn url_decoded(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(String::from).map_err(|_| broken())
}

fn broken() -> Error {
    Error::new(Kind::Source, "S3's listing is not understood")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>raw</Name><Prefix>a/</Prefix>
  <NextContinuationToken>1+/=&amp;</NextContinuationToken><KeyCount>3</KeyCount><MaxKeys>3</MaxKeys>
  <Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>
  <Contents><Key>a/p.csv</Key><LastModified>2026-11-25T10:00:00.999Z</LastModified>
    <ETag>&quot;0f343b0931126a20f133d67c2b018a3b&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>
    <ChecksumType>FULL_OBJECT</ChecksumType><Size>5368709121</Size><StorageClass>STANDARD</StorageClass>
    <Owner><ID>x</ID><Key>not this one</Key></Owner><RestoreStatus><Size>no number</Size></RestoreStatus></Contents>
  <Contents><Key>a/ q&amp;r&lt;&gt;&#x1;&#13;+%20.csv</Key><Size>0</Size></Contents>
  <CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes>
</ListBucketResult>"#;

    #[test]
    fn a_page_of_the_second_version_is_read_whole() {
        let page: RawPage = SECOND.parse().unwrap();
        let object = |key: &str, version, class: Option<&str>| RawObject {
            key: key.into(),
            version,
            storage_class: class.map(str::to_owned),
        };
        let version = ObjectVersion {
            etag: Some("\"0f343b0931126a20f133d67c2b018a3b\"".into()),
            version_id: None,
            length: Some(5_368_709_121),
            modified: DateTime::from_timestamp(1_795_600_800, 0),
        };
        let empty = ObjectVersion {
            length: Some(0),
            ..ObjectVersion::default()
        };
        let expected = RawPage {
            objects: vec![
                object("a/p.csv", version, Some("STANDARD")),
                object("a/ q&r<>\u{1}\r+%20.csv", empty, None),
            ],
            prefixes: vec!["a/b/".into(), "a/c/".into()],
            truncated: true,
            next: Some("1+/=&".into()),
        };
        assert_eq!(page, expected);
    }

    /// A page of the first version with what stands in it beside its head.
    fn first(inner: &str) -> String {
        format!(
            "<ListBucketResult><Marker/><IsTruncated>true</IsTruncated>{inner}</ListBucketResult>"
        )
    }

    #[test]
    fn the_first_version_goes_on_from_its_marker_or_from_the_last_that_it_has() {
        let key = |key: &str| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>");
        let folder = |key: &str| format!("<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>");
        let encoded = "<EncodingType>url</EncodingType>";
        let mut wrong = Vec::new();
        for (inner, next) in [
            (key("a") + "<NextMarker>b&amp;</NextMarker>", "b&"),
            (key("a") + &key("b"), "b"),
            (key("b") + &folder("c/"), "c/"),
            (key("c") + &folder("b/"), "c"),
            (folder("b/"), "b/"),
            (
                format!("{encoded}{}", key("a%2Bb+c%C3%BC%25")),
                "a+b c\u{fc}%",
            ),
            (
                format!("{}{encoded}<NextMarker>b%26+</NextMarker>", key("a")),
                "b& ",
            ),
        ] {
            let page: RawPage = first(&inner).parse().unwrap();
            if page.next.as_deref() != Some(next) || !page.truncated {
                wrong.push(format!("{inner}: {:?}, and not {next}", page.next));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        // What is not truncated goes on nowhere.
        let page = first(&key("a")).replace("true", "false");
        assert_eq!(page.parse::<RawPage>().unwrap().next, None);
        let page = SECOND.replace(">true<", ">false<").parse::<RawPage>();
        assert_eq!(page.unwrap().next, None);
    }

    #[test]
    fn url_encoded_keys_are_decoded_and_tokens_are_not() {
        let document = "<ListBucketResult><Contents><Key>a%2Bb+c/%C3%BC%01%25.csv</Key><Size>1</Size></Contents>\
             <CommonPrefixes><Prefix>d+e%2F</Prefix></CommonPrefixes><IsTruncated>true</IsTruncated>\
             <NextContinuationToken>1+%2B</NextContinuationToken><EncodingType>url</EncodingType></ListBucketResult>";
        let page: RawPage = document.parse().unwrap();
        assert_eq!(page.objects[0].key, "a+b c/\u{fc}\u{1}%.csv");
        assert_eq!(page.prefixes, ["d e/"]);
        assert_eq!(page.next.as_deref(), Some("1+%2B"));
        let page = document.replace("<EncodingType>url</EncodingType>", "");
        let page: RawPage = page.parse().unwrap();
        assert_eq!(page.objects[0].key, "a%2Bb+c/%C3%BC%01%25.csv");
    }

    #[test]
    fn forms_that_other_stores_write_are_read_too() {
        let empty = RawPage::default();
        for document in [
            "<ListBucketResult/>",
            "<ListBucketResult></ListBucketResult>",
            "<!-- x --><ListBucketResult xmlns='y'><IsTruncated> false </IsTruncated></ListBucketResult>\n",
            "<s3:ListBucketResult xmlns:s3='y'><s3:KeyCount>0</s3:KeyCount></s3:ListBucketResult>",
        ] {
            assert_eq!(
                document.parse::<RawPage>().ok().as_ref(),
                Some(&empty),
                "{document}"
            );
        }
        let document = "<ListBucketResult><Contents><Key><![CDATA[a<&>b]]></Key><Size> 1 </Size>\
             <LastModified>2026-11-25T10:00:00+00:00</LastModified></Contents></ListBucketResult>";
        let page: RawPage = document.parse().unwrap();
        assert_eq!(page.objects[0].key, "a<&>b");
        assert_eq!(
            page.objects[0].version.modified,
            DateTime::from_timestamp(1_795_600_800, 0)
        );
    }

    #[test]
    fn what_is_no_whole_listing_is_an_error_that_quotes_nothing() {
        let mut wrong = Vec::new();
        let cuts = (0..SECOND.len()).filter(|&at| SECOND.is_char_boundary(at));
        for document in cuts.map(|at| &SECOND[..at]) {
            if document.parse::<RawPage>().is_ok() {
                wrong.push(format!("{} bytes", document.len()));
            }
        }
        for document in [
            "",
            "CANARY",
            "{}",
            "<html><body>CANARY</body></html>",
            "<Error><Code>CANARY</Code></Error>",
            "<ListBucketResult><Contents><Key>CANARY</ListBucketResult>",
            "<ListBucketResult></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>CANARY</Key></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>CANARY</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>1</Size><LastModified>CANARY</LastModified></Contents>\
             </ListBucketResult>",
            "<ListBucketResult><Contents><Key>&CANARY;</Key><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%FF</Key><Size>1</Size></Contents>\
             </ListBucketResult>",
            // More is said to follow, and not from where.
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>true</IsTruncated><Contents><Key>a</Key>\
             <Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult></ListBucketResult><ListBucketResult></ListBucketResult>",
        ] {
            match document.parse::<RawPage>() {
                Err(error)
                    if error.kind() == Kind::Source && !error.to_string().contains("CANARY") => {}
                other => wrong.push(format!("{document}: {other:?}")),
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
