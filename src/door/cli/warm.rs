//! `veilpoint warm`: releases made before anyone asks for them, into the cache that functions share.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::process::{self, Signals};
use super::{parsed, say};
use crate::access_point::{AccessPoint, Ask, Releases, Warmed};
use crate::config::key_ring;
use crate::config::{CacheSettings, Environment};
use crate::error::{Error, Kind, Result};
use crate::release::Options;
use crate::request::{MAX_KEYS, NamedPayload};
use crate::source::{LiveSql, Location, Origin, OwnStore, RawObject, RawQuery};

/// No door waits for a release that is made beforehand.
const A_DAY: Duration = Duration::from_hours(24);

const EXAMPLES: &str = r#"Example, into the cache that the functions of an access point share:
  VEILPOINT_CACHE_BUCKET=s3://cache/veilpoint/ veilpoint warm s3://raw/2026/ --key secrets/master.key \
    --access-point 'arn:aws:s3-object-lambda:eu-central-1:012345678912:accesspoint/analytics={"projection": "patients/analytics", "format": "csv"}'

Settings, as environment variables: VEILPOINT_CACHE, VEILPOINT_CACHE_MAX_BYTES and VEILPOINT_CACHE_BUCKET, as the function has them, and AWS's own."#;

/// Make releases before anyone asks for them
///
/// For access points whose releases have exact lengths (CSV, and Parquet with "length": "exact"), HEAD and LIST make
/// the release first. What is warmed is answered from the cache at once. Lengths by law need nothing.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// The raw objects: s3://bucket/key, or s3://bucket/prefix/
    #[arg(value_name = "INPUT")]
    input: String,

    /// An access point, as it is called in events, and its payload; may be given several times
    #[arg(long = "access-point", value_name = "NAME=PAYLOAD", required = true, value_parser = parsed::<NamedPayload>)]
    access_points: Vec<NamedPayload>,

    /// The folder of contracts and projections, or s3://bucket/prefix/
    #[arg(long, value_name = "DIR", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: String,

    /// The file of the master key
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    key: Option<PathBuf>,
}

pub(super) fn run(args: &Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    process::block_on(warm(args, environment, today))
}

async fn warm(args: &Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    let mut signals = Signals::new()?;
    let releases = Releases::open(&CacheSettings::read()?, Options::default())?;
    let work = async {
        let asks = asks(args, environment, today).await?;
        all(&args.input, &releases, &asks).await
    };
    let counts = tokio::select! {
        biased;
        error = signals.stop() => Err(error),
        counts = work => counts,
    };
    releases.settle().await;
    let counts = counts?;
    say(format_args!("{}: {counts}", args.input));
    if counts.failed > 0 {
        let message = format!("{} releases could not be made", counts.failed);
        return Err(Error::new(Kind::Value, message).in_object(&args.input));
    }
    Ok(())
}

/// What came of all objects and access points.
#[derive(Default)]
struct Counts {
    made: u64,
    known: u64,
    by_law: u64,
    not_owned: u64,
    failed: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            made,
            known,
            by_law,
            not_owned,
            failed,
        } = self;
        write!(f, "{made} releases made, {known} there already")?;
        for (count, what) in [
            (by_law, "whose length is by law"),
            (not_owned, "of objects that no dataset owns"),
            (failed, "failed"),
        ] {
            if *count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

/// The access points, each with its projection and keys.
async fn asks(args: &Args, environment: &Environment, today: NaiveDate) -> Result<Vec<Ask>> {
    let found = environment.master_key(args.key.as_deref(), Path::new("."), false)?;
    let found = found.ok_or_else(|| {
        let message =
            "releases are kept under the master key, and there is none: give it with --key FILE";
        Error::new(Kind::Key, message)
    })?;
    let keys = key_ring(found.key).await?;
    let catalog = LiveSql::new(&args.sql)?.current().await?;
    let asks = args.access_points.iter().map(|named| {
        let point = AccessPoint::of_payload(&named.payload, &catalog)?;
        let ask = Ask::new(&named.access_point, point, Some(&keys))?;
        Ok(Ask { today, ..ask })
    });
    asks.collect()
}

/// Every object, one after the other: each has all processors.
async fn all(input: &str, releases: &Releases, asks: &[Ask]) -> Result<Counts> {
    let mut counts = Counts::default();
    let refused = |error: Error| error.in_object(input);
    let (bucket, mut query) = match Location::parse(input)? {
        Location::Object { bucket, key } => {
            let store = Origin::Bucket(bucket).open()?;
            let found = store.head(&[key]).await.map_err(refused)?;
            let (key, version) = found.ok_or_else(|| {
                refused(Error::new(
                    Kind::NotFound,
                    "there is no such object: check the key",
                ))
            })?;
            let object = RawObject {
                key,
                version,
                storage_class: None,
            };
            one(releases, asks, &object, &store, &mut counts).await;
            return Ok(counts);
        }
        Location::Prefix { bucket, prefix } => {
            let query = RawQuery {
                prefix,
                max_keys: MAX_KEYS,
                ..RawQuery::default()
            };
            (bucket, query)
        }
        _ => {
            let message =
                "INPUT is s3://bucket/key, or s3://bucket/prefix/ with a slash at its end";
            return Err(Error::new(Kind::Usage, message));
        }
    };
    let store = Origin::Bucket(bucket).open()?;
    loop {
        let page = store.page(&query).await.map_err(refused)?;
        for object in &page.objects {
            one(releases, asks, object, &store, &mut counts).await;
        }
        match page.next {
            Some(next) if page.truncated => query.token = Some(next),
            _ => return Ok(counts),
        }
    }
}

/// One object, for each access point. What is wrong with it does not keep the others waiting.
async fn one(
    releases: &Releases,
    asks: &[Ask],
    object: &RawObject,
    store: &OwnStore,
    counts: &mut Counts,
) {
    for ask in asks {
        let deadline = Instant::now() + A_DAY;
        let count = match releases.warm(ask, object, store, deadline).await {
            Ok(Warmed::Made) => &mut counts.made,
            Ok(Warmed::NotKept) => {
                let message =
                    "the release was made and could not be kept: check the cache's room and rights";
                let error = Error::new(Kind::Output, message).in_object(&object.key);
                say(format_args!("{error}"));
                &mut counts.failed
            }
            Ok(Warmed::Known) => &mut counts.known,
            Ok(Warmed::ByLaw) => &mut counts.by_law,
            Ok(Warmed::NotOwned) => &mut counts.not_owned,
            Err(error) => {
                say(format_args!("{}", error.in_object(&object.key)));
                &mut counts.failed
            }
        };
        *count += 1;
    }
}
