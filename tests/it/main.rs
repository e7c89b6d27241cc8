//! What a user can rely on, one module a subject. One binary, since linking the engine is what takes time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails says so by panicking"
)]

mod access_point;
mod agreement;
mod bad_input;
mod cache;
mod convert;
mod determinism;
mod doors;
mod engine;
mod gateway;
mod guard;
mod house;
mod identifiers;
mod listings;
mod memory;
mod object_lambda;
mod projections;
mod readers;
mod s3;
mod support;
mod template;
mod verify;
mod webhook;
