//! What is reported: counts, shares and the names of columns. There is no field for a value.

use serde::Serialize;

/// The version of the report's form as JSON (`docs/risk.md`). A field that goes or changes its meaning raises it.
pub const VERSION: u32 = 1;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// Records of the file; each counts as one person.
    pub records: u64,
    /// The columns that make a class.
    pub quasi_identifiers: Vec<String>,
    /// Equivalence classes.
    pub classes: u64,
    /// The size of the smallest class.
    pub k: u64,
    /// Records per class.
    pub mean_class_size: f64,
    /// Records that share their combination with nobody.
    pub unique_records: u64,
    /// Their share of the file's records.
    pub unique_share: f64,
    /// How many classes of each size, the smallest first.
    pub histogram: Vec<Bin>,
    /// Records in classes that are smaller than what is usually asked for.
    pub below: Vec<Below>,
    /// The risk above which a record counts as at risk.
    pub threshold: f64,
    /// An attacker who knows that the person is in the file.
    pub prosecutor: Attack,
    /// An attacker who knows that the person is in the population.
    pub journalist: Attack,
    /// An attacker who wants to find as many as possible.
    pub marketer: Success,
    /// Records of the population; without one the file stands for it, and the journalist is a prosecutor.
    pub population_records: Option<u64>,
    /// What a class tells of each sensitive column.
    pub sensitive: Vec<Sensitive>,
    /// What each column tells by itself.
    pub columns: Vec<Attribute>,
}

/// Classes of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// Records per class.
    pub size: u64,
    /// Classes.
    pub classes: u64,
}

/// Records whose class is too small.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Below {
    /// What is asked for.
    pub k: u64,
    /// Records in classes of fewer.
    pub records: u64,
    /// Their share of the file's records.
    pub share: f64,
}

/// The risks of an attack on one person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Attack {
    /// The highest risk of a record.
    pub highest: f64,
    /// The share of records that are found on average.
    pub average: f64,
    /// Records whose risk is above the threshold.
    pub records_at_risk: u64,
    /// Their share of the file's records.
    pub share_at_risk: f64,
}

/// The success of an attack on all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Success {
    /// The share of records that are found on average.
    pub average: f64,
    /// How many that are: `sdcMicro`'s expected number of re-identifications.
    pub expected_records: f64,
}

/// What the classes tell of a sensitive column: always what the worst class tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitive {
    /// The column.
    pub name: String,
    /// Its distinct values, a missing one included.
    pub distinct_values: u64,
    /// Distinct l-diversity: the fewest distinct values of a class.
    pub distinct_l: u64,
    /// Entropy l-diversity: e to the least entropy of a class.
    pub entropy_l: f64,
    /// Recursive (c, l)-diversity.
    pub recursive: Recursive,
    /// t-closeness.
    pub t: Closeness,
    /// Records whose class has one value only: whoever finds the class knows it.
    pub disclosed_records: u64,
    /// Their share of the file's records.
    pub disclosed_share: f64,
}

/// Recursive (c, l)-diversity: r1 < c (rl + … + rm) for the counts r1 ≥ … ≥ rm of every class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Recursive {
    /// What was asked.
    pub c: f64,
    /// The greatest l for which it holds; 0 where there is none.
    pub l: u64,
}

/// The greatest distance of a class's distribution from that of the file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Closeness {
    /// Where all values are equally far from each other.
    pub equal: f64,
    /// Where the column is numbers without a missing one: the earth mover's distance over their order. Never more than
    /// the other.
    pub ordered: Option<f64>,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// One of those that make a class.
    QuasiIdentifier,
    /// One whose value in a class counts.
    Sensitive,
    /// Neither.
    Other,
}

/// What a column tells by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute {
    /// The column.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Distinct values, a missing one included.
    pub distinct_values: u64,
    /// Records without a value.
    pub missing_records: u64,
    /// Records with the most frequent value.
    pub most_frequent_records: u64,
    /// Their share of the file's records.
    pub most_frequent_share: f64,
    /// Values that occur once.
    pub singletons: u64,
    /// The share of the file's records that have one.
    pub singletons_share: f64,
}
