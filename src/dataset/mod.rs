//! What may be answered, without I/O: the contract of a dataset, the projections over it, and the proof.

pub mod contract;
pub mod projection;
pub mod proof;
