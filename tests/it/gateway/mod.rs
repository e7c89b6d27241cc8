//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod clients;
mod first;
pub mod stage;
mod store;
