//! `veilpoint serve --webhook`: releases for MinIO.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Args;
use crate::config;
use crate::door::cli::process::{self, Signals};
use crate::door::cli::say;
use crate::door::webhook::{self, Endpoint, Point};
use crate::error::{Error, Kind, Result};

/// Runs until a signal.
pub(super) fn run(address: SocketAddr, endpoint: Endpoint, args: Args) -> Result<()> {
    let mut settings = config::Webhook::read()?;
    webhook::check_token(address, &settings)?;
    if let Some(sql) = args.sql {
        settings.service.sql = sql;
    }
    let points = Point::by_name(args.access_points)?;
    process::block_on(async {
        // Before anybody is told where it listens: whoever knows may send a signal.
        let mut signals = Signals::new()?;
        let listener = TcpListener::bind(address).await.map_err(unbound)?;
        let bound = listener.local_addr().map_err(unbound)?;
        let names: Vec<&str> = points.keys().map(String::as_str).collect();
        let names = names.join(", ");
        say(format_args!(
            "listening on http://{bound}, access points: {names}"
        ));
        let stop = async move { drop(signals.stop().await) };
        webhook::run(settings, endpoint, points, listener, stop).await
    })
}

fn unbound(err: std::io::Error) -> Error {
    let message = "the address of --webhook cannot be listened on: it is another's, or in use";
    Error::new(Kind::Settings, message).with_private(err)
}
