//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod authentication;
mod first;
mod rows;
pub mod stage;
