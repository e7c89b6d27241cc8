//! Veilpoint.

pub mod error;

pub mod config;

pub mod key;

pub mod request;

pub mod functions;

pub mod dataset;

pub mod source;

pub mod door;

pub use error::{Error, Kind, Result};
