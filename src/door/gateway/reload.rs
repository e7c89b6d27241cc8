//! An edit of the settings, or of what they name → what holds from now on; or why what held before holds on.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::Gateway;
use super::in_force::InForce;
use super::tls::Tls;
use crate::config;
use crate::config::Files;
use crate::error::Result;

/// How often it is looked whether a file has changed. A look asks the system for a few files' times.
const LOOK: Duration = Duration::from_secs(2);

/// How soon a refused edit is tried again: what it names may be there by then, or answer.
const AGAIN: Duration = Duration::from_secs(30);

/// An edit that was refused.
struct Refused {
    message: String,
    at: Instant,
}

/// Takes edits over as they come: told by `asked`, or seen at the files. Never ends.
pub async fn reload(gateway: &Arc<Gateway>, tls: &Tls, mut asked: impl AsyncFnMut()) {
    // What takes a restart is as it was when the process began, however often it is edited.
    let began = gateway.in_force();
    let (mut seen, mut seen_sql) = (began.settings.files.clone(), Files::default());
    let mut refused: Option<Refused> = None;
    loop {
        let told = tokio::select! {
            () = asked() => true,
            () = sleep(LOOK) => false,
        };
        let (now, sql) = look(seen.clone(), began.settings.sql.clone()).await;
        let in_force = gateway.in_force();
        if told || sql != seen_sql {
            in_force.sql.look_soon();
            seen_sql = sql;
        }
        // Projections that changed are proven and taken over here, also where nobody asks for any; in a bucket they are
        // looked for as often as requests would.
        let _ = in_force.sql.current().await;
        let edited = told || now != seen;
        let due = |refused: &Refused| refused.at.elapsed() >= AGAIN;
        if !edited && !refused.as_ref().is_some_and(due) {
            continue;
        }
        match take_over(gateway, tls, &began.settings).await {
            Ok(left) => {
                gateway.metrics.reloaded(true);
                tell(&left);
                refused = None;
                // An edit that came meanwhile is the next.
                seen = gateway.in_force().settings.files.clone();
            }
            Err(error) => {
                let message = format!("{error}; what held before holds on");
                let known = refused.is_some_and(|before| before.message == message);
                if edited || !known {
                    gateway.metrics.reloaded(false);
                    tracing::error!(event = "settings_refused", message);
                }
                let at = Instant::now();
                refused = Some(Refused { message, at });
                seen = now;
            }
        }
    }
}

/// Says that settings hold from now on, and which of them do not.
fn tell(left: &[&'static str]) {
    if left.is_empty() {
        tracing::info!(event = "settings_loaded");
    } else {
        let left = left.join(", ");
        let message = "these settings take a restart; the others hold from now on";
        tracing::warn!(event = "settings_loaded", left, message);
    }
}

/// The settings that differ and take a restart.
async fn take_over(
    gateway: &Gateway,
    tls: &Tls,
    began: &config::Gateway,
) -> Result<Vec<&'static str>> {
    let before = gateway.in_force();
    let Some(file) = &before.settings.file else {
        return Ok(Vec::new());
    };
    let settings = config::Gateway::load(file).await?;
    let left = began.needs_restart(&settings);
    let certificate = settings.tls.clone();
    let notes = settings.notes.clone();
    let next = InForce::of(settings, Some(&before)).await?;
    tls.replace(certificate.as_ref())?;
    for note in notes {
        tracing::warn!(event = "settings_note", message = note);
    }
    gateway.swap(next);
    gateway.in_force().look().await;
    Ok(left)
}

/// The files of the settings, and those of the SQL, as they are now. A file system may be slow, and others wait meanwhile.
async fn look(settings: Files, sql: String) -> (Files, Files) {
    let looked = spawn_blocking(move || (settings.again(), Files::at(sql_files(&sql))));
    looked.await.unwrap_or_default()
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
