//! Each stage of a release by itself, and each SQL function, in bytes or rows per second, over data made here.
//!
//! ```text
//! data.rs       admissions, and columns of one kind each
//! block.rs      a block of text: tokenize, decode, project
//! decode.rs     decoding, by the column's type
//! functions.rs  each SQL function
//! release.rs    whole releases; encoding, by the column's type and the format
//! proof.rs      reading, planning and proving projections
//! guard.rs      looking for identifiers
//! ```
//! `cargo bench` runs them; `benches/compare` runs whole conversions beside other engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that fails says so by panicking"
)]

mod block;
mod data;
mod decode;
mod functions;
mod guard;
mod proof;
mod release;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    block::benches,
    decode::benches,
    functions::benches,
    release::whole,
    release::columns,
    proof::benches,
    guard::benches
);
criterion_main!(benches);
