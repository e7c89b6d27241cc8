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
  AWS_ENDPOINT_URL      another S3 than Amazon's: an emulator

Region and credentials are those that Lambda sets. The projection, the format and the as-of date come from the access \
point's FunctionPayload: {\"projection\": \"patients/analytics\", \"format\": \"parquet\", \"as_of\": \"today\"}.";

/// Run as the AWS Lambda function behind S3 Object Lambda access points
///
/// It does so by itself where it is started by the Lambda runtime without arguments, under the name bootstrap.
#[derive(clap::Args)]
#[command(after_help = SETTINGS)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> Result<()> {
    let started = Instant::now();
    log_lines();
    let settings = config::Function::read()?;
    process::block_on(object_lambda::run(settings, started))
}
