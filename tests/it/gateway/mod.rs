//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod addressing;
mod authentication;
mod first;
mod listed;
mod listings;
mod not_served;
mod rows;
mod secrets;
mod running;
pub mod stage;
mod worth;
