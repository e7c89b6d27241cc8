//! What tests of several subjects need.

pub mod bucket;
pub mod clients;
pub mod folder;
pub mod lambda;
pub mod listening;
pub mod python;
pub mod samples;
pub mod seaweed;
pub mod sigv4;
pub mod site;
pub mod trino;
