//! What a page costs.

use super::*;
use crate::access_point::shown::{place, shown};
use crate::request::Delimiter;

/// A listing, and what its first pages may cost.
struct Row {
    name: &'static str,
    location: &'static str,
    format: Format,
    keys: Vec<String>,
    query: ListQuery,
    /// LISTs and HEADs at most.
    costs: &'static [(usize, usize)],
}

fn row(name: &'static str, location: &'static str, max_keys: usize, keys: Vec<String>) -> Row {
    Row {
        name,
        location,
        format: Format::Parquet,
        keys,
        query: query(ListVersion::V2, max_keys),
        costs: &[],
    }
}

impl Row {
    fn costs(self, costs: &'static [(usize, usize)]) -> Self {
        Self { costs, ..self }
    }

    fn csv(self) -> Self {
        Self {
            format: Format::Csv,
            ..self
        }
    }

    fn first(mut self) -> Self {
        self.query.version = ListVersion::V1;
        self
    }

    fn below(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.query.prefix);
        self
    }

    fn folded(mut self) -> Self {
        self.query.delimiter = Some(Delimiter::Slash);
        self
    }
}

/// Keys as most are.
fn plain() -> Vec<Row> {
    let p = |count| numbered("p#.csv", count);
    let packed = || numbered("p#.csv.gz", 100);
    let two = all(&[numbered("d/#.csv", 100), numbered("e/#.csv", 100)]);
    let below = || numbered("d/#.csv", 100);
    let folders = all(&[numbered("#/a.csv", 300), numbered("#/b.csv", 300)]);
    vec![
        row("one page", "p*.csv", 1000, p(500)).costs(&[(1, 0)]),
        row("exactly one page", "p*.csv", 1000, p(1000)).costs(&[(1, 0)]),
        row("thousands", "p*.csv", 1000, p(2500)).costs(&[(2, 0), (2, 0), (1, 0)]),
        row("thousands of CSV", "p*.csv", 1000, p(2500))
            .csv()
            .first()
            .costs(&[(2, 0), (2, 0), (1, 0)]),
        row("short pages", "p*.csv", 40, p(100))
            .first()
            .costs(&[(1, 0), (1, 0), (1, 0)]),
        row("compressed", "p*.csv", 40, packed()).costs(&[(1, 0), (1, 0), (1, 0)]),
        row("compressed CSV", "p*.csv", 40, packed())
            .csv()
            .costs(&[(1, 0), (1, 0), (1, 0)]),
        row("a probe", "**/*.csv", 2, two)
            .below("d/")
            .costs(&[(1, 0)]),
        row("one release", "**/*.csv", 2, below())
            .below("d/00007.parquet")
            .costs(&[(1, 1)]),
        row("no release", "**/*.csv", 2, below())
            .below("d/x.parquet")
            .costs(&[(1, 4)]),
        row("folders", "**/*.csv", 200, folders)
            .folded()
            .costs(&[(1, 0), (1, 0)]),
    ]
}

/// Keys whose order is not that of their releases, and keys among which there are few.
fn odd() -> Vec<Row> {
    let dotted = numbered("p#.eu.csv", 100);
    let parts = numbered("p.part-#.txt", 3000);
    let dates = numbered("d/2026-11-26 #.csv", 100);
    let foreign = all(&[numbered("f#.log", 5000), numbered("p#.csv", 3)]);
    vec![
        row("a dot", "p*.csv", 40, dotted).costs(&[(1, 0), (1, 4), (1, 4)]),
        row("a dot behind the suffix's", "**", 40, parts).costs(&[(1, 12), (1, 16)]),
        row("dates", "**", 40, dates).costs(&[(1, 0), (1, 5), (1, 5)]),
        row("foreign keys", "p*.csv", 2, foreign).costs(&[(7, 0), (1, 0)]),
    ]
}

/// What the next page is asked for with.
fn next(ask: &Ask, query: &ListQuery, from: &Memory) -> Option<String> {
    if ask.point.format == Format::Parquet {
        let page = block(releases().list(ask, query, from, soon()));
        return page.unwrap().next;
    }
    // Their lengths would be made.
    let shown = block(shown(ask, query, from, soon())).unwrap();
    let last = shown.entries.last().filter(|_| shown.truncated);
    last.map(|(key, _)| place::next(query.version, key))
}

#[test]
fn a_page_costs_one_listing_and_a_few_heads() {
    let mut wrong = Vec::new();
    for mut row in plain().into_iter().chain(odd()) {
        let (ask, from) = (ask(row.location, row.format), Memory::of(&row.keys));
        for (at, &(lists, heads)) in row.costs.iter().enumerate() {
            let next = next(&ask, &row.query, &from);
            let cost = from.cost();
            if cost.0 > lists || cost.1 > heads {
                let name = row.name;
                wrong.push(format!(
                    "{name}, page {at}: {cost:?} and not {lists}, {heads}"
                ));
            }
            match row.query.version {
                ListVersion::V1 => row.query.after = next,
                ListVersion::V2 => row.query.token = next,
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
