//! What stands around the function: S3's part of an Object Lambda request, and the emulator of Lambda's runtime.

pub mod emulator;
pub mod s3;
mod wire;

pub use emulator::Emulator;
pub use s3::{Answer, S3, Source, Taken};
