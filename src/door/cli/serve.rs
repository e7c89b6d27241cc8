//! `veilpoint serve`: a server, until a signal ends it.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::process::{self, Signals};
use super::{log_lines, parsed, say};
use crate::config;
use crate::door::webhook::{self, Endpoint, Point};
use crate::error::{Error, Kind, Result};

const SETTINGS: &str = "\
Example:
  veilpoint serve --webhook 127.0.0.1:9090 --endpoint http://127.0.0.1:9000 \\
      --access-point analytics='{\"projection\": \"patients/analytics\", \"format\": \"parquet\"}'

MinIO signs URLs for MINIO_SERVER_URL, and sends its events to the access point's path:
  mc admin config set minio lambda_webhook:analytics endpoint=http://127.0.0.1:9090/analytics auth_token=TOKEN
and a reader asks with ?lambdaArn=arn:minio:s3-object-lambda::analytics:webhook.

Settings, as environment variables:
  VEILPOINT_SQL         what --sql says, where it is not given
  VEILPOINT_WEBHOOK_TOKEN
                        what MinIO has as auth_token, 16 characters or more; needed unless the address is this machine's
  VEILPOINT_KEY_FILE, VEILPOINT_KEY, VEILPOINT_KEY_SECRET
                        the master key from a file, directly (64 hexadecimal digits), or from Secrets Manager
  VEILPOINT_CACHE       the folder in which releases are kept, or none [default: veilpoint-cache below TMPDIR]
  VEILPOINT_CACHE_MAX_BYTES
                        how much of it there may be [default: 384MiB]
  VEILPOINT_RECORDS     s3://bucket/prefix/ for the records of releases, beside the log
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
                        rights of veilpoint's own, for keys with another suffix than their object's

The log is on standard output, a line of JSON each. SIGTERM and Ctrl-C let answers under way finish, for 30 s.";

/// Serve releases to MinIO, as the webhook of its object lambda
#[derive(clap::Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Args {
    /// Take MinIO's events at this address; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    webhook: SocketAddr,
    /// Where MinIO is, by the name that it signs URLs with: objects are fetched there and nowhere else
    #[arg(long, value_name = "URL", value_parser = parsed::<Endpoint>)]
    endpoint: Endpoint,
    /// An access point: its name, which is the path that MinIO sends events to, and what it shows; once for each
    #[arg(long = "access-point", value_name = "NAME=JSON", required = true, value_parser = parsed::<Point>)]
    access_points: Vec<Point>,
    /// The folder of contracts and projections, or a prefix of a bucket [default: sql]
    #[arg(long, value_name = "DIR")]
    sql: Option<String>,
}

pub(super) fn run(args: Args) -> Result<()> {
    log_lines();
    let mut settings = config::Webhook::read()?;
    webhook::check_token(args.webhook, &settings)?;
    if let Some(sql) = args.sql {
        settings.service.sql = sql;
    }
    let points = Point::by_name(args.access_points)?;
    process::block_on(async {
        // Before anybody is told where it listens: whoever knows may send a signal.
        let mut signals = Signals::new()?;
        let listener = TcpListener::bind(args.webhook).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let names: Vec<&str> = points.keys().map(String::as_str).collect();
        let names = names.join(", ");
        say(format_args!(
            "listening on http://{address}, access points: {names}"
        ));
        let stop = async move { drop(signals.stop().await) };
        webhook::run(settings, args.endpoint, points, listener, stop).await
    })
}

fn unbound(err: std::io::Error) -> Error {
    let message = "the address of --webhook cannot be listened on: it is another's, or in use";
    Error::new(Kind::Settings, message).with_private(err)
}
