//! A page of releases → S3's `ListBucketResult`, of `ListObjects` and `ListObjectsV2`.
//!
//! Memory: the document. A page of a thousand keys of 1,024 bytes, each byte URL-encoded, has 3.5 MiB of the 6 MB that
//! Lambda lets through.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::access_point::{Listed, Page};
use crate::request::{ListQuery, ListVersion};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// What a store says of an object that has no other class.
const STANDARD: &str = "STANDARD";

/// All but RFC 3986's unreserved characters and the slash. S3 itself writes a space as a plus; `%20` is read the same by
/// clients that decode forms, and by those that decode URLs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The document. `bucket` is the name that the consumer lists under.
///
/// XML 1.0 has no form for most control characters. Where a client does not ask for URL-encoded keys, they are written
/// as references to characters (`&#x1;`), as S3 does: strict parsers refuse the page, and lenient ones read the key.
pub fn document(bucket: &str, query: &ListQuery, page: &Page) -> String {
    let mut xml = Xml {
        text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        url_encoded: query.url_encoded,
    };
    let _ = write!(xml.text, "<ListBucketResult xmlns=\"{NAMESPACE}\">");
    xml.element("Name", bucket);
    xml.key("Prefix", &query.prefix);
    match query.version {
        ListVersion::V1 => xml.place_by_marker(query, page),
        ListVersion::V2 => xml.place_by_token(query, page),
    }
    xml.element("MaxKeys", &query.max_keys.to_string());
    if let Some(delimiter) = query.delimiter {
        xml.key("Delimiter", delimiter.as_str());
    }
    if query.url_encoded {
        xml.element("EncodingType", "url");
    }
    xml.element("IsTruncated", &page.truncated.to_string());
    for entry in &page.entries {
        xml.contents(entry);
    }
    for prefix in &page.prefixes {
        xml.text.push_str("<CommonPrefixes>");
        xml.key("Prefix", prefix);
        xml.text.push_str("</CommonPrefixes>");
    }
    xml.text.push_str("</ListBucketResult>");
    xml.text
}

struct Xml {
    text: String,
    url_encoded: bool,
}

impl Xml {
    fn place_by_marker(&mut self, query: &ListQuery, page: &Page) {
        self.key("Marker", query.after.as_deref().unwrap_or_default());
        if let Some(next) = &page.next {
            self.key("NextMarker", next);
        }
    }

    fn place_by_token(&mut self, query: &ListQuery, page: &Page) {
        if let Some(after) = &query.after {
            self.key("StartAfter", after);
        }
        if let Some(token) = &query.token {
            self.element("ContinuationToken", token);
        }
        if let Some(next) = &page.next {
            self.element("NextContinuationToken", next);
        }
        let count = page.entries.len() + page.prefixes.len();
        self.element("KeyCount", &count.to_string());
    }

    fn contents(&mut self, entry: &Listed) {
        self.text.push_str("<Contents>");
        self.key("Key", &entry.key);
        if let Some(modified) = entry.modified {
            self.element("LastModified", &instant(modified));
        }
        self.element("ETag", &entry.etag);
        self.element("Size", &entry.size.to_string());
        let class = entry.storage_class.as_deref().unwrap_or(STANDARD);
        self.element("StorageClass", class);
        self.text.push_str("</Contents>");
    }

    /// An element that is URL-encoded where that is asked for: a key, and what is like one.
    fn key(&mut self, name: &str, text: &str) {
        if self.url_encoded {
            let encoded = utf8_percent_encode(text, ENCODED).to_string();
            self.element(name, &encoded);
        } else {
            self.element(name, text);
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        let _ = write!(self.text, "<{name}>");
        for c in text.chars() {
            self.character(c);
        }
        let _ = write!(self.text, "</{name}>");
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.text.push_str("&amp;"),
            '<' => self.text.push_str("&lt;"),
            '>' => self.text.push_str("&gt;"),
            '"' => self.text.push_str("&quot;"),
            // A parser would make spaces of some of them, and others it could not see.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(self.text, "&#x{:x};", u32::from(c));
            }
            c => self.text.push(c),
        }
    }
}

/// In whole seconds, which HEAD and GET tell too, and in the form that listings have.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Delimiter;
    use crate::source::RawPage;

    const ETAG: &str = "\"0123456789abcdef0123456789abcdef-1\"";

    /// Keys that some form of writing would change.
    fn odd_keys() -> Vec<String> {
        let odd = [
            "plain.parquet",
            " a b .parquet",
            "a+b%20%2B.parquet",
            "&amp;<a>\"'.parquet",
            "\u{fc}\u{65e5}\u{1f600}~*!'().parquet",
            "\u{1}\u{9}\r\n\u{1f}\u{7f}\u{85}\u{fffe}\u{ffff}.parquet",
            "]]>.parquet",
        ];
        let mut keys: Vec<String> = odd.map(str::to_owned).into();
        keys.push("\u{65e5}".repeat(341) + "p");
        keys
    }

    fn listed(key: String) -> Listed {
        Listed {
            key,
            size: 5_368_709_121,
            modified: DateTime::from_timestamp(1_795_600_800, 999_000_000),
            etag: ETAG.into(),
            storage_class: Some("GLACIER_IR".into()),
        }
    }

    fn page() -> Page {
        Page {
            entries: odd_keys().into_iter().map(listed).collect(),
            prefixes: vec!["a b/".into(), "&\u{1}/".into()],
            truncated: true,
            next: Some("next &+<".into()),
        }
    }

    fn query(version: ListVersion, url_encoded: bool) -> ListQuery {
        ListQuery {
            version,
            prefix: "p &".into(),
            delimiter: Some(Delimiter::Slash),
            max_keys: 10,
            after: Some("after &".into()),
            token: (version == ListVersion::V2).then(|| "token &+".to_owned()),
            url_encoded,
        }
    }

    #[test]
    fn a_page_reads_back_as_it_was_in_both_versions_and_encodings() {
        for version in [ListVersion::V1, ListVersion::V2] {
            for url_encoded in [false, true] {
                let document = document("point", &query(version, url_encoded), &page());
                let back: RawPage = document.parse().unwrap();
                let keys: Vec<&str> = back
                    .objects
                    .iter()
                    .map(|object| object.key.as_str())
                    .collect();
                assert_eq!(keys, odd_keys(), "{document}");
                assert_eq!((back.prefixes, back.next), (page().prefixes, page().next));
                assert!(back.truncated);
                for object in back.objects {
                    assert_eq!(object.version.etag.as_deref(), Some(ETAG));
                    assert_eq!(object.version.length, Some(5_368_709_121));
                    assert_eq!(
                        object.version.modified,
                        DateTime::from_timestamp(1_795_600_800, 0)
                    );
                    assert_eq!(object.storage_class.as_deref(), Some("GLACIER_IR"));
                }
            }
        }
    }

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";

    #[test]
    fn the_document_is_s3s_own_to_the_letter() {
        let entry = |key: &str| Page {
            entries: vec![Listed {
                storage_class: None,
                ..listed(key.into())
            }],
            ..Page::default()
        };
        let contents = |key: &str| {
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-11-25T10:00:00.000Z</LastModified>\
                 <ETag>&quot;0123456789abcdef0123456789abcdef-1&quot;</ETag><Size>5368709121</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>"
            )
        };
        let bare = ListQuery {
            prefix: String::new(),
            delimiter: None,
            after: None,
            token: None,
            ..query(ListVersion::V1, false)
        };
        let more = Page {
            prefixes: vec!["a b/".into()],
            truncated: true,
            next: Some("n &".into()),
            ..Page::default()
        };
        let key = "a b+&\u{1}\u{fc}~*/p.parquet";
        let mut wrong = Vec::new();
        for (name, query, page, inner) in [
            (
                "first, bare",
                bare.clone(),
                entry(key),
                format!(
                    "<Name>n&amp;</Name><Prefix></Prefix><Marker></Marker><MaxKeys>10</MaxKeys>\
                     <IsTruncated>false</IsTruncated>{}",
                    contents("a b+&amp;&#x1;\u{fc}~*/p.parquet")
                ),
            ),
            (
                "second, bare",
                ListQuery { version: ListVersion::V2, ..bare.clone() },
                entry(key),
                format!(
                    "<Name>n&amp;</Name><Prefix></Prefix><KeyCount>1</KeyCount><MaxKeys>10</MaxKeys>\
                     <IsTruncated>false</IsTruncated>{}",
                    contents("a b+&amp;&#x1;\u{fc}~*/p.parquet")
                ),
            ),
            (
                "first, encoded",
                query(ListVersion::V1, true),
                entry(key),
                format!(
                    "<Name>n&amp;</Name><Prefix>p%20%26</Prefix><Marker>after%20%26</Marker><MaxKeys>10</MaxKeys>\
                     <Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{}",
                    contents("a%20b%2B%26%01%C3%BC~%2A/p.parquet")
                ),
            ),
            (
                "first, and more",
                query(ListVersion::V1, false),
                more.clone(),
                "<Name>n&amp;</Name><Prefix>p &amp;</Prefix><Marker>after &amp;</Marker><NextMarker>n &amp;</NextMarker>\
                 <MaxKeys>10</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>\
                 <CommonPrefixes><Prefix>a b/</Prefix></CommonPrefixes>"
                    .to_owned(),
            ),
            (
                // A token is the source's own, and no key.
                "second, encoded, and more",
                query(ListVersion::V2, true),
                more,
                "<Name>n&amp;</Name><Prefix>p%20%26</Prefix><StartAfter>after%20%26</StartAfter>\
                 <ContinuationToken>token &amp;+</ContinuationToken>\
                 <NextContinuationToken>n &amp;</NextContinuationToken><KeyCount>1</KeyCount><MaxKeys>10</MaxKeys>\
                 <Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
                 <CommonPrefixes><Prefix>a%20b/</Prefix></CommonPrefixes>"
                    .to_owned(),
            ),
        ] {
            let document = document("n&", &query, &page);
            let expected = format!("{HEAD}{inner}</ListBucketResult>");
            if document != expected {
                wrong.push(format!("{name}:\n{document}\nand not\n{expected}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_largest_page_fits_into_an_answer_of_lambda() {
        let mut page = page();
        page.entries = vec![listed("\u{1}".repeat(1024)); 1000];
        for url_encoded in [false, true] {
            let text = document("point", &query(ListVersion::V2, url_encoded), &page);
            let answer = serde_json::json!({"statusCode": 200, "listResultXml": text});
            let length = answer.to_string().len();
            assert!(length < 6_000_000, "{length} bytes");
        }
    }
}
