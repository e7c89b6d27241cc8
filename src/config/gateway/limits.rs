//! What the gateway takes on at once, and how long it waits.

use std::ops::RangeInclusive;
use std::thread::available_parallelism;

use super::keys;
use super::value::Value;
use crate::request::Size;

/// The least memory that a projection can work with.
const MIN_MEMORY: u64 = 16 << 20;

/// Limits. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; others wait to be accepted.
    pub connections: usize,
    /// Releases made at once; others wait.
    pub transformations: usize,
    /// Bytes that one projection which is not row by row may use before it spills.
    pub memory: u64,
    /// How long the head of a request may take to come.
    pub head_seconds: u64,
    /// How long a client may take nothing of what waits for it.
    pub stall_seconds: u64,
    /// How long a release may take before its request is refused; what can be kept is made to its end.
    pub answer_seconds: u64,
    /// The same for a listing of exact lengths.
    pub list_seconds: u64,
    /// How long answers under way may take after the signal to stop.
    pub stop_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            // Each uses several threads, and memory: more of them at once are none the faster.
            transformations: available_parallelism().map_or(1, usize::from).min(4),
            memory: 512 << 20,
            head_seconds: 10,
            stall_seconds: 60,
            answer_seconds: 300,
            // S3's clients give up after a minute.
            list_seconds: 30,
            stop_seconds: 30,
        }
    }
}

/// The limits that a table sets; others are as usual.
pub(super) fn read(value: &Value) -> Limits {
    let usual = Limits::default();
    let Some(table) = value.table(keys::LIMITS, "a table: [limits]") else {
        return usual;
    };
    let whole = |key, bounds: RangeInclusive<u64>| table.value(key)?.whole(bounds);
    let count = |key, bounds| usize::try_from(whole(key, bounds)?).ok();
    let day = 24 * 60 * 60;
    let limits = Limits {
        connections: count("connections", 1..=65_536).unwrap_or(usual.connections),
        transformations: count("transformations", 1..=256).unwrap_or(usual.transformations),
        memory: table
            .value("memory")
            .and_then(|value| size(&value, MIN_MEMORY))
            .unwrap_or(usual.memory),
        head_seconds: whole("head_seconds", 1..=300).unwrap_or(usual.head_seconds),
        stall_seconds: whole("stall_seconds", 1..=3600).unwrap_or(usual.stall_seconds),
        answer_seconds: whole("answer_seconds", 1..=day).unwrap_or(usual.answer_seconds),
        list_seconds: whole("list_seconds", 1..=3600).unwrap_or(usual.list_seconds),
        stop_seconds: whole("stop_seconds", 0..=3600).unwrap_or(usual.stop_seconds),
    };
    table.end();
    limits
}

/// A number of bytes, `least` or more.
pub(super) fn size(value: &Value, least: u64) -> Option<u64> {
    let least = Size(least);
    let form = format!("a size in quotes, such as \"10 GiB\", and at least {least}");
    value
        .parsed(&form, |text| {
            text.parse().ok().filter(|size| *size >= least)
        })
        .map(|Size(bytes)| bytes)
}
