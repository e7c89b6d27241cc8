//! `veilpoint serve`: the gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use super::samples::Samples;
use crate::config;
use crate::door::cli::process::{self, Hangups, Signals};
use crate::door::cli::say;
use crate::door::gateway::{Listeners, Opened, Signals as Told};
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
        let addresses = (listen.unwrap_or(settings.listen), settings.admin);
        let scheme = if settings.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let points: Vec<String> = settings.access_points.keys().cloned().collect();
        let opened = Opened::open(settings).await?;
        let listeners = Listeners::bind(addresses.0, addresses.1).await?;
        let address = listeners.address()?;
        let points = points.join(", ");
        say(format_args!(
            "listening on {scheme}://{address}, access points: {points}"
        ));
        if let Some(admin) = listeners.admin_address() {
            say(format_args!(
                "health and metrics on http://{admin}/-/health and /-/metrics"
            ));
        }
        if let Some(samples) = samples {
            samples.say(address);
        }
        let told = Told {
            stop: async move { drop(signals.stop().await) },
            reload: async || hangups.next().await,
        };
        opened.run(listeners, told).await;
        Ok(())
    })
}
