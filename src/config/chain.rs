//! AWS's usual chain of credentials, for the object store's client.
//!
//! Environment, profiles of `~/.aws/config` and `~/.aws/credentials` with the roles they assume, web identities,
//! containers, and the instance's own role, by AWS's own crate. Nothing is asked before the first request needs it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_sdk_s3::config::{ProvideCredentials as _, Region, SharedCredentialsProvider};
use futures::FutureExt as _;
use object_store::CredentialProvider;
use object_store::aws::{AwsCredential, AwsCredentialProvider};
use tokio::sync::{Mutex, OnceCell};
use tokio::time::timeout;

use super::aws::http_client;
use crate::error::{Error, Kind, Result};

/// How long the chain may take: an instance's own role, with three tries, takes some seconds to not be there.
const LOAD: Duration = Duration::from_secs(15);

/// How long before their end credentials are renewed: a request that is tried again for a minute has to outlive it.
const EARLY: Duration = Duration::from_mins(5);

/// How long after an attempt none is made: those who wait for it have its answer, too, and AWS is not asked by each.
const PAUSE: Duration = Duration::from_secs(5);

/// The credentials of a profile, or of the chain.
pub(super) fn credentials(profile: Option<&str>, region: &str) -> AwsCredentialProvider {
    Arc::new(Chain {
        profile: profile.map(str::to_owned),
        region: Region::new(region.to_owned()),
        provider: OnceCell::new(),
        kept: Kept::default(),
    })
}

/// The region of a profile: of this one, of that which `AWS_PROFILE` names, or of the default one.
pub(super) fn region(profile: Option<&str>) -> Option<String> {
    let mut provider = ProfileFileRegionProvider::builder().configure(&settings());
    if let Some(profile) = profile {
        provider = provider.profile_name(profile);
    }
    // The files are read at once, and nothing is waited for.
    let region = provider.build().region().now_or_never().flatten();
    region.map(|region| region.as_ref().to_owned())
}

fn settings() -> ProviderConfig {
    ProviderConfig::without_region().with_http_client(http_client(None))
}

/// Where credentials come from, and those that came last.
struct Chain {
    profile: Option<String>,
    region: Region,
    provider: OnceCell<SharedCredentialsProvider>,
    kept: Kept,
}

impl Chain {
    async fn provider(&self) -> &SharedCredentialsProvider {
        let make = || async {
            let settings = settings().with_region(Some(self.region.clone()));
            // A profile that is named is not passed over for a key in the environment.
            if let Some(profile) = &self.profile {
                let profile = ProfileFileCredentialsProvider::builder().profile_name(profile);
                SharedCredentialsProvider::new(profile.configure(&settings).build())
            } else {
                let chain = DefaultCredentialsChain::builder()
                    .region(self.region.clone())
                    .configure(settings);
                SharedCredentialsProvider::new(chain.build().await)
            }
        };
        self.provider.get_or_init(make).await
    }

    async fn load(&self) -> Result<Credential> {
        let provider = self.provider().await;
        let message = "no AWS credentials are to be had: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or check \
                       the profile or role";
        let none = || Error::new(Kind::Source, message);
        let found = timeout(LOAD, provider.provide_credentials()).await;
        let found = found.map_err(|late| none().with_private(late))?;
        let found = found.map_err(|err| none().with_private(err))?;
        Ok(Credential {
            until: found.expiry(),
            value: Arc::new(AwsCredential {
                key_id: found.access_key_id().to_owned(),
                secret_key: found.secret_access_key().to_owned(),
                token: found.session_token().map(str::to_owned),
            }),
        })
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain")
    }
}

/// As the trait is when its macro has written it out.
type Given<'a> =
    Pin<Box<dyn Future<Output = object_store::Result<Arc<AwsCredential>>> + Send + 'a>>;

impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    fn get_credential<'s, 'f>(&'s self) -> Given<'f>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async {
            let given = self.kept.get(SystemTime::now(), self.load()).await;
            given.map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: Box::new(error),
            })
        })
    }
}

/// Credentials, and when they end.
struct Credential {
    value: Arc<AwsCredential>,
    until: Option<SystemTime>,
}

impl Credential {
    fn lasts(&self, now: SystemTime, longer: Duration) -> bool {
        self.until.is_none_or(|until| now + longer < until)
    }
}

/// Its whole seconds: less is of no account here.
fn whole(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs())
}

/// What came last. One asks at a time; the others wait for what it gets.
#[derive(Default)]
struct Kept(Mutex<Last>);

#[derive(Default)]
struct Last {
    credential: Option<Credential>,
    /// When it was asked last, and what went wrong then.
    asked: Option<SystemTime>,
    error: Option<Error>,
}

impl Kept {
    /// The credentials that are kept, or fresh ones where those end soon. Where none can be had, those that are kept do
    /// to their end.
    async fn get(
        &self,
        now: SystemTime,
        load: impl Future<Output = Result<Credential>>,
    ) -> Result<Arc<AwsCredential>> {
        // Who waited in line comes later than they began.
        let began = Instant::now();
        let mut last = self.0.lock().await;
        let now = now + whole(began.elapsed());
        let pausing = last.asked.is_some_and(|asked| now < asked + PAUSE);
        match (&last.credential, &last.error) {
            (Some(kept), _) if kept.lasts(now, EARLY) => return Ok(Arc::clone(&kept.value)),
            (Some(kept), _) if pausing && kept.lasts(now, Duration::ZERO) => {
                return Ok(Arc::clone(&kept.value));
            }
            (_, Some(error)) if pausing => return Err(error.public()),
            _ => {}
        }
        let loading = Instant::now();
        let loaded = load.await;
        let now = now + whole(loading.elapsed());
        last.asked = Some(now);
        match loaded {
            Ok(credential) => {
                let value = Arc::clone(&credential.value);
                last.credential = Some(credential);
                last.error = None;
                Ok(value)
            }
            Err(error) => {
                last.error = Some(error.public());
                match &last.credential {
                    Some(kept) if kept.lasts(now, Duration::ZERO) => Ok(Arc::clone(&kept.value)),
                    _ => Err(error),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// When the tests begin.
    const BEGIN: SystemTime = SystemTime::UNIX_EPOCH;

    fn after(seconds: u64) -> SystemTime {
        BEGIN + Duration::from_secs(seconds)
    }

    /// Credentials of this name that end then.
    fn named(name: &str, until: Option<u64>) -> Credential {
        Credential {
            until: until.map(after),
            value: Arc::new(AwsCredential {
                key_id: name.to_owned(),
                secret_key: String::new(),
                token: None,
            }),
        }
    }

    fn none(name: &str) -> Error {
        Error::new(Kind::Source, name)
    }

    #[tokio::test]
    async fn credentials_are_kept_until_shortly_before_their_end() {
        let kept = Kept::default();
        let mut wrong = Vec::new();
        // When, what the chain would give then, and what is given.
        for (now, loaded, expected) in [
            (0, Err(none("no")), Err("no")),
            (4, Ok(named("early", None)), Err("no")),
            (5, Ok(named("first", Some(3_600))), Ok("first")),
            (3_299, Ok(named("early", None)), Ok("first")),
            (3_300, Err(none("no")), Ok("first")),
            (3_304, Ok(named("early", None)), Ok("first")),
            (3_305, Ok(named("short", Some(3_400))), Ok("short")),
            (3_309, Ok(named("early", None)), Ok("short")),
            (3_310, Err(none("no")), Ok("short")),
            (3_400, Err(none("gone")), Err("gone")),
            (3_405, Ok(named("last", None)), Ok("last")),
            (1_000_000_000, Err(none("no")), Ok("last")),
        ] {
            let given = kept.get(after(now), async { loaded }).await;
            let given = given
                .as_ref()
                .map(|value| value.key_id.as_str())
                .map_err(Error::message);
            if given != expected {
                wrong.push(format!("{now}: {given:?}, and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[tokio::test]
    async fn one_asks_for_all_who_wait() {
        for fails in [false, true] {
            let (kept, asked) = (Kept::default(), AtomicUsize::new(0));
            let all = (0..64).map(|_| {
                kept.get(BEGIN, async {
                    asked.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    if fails {
                        Err(none("no"))
                    } else {
                        Ok(named("one", None))
                    }
                })
            });
            let given = futures::future::join_all(all).await;
            assert!(given.iter().all(|given| given.is_err() == fails));
            assert_eq!(asked.load(Ordering::SeqCst), 1, "fails: {fails}");
        }
    }
}
