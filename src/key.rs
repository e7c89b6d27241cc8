//! The master secret, and the keys derived from it.

use std::sync::Arc;

use zeroize::Zeroizing;

/// The domain of keyed functions: pseudonyms join within one. The two kinds never meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// A projection's own, by its full name (`patients/analytics`).
    Own(String),
    /// A domain that projections share by naming it in their heads (`-- domain: research`).
    Named(String),
}

/// The master secret: 32 bytes, wiped when dropped, without `Debug`.
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
}

/// The keys of one domain. Cheap to clone; wiped when the last clone drops; without `Debug`.
#[derive(Clone)]
pub struct DomainKeys {
    prk: Arc<Zeroizing<[u8; 32]>>,
}
