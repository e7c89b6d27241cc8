//! Releases made before anyone asks for them.

use std::time::Instant;

use super::ask::Ask;
use super::releases::{Opens, Releases, Wanted};
use crate::error::Result;
use crate::request::Conditions;
use crate::source::RawObject;

/// What came of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Warmed {
    /// Its release was made, and is known where it is asked for.
    Made,
    /// Its release was made, and could not be kept: the log says why.
    NotKept,
    /// Its release was kept already.
    Known,
    /// The length of its release is known by law: nobody waits for it before it is read.
    ByLaw,
    /// The dataset does not own it.
    NotOwned,
}

impl Releases {
    /// Makes the release of an object in the access point's format, where its length is exact and not known yet.
    ///
    /// # Errors
    /// What the object cannot be opened or the release made for; [`crate::Kind::Key`] without a key;
    /// [`crate::Kind::TimeLimit`] where it cannot be done before `deadline`.
    pub async fn warm<O: Opens>(
        &self,
        ask: &Ask,
        object: &RawObject,
        opens: &O,
        deadline: Instant,
    ) -> Result<Warmed> {
        if !ask.point.served.owner()?.owns(&object.key) {
            return Ok(Warmed::NotOwned);
        }
        let (format, any) = (ask.point.format, Conditions::default());
        let named = ask.name(&object.key, &object.version, format, &any)?;
        named.known()?;
        if named.length.is_some() {
            return Ok(Warmed::ByLaw);
        }
        if self.known(&named).await.is_some() {
            return Ok(Warmed::Known);
        }
        let mut wanted = Wanted {
            ask,
            named: &named,
            opened: None,
            opens,
            beside: 1,
        };
        self.facts(&mut wanted, deadline).await?;
        Ok(if self.is_shared(&named).await {
            Warmed::Made
        } else {
            Warmed::NotKept
        })
    }
}
