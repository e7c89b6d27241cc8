//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod first;
mod running;
pub mod stage;
