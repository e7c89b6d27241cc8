//! Amazon's own client.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::BucketLocationConstraint;

use super::{endpoint, keys, raw, stage};
use crate::gateway::stage::{OTHER, READER, Stage};
use crate::support::clients::Aws;
use crate::support::samples::is_release;

/// The code of an error; nothing where there is none.
fn code<T, E: ProvideErrorMetadata>(result: &Result<T, E>) -> String {
    let error = result.as_ref().err();
    error.map_or_else(String::new, |error| {
        error.code().unwrap_or("none").to_owned()
    })
}

async fn bytes(got: GetObjectOutput) -> Vec<u8> {
    got.body.collect().await.unwrap().to_vec()
}

#[test]
fn what_it_lists_is_what_it_heads_and_gets_and_the_commands_release() {
    let stage = stage();
    let aws = Aws::of(&endpoint(&stage), READER);
    let client = &aws.client;
    let mut wrong = Vec::new();
    for (bucket, format) in [
        ("analytics", "parquet"),
        ("analytics-csv", "csv"),
        ("analytics.exact", "parquet"),
    ] {
        aws.wait(async {
            let pages = client
                .list_objects_v2()
                .bucket(bucket)
                .max_keys(2)
                .into_paginator();
            let pages = pages.send().try_collect().await.unwrap();
            let listed: Vec<_> = pages
                .iter()
                .flat_map(ListObjectsV2Output::contents)
                .collect();
            let named: Vec<&str> = listed.iter().filter_map(|object| object.key()).collect();
            if named != keys(format) {
                wrong.push(format!("{bucket} lists {named:?}"));
            }
            for (at, object) in listed.iter().enumerate() {
                let key = object.key().unwrap();
                let head = client
                    .head_object()
                    .bucket(bucket)
                    .key(key)
                    .send()
                    .await
                    .unwrap();
                let got = client
                    .get_object()
                    .bucket(bucket)
                    .key(key)
                    .send()
                    .await
                    .unwrap();
                let said = (
                    got.e_tag().map(str::to_owned),
                    got.content_length(),
                    got.last_modified().map(DateTime::secs),
                );
                let bytes = bytes(got).await;
                let expected = stage.converted(&raw(at), "patients/analytics", format);
                let from_head = (
                    head.e_tag().map(str::to_owned),
                    head.content_length(),
                    head.last_modified().map(DateTime::secs),
                );
                let from_list = (
                    object.e_tag().map(str::to_owned),
                    object.size(),
                    object.last_modified().map(DateTime::secs),
                );
                if !is_release(&bytes, &expected) || said != from_head || said != from_list {
                    wrong.push(format!(
                        "{bucket} {key}: {said:?}, {from_head:?}, {from_list:?}"
                    ));
                }
            }
            let first = client
                .list_objects()
                .bucket(bucket)
                .prefix("a/")
                .send()
                .await
                .unwrap();
            let named: Vec<&str> = first
                .contents()
                .iter()
                .filter_map(|object| object.key())
                .collect();
            if named != keys(format)[..3] {
                wrong.push(format!("{bucket} lists {named:?} in the first version"));
            }
        });
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn ranges_parts_conditions_and_checksums_are_as_it_asks_them() {
    let stage = stage();
    let aws = Aws::of(&endpoint(&stage), READER);
    let get = || {
        aws.client
            .get_object()
            .bucket("analytics")
            .key("patients.parquet")
    };
    aws.wait(async {
        let got = get().send().await.unwrap();
        let tag = got.e_tag().unwrap().to_owned();
        let whole = bytes(got).await;
        let length = whole.len();
        for (range, expected) in [
            ("bytes=0-9", 0..10),
            ("bytes=-8", length - 8..length),
            ("bytes=-99999999", 0..length),
            ("bytes=5-99999999", 5..length),
        ] {
            let got = get().range(range).if_match(&tag).send().await.unwrap();
            let said = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
            assert_eq!(got.content_range(), Some(said.as_str()), "{range}");
            assert_eq!(bytes(got).await, whole[expected], "{range}");
        }
        let part = get().part_number(1).send().await.unwrap();
        assert_eq!(bytes(part).await, whole);
        let other = "\"00000000000000000000000000000000-1\"";
        assert_eq!(
            code(&get().if_match(other).send().await),
            "PreconditionFailed"
        );
        assert_eq!(
            code(&get().range("bytes=99999999-").send().await),
            "InvalidRange"
        );
        assert_eq!(
            code(&get().part_number(2).send().await),
            "InvalidPartNumber"
        );
        let same = get().if_none_match(&tag).send().await;
        let raw = same.as_ref().err().and_then(|error| error.raw_response());
        assert_eq!(raw.map(|raw| raw.status().as_u16()), Some(304));
    });
}

#[test]
fn what_it_may_not_do_has_its_code() {
    let stage = stage();
    let (aws, other) = (
        Aws::of(&endpoint(&stage), READER),
        Aws::of(&endpoint(&stage), OTHER),
    );
    let (bucket, key) = ("analytics", "patients.parquet");
    let client = &aws.client;
    let mut rows: Vec<(&str, String, &str)> = Vec::new();
    aws.wait(async {
        let none = client
            .get_object()
            .bucket(bucket)
            .key("none.parquet")
            .send()
            .await;
        let typed = none
            .as_ref()
            .err()
            .and_then(|error| error.as_service_error());
        assert!(typed.is_some_and(GetObjectError::is_no_such_key));
        rows.push(("no object", code(&none), "NoSuchKey"));
        let head = client
            .head_object()
            .bucket(bucket)
            .key("none.parquet")
            .send()
            .await;
        rows.push(("its head", code(&head), "NotFound"));
        let put = client
            .put_object()
            .bucket(bucket)
            .key(key)
            .body(ByteStream::from_static(b"CANARY"));
        rows.push(("a write", code(&put.send().await), "AccessDenied"));
        let delete = client.delete_object().bucket(bucket).key(key);
        rows.push(("a removal", code(&delete.send().await), "AccessDenied"));
        let upload = client.create_multipart_upload().bucket(bucket).key(key);
        rows.push(("an upload", code(&upload.send().await), "AccessDenied"));
        rows.push((
            "a bucket",
            code(&client.create_bucket().bucket("new-bucket").send().await),
            "AccessDenied",
        ));
        rows.push((
            "its end",
            code(&client.delete_bucket().bucket(bucket).send().await),
            "AccessDenied",
        ));
        let acl = client.get_object_acl().bucket(bucket).key(key);
        rows.push(("an ACL", code(&acl.send().await), "NotImplemented"));
        let versions = client.list_object_versions().bucket(bucket);
        rows.push(("versions", code(&versions.send().await), "NotImplemented"));
        let attributes = client.get_bucket_versioning().bucket(bucket);
        rows.push((
            "versioning",
            code(&attributes.send().await),
            "NotImplemented",
        ));
        rows.push((
            "no access point",
            code(&client.list_objects_v2().bucket("none").send().await),
            "AccessDenied",
        ));
    });
    let denied = other.client.get_object().bucket(bucket).key(key).send();
    rows.push(("another's", code(&other.wait(denied)), "AccessDenied"));
    for (name, account, expected) in [
        (
            "a wrong secret",
            (READER.0, "CANARYWRONGSECRET"),
            "SignatureDoesNotMatch",
        ),
        (
            "nobody",
            ("nobody", "CANARYNOBODYSECRET"),
            "InvalidAccessKeyId",
        ),
    ] {
        let aws = Aws::of(&endpoint(&stage), account);
        let got = aws.client.get_object().bucket(bucket).key(key).send();
        rows.push((name, code(&aws.wait(got)), expected));
    }
    let wrong = rows.iter().filter(|(_, said, expected)| said != expected);
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let told = stage.told();
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn buckets_are_access_points_and_a_url_is_good_for_its_headers() {
    let stage = stage();
    let aws = Aws::of(&endpoint(&stage), READER);
    let client = &aws.client;
    aws.wait(async {
        let buckets = client.list_buckets().send().await.unwrap();
        let names: BTreeSet<&str> = buckets
            .buckets()
            .iter()
            .filter_map(|bucket| bucket.name())
            .collect();
        let expected = [
            "analytics",
            "analytics-csv",
            "analytics.exact",
            "costs-csv",
            "named",
        ];
        assert_eq!(names, BTreeSet::from(expected));
        let head = client
            .head_bucket()
            .bucket("analytics")
            .send()
            .await
            .unwrap();
        assert_eq!(head.bucket_region(), Some("us-east-1"));
        let location = client
            .get_bucket_location()
            .bucket("analytics")
            .send()
            .await
            .unwrap();
        // S3 names this region by nothing.
        let region = location.location_constraint();
        assert_eq!(region.map_or("", BucketLocationConstraint::as_str), "");
        assert!(client.head_bucket().bucket("costs").send().await.is_err());
    });
    presigned(&stage, &aws);
}

fn presigned(stage: &Stage, aws: &Aws) {
    let expected = stage.converted(&raw(3), "patients/analytics", "csv");
    let get = aws
        .client
        .get_object()
        .bucket("analytics-csv")
        .key("b c/patients+3.csv");
    let get = get.response_content_disposition("attachment; filename=\"p.csv\"");
    aws.wait(async {
        let minute = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
        let url = get.presigned(minute).await.unwrap();
        let got = reqwest::get(url.uri()).await.unwrap();
        assert_eq!(got.status(), 200);
        assert_eq!(
            got.headers()["content-disposition"],
            "attachment; filename=\"p.csv\""
        );
        assert_eq!(got.bytes().await.unwrap(), expected);
    });
}
