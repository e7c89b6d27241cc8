//! Access points: what each shows, and where its objects lie.

use std::collections::BTreeMap;

use url::Url;

use super::keys;
use super::network::region;
use super::old_keys::version;
use super::table::Table;
use super::value::Value;
use crate::config::{S3Place, SourcePlace};
use crate::dataset::name::ProjectionName;
use crate::request::{Factor, Payload, PayloadFields, WrongField};

/// How access points are written, where there is none.
const EXAMPLE: &str =
    r#"[access_points.analytics] with source = "samples" and projection = "patients/analytics""#;

/// What one access point shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointSettings {
    /// Where its objects lie.
    pub source: SourcePlace,
    /// Which projection it shows, and how: as a `FunctionPayload` says it.
    pub payload: Payload,
}

/// An access point as it was written. What is wrong with it was said.
pub(super) struct Written {
    /// Where its name stands.
    pub at: usize,
    pub settings: Option<PointSettings>,
}

/// `access_points`: by name, also those that are wrong.
pub(super) fn read<'a>(head: &Table<'a>) -> BTreeMap<&'a str, Written> {
    let value = head.value("access_points");
    let points = match &value {
        Some(value) => value.names("tables, one for each access point: [access_points.analytics]"),
        None => Some(Vec::new()),
    };
    let Some(points) = points else {
        return BTreeMap::new();
    };
    if points.is_empty() {
        let at = value.map_or(head.at, |value| value.at);
        let what = format!("there is no access point, and so no bucket: add {EXAMPLE}");
        head.file.wrong(at, what);
    }
    let each = |(at, value): (usize, Value<'a>)| {
        if !s3s::path::check_bucket_name(value.name) {
            let what = "an access point is named as a bucket: 3 to 63 of a-z, 0-9, - and dots, with a letter or digit at both ends";
            head.file.wrong(at, what);
        }
        (
            value.name,
            Written {
                at,
                settings: point(&value, at),
            },
        )
    };
    points.into_iter().map(each).collect()
}

fn point(value: &Value, at: usize) -> Option<PointSettings> {
    let form = "a table with source and projection: [access_points.analytics]";
    let mut table = value.table(keys::POINT, form)?;
    // A table in brackets begins where its name stands.
    table.at = at;
    let source = table
        .needed("source", "\"samples\"")
        .and_then(|value| source(&value));
    let payload = payload(&table);
    table.end();
    let (source, payload) = source.zip(payload)?;
    Some(PointSettings { source, payload })
}

/// What a `FunctionPayload` says, too.
fn payload(table: &Table) -> Option<Payload> {
    let form = "dataset/name, as \"patients/analytics\": letters, digits, _ and -; not schema, and not of reference";
    let projection = table
        .needed("projection", "\"patients/analytics\"")
        .and_then(|value| {
            value.parsed(form, |text| {
                let name: ProjectionName = text.parse().ok()?;
                name.is_servable().then(|| text.to_owned())
            })
        });
    let text = |key, form| table.value(key)?.text(form).map(str::to_owned);
    let fields = PayloadFields {
        projection: projection.clone().unwrap_or_default(),
        format: text("format", "\"parquet\" or \"csv\""),
        as_of: text("as_of", "\"today\", \"object\", or a date in quotes"),
        length: text("length", "\"law\" or \"exact\""),
        length_factor: table
            .value("length_factor")
            .and_then(|value| factor(&value)),
        key_version: table.value("key_version").and_then(|value| version(&value)),
    };
    let payload = Payload::of_fields(&fields).map_err(|wrong| {
        for WrongField { field, what } in wrong {
            if let Some(value) = table.value(field) {
                value.wrong(what);
            }
        }
    });
    payload.ok().filter(|_| projection.is_some())
}

fn factor(value: &Value) -> Option<Factor> {
    let factor = value.number().and_then(|text| text.parse().ok());
    if factor.is_none() {
        value.wrong("must be a number from 0.001 to 100, with at most three decimals");
    }
    factor
}

/// `source`: a text, or a table.
fn source(value: &Value) -> Option<SourcePlace> {
    if value.is_table() {
        return bucket(value).map(SourcePlace::Bucket);
    }
    let form = "a folder, \"s3://bucket/prefix\", or a table: { url = \"s3://bucket/prefix\", endpoint = \"http://…\" }";
    let text = value.text(form)?;
    if text.contains("://") {
        return place(value).map(SourcePlace::Bucket);
    }
    let folder = value.file.path(text);
    if !folder.is_dir() {
        value.wrong("names no folder: paths are relative to this file's folder");
    }
    Some(SourcePlace::Folder(folder))
}

fn place(value: &Value) -> Option<S3Place> {
    value.parsed(
        "a prefix of a bucket, as \"s3://bucket/prefix\"",
        S3Place::parse,
    )
}

fn bucket(value: &Value) -> Option<S3Place> {
    let table = value.table(keys::SOURCE, "a table")?;
    let found = table
        .needed("url", "\"s3://bucket/prefix\"")
        .and_then(|value| place(&value));
    let place = S3Place {
        region: table.value("region").and_then(|value| region(&value)),
        endpoint: table.value("endpoint").and_then(|value| endpoint(&value)),
        path_style: table.value("path_style").and_then(|value| value.truth()),
        profile: table
            .value("profile")
            .and_then(|value| value.text("the name of a profile of AWS's files"))
            .map(str::to_owned),
        ..found.clone().unwrap_or_default()
    };
    table.end();
    found.map(|_| place)
}

/// An address of http or https without anything that would be a secret, or would not be sent.
fn endpoint(value: &Value) -> Option<String> {
    let form =
        "an address such as \"http://127.0.0.1:9000\": http or https, host and port, nothing else";
    value.parsed(form, |text| {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        (matches!(url.scheme(), "http" | "https") && url.has_host() && plain && bare)
            .then(|| url.as_str().trim_end_matches('/').to_owned())
    })
}
