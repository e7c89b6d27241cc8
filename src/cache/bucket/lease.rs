//! A claim: the right to make a release, among all processes that share a bucket.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::objects::{Claimed, Put, Trouble};
use super::{Bucket, Form, Name};
use crate::cache::folder::Folder;

/// A claim that is older belongs to a dead process: no request of S3's lives longer. What is made beforehand may take
/// more time, and is then made by another too, which is the same bytes.
const LIFE: i64 = 60;

/// What tells one claim from another: also our own, when the answer to its PUT was lost and the PUT sent again.
pub(super) type Nonce = [u8; 16];

/// A claim that this process holds, until it is dropped or has shared what it was for.
pub(in crate::cache) struct Lease {
    bucket: Arc<Bucket>,
    name: Name,
    etag: Option<String>,
    returned: bool,
    runtime: Handle,
}

/// Whose claim it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Us,
    Alive,
    Dead,
}

pub(super) fn nonce() -> Nonce {
    let mut nonce = Nonce::default();
    // Without chance two claims look alike: at worst a release is made twice.
    let _ = getrandom::fill(&mut nonce);
    nonce
}

/// Whose claim is there, by the store's own clock.
fn owner(claimed: &Claimed, nonce: &Nonce, clock: Option<i64>) -> Owner {
    let age = clock
        .zip(claimed.modified)
        .map(|(now, since)| now.saturating_sub(since));
    if claimed.nonce == nonce {
        Owner::Us
    } else if age.is_some_and(|age| age > LIFE) {
        Owner::Dead
    } else {
        Owner::Alive
    }
}

fn file(name: &Name) -> String {
    format!("{name}.claim")
}

impl Lease {
    /// Claims a release. None where another process has it.
    pub(super) async fn claim(
        bucket: &Arc<Bucket>,
        name: &Name,
        nonce: Nonce,
    ) -> Result<Option<Self>, Trouble> {
        let (objects, file) = (&bucket.objects, file(name));
        let held = |etag| Some(Self::new(bucket, name, etag));
        let clock = match objects.put_claim(&file, &nonce, None).await? {
            Put::Made(etag) => return Ok(held(etag)),
            Put::Taken(clock) => clock,
        };
        let Some(claimed) = objects.claimed(&file).await? else {
            return Ok(None);
        };
        match owner(&claimed, &nonce, clock) {
            Owner::Us => Ok(held(claimed.etag)),
            Owner::Alive => Ok(None),
            Owner::Dead => {
                // Of all who find it dead, one replaces it.
                let etag = claimed.etag.as_deref().unwrap_or("*");
                match objects.put_claim(&file, &nonce, Some(etag)).await? {
                    Put::Made(etag) => Ok(held(etag)),
                    Put::Taken(_) => Ok(None),
                }
            }
        }
    }

    fn new(bucket: &Arc<Bucket>, name: &Name, etag: Option<String>) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            name: *name,
            etag,
            returned: false,
            runtime: Handle::current(),
        }
    }

    /// Copies what was made into the bucket, and gives the claim back. What of it fails is no failure of the release.
    pub async fn share(mut self, folder: &Folder) {
        self.bucket.share(folder, &self.name, &Form::ALL).await;
        let (objects, file) = (&self.bucket.objects, file(&self.name));
        // One that cannot be deleted dies of age.
        let _ = objects.delete(&file, self.etag.as_deref()).await;
        self.returned = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.returned {
            return;
        }
        let (bucket, file, etag) = (Arc::clone(&self.bucket), file(&self.name), self.etag.take());
        bucket.leaving.send_modify(|leaving| *leaving += 1);
        self.runtime.spawn(async move {
            let _ = bucket.objects.delete(&file, etag.as_deref()).await;
            bucket.leaving.send_modify(|leaving| *leaving -= 1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_ours_or_dead_or_anothers() {
        let (ours, others) = ([1; 16], [2; 16]);
        let now = 1_800_000_000;
        let rows = [
            ("another's, new", others, Some(now), Some(now), Owner::Alive),
            (
                "a minute old",
                others,
                Some(now - 60),
                Some(now),
                Owner::Alive,
            ),
            ("older", others, Some(now - 61), Some(now), Owner::Dead),
            (
                "from the future",
                others,
                Some(now + 5),
                Some(now),
                Owner::Alive,
            ),
            ("of unknown age", others, None, Some(now), Owner::Alive),
            ("beside no clock", others, Some(0), None, Owner::Alive),
            ("ours", ours, Some(now), Some(now), Owner::Us),
            ("ours, and old", ours, Some(now - 100), Some(now), Owner::Us),
            ("ours, of unknown age", ours, None, None, Owner::Us),
        ];
        let mut wrong = Vec::new();
        for (row, nonce, modified, clock, expected) in rows {
            let claimed = Claimed {
                etag: None,
                modified,
                nonce: nonce.to_vec(),
            };
            let found = owner(&claimed, &ours, clock);
            if found != expected {
                wrong.push((row, found));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
