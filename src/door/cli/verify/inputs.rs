//! What a release was made of, found again and compared with what its record states.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::again::Stop;
use crate::access_point::{Record, sha256};
use crate::csv::table;
use crate::dataset::MAX_TEXT;
use crate::dataset::catalog::{Catalog, Texts};
use crate::dataset::contract::Contract;
use crate::dataset::name::{ProjectionName, REFERENCE, is_file};
use crate::dataset::projection::Projection;
use crate::dataset::reference::MAX_TABLE;
use crate::error::{Error, Kind};
use crate::source::{Location, Object, ObjectVersion, find, find_version};

/// Contract and projection, if their texts and those of reference tables are those of the record.
pub(super) fn sql(folder: &Path, record: &Record) -> Result<(Contract, Projection), Stop> {
    if !folder.is_dir() {
        let message = "there is no such folder of contracts and projections: give it with --sql";
        let error = Error::new(Kind::Settings, message);
        return Err(error.in_object(&folder.display().to_string()).into());
    }
    let name: ProjectionName = record.projection.parse().map_err(|_| {
        Stop::Differs("projection: the record names none as dataset/name".to_owned())
    })?;
    let mut files = vec![
        ("contract", name.schema_path(), &record.contract_sha256),
        ("projection", name.path(), &record.projection_sha256),
    ];
    for (file, sha256) in &record.references_sha256 {
        files.push(("reference table", reference_path(file)?, sha256));
    }
    let mut texts = Texts::new();
    for (part, path, sha256) in files {
        let text = text(&folder.join(&path), part, sha256)?;
        texts.insert(path, Ok(text.into()));
    }
    let origin = folder.display().to_string();
    let served = Catalog::prove(&texts, &origin, None, table::read).get(&name)?;
    Ok((served.contract.clone(), served.projection.clone()))
}

/// The path of a reference table's file below the folder. A record's names lead nowhere else.
fn reference_path(file: &str) -> Result<String, Stop> {
    let path = format!("{REFERENCE}/{file}");
    if is_file(&path) {
        return Ok(path);
    }
    let why = "reference table: the record names a file that is none of one";
    Err(Stop::Differs(why.to_owned()))
}

/// A file's text, if this is its hash: what is parsed is what was hashed.
fn text(path: &Path, part: &str, expected: &str) -> Result<String, Stop> {
    let differs = |why: &str| Stop::Differs(format!("{part}: {} {why}", path.display()));
    let mut bytes = Vec::new();
    let most = MAX_TABLE.max(MAX_TEXT) as u64;
    match File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)) {
        Ok(_) => {}
        Err(err) if err.kind() == ErrorKind::NotFound => {
            return Err(differs(
                "is not there: give the folder as it was then with --sql",
            ));
        }
        Err(err) => {
            let error = crate::source::classify(err);
            return Err(error.in_object(&path.display().to_string()).into());
        }
    }
    if sha256(&bytes) != expected {
        return Err(differs(
            "is another text than then (SHA-256): give the folder as it was then with --sql",
        ));
    }
    String::from_utf8(bytes).map_err(|_| differs("is not UTF-8"))
}

/// The object, if it is there in the version of the record.
pub(super) async fn object(given: Option<&Location>, record: &Record) -> Result<Object, Stop> {
    let version = record.object.version_id.as_deref();
    let found = match given {
        None => find_version(&record.source, &record.object_key, version).await,
        Some(Location::Object { bucket, key }) => {
            find_version(&format!("s3://{bucket}"), key, version).await
        }
        Some(location) => find(location).await.and_then(|mut objects| {
            let none = || Error::new(Kind::NotFound, "there is no such object");
            objects.pop().ok_or_else(none)
        }),
    };
    let object = found.map_err(|error| missing(error, version.is_some()))?;
    match changed(&record.object, &object) {
        Some(why) => Err(Stop::Differs(format!("object: {}: {why}", object.label))),
        None => Ok(object),
    }
}

/// A source that is none is the record's fault; whatever else keeps from looking is not.
fn missing(error: Error, versioned: bool) -> Stop {
    match error.kind() {
        Kind::NotFound if versioned => Stop::Differs(format!(
            "object: its version of then is not there any more: {error}"
        )),
        Kind::NotFound | Kind::Usage => Stop::Differs(format!("object: {error}")),
        _ => Stop::from(error),
    }
}

/// What of an object is not as the record states it. A file has a length and no `ETag`.
fn changed(then: &ObjectVersion, object: &Object) -> Option<String> {
    let now = ObjectVersion {
        etag: object.etag().map(str::to_owned),
        ..ObjectVersion::default()
    };
    let etags = then.tag().zip(now.tag());
    let lengths = then.length.zip(object.size);
    if etags.is_some_and(|(then, now)| then != now) {
        Some("it changed since (its ETag)".to_owned())
    } else if lengths.is_some_and(|(then, now)| then != now) {
        Some("it changed since (its length)".to_owned())
    } else {
        None
    }
}
