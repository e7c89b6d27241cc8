//! Documents of S3, and of stores like it.

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
    format!("<ListBucketResult><Marker/><IsTruncated>true</IsTruncated>{inner}</ListBucketResult>")
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
            Err(error) if error.kind() == Kind::Source && !error.to_string().contains("CANARY") => {
            }
            other => wrong.push(format!("{document}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
