//! `veilpoint serve`: the gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use super::samples::Samples;
use crate::config;
use crate::door::cli::process::{self, Hangups, Signals};
use crate::door::cli::say;
use crate::door::gateway::{self, Listeners, Ready, Signals as Told};
use crate::error::Result;

/// The settings of a working directory.
const SETTINGS: &str = "veilpoint.toml";

/// Runs until a signal.
pub(super) fn run(file: Option<PathBuf>, listen: Option<SocketAddr>) -> Result<()> {
    let here = Path::new(SETTINGS);
    let named = file.or_else(|| here.exists().then(|| here.to_owned()));
    let (file, samples) = if let Some(file) = named {
        (file, None)
    } else {
        let samples = Samples::unpack(Path::new(""))?;
        (samples.settings(), Some(samples))
    };
    let threads = available_parallelism().map_or(1, usize::from);
    process::block_on_threads(threads.max(2), async {
        // Before anybody is told where it listens: whoever knows may send a signal.
        let (mut signals, mut hangups) = (Signals::new()?, Hangups::new()?);
        let settings = config::Gateway::load(&file).await?;
        let listeners = Listeners::bind(&settings, listen).await?;
        let words = where_it_is(&settings, &listeners)?;
        // Nobody is told before all is looked at that may be wrong.
        let ready = Ready::of(settings).await?;
        say(format_args!("{words}"));
        if let Some(samples) = samples {
            samples.say(listeners.address()?);
        }
        let told = Told {
            stop: async move { drop(signals.stop().await) },
            reload: async || hangups.next().await,
        };
        gateway::run(ready, listeners, told).await;
        Ok(())
    })
}

fn where_it_is(settings: &config::Gateway, listeners: &Listeners) -> Result<String> {
    let names: Vec<&str> = settings.access_points.keys().map(String::as_str).collect();
    let names = names.join(", ");
    let scheme = if settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let address = listeners.address()?;
    let words = format!("listening on {scheme}://{address}, access points: {names}");
    Ok(match listeners.admin_address() {
        Some(admin) => {
            format!("{words}\nhealth and metrics on http://{admin}/-/health and /-/metrics")
        }
        None => words,
    })
}
