//! The gateway: `veilpoint serve` as an S3 endpoint, asked over plain HTTP.

mod addressing;
mod authentication;
mod clients;
mod first;
mod listed;
mod listings;
mod not_served;
mod readers;
mod rows;
mod running;
mod secrets;
pub mod stage;
mod store;
mod worth;
