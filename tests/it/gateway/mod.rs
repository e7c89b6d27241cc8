//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod first;
pub mod stage;
