//! An edit of the settings, or of what they name → what holds from now on; or why what held before holds on.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

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
    let mut seen = stamps(gateway);
    loop {
        let told = tokio::select! {
            () = asked() => true,
            () = sleep(LOOK) => false,
        };
        let in_force = gateway.in_force();
        if told {
            in_force.sql.look_soon();
        }
        // Projections that changed are proven and taken over here, also where nobody asks for any.
        let _ = in_force.sql.current().await;
        let now = stamps(gateway);
        if !told && now == seen {
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
        seen = stamps(gateway);
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

/// Of the files that the settings are from.
fn stamps(gateway: &Gateway) -> Vec<Stamp> {
    let in_force = gateway.in_force();
    let files = in_force.settings.files.iter();
    files.map(|file| (file.clone(), stamp(file))).collect()
}

fn stamp(file: &Path) -> Option<(u64, u64, i64, i64)> {
    let facts = std::fs::metadata(file).ok()?;
    Some((facts.ino(), facts.len(), facts.mtime(), facts.mtime_nsec()))
}
