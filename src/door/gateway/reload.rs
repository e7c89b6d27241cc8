//! An edit of the settings, or of what they name → what holds from now on; or why what held before holds on.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Gateway;
use super::in_force::InForce;
use super::tls::Tls;
use crate::config;
use crate::error::Result;

/// How often it is looked whether a file has changed. A look asks the system for a few files' times.
const LOOK: Duration = Duration::from_secs(2);

/// Takes edits over as they come: told by `asked`, or seen at the files. Never ends.
pub async fn reload(gateway: &Arc<Gateway>, tls: &Tls, mut asked: impl AsyncFnMut()) {
    let mut seen = stamps(gateway).await;
    loop {
        let told = tokio::select! {
            () = asked() => true,
            () = sleep(LOOK) => false,
        };
        let now = stamps(gateway).await;
        let in_force = gateway.in_force();
        if told || now.sql != seen.sql {
            in_force.sql.look_soon();
        }
        // Projections that changed are proven and taken over here, also where nobody asks for any; in a bucket they are
        // looked for as often as requests would.
        let _ = in_force.sql.current().await;
        if !told && now.settings == seen.settings {
            seen = now;
            continue;
        }
        let taken = take_over(gateway, tls).await;
        gateway.metrics.reloaded(taken.is_ok());
        match taken {
            Ok(left) if left.is_empty() => tracing::info!(event = "settings_loaded"),
            Ok(left) => {
                let left = left.join(", ");
                let message = "these settings take a restart; the others hold from now on";
                tracing::warn!(event = "settings_loaded", left, message);
            }
            Err(error) => {
                let message = format!("{error}; what held before holds on");
                tracing::error!(event = "settings_refused", message);
            }
        }
        // The files that the new settings name, as they are now.
        seen = stamps(gateway).await;
    }
}

/// The settings that differ and take a restart.
async fn take_over(gateway: &Gateway, tls: &Tls) -> Result<Vec<&'static str>> {
    let before = gateway.in_force();
    let Some(file) = &before.settings.file else {
        return Ok(Vec::new());
    };
    let settings = config::Gateway::load(file).await?;
    let left = before.settings.needs_restart(&settings);
    let certificate = settings.tls.clone();
    let notes = settings.notes.clone();
    let next = InForce::of(settings, Some(&before)).await?;
    tls.replace(certificate.as_ref())?;
    for note in notes {
        tracing::warn!(event = "settings_note", message = note);
    }
    gateway.swap(next);
    Ok(left)
}

/// What tells one state of a file from another.
type Stamp = (PathBuf, Option<(u64, u64, i64, i64)>);

/// What tells one state of all files from another.
#[derive(PartialEq, Eq)]
struct Stamps {
    /// Of the files that the settings are from.
    settings: Vec<Stamp>,
    /// Of contracts and projections, where they lie in a folder.
    sql: Vec<Stamp>,
}

async fn stamps(gateway: &Gateway) -> Stamps {
    let in_force = gateway.in_force();
    let files = in_force.settings.files.clone();
    let sql = in_force.settings.sql.clone();
    let look = move || Stamps {
        settings: files.into_iter().map(stamp).collect(),
        sql: sql_files(&sql).into_iter().map(stamp).collect(),
    };
    // A file system may be slow, and others wait meanwhile.
    let looked = spawn_blocking(look).await;
    looked.unwrap_or_else(|_| Stamps {
        settings: Vec::new(),
        sql: Vec::new(),
    })
}

/// The files two folders deep, in order; none of a bucket.
fn sql_files(place: &str) -> Vec<PathBuf> {
    let below = |folder: PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path())
    };
    if place.starts_with("s3://") {
        return Vec::new();
    }
    let mut files: Vec<PathBuf> = below(PathBuf::from(place)).flat_map(below).collect();
    files.sort_unstable();
    files
}

fn stamp(file: PathBuf) -> Stamp {
    let facts = fs::metadata(&file).ok();
    let stamp = facts.map(|facts| {
        let at = (facts.mtime(), facts.mtime_nsec());
        (facts.ino(), facts.len(), at.0, at.1)
    });
    (file, stamp)
}
