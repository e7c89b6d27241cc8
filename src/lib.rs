//! Veilpoint.

pub mod error;
pub mod key;
pub mod functions;
pub mod dataset;

pub use error::{Error, Kind, Result};
