//! How large the classes are, and the risks that follow from nothing but that.

use std::collections::BTreeMap;

use super::number::{float, share};
use super::report::{Attack, Below, Bin, Success};

/// Below which class sizes records are counted: the usual demands on k. 11 is the threshold 0.09 of the European
/// Medicines Agency's policy 0070.
const DEMANDS: [u64; 5] = [2, 3, 5, 11, 20];

/// The sizes of all classes: how many of the file's records, how many of the population's, and how many classes.
///
/// A sum over it has one order, whatever the order of the records: the same table gives the same digits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes(BTreeMap<(u64, u64), u64>);

impl FromIterator<(u64, u64)> for Sizes {
    fn from_iter<I: IntoIterator<Item = (u64, u64)>>(classes: I) -> Self {
        let mut sizes = BTreeMap::new();
        for class in classes {
            *sizes.entry(class).or_default() += 1;
        }
        Self(sizes)
    }
}

impl Sizes {
    pub(super) fn classes(&self) -> u64 {
        self.0.values().sum()
    }

    pub(super) fn records(&self) -> u64 {
        self.0.iter().map(|((size, _), count)| size * count).sum()
    }

    /// The k of k-anonymity: the smallest class. 0 without a record.
    pub(super) fn k(&self) -> u64 {
        self.0.keys().next().map_or(0, |(size, _)| *size)
    }

    /// The records of classes for whose size something holds.
    fn records_where(&self, holds: impl Fn(u64, u64) -> bool) -> u64 {
        let those = self
            .0
            .iter()
            .filter(|((size, population), _)| holds(*size, *population));
        those.map(|((size, _), count)| size * count).sum()
    }

    /// The records that share their combination with nobody.
    pub(super) fn unique(&self) -> u64 {
        self.records_where(|size, _| size == 1)
    }

    /// How many classes of each size.
    pub(super) fn histogram(&self) -> Vec<Bin> {
        let mut bins: Vec<Bin> = Vec::new();
        for (&(size, _), &classes) in &self.0 {
            match bins.last_mut() {
                Some(bin) if bin.size == size => bin.classes += classes,
                _ => bins.push(Bin { size, classes }),
            }
        }
        bins
    }

    /// The records that fall short of the usual demands on k: Σ I(f < k), as `sdcMicro` has it.
    pub(super) fn below(&self) -> Vec<Below> {
        let below = |k| {
            let records = self.records_where(|size, _| size < k);
            Below {
                k,
                records,
                share: share(records, self.records()),
            }
        };
        DEMANDS.map(below).into()
    }

    /// The prosecutor knows that the person is in the file: 1/f for a record of a class of f.
    pub(super) fn prosecutor(&self, threshold: f64) -> Attack {
        let at_risk = self.records_where(|size, _| 1.0 / float(size) > threshold);
        Attack {
            highest: share(1, self.k()),
            average: share(self.classes(), self.records()),
            records_at_risk: at_risk,
            share_at_risk: share(at_risk, self.records()),
        }
    }

    /// The journalist knows that the person is in the population: 1/F for a class that has F of it. The average is the
    /// larger one of both that El Emam gives.
    pub(super) fn journalist(&self, threshold: f64) -> Attack {
        let at_risk = self.records_where(|_, population| 1.0 / float(population) > threshold);
        let smallest = self.0.keys().map(|(_, population)| *population).min();
        let population = self.0.iter().map(|((_, size), count)| size * count).sum();
        Attack {
            highest: smallest.map_or(0.0, |smallest| share(1, smallest)),
            average: share(self.classes(), population).max(self.marketer().average),
            records_at_risk: at_risk,
            share_at_risk: share(at_risk, self.records()),
        }
    }

    /// The marketer looks for as many as possible: (1/n) Σ f/F over the classes. Without a population each class adds one.
    pub(super) fn marketer(&self) -> Success {
        let found = self.0.iter().map(|(&(size, population), &count)| {
            if size == population {
                float(count)
            } else {
                float(count) * share(size, population)
            }
        });
        let expected: f64 = found.sum();
        let records = self.records();
        Success {
            average: if records == 0 {
                0.0
            } else {
                expected / float(records)
            },
            expected_records: expected,
        }
    }
}
