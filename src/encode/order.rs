//! The order in which the rows of a block leave: a keyed permutation, so that position joins no two consumers.

use hmac::{Hmac, KeyInit, Mac};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The order of one projection's rows.
#[derive(Clone)]
pub struct Order {
    key: Zeroizing<[u8; 32]>,
    projection: String,
}

impl Order {
    /// From the domain's key for orders; each projection has its own order, shared domain or not.
    pub fn new(key: Zeroizing<[u8; 32]>, projection: &str) -> Self {
        Self {
            key,
            projection: projection.to_owned(),
        }
    }

    /// The order in which rows enter a plan that is not row by row. Whatever such a plan tells of places (a row number,
    /// the first rows, which of equal rows comes first) is then no place in the object.
    #[must_use]
    pub fn entering(&self) -> Self {
        Self {
            key: self.key.clone(),
            projection: format!("{}\0entering", self.projection),
        }
    }

    /// The permutation of block `block` of `rows` rows: the row that leaves first, second, …
    ///
    /// Fisher and Yates's shuffle over the stream of `ChaCha8`, seeded with HMAC-SHA-256 of projection, block number and
    /// size. A position is drawn from 32 bits by multiplication, with a bias under 2⁻¹⁵ for blocks of this size.
    pub fn of_block(&self, block: u64, rows: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) else {
            return order;
        };
        mac.update(&(self.projection.len() as u64).to_le_bytes());
        mac.update(self.projection.as_bytes());
        mac.update(&block.to_le_bytes());
        mac.update(&(rows as u64).to_le_bytes());
        let mut random = ChaCha8Rng::from_seed(mac.finalize().into_bytes().into());
        for last in (1..order.len()).rev() {
            let drawn = (u64::from(random.next_u32()) * (last as u64 + 1)) >> 32;
            order.swap(last, drawn as usize);
        }
        order
    }
}
