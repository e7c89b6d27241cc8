//! Which bytes of a release are asked for: a range, a part, or all of it.
//!
//! Ranges as in RFC 9110, 14, of which S3 takes one at a time. What is malformed there is no range, and the whole is
//! sent: so says the RFC, and so does S3.

use std::ops::Range;

use crate::error::{Error, Kind, Result};

/// The most parts that an object of S3 has.
const MAX_PARTS: u32 = 10_000;

/// One range of bytes, not yet held against a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// `bytes=a-b`: both inclusive, the first not behind the last.
    Between(u64, u64),
    /// `bytes=a-`.
    From(u64),
    /// `bytes=-n`: so many at the end.
    Last(u64),
}

/// What a request selects of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All of it.
    Whole,
    /// A range.
    Range(ByteRange),
    /// A part by its number. A release has one part, whatever the object was put together from.
    Part(u32),
}

impl ByteRange {
    /// Reads the header. None for what S3 ignores: what is malformed, ends before it begins, counts in other units, or
    /// names several ranges.
    ///
    /// Numbers too large for 64 bits are as good as the largest that fits: no release reaches there.
    pub fn parse(header: &str) -> Option<Self> {
        let (unit, range) = header.trim().split_once('=')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = range.split_once('-')?;
        match (first, last) {
            ("", last) => number(last).map(Self::Last),
            (first, "") => number(first).map(Self::From),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::Between(first, last))
            }
        }
    }

    /// Where it lies in a release of this length; never empty.
    ///
    /// # Errors
    /// [`Kind::Range`] where it has no byte of the release.
    pub fn resolve(self, length: u64) -> Result<Range<u64>> {
        let range = match self {
            Self::Between(first, last) => first..last.saturating_add(1).min(length),
            Self::From(first) => first..length,
            Self::Last(count) => length.saturating_sub(count)..length,
        };
        if range.is_empty() {
            let message = "the range has no byte of the release";
            return Err(Error::new(Kind::Range, message));
        }
        Ok(range)
    }
}

impl Selection {
    /// Reads the values of the `Range` header and of `partNumber`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where both are there, as S3 says; [`Kind::Argument`] for what is no number of a part.
    pub fn parse(range: Option<&str>, part: Option<&str>) -> Result<Self> {
        match (range, part) {
            (Some(_), Some(_)) => {
                let message = "a range and a part number exclude each other: ask for one of them";
                Err(Error::new(Kind::Usage, message))
            }
            (Some(range), None) => Ok(ByteRange::parse(range).map_or(Self::Whole, Self::Range)),
            (None, Some(part)) => part_number(part).map(Self::Part).ok_or_else(|| {
                let message = "partNumber is a whole number from 1 to 10000";
                Error::new(Kind::Argument, message)
            }),
            (None, None) => Ok(Self::Whole),
        }
    }

    /// Where it lies in a release of this length. None for all of it, which is answered with 200; a range, also one
    /// that is all of it, with 206. A release of no bytes has no range that could be said, and its part 1 is all of it.
    ///
    /// # Errors
    /// [`Kind::Range`] as [`ByteRange::resolve`]; [`Kind::Part`] for a part behind the first.
    pub fn resolve(self, length: u64) -> Result<Option<Range<u64>>> {
        match self {
            Self::Whole => Ok(None),
            Self::Range(range) => range.resolve(length).map(Some),
            Self::Part(1) => Ok((length > 0).then_some(0..length)),
            Self::Part(_) => {
                let message = "a release has one part: ask for part 1, or for a range";
                Err(Error::new(Kind::Part, message))
            }
        }
    }
}

/// The value of `Content-Range` for a range, which is not empty, of a release of this length.
pub fn content_range(range: &Range<u64>, length: u64) -> String {
    let last = range.end.saturating_sub(1);
    format!("bytes {}-{last}/{length}", range.start)
}

/// Digits alone: Rust by itself also takes a sign.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn part_number(text: &str) -> Option<u32> {
    let part = u32::try_from(number(text)?).ok()?;
    (1..=MAX_PARTS).contains(&part).then_some(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LENGTH: u64 = 10;

    #[test]
    fn a_header_is_a_range_of_the_release_or_nothing() {
        let mut wrong = Vec::new();
        // What a release of ten bytes answers: its bytes, the whole, or 416.
        for (header, expected) in [
            ("bytes=0-0", Some(Ok(0..1))),
            ("bytes=0-9", Some(Ok(0..10))),
            ("bytes=9-9", Some(Ok(9..10))),
            ("bytes=3-100", Some(Ok(3..10))),
            ("bytes=9-18446744073709551615", Some(Ok(9..10))),
            ("bytes=0-99999999999999999999999", Some(Ok(0..10))),
            ("bytes=00-007", Some(Ok(0..8))),
            (" Bytes=1-2 ", Some(Ok(1..3))),
            ("bytes=0-", Some(Ok(0..10))),
            ("bytes=9-", Some(Ok(9..10))),
            ("bytes=10-", Some(Err(Kind::Range))),
            ("bytes=10-12", Some(Err(Kind::Range))),
            ("bytes=99999999999999999999999-", Some(Err(Kind::Range))),
            ("bytes=-1", Some(Ok(9..10))),
            ("bytes=-9", Some(Ok(1..10))),
            ("bytes=-10", Some(Ok(0..10))),
            ("bytes=-11", Some(Ok(0..10))),
            ("bytes=-99999999999999999999999", Some(Ok(0..10))),
            ("bytes=-0", Some(Err(Kind::Range))),
            ("bytes=1-0", None),
            ("bytes=-", None),
            ("bytes=", None),
            ("bytes", None),
            ("", None),
            ("0-1", None),
            ("bytes=0", None),
            ("bytes=a-b", None),
            ("bytes=0x0-1", None),
            ("bytes=+0-1", None),
            ("bytes=0-+1", None),
            ("bytes=--1", None),
            ("bytes= 0-1", None),
            ("bytes=0 -1", None),
            ("bytes=0-1-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=0-1,", None),
            ("bytes=1.0-2", None),
            ("bytes 0-1", None),
            ("bytes:0-1", None),
            ("items=0-1", None),
            ("bytes=\u{663}-4", None),
        ] {
            let range = ByteRange::parse(header).map(|range| range.resolve(LENGTH));
            let range = range.map(|range| range.map_err(|error| error.kind()));
            if range != expected {
                wrong.push(format!("{header}: {range:?}, and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn a_request_selects_all_a_range_or_the_one_part() {
        let mut wrong = Vec::new();
        for (range, part, length, expected) in [
            (None, None, 10, Ok(None)),
            (None, None, 0, Ok(None)),
            (Some("bytes=2-3"), None, 10, Ok(Some(2..4))),
            (Some("bytes=0-"), None, 10, Ok(Some(0..10))),
            (Some("bytes=3-2"), None, 10, Ok(None)),
            (Some("bytes=0-0"), None, 0, Err(Kind::Range)),
            (Some("bytes=-1"), None, 0, Err(Kind::Range)),
            (Some("bytes=10-"), None, 10, Err(Kind::Range)),
            (None, Some("1"), 10, Ok(Some(0..10))),
            (None, Some("01"), 10, Ok(Some(0..10))),
            (None, Some("1"), 0, Ok(None)),
            (None, Some("2"), 10, Err(Kind::Part)),
            (None, Some("10000"), 10, Err(Kind::Part)),
            (None, Some("0"), 10, Err(Kind::Argument)),
            (None, Some("10001"), 10, Err(Kind::Argument)),
            (None, Some("4294967297"), 10, Err(Kind::Argument)),
            (None, Some("18446744073709551617"), 10, Err(Kind::Argument)),
            (None, Some("-1"), 10, Err(Kind::Argument)),
            (None, Some("+1"), 10, Err(Kind::Argument)),
            (None, Some("1 "), 10, Err(Kind::Argument)),
            (None, Some("one"), 10, Err(Kind::Argument)),
            (None, Some(""), 10, Err(Kind::Argument)),
            (Some("bytes=0-1"), Some("1"), 10, Err(Kind::Usage)),
            (Some("bytes=3-2"), Some("1"), 10, Err(Kind::Usage)),
            (Some("bytes=0-1"), Some("x"), 10, Err(Kind::Usage)),
        ] {
            let selected = Selection::parse(range, part);
            let selected = selected.and_then(|selected| selected.resolve(length));
            let selected = selected.map_err(|error| error.kind());
            if selected != expected {
                wrong.push(format!(
                    "{range:?} {part:?} of {length}: {selected:?}, and not {expected:?}"
                ));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn content_range_counts_from_nought_and_names_the_last_byte() {
        assert_eq!(content_range(&(0..1), 1), "bytes 0-0/1");
        assert_eq!(content_range(&(3..10), 10), "bytes 3-9/10");
        let most = u64::MAX;
        let last = most - 1;
        assert_eq!(
            content_range(&(0..most), most),
            format!("bytes 0-{last}/{most}")
        );
    }

    /// The words of the RFC, byte by byte: which of them a range has.
    fn naive(range: ByteRange, length: u64) -> Vec<bool> {
        let has = |at: u64| match range {
            ByteRange::Between(first, last) => first <= at && at <= last,
            ByteRange::From(first) => first <= at,
            ByteRange::Last(count) => length - at <= count,
        };
        (0..length).map(has).collect()
    }

    fn header(range: ByteRange) -> String {
        match range {
            ByteRange::Between(first, last) => format!("bytes={first}-{last}"),
            ByteRange::From(first) => format!("bytes={first}-"),
            ByteRange::Last(count) => format!("bytes=-{count}"),
        }
    }

    fn any_range() -> impl Strategy<Value = ByteRange> {
        let at = || prop_oneof![8 => 0..80_u64, 1 => Just(u64::MAX), 1 => any::<u64>()];
        prop_oneof![
            (at(), at()).prop_map(|(a, b)| ByteRange::Between(a.min(b), a.max(b))),
            at().prop_map(ByteRange::From),
            at().prop_map(ByteRange::Last),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

        /// Whatever is asked for, in any order, overlapping or not: what came is put where `Content-Range` says, and
        /// where each byte of the release was among it, the whole is the release.
        #[test]
        fn any_ranges_in_any_order_put_together_are_the_whole(
            release in proptest::collection::vec(any::<u8>(), 0..64),
            ranges in proptest::collection::vec(any_range(), 0..8),
        ) {
            let length = release.len() as u64;
            let mut together = vec![None; release.len()];
            let mut asked = vec![false; release.len()];
            for range in ranges {
                let bitmap = naive(range, length);
                let parsed = ByteRange::parse(&header(range));
                prop_assert_eq!(parsed, Some(range));
                let Ok(found) = range.resolve(length) else {
                    prop_assert!(!bitmap.contains(&true), "{:?} of {}", range, length);
                    continue;
                };
                let said = content_range(&found, length);
                let (first, last) = said
                    .strip_prefix("bytes ")
                    .and_then(|rest| rest.strip_suffix(&format!("/{length}")))
                    .and_then(|rest| rest.split_once('-'))
                    .unwrap();
                let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
                let part = &release[usize::try_from(found.start).unwrap()..usize::try_from(found.end).unwrap()];
                prop_assert_eq!(part.len(), last - first + 1);
                for (at, &byte) in (first..).zip(part) {
                    together[at] = Some(byte);
                }
                for (at, &has) in bitmap.iter().enumerate() {
                    prop_assert_eq!(has, (first..=last).contains(&at), "{:?} of {} at {}", range, length, at);
                    asked[at] |= has;
                }
            }
            for (at, &byte) in release.iter().enumerate() {
                prop_assert_eq!(together[at], asked[at].then_some(byte));
            }
        }

        /// Cut at any places, and fetched in any order.
        #[test]
        fn a_release_cut_into_ranges_comes_together_again(
            (release, mut cuts, order) in proptest::collection::vec(any::<u8>(), 1..64).prop_flat_map(|release| {
                let cuts = proptest::collection::vec(1..=release.len(), 0..6);
                (Just(release), cuts, any::<u64>())
            }),
        ) {
            cuts.extend([0, release.len()]);
            cuts.sort_unstable();
            cuts.dedup();
            let mut pieces: Vec<(usize, usize)> = cuts.windows(2).map(|cut| (cut[0], cut[1])).collect();
            let count = pieces.len();
            pieces.rotate_left(usize::try_from(order % count as u64).unwrap());
            if order % 2 == 0 {
                pieces.reverse();
            }
            let mut together = vec![0; release.len()];
            for (start, end) in pieces {
                let header = format!("bytes={start}-{}", end - 1);
                let selected = Selection::parse(Some(&header), None).unwrap();
                let range = selected.resolve(release.len() as u64).unwrap().unwrap();
                let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
                prop_assert_eq!(&range, &(start..end));
                together[range.clone()].copy_from_slice(&release[range]);
            }
            prop_assert_eq!(together, release);
        }
    }
}
