//! Numbers of 64 bits → Parquet's `DELTA_BINARY_PACKED`
//! (<https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5>).
//!
//! In blocks of 128 differences, each with the least of them and four miniblocks of 32, as other writers have it. Fast
//! because a block is differences, their least, and bits, in three loops without branches. Its naive twin is in the
//! tests.

use super::hybrid::varint;

const BLOCK: usize = 128;
const MINIBLOCKS: usize = 4;
const MINIBLOCK: usize = BLOCK / MINIBLOCKS;

/// Appends `values`.
pub fn encode(values: &[i64], out: &mut Vec<u8>) {
    varint(BLOCK as u64, out);
    varint(MINIBLOCKS as u64, out);
    varint(values.len() as u64, out);
    let Some((&first, rest)) = values.split_first() else {
        return zigzag(0, out);
    };
    zigzag(first, out);
    let mut before = first;
    for block in rest.chunks(BLOCK) {
        let mut deltas = [0; BLOCK];
        let mut least = i64::MAX;
        for (delta, &value) in deltas.iter_mut().zip(block) {
            let difference = value.wrapping_sub(before);
            least = least.min(difference);
            *delta = difference.cast_unsigned();
            before = value;
        }
        for delta in &mut deltas[..block.len()] {
            *delta = delta.wrapping_sub(least.cast_unsigned());
        }
        zigzag(least, out);
        miniblocks(&deltas, block.len().div_ceil(MINIBLOCK), out);
    }
}

/// Appends the widths of all miniblocks of a block, and those that are begun, filled up with zeros.
fn miniblocks(deltas: &[u64; BLOCK], begun: usize, out: &mut Vec<u8>) {
    let (miniblocks, _) = deltas.as_chunks::<MINIBLOCK>();
    let widths: [u32; MINIBLOCKS] = std::array::from_fn(|at| {
        let bits = miniblocks[at].iter().fold(0, |bits, delta| bits | delta);
        u64::BITS - bits.leading_zeros()
    });
    #[expect(clippy::cast_possible_truncation, reason = "at most 64")]
    out.extend(widths.map(|width| width as u8));
    for (miniblock, &width) in miniblocks.iter().zip(&widths).take(begun) {
        pack(miniblock, width, out);
    }
}

/// Appends 32 values of `width` bits each.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is what is full"
)]
fn pack(values: &[u64; MINIBLOCK], width: u32, out: &mut Vec<u8>) {
    let mut held = 0u128;
    let mut count = 0;
    for &value in values {
        held |= u128::from(value) << count;
        count += width;
        if count >= 64 {
            out.extend_from_slice(&(held as u64).to_le_bytes());
            held >>= 64;
            count -= 64;
        }
    }
    // 32 values are whole groups of four bytes.
    out.extend_from_slice(&(held as u64).to_le_bytes()[..count as usize / 8]);
}

/// Appends a signed number, small ones in few bytes.
fn zigzag(value: i64, out: &mut Vec<u8>) {
    varint(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "what was written came from a few values"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    fn signed(bytes: &mut &[u8]) -> i64 {
        let value = number(bytes);
        (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
    }

    /// The values, bit by bit as the format's text says.
    fn decode(mut bytes: &[u8]) -> Vec<i64> {
        let bytes = &mut bytes;
        let (block, miniblocks) = (number(bytes) as usize, number(bytes) as usize);
        let count = number(bytes) as usize;
        let mut values = vec![signed(bytes)];
        while values.len() < count {
            let least = signed(bytes);
            let (widths, mut rest) = bytes.split_at(miniblocks);
            for &width in widths {
                if values.len() >= count {
                    break;
                }
                let (packed, behind) = rest.split_at(block / miniblocks * width as usize / 8);
                rest = behind;
                for i in 0..block / miniblocks {
                    let bit = |at: usize| u64::from(packed[at / 8] >> (at % 8) & 1);
                    let width = width as usize;
                    let delta = (0..width).fold(0, |v, b| v | bit(i * width + b) << b);
                    let before = values.last().copied().unwrap();
                    values.push(before.wrapping_add(least).wrapping_add(delta.cast_signed()));
                }
            }
            *bytes = rest;
        }
        assert!(bytes.is_empty());
        values.truncate(count);
        values
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(
            values in prop_oneof![
                prop::collection::vec(any::<i64>(), 0..400),
                prop::collection::vec(-100..100i64, 0..400),
                prop::collection::vec(Just(7), 0..400),
            ]
        ) {
            let mut out = Vec::new();
            encode(&values, &mut out);
            prop_assert_eq!(&decode(&out)[..values.len()], &values[..]);
        }
    }
}
