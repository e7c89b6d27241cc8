//! What is read, and what it then is.

use super::*;
use crate::config::{S3Place, SourcePlace};
use crate::request::{AsOf, Format, Length};

/// Every key, each with a value that is not the usual one.
const WHOLE: &str = r#"
listen = "0.0.0.0:443"
domains = ["s3.example.org", "s3.example.net"]
region = "eu-central-1"
admin = "127.0.0.1:9301"
tls = { certificate = "cert.pem", key = "key.pem" }
sql = "other-sql"
key = { file = "master.key" }
key_version = 3
old_keys = [{ version = 1, file = "old.key" }, { version = 2, env = "OLD_KEY" }]
cache = { path = "kept", max_bytes = "10GiB" }
records = "s3://records/veilpoint"

[limits]
connections = 1
transformations = 0x10
memory = "1 GiB"
head_seconds = 1
stall_seconds = 2
answer_seconds = 3
list_seconds = 4
stop_seconds = 0

[access_points."a.b"]
source = { url = "s3://raw/a/b", region = "eu", endpoint = "http://127.0.0.1:9000/", path_style = false, profile = "raw" }
projection = "p/q"
format = "CSV"
as_of = "2026-11-25"
length = "exact"

[access_points.abc]
source = "s3://raw"
projection = "p/q"
as_of = "object"
length = "law"
length_factor = 2.5
key_version = 1

[[credentials]]
access_key_id = "Reader_1.of-all"
secret_access_key = { file = "secret" }
access_points = ["abc", "a.b"]

[[credentials]]
access_key_id = "two"
secret_access_key = { env = "A_SECRET" }
access_points = []
"#;

#[test]
fn what_is_left_out_has_a_default() {
    let site = Site::new();
    let read = site.load("§").unwrap();
    assert_eq!(read.file, Some(site.path("veilpoint.toml")));
    assert_eq!(read.listen.to_string(), "127.0.0.1:9300");
    assert_eq!((read.domains.len(), read.region.as_str()), (0, "us-east-1"));
    assert!(read.admin.is_none() && read.tls.is_none() && read.key.is_none());
    assert_eq!(read.sql, site.path("sql").to_str().unwrap());
    assert!(read.records.is_none() && read.cache.bucket.is_none());
    assert_eq!(read.cache.max_bytes, "384MiB");
    let folder = read.cache.folder.unwrap();
    assert!(folder.is_absolute() && folder.ends_with("veilpoint-cache"));
    let limits = read.limits;
    assert_eq!((limits.connections, limits.memory), (256, 536_870_912));
    assert!((1..=4).contains(&limits.transformations));
    let seconds = [
        limits.head_seconds,
        limits.stall_seconds,
        limits.answer_seconds,
        limits.list_seconds,
        limits.stop_seconds,
    ];
    assert_eq!(seconds, [10, 60, 300, 30, 30]);
    let point = &read.access_points["a-1"];
    assert_eq!(point.source, SourcePlace::Folder(site.path("raw")));
    let payload = &point.payload;
    assert_eq!(payload.projection, "p/q");
    assert_eq!(
        (payload.format, payload.as_of, payload.length),
        (Format::Parquet, AsOf::Today, Length::Law(None))
    );
    assert!(read.credentials.is_empty());
}

#[test]
fn every_key_is_read() {
    let site = Site::new();
    let read = site.load(WHOLE).unwrap();
    assert_eq!(read.listen.to_string(), "0.0.0.0:443");
    assert_eq!(read.domains, ["s3.example.org", "s3.example.net"]);
    assert_eq!(read.region, "eu-central-1");
    assert_eq!(read.admin.unwrap().to_string(), "127.0.0.1:9301");
    let tls = Tls {
        certificate: site.path("cert.pem"),
        key: site.path("key.pem"),
    };
    assert_eq!(read.tls, Some(tls));
    assert_eq!(read.sql, site.path("other-sql").to_str().unwrap());
    assert_eq!(read.key, Some(KeyPlace::File(site.path("master.key"))));
    assert_eq!(read.key_version, KeyVersion::new(3));
    let old: Vec<(u32, &KeyPlace)> = read
        .old_keys
        .iter()
        .map(|old| (old.0.get(), old.1))
        .collect();
    let places = [
        KeyPlace::File(site.path("old.key")),
        KeyPlace::Env("OLD_KEY".into()),
    ];
    assert_eq!(old, [(1, &places[0]), (2, &places[1])]);
    assert_eq!(read.cache.folder, Some(site.path("kept")));
    assert_eq!(read.cache.max_bytes, "10737418240");
    assert_eq!(read.records.as_deref(), Some("s3://records/veilpoint/"));
    let limits = Limits {
        connections: 1,
        transformations: 16,
        memory: 1 << 30,
        head_seconds: 1,
        stall_seconds: 2,
        answer_seconds: 3,
        list_seconds: 4,
        stop_seconds: 0,
    };
    assert_eq!(read.limits, limits);
}

#[test]
fn access_points_and_credentials_are_read() {
    let site = Site::new();
    let read = site.load(WHOLE).unwrap();
    let names: Vec<&String> = read.access_points.keys().collect();
    assert_eq!(names, ["a.b", "abc"]);
    let point = &read.access_points["a.b"];
    let place = S3Place {
        bucket: "raw".into(),
        prefix: "a/b/".into(),
        region: Some("eu".into()),
        endpoint: Some("http://127.0.0.1:9000".into()),
        path_style: Some(false),
        profile: Some("raw".into()),
    };
    assert_eq!(point.source, SourcePlace::Bucket(place));
    assert_eq!(point.payload.format, Format::Csv);
    assert_eq!(point.payload.as_of, "2026-11-25".parse().unwrap());
    assert_eq!(point.payload.length, Length::Exact);
    let point = &read.access_points["abc"];
    let place = S3Place {
        bucket: "raw".into(),
        ..S3Place::default()
    };
    assert_eq!(point.source, SourcePlace::Bucket(place));
    assert_eq!(point.payload.as_of, AsOf::Object);
    assert_eq!(point.payload.length, Length::Law("2.5".parse().ok()));
    let [one, two] = &read.credentials[..] else {
        panic!("{} credentials", read.credentials.len());
    };
    assert_eq!(
        (one.access_key_id.as_str(), two.access_key_id.as_str()),
        ("Reader_1.of-all", "two")
    );
    assert_eq!(one.access_points, ["abc", "a.b"]);
    assert!(two.access_points.is_empty());
    assert_eq!(one.secret_access_key.as_str(), CANARY);
    assert_eq!(two.secret_access_key.as_str(), CANARY);
}

#[test]
fn other_forms_are_read_alike() {
    let site = Site::new();
    let bucket = site.load("sql = \"s3://b/sql\"\n§").unwrap();
    assert_eq!(bucket.sql, "s3://b/sql/");
    let none = site.load("cache = \"none\"\n§").unwrap();
    assert!(none.cache.folder.is_none());
    let ports = site
        .load("listen = \"[::1]:0\"\nadmin = \"[::1]:0\"\n§")
        .unwrap();
    assert_eq!(ports.listen, ports.admin.unwrap());
    let dotted = site
        .load("access_points.abc.source = \"raw\"\naccess_points.abc.projection = \"p/q\"\n")
        .unwrap();
    assert!(dotted.access_points.contains_key("abc"));
    let factor = site.load("§length_factor = 2\n").unwrap();
    let length = factor.access_points["a-1"].payload.length;
    assert_eq!(length, Length::Law("2".parse().ok()));
}

#[test]
fn what_may_not_be_meant_is_noted_at_its_place() {
    let site = Site::new();
    let credential = "[[credentials]]\naccess_key_id = \"abc\"\nsecret_access_key = { env = \"A_SECRET\" }\naccess_points = ";
    let tls = "tls = { certificate = \"cert.pem\", key = \"key.pem\" }\n";
    let mut wrong = Vec::new();
    for (text, expected) in [
        (format!("§{credential}[\"a-1\"]\n"), vec![]),
        (
            "§".to_owned(),
            vec!["1:16: no credential reads the access point a-1"],
        ),
        (
            format!("§{credential}[]\n"),
            vec![
                "1:16: no credential reads",
                "7:17: \"access_points\" is empty: this credential reads nothing",
            ],
        ),
        (
            format!("listen = \"0.0.0.0:80\"\n§{credential}[\"a-1\"]\n"),
            vec!["1:10: \"listen\" is reached from other machines without TLS"],
        ),
        (
            format!("listen = \"0.0.0.0:80\"\n{tls}§{credential}[\"a-1\"]\n"),
            vec![],
        ),
        (
            format!("admin = \"10.0.0.1:80\"\n§{credential}[\"a-1\"]\n"),
            vec!["1:9: \"admin\" is reached from other machines, and asks nobody"],
        ),
    ] {
        let notes = site.load(&text).unwrap().notes;
        let alike = notes.len() == expected.len()
            && notes.iter().zip(&expected).all(|(note, expected)| {
                let (_, place) = note.split_once("veilpoint.toml:").unwrap();
                place.starts_with(expected)
            });
        if !alike {
            wrong.push(format!("{text}: {notes:#?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_folder_of_contracts_is_there_unless_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("veilpoint.toml");
    std::fs::write(
        &path,
        "[access_points.abc]\nsource = \".\"\nprojection = \"p/q\"\n",
    )
    .unwrap();
    let error = block_on(Gateway::load_in(&path, &variable)).err().unwrap();
    let expected = ":1:1: \"sql\" is left out, and \"sql\" is no folder";
    assert!(error.message().contains(expected), "{error}");
}

#[test]
fn a_load_can_be_moved_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&Gateway::load(Path::new("veilpoint.toml")));
    is_send(&Gateway::default().keys());
}
