//! `veilpoint serve`: a server, until a signal ends it.

mod gateway;
mod samples;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{log_lines, parsed};
use crate::door::webhook::{Endpoint, Point};
use crate::error::Result;

const SETTINGS: &str = "\
Examples:
  veilpoint serve                             the bundled samples, on this machine, with commands to try
  veilpoint serve --config veilpoint.toml
  veilpoint serve --webhook 127.0.0.1:9090 --endpoint http://127.0.0.1:9000 \\
      --access-point analytics='{\"projection\": \"patients/analytics\", \"format\": \"parquet\"}'

The gateway is an S3 endpoint whose buckets are access points, read only. Its settings are in a file, of which
samples/veilpoint.toml has every key; secrets lie elsewhere. Edits of it, and of contracts and projections, are taken
over while it runs, and at once on SIGHUP; one that is wrong is refused in the log, and what held before holds on.

As a webhook of MinIO's object lambda it has no such file. MinIO signs URLs for MINIO_SERVER_URL, and sends its events
to the access point's path:
  mc admin config set minio lambda_webhook:analytics endpoint=http://127.0.0.1:9090/analytics auth_token=TOKEN
and a reader asks with ?lambdaArn=arn:minio:s3-object-lambda::analytics:webhook.

Settings of the webhook, as environment variables:
  VEILPOINT_SQL         what --sql says, where it is not given
  VEILPOINT_WEBHOOK_TOKEN
                        what MinIO has as auth_token, 16 characters or more; needed unless the address is this machine's
  VEILPOINT_KEY_FILE, VEILPOINT_KEY, VEILPOINT_KEY_SECRET
                        the master key from a file, directly (64 hexadecimal digits), or from Secrets Manager; of the
                        gateway, too, where its file has no key
  VEILPOINT_CACHE       the folder in which releases are kept, or none [default: veilpoint-cache below TMPDIR]
  VEILPOINT_CACHE_MAX_BYTES
                        how much of it there may be [default: 384MiB]
  VEILPOINT_CACHE_BUCKET
                        s3://bucket/prefix/ in which several processes share what they keep
  VEILPOINT_RECORDS     s3://bucket/prefix/ for the records of releases, beside the log
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
                        rights of veilpoint's own, for keys with another suffix than their object's

The log is on standard output, a line of JSON each. SIGTERM and Ctrl-C let answers under way finish, for 30 s.";

/// Serve releases: as an S3 endpoint, or to MinIO as the webhook of its object lambda
#[derive(clap::Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Args {
    /// The gateway's settings [default: veilpoint.toml if it is there, else the bundled samples]
    #[arg(long, value_name = "FILE", conflicts_with = "webhook")]
    config: Option<PathBuf>,
    /// Where the gateway listens, whatever its settings say; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "webhook")]
    listen: Option<SocketAddr>,
    /// Take MinIO's events at this address instead; port 0 is a free one
    #[arg(long, value_name = "ADDRESS:PORT", requires_all = ["endpoint", "access_points"])]
    webhook: Option<SocketAddr>,
    /// Where MinIO is, by the name that it signs URLs with: objects are fetched there and nowhere else
    #[arg(long, value_name = "URL", value_parser = parsed::<Endpoint>, requires = "webhook")]
    endpoint: Option<Endpoint>,
    /// An access point of the webhook: its name, which is the path that MinIO sends events to, and what it shows; once
    /// for each
    #[arg(long = "access-point", value_name = "NAME=JSON", value_parser = parsed::<Point>, requires = "webhook")]
    access_points: Vec<Point>,
    /// The webhook's folder of contracts and projections, or a prefix of a bucket [default: sql]
    #[arg(long, value_name = "DIR", requires = "webhook")]
    sql: Option<String>,
}

pub(super) fn run(mut args: Args) -> Result<()> {
    log_lines();
    match (args.webhook, args.endpoint.take()) {
        (Some(address), Some(endpoint)) => webhook::run(address, endpoint, args),
        _ => gateway::run(args.config, args.listen),
    }
}
