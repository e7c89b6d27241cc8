//! Small numbers → Parquet's hybrid of run lengths and bit packing
//! (<https://parquet.apache.org/docs/file-format/data-pages/encodings/#run-length-encoding--bit-packing-hybrid-rle--3>).
//!
//! Fast because eight values are packed at once, into two words that shifts alone make, and because runs are only looked
//! for where eight equal values stand. Its naive twin is in the tests; the readers of three other
//! projects are in the integration tests.

/// From so many equal values on, a run is written as one.
const MIN_RUN: usize = 32;

/// The bits that the values 0 to `largest` need.
pub fn width_of(largest: u32) -> u32 {
    u32::BITS - largest.leading_zeros()
}

/// Appends `values`, each below 2^`width`; `width` is at most 16.
pub fn encode(values: &[u16], width: u32, out: &mut Vec<u8>) {
    let (mut begun, mut at) = (0, 0);
    while let Some(eight) = values[at..].first_chunk::<8>() {
        let first = eight[0];
        // Without a branch for each: of few values, where the first other one stands cannot be foreseen.
        if eight.iter().fold(0, |all, &value| all | (value ^ first)) != 0 {
            at += 8;
            continue;
        }
        let rest = values[at..].iter().position(|&value| value != first);
        let run = rest.unwrap_or(values.len() - at);
        if run < MIN_RUN {
            // Whole groups of eight: what is packed before a run has no half ones.
            at += run / 8 * 8;
            continue;
        }
        pack(&values[begun..at], width, out);
        repeat(first.into(), run, width, out);
        at += run;
        begun = at;
    }
    pack(&values[begun..], width, out);
}

/// Appends a run of `count` equal values.
pub fn repeat(value: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    varint((count as u64) << 1, out);
    let bytes = width.div_ceil(8) as usize;
    out.extend_from_slice(&value.to_le_bytes()[..bytes]);
}

/// Appends the first `count` of some bits, the lowest of each byte first, as one stretch of width 1.
pub fn bits(bits: &[u8], count: usize, out: &mut Vec<u8>) {
    let bytes = count.div_ceil(8);
    varint(((bytes as u64) << 1) | 1, out);
    out.extend_from_slice(&bits[..bytes]);
    if let Some(last) = out.last_mut()
        && !count.is_multiple_of(8)
    {
        // What stands behind is no part of it.
        *last &= (1 << (count % 8)) - 1;
    }
}

/// Appends a stretch of packed values: groups of eight, the last one filled up with zeros.
fn pack(values: &[u16], width: u32, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    let groups = values.len().div_ceil(8);
    varint(((groups as u64) << 1) | 1, out);
    let (mut at, step) = (out.len(), width as usize);
    let end = at + groups * step;
    // Sixteen bytes are stored for each group, of which the next one overwrites what is too much.
    out.resize(end + 16, 0);
    let (whole, rest) = values.as_chunks::<8>();
    let mut store = |group: &[u16; 8]| {
        let (first, second) = (four(&group[..4], width), four(&group[4..], width));
        let packed = u128::from(first) | u128::from(second) << (4 * width);
        out[at..at + 16].copy_from_slice(&packed.to_le_bytes());
        at += step;
    };
    whole.iter().for_each(&mut store);
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        store(&last);
    }
    out.truncate(end);
}

/// Four values side by side: two pairs at once, then both.
#[inline]
fn four(values: &[u16], width: u32) -> u64 {
    const EACH: u64 = 0x0000_ffff_0000_ffff;
    let word = (0..4).fold(0, |word, at| word | u64::from(values[at]) << (16 * at));
    let pairs = (word & EACH) | ((word >> 16) & EACH) << width;
    (pairs & u64::from(u32::MAX)) | (pairs >> 32) << (2 * width)
}

/// Appends a number in groups of seven bits, the lowest first (LEB128).
#[expect(clippy::cast_possible_truncation, reason = "seven bits")]
pub fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a number of [`varint`].
    fn number(bytes: &mut &[u8]) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let (&byte, rest) = bytes.split_first().unwrap();
            *bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }

    /// The values, bit by bit as the format's text says.
    fn decode(mut bytes: &[u8], width: u32, count: usize) -> Vec<u16> {
        let mut values = Vec::new();
        while values.len() < count {
            let header = number(&mut bytes);
            if header & 1 == 0 {
                let (value, rest) = bytes.split_at(width.div_ceil(8) as usize);
                let value = value
                    .iter()
                    .rev()
                    .fold(0, |all, &byte| all << 8 | u16::from(byte));
                values.extend(std::iter::repeat_n(value, (header >> 1) as usize));
                bytes = rest;
            } else {
                let (packed, rest) = bytes.split_at((header >> 1) as usize * width as usize);
                let bit = |at: usize| u16::from(packed[at / 8] >> (at % 8) & 1);
                let value = |i: usize| {
                    (0..width as usize).fold(0, |v, b| v | bit(i * width as usize + b) << b)
                };
                values.extend((0..(header >> 1) as usize * 8).map(value));
                bytes = rest;
            }
        }
        assert!(bytes.is_empty() && values.len() < count + 8);
        assert!(values[count..].iter().all(|&value| value == 0));
        values.truncate(count);
        values
    }

    fn values() -> impl Strategy<Value = (u32, Vec<u16>)> {
        (0..=15u32).prop_flat_map(|width| {
            let run = (0..1u16 << width, prop_oneof![1..4usize, 1..100usize]);
            let runs = prop::collection::vec(run, 0..40);
            (Just(width), runs).prop_map(|(width, runs)| {
                let values = runs
                    .into_iter()
                    .flat_map(|(v, n)| std::iter::repeat_n(v, n));
                (width, values.collect())
            })
        })
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back((width, values) in values()) {
            let mut out = vec![7];
            encode(&values, width, &mut out);
            prop_assert_eq!(out[0], 7);
            prop_assert_eq!(decode(&out[1..], width, values.len()), values);
        }
    }

    #[test]
    fn long_runs_take_bytes_that_do_not_grow_with_them() {
        let mut out = Vec::new();
        encode(&vec![5; 20_000], 3, &mut out);
        assert_eq!(out, [0xc0, 0xb8, 0x02, 5]);
        out.clear();
        bits(&[0xff, 0xff, 0xff], 9, &mut out);
        assert_eq!(out, [5, 0xff, 0x01]);
    }

    #[test]
    fn a_width_holds_its_largest_value() {
        for (largest, width) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 2),
            (4, 3),
            (255, 8),
            (256, 9),
            (65_535, 16),
        ] {
            assert_eq!(width_of(largest), width);
        }
    }
}
