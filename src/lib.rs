//! Veilpoint: what one SQL projection leaves of a raw CSV object, as Parquet or CSV.

pub mod config;
pub mod csv;
pub mod dataset;
pub mod door;
pub mod encode;
pub mod error;
pub mod functions;
pub mod key;
pub mod project;
pub mod release;
pub mod request;
pub mod source;

pub use error::{Error, Kind, Result};
