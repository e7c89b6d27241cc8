//! What a class tells of a sensitive column: l-diversity, t-closeness.

use std::cmp::Ordering;

use super::hash::Hash;
use super::number::{float, ratio, share};
use super::report::{Closeness, Recursive, Sensitive};
use super::table::{self, Budget, Keyed, Table};
use super::values::Value;
use crate::error::Result;

/// A value of the column.
struct Seen {
    hash: Hash,
    /// What it is as a number; NaN where it is none.
    number: f64,
    records: u64,
    /// Its number, in the order in which values came.
    id: u32,
}

impl Keyed for Seen {
    type Key = Hash;

    fn key(&self) -> Hash {
        self.hash
    }

    fn spread(key: Hash) -> u64 {
        table::spread(key)
    }
}

/// A value in a class.
struct Pair {
    class: u32,
    value: u32,
    records: u64,
}

impl Keyed for Pair {
    type Key = (u32, u32);

    fn key(&self) -> (u32, u32) {
        (self.class, self.value)
    }

    /// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014).
    fn spread((class, value): (u32, u32)) -> u64 {
        let mut bits = u64::from(class) << 32 | u64::from(value);
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ bits >> 31
    }
}

/// The values of one sensitive column, in the file and in each class.
pub(super) struct Diversity {
    values: Table<Seen>,
    pairs: Table<Pair>,
}

impl Diversity {
    pub(super) fn new() -> Self {
        Self {
            values: Table::new(),
            pairs: Table::new(),
        }
    }

    /// Counts a record of a class.
    ///
    /// # Errors
    /// [`crate::Kind::Memory`].
    pub(super) fn add(&mut self, class: u32, value: Value, budget: &mut Budget) -> Result<()> {
        let hash = value.hash;
        let seen = self.values.slot(hash, budget, |before| Seen {
            hash,
            number: value.number,
            records: 0,
            id: u32::try_from(before).unwrap_or(u32::MAX),
        })?;
        seen.records += 1;
        let value = seen.id;
        let pair = self.pairs.slot((class, value), budget, |_| Pair {
            class,
            value,
            records: 0,
        })?;
        pair.records += 1;
        Ok(())
    }

    /// What the classes tell; `c` is that of recursive (c, l)-diversity.
    ///
    /// # Errors
    /// [`crate::Kind::Memory`].
    pub(super) fn report(self, name: &str, c: f64, budget: &mut Budget) -> Result<Sensitive> {
        let mut values = self.values.into_list(budget)?;
        let numbers = values.iter().all(|value| !value.number.is_nan());
        budget.take(values.len() * Whole::BYTES)?;
        let (whole, ranks) = Whole::of(&mut values, numbers);
        let mut pairs = self.pairs.into_list(budget)?;
        for pair in &mut pairs {
            pair.value = ranks.get(pair.value as usize).copied().unwrap_or(0);
        }
        pairs.sort_unstable_by_key(|pair| (pair.class, pair.value));
        let of_classes = || pairs.chunk_by(|a, b| a.class == b.class);
        // The counts of one class, with their ranks and without.
        let longest = of_classes().map(<[Pair]>::len).max().unwrap_or(0);
        budget.take(longest * (size_of::<(usize, u64)>() + size_of::<u64>()))?;
        let mut worst = Worst::default();
        let mut class = Vec::with_capacity(longest);
        for pairs in of_classes() {
            class.clear();
            for same in pairs.chunk_by(|a, b| a.value == b.value) {
                let records = same.iter().map(|pair| pair.records).sum();
                class.push((same.first().map_or(0, |pair| pair.value as usize), records));
            }
            worst.add(&class, &whole, c);
        }
        Ok(worst.report(name, c, &whole, numbers))
    }
}

/// The distribution of the column in the whole file. A value's rank is its place in the order of the numbers, and among
/// values that are none any place.
pub(super) struct Whole {
    /// Records of each rank.
    records: Vec<u64>,
    /// Records of each rank and all before it.
    up_to: Vec<u64>,
    /// For each rank, and the one behind the last, the sum of `up_to` of all before it.
    area: Vec<u128>,
    total: u64,
}

impl Whole {
    /// What the tables of a value take, with that of its rank.
    const BYTES: usize = 8 + 8 + 16 + 4;

    /// The distribution, and the rank of each value by its number. Equal numbers are one value, however they are
    /// written.
    fn of(values: &mut [Seen], numbers: bool) -> (Self, Vec<u32>) {
        if numbers {
            values.sort_unstable_by(by_number);
        }
        let mut ranks = vec![0; values.len()];
        let mut records = Vec::with_capacity(values.len());
        for same in values.chunk_by(|a, b| numbers && by_number(a, b).is_eq()) {
            let rank = u32::try_from(records.len()).unwrap_or(u32::MAX);
            for value in same {
                if let Some(place) = ranks.get_mut(value.id as usize) {
                    *place = rank;
                }
            }
            records.push(same.iter().map(|value| value.records).sum());
        }
        (Self::from_records(records), ranks)
    }

    /// The same from the records of each rank.
    pub(super) fn from_records(records: Vec<u64>) -> Self {
        let mut up_to = Vec::with_capacity(records.len());
        let mut area = Vec::with_capacity(records.len() + 1);
        let (mut total, mut sum) = (0, 0);
        for count in &records {
            area.push(sum);
            total += count;
            up_to.push(total);
            sum += u128::from(total);
        }
        area.push(sum);
        Self {
            records,
            up_to,
            area,
            total,
        }
    }

    /// The variational distance of a class, ranks with their records: half of Σ |q - p|. In whole numbers until the end,
    /// so that no order of summing shows.
    pub(super) fn equal(&self, class: &[(usize, u64)]) -> f64 {
        let (size, total) = (records(class), u128::from(self.total));
        let mut covered = 0;
        let mut difference = 0;
        for &(rank, count) in class {
            let whole = u128::from(self.records.get(rank).copied().unwrap_or(0));
            difference += (u128::from(count) * total).abs_diff(whole * size);
            covered += whole;
        }
        // Values that the class does not have.
        difference += size * (total - covered);
        ratio(difference, 2 * size * total)
    }

    /// The earth mover's distance over the ranks, from 0 to 1: Σ |Q - P| of the sums up to each rank, divided by the
    /// number of ranks less one. Between two values of the class Q does not change, and the sum over the ranks between
    /// them comes from prefix sums.
    pub(super) fn ordered(&self, class: &[(usize, u64)]) -> f64 {
        let ranks = self.records.len();
        if ranks < 2 {
            return 0.0;
        }
        let size = records(class);
        let mut sum = 0;
        let (mut from, mut below) = (0, 0);
        for &(rank, count) in class {
            sum += self.between(from, rank, below, size);
            from = rank;
            below += count;
        }
        sum += self.between(from, ranks, below, size);
        ratio(sum, size * u128::from(self.total) * (ranks as u128 - 1))
    }

    /// Σ |Q - P| over the ranks `from..to`, times the sizes of class and file. `below` records of the class are up to
    /// each of these ranks.
    fn between(&self, from: usize, to: usize, below: u64, size: u128) -> u128 {
        let class = u128::from(below) * u128::from(self.total);
        let up_to = self.up_to.get(from..to).unwrap_or_default();
        let split = from + up_to.partition_point(|&file| u128::from(file) * size < class);
        let area = |from: usize, to: usize| {
            let at = |rank: usize| self.area.get(rank).copied().unwrap_or(0);
            (at(to) - at(from)) * size
        };
        let less = (split - from) as u128 * class - area(from, split);
        let more = area(split, to) - (to - split) as u128 * class;
        less + more
    }
}

/// The order of numbers, in which -0 and 0 are one.
fn by_number(a: &Seen, b: &Seen) -> Ordering {
    (a.number + 0.0).total_cmp(&(b.number + 0.0))
}

fn records(class: &[(usize, u64)]) -> u128 {
    class.iter().map(|&(_, count)| u128::from(count)).sum()
}

/// The worst of all classes.
#[derive(Default)]
struct Worst {
    distinct: Option<u64>,
    entropy: Option<f64>,
    recursive: Option<u64>,
    equal: f64,
    ordered: f64,
    disclosed: u64,
}

impl Worst {
    fn add(&mut self, class: &[(usize, u64)], whole: &Whole, c: f64) {
        let mut counts: Vec<u64> = class.iter().map(|&(_, count)| count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let distinct = counts.len() as u64;
        if distinct == 1 {
            self.disclosed += counts.iter().sum::<u64>();
        }
        let least = |so_far: Option<u64>, l| Some(so_far.map_or(l, |so_far| so_far.min(l)));
        self.distinct = least(self.distinct, distinct);
        self.recursive = least(self.recursive, recursive_l(&counts, c));
        let entropy = entropy(&counts);
        self.entropy = Some(self.entropy.map_or(entropy, |so_far| so_far.min(entropy)));
        self.equal = self.equal.max(whole.equal(class));
        self.ordered = self.ordered.max(whole.ordered(class));
    }

    fn report(self, name: &str, c: f64, whole: &Whole, numbers: bool) -> Sensitive {
        Sensitive {
            name: name.to_owned(),
            distinct_values: whole.records.len() as u64,
            distinct_l: self.distinct.unwrap_or(0),
            entropy_l: self.entropy.map_or(0.0, f64::exp),
            recursive: Recursive {
                c,
                l: self.recursive.unwrap_or(0),
            },
            t: Closeness {
                equal: self.equal,
                ordered: numbers.then_some(self.ordered),
            },
            disclosed_records: self.disclosed,
            disclosed_share: share(self.disclosed, whole.total),
        }
    }
}

/// The entropy of a class in nats; exactly that of equal counts where they are equal.
pub(super) fn entropy(counts: &[u64]) -> f64 {
    let Some((&first, rest)) = counts.split_first() else {
        return 0.0;
    };
    if rest.iter().all(|&count| count == first) {
        return float(counts.len() as u64).ln();
    }
    let total = float(counts.iter().sum());
    let terms = counts.iter().map(|&count| {
        let share = float(count) / total;
        share * share.ln()
    });
    -terms.sum::<f64>()
}

/// The greatest l for which a class is recursively (c, l)-diverse; its counts come in falling order. 0 where there is
/// none, which only a c of 1 or less allows.
pub(super) fn recursive_l(counts: &[u64], c: f64) -> u64 {
    let Some(&most) = counts.first() else {
        return 0;
    };
    let mut tail = 0;
    // From the last on, sums only grow: the first l that holds is the greatest.
    for (at, &count) in counts.iter().enumerate().rev() {
        tail += count;
        if float(most) < c * float(tail) {
            return at as u64 + 1;
        }
    }
    0
}
