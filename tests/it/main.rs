//! What a user can rely on, one module a subject. One binary, since linking the engine is what takes time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails says so by panicking"
)]
#![allow(
    clippy::format_collect,
    clippy::too_many_lines,
    reason = "tables of rows, and texts that are made of them, are as long as they are"
)]

mod access_point;
mod agreement;
mod attacks;
mod bad_input;
mod cache;
mod check;
mod convert;
mod determinism;
mod doors;
mod engine;
mod functions;
mod gateway;
mod guard;
mod house;
mod identifiers;
mod init;
mod k_anonymity;
mod listings;
mod memory;
mod object_lambda;
mod preview;
mod projections;
mod readers;
mod references;
mod risk;
mod s3;
mod support;
mod template;
mod verify;
mod webhook;
