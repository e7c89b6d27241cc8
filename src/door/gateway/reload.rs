//! An edit of the settings, or of what they name → what holds from now on; or why what held before holds on.

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
    // What takes a restart is as it was when the process began, however often it is edited.
    let began = gateway.in_force();
    let mut seen = began.settings.files.clone();
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
        let now = seen.again();
        if !told && now == seen {
            continue;
        }
        let taken = take_over(gateway, tls, &began.settings).await;
        gateway.metrics.reloaded(taken.is_ok());
        // An edit that comes while one is taken over, is the next.
        seen = match taken {
            Ok(_) => gateway.in_force().settings.files.clone(),
            Err(_) => now,
        };
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
    Ok(left)
}
