//! What a user can rely on, one module a subject. One binary, since linking the engine is what takes time.

mod determinism;
mod engine;
mod memory;
mod support;
