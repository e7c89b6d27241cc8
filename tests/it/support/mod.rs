//! What tests of several subjects need.

pub mod folder;
pub mod python;
