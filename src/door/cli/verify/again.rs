//! One record → its release made again, in the order in which something can be wrong with it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::inputs;
use crate::access_point::{Digest, Record};
use crate::dataset::contract::Contract;
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind};
use crate::functions::Context;
use crate::key::{DomainKeys, MasterKey};
use crate::release::{self, Control, Job, Options, Summary};
use crate::request::Format;
use crate::source::{Location, Object, decode};

/// What all records need.
pub(super) struct Again {
    pub(super) object: Option<Location>,
    /// Keys, of whatever versions: a record names its own by what it says of it.
    pub(super) masters: Vec<MasterKey>,
    pub(super) sql: PathBuf,
    pub(super) control: Arc<Control>,
}

/// Why a record is not verified.
pub(super) enum Stop {
    /// Something is not as the record states it.
    Differs(String),
    /// It could not be looked at.
    Failed(Error),
}

impl From<Error> for Stop {
    /// What is refused now and was released then is a difference; failures of system, network and settings are none.
    fn from(error: Error) -> Self {
        let refused = error.kind().facts().exit == 1 || error.kind() == Kind::Contract;
        if refused {
            Self::Differs(error.to_string())
        } else {
            Self::Failed(error)
        }
    }
}

/// What a release is made of again.
struct Inputs {
    contract: Contract,
    projection: Projection,
    keys: Option<DomainKeys>,
    object: Object,
}

/// What a release came to again.
struct Made {
    sha256: String,
    length: u64,
    summary: Summary,
}

impl Again {
    /// Makes the release of a record again: the length of its bytes, if it is the one.
    pub(super) async fn make(self: Arc<Self>, record: Record) -> Result<u64, Stop> {
        let (contract, projection) = inputs::sql(&self.sql, &record)?;
        if record.settings.sha256() != record.settings_sha256 {
            return Err(differs(
                "settings: format, compression, csv_formulas and length_factor are not those of settings_sha256",
            ));
        }
        if !is_release_of(&record.key, &record.object_key) {
            return Err(differs(
                "key: what object_key names has no release under this key",
            ));
        }
        let inputs = Inputs {
            keys: self.keys(&record, &projection)?,
            contract,
            projection,
            object: inputs::object(self.object.as_ref(), &record).await?,
        };
        // The work blocks; a thread that panicked has said where.
        let work = move || {
            let made = self.release(&record, &inputs)?;
            compare(&record, &made, inputs.keys.as_ref())?;
            Ok(made.length)
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| {
            let message = "a thread that makes releases could not start, or stopped";
            Err(Stop::Failed(Error::new(Kind::Internal, message)))
        })
    }

    /// The keys of then, if the key that was given is the one.
    fn keys(&self, record: &Record, projection: &Projection) -> Result<Option<DomainKeys>, Stop> {
        let Some(then) = &record.key_id else {
            return if projection.needs_key() {
                Err(differs(
                    "key: the record names none, and the projection works under one",
                ))
            } else {
                Ok(None)
            };
        };
        let found = self.masters.iter().find(|master| master.id() == *then);
        match found {
            Some(master) => Ok(Some(master.domain(&projection.domain()))),
            None => Err(Stop::Differs(another_key(record))),
        }
    }

    fn release(&self, record: &Record, inputs: &Inputs) -> Result<Made, Stop> {
        let label = &inputs.object.label;
        let raw = inputs.object.input.open();
        let raw = raw.map_err(|err| err.in_object(label))?;
        // A copy may be called otherwise than the object.
        let text = decode(raw, &record.object_key, &inputs.contract.dialect);
        let mut output = Digest::new(io::sink());
        let summary = release::run(
            &Job {
                contract: &inputs.contract,
                projection: &inputs.projection,
                object: label,
                context: &Context {
                    as_of: record.as_of,
                    keys: inputs.keys.clone(),
                },
                format: record.settings.format,
                length: self::length(record, inputs),
                options: &Options {
                    parquet_compression: record.settings.compression,
                    csv_formulas: record.settings.csv_formulas,
                    ..Options::default()
                },
            },
            text,
            &mut output,
            &self.control,
        )?;
        let (_, sha256, length) = output.finish();
        Ok(Made {
            sha256,
            length,
            summary,
        })
    }
}

fn another_key(record: &Record) -> String {
    let version = record.key_version;
    let which = version.map(|version| format!(", version {version}"));
    format!(
        "key: it was made under another{}: give that one with --key FILE",
        which.unwrap_or_default()
    )
}

/// The length by law, where the record has one.
fn length(record: &Record, inputs: &Inputs) -> Option<u64> {
    let object = record.object.length?;
    record.settings.length(object, inputs.projection.columns())
}

/// Whether the object may have been asked for by this key.
fn is_release_of(key: &str, object: &str) -> bool {
    key == object || Format::object_keys(key).iter().any(|other| other == object)
}

/// The bytes, and then what the record states beside them.
fn compare(record: &Record, made: &Made, keys: Option<&DomainKeys>) -> Result<(), Stop> {
    let bytes = |what: &str| Err(Stop::Differs(format!("bytes: {what}")));
    if made.length != record.length {
        return bytes(&format!(
            "these are {}, and those were {}",
            made.length, record.length
        ));
    }
    if made.sha256 != record.sha256 {
        return bytes("the same number and others (SHA-256)");
    }
    let Summary {
        rows_in,
        rows_out,
        rows_dropped,
        rows_suppressed,
        ..
    } = made.summary;
    let stated = [
        record.rows_in,
        record.rows_out,
        record.rows_dropped,
        record.rows_suppressed,
    ];
    if stated != [rows_in, rows_out, rows_dropped, rows_suppressed] {
        return Err(differs(
            "rows: the bytes are right, and the record counts others than they hold",
        ));
    }
    let etag = record.identity().etag(keys);
    if record.etag.is_some() && record.etag != etag {
        return Err(differs(
            "etag: the bytes are right, and it is not the one of what the record states",
        ));
    }
    Ok(())
}

fn differs(why: &str) -> Stop {
    Stop::Differs(why.to_owned())
}
