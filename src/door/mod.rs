//! The front doors: each translates to a job and from its outcome, and decides nothing.

pub mod cli;
pub mod gateway;
pub mod object_lambda;
pub mod s3;
pub mod webhook;
