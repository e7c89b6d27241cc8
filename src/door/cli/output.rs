//! A report on its way out: to standard output, or to a place where it is written aside and renamed.

use std::io::Write;

use tokio::runtime::Handle;

use crate::error::{Error, Kind, Result};
use crate::source::{Location, Stage, Target};

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// It is where it was to go.
    Read,
    /// Whoever read standard output went away before its end.
    GivenUp,
}

/// Writes a report to `place`, a file, `s3://bucket/key`, or `-`. All of it appears, or nothing.
///
/// # Errors
/// [`Kind::Usage`] for a place of many objects, [`Kind::Output`] where it cannot be written.
pub(super) async fn write(place: &str, report: Vec<u8>) -> Result<Written> {
    let target = Target::resolve(&Location::parse(place)?)?;
    let stage = Stage::new(Handle::current());
    let label = place.to_owned();
    // A pipe may block, and an upload wants a thread that is not the runtime's.
    let writing = tokio::task::spawn_blocking(move || {
        let written = put(&stage, &target, &report);
        (stage, written)
    });
    let (stage, written) = writing.await.map_err(|err| {
        Error::new(Kind::Internal, "writing the report broke down").with_private(err)
    })?;
    match written {
        Ok(()) => stage.publish().await.map_err(|err| err.in_object(&label))?,
        Err(_) if stage.pipe_closed() => return Ok(Written::GivenUp),
        Err(error) => {
            stage.discard().await;
            return Err(error.in_object(&label));
        }
    }
    Ok(if stage.pipe_closed() {
        Written::GivenUp
    } else {
        Written::Read
    })
}

fn put(stage: &Stage, target: &Target, report: &[u8]) -> Result<()> {
    let mut writer = stage.open(target)?;
    if let Err(err) = writer.write_all(report) {
        let failed = || Error::new(Kind::Output, "it cannot be written").with_private(err);
        return Err(writer.failure().unwrap_or_else(failed));
    }
    writer.finish()
}
