//! `veilpoint lambda`: the function, where the environment is that of a Lambda runtime.

use std::time::Instant;

use super::{log_lines, process};
use crate::config;
use crate::door::object_lambda;
use crate::error::Result;

const SETTINGS: &str = "\
Settings, as environment variables:
  VEILPOINT_SQL         the folder of contracts and projections, or s3://bucket/prefix/ [default: sql]
  VEILPOINT_KEY_SECRET  the secret in Secrets Manager that holds the master key (64 hexadecimal digits)
  VEILPOINT_KEY_FILE, VEILPOINT_KEY
                        the master key from a file or directly, in place of a secret
  VEILPOINT_RECORDS     s3://bucket/prefix/ for the records of releases, beside the log
  VEILPOINT_CACHE       the folder in which releases are kept, or none [default: veilpoint-cache below TMPDIR]
  VEILPOINT_CACHE_MAX_BYTES
                        how much of it there may be [default: 384MiB]
  VEILPOINT_CACHE_BUCKET
                        s3://bucket/prefix/ in which all instances share what they keep
  VEILPOINT_WARM        access points whose releases are made when S3 tells of a new object: a JSON object of their
                        ARNs and payloads
  VEILPOINT_WARM_BUCKET the bucket, or access point's alias, through which new objects are read [default: the one that
                        tells of them]
  AWS_ENDPOINT_URL      another S3 than Amazon's: an emulator

Region and credentials are those that Lambda sets. Projection, format, as-of date and lengths come from the access \
point's FunctionPayload: {\"projection\": \"patients/analytics\", \"format\": \"parquet\", \"as_of\": \"today\", \
\"length\": \"law\"}.";

/// Run as the AWS Lambda function behind S3 Object Lambda access points
///
/// It does so by itself where it is started by the Lambda runtime without arguments, under the name bootstrap.
#[derive(clap::Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Args {}

pub(super) fn run() -> Result<()> {
    let started = Instant::now();
    log_lines();
    let settings = config::Function::read()?;
    process::block_on_this_thread(object_lambda::run(settings, started))
}
