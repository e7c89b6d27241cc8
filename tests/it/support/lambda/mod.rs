//! What stands around the function: S3's part of an Object Lambda request, and the emulator of Lambda's runtime.
//!
//! `s3` gives the function one event at a time, with every fault on demand; `front` is an S3 for real clients, whose
//! requests become events.

pub mod client;
pub mod emulator;
pub mod front;
pub mod plain;
mod reply;
mod request;
pub mod s3;
pub mod store;
pub mod wire;

pub use client::Got;
pub use emulator::Emulator;
pub use front::{Front, Point};
pub use plain::Plain;
pub use s3::{Answer, S3, Source, Taken};
