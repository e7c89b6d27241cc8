//! Listings: every object of the dataset once, under its release's key, however it is paged; with what HEAD says of it.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::json;

use super::stage::{Listed, Page, RAW, Stage, http_date, payload};
use crate::support::samples::{gzip, patients, zst};

/// Objects, and the stem of each one's release; none where no dataset owns it.
const OBJECTS: [(&str, Option<&str>); 16] = [
    ("patients.csv", Some("patients")),
    ("patients.json", None),
    ("a/patients.csv", Some("a/patients")),
    ("a/patients-2.csv.gz", Some("a/patients-2")),
    ("a/patients-3.csv.zst", Some("a/patients-3")),
    ("a/patients.csv.exe", None),
    ("a/b/patients.csv", Some("a/b/patients")),
    ("a/b/secrets.csv", None),
    ("b/other.txt", None),
    ("d e/patients 1+1.csv", Some("d e/patients 1+1")),
    ("d e/patients%20.csv", Some("d e/patients%20")),
    ("q/patients&<x>\"'.csv", Some("q/patients&<x>\"'")),
    (
        "y/patients-\u{fc}\u{65e5}\u{1f600}.csv",
        Some("y/patients-\u{fc}\u{65e5}\u{1f600}"),
    ),
    ("z/", None),
    ("z/patients.csv", Some("z/patients")),
    ("zz.csv", None),
];

fn fill(stage: &Stage) {
    for (at, (key, stem)) in (0..).zip(OBJECTS) {
        let raw = patients(at, 5 + at);
        let raw = match key.rsplit('.').next() {
            _ if stem.is_none() => b"CANARYSECRET".to_vec(),
            Some("gz") => gzip(&raw),
            Some("zst") => zst(&raw),
            _ => raw,
        };
        stage.put(key, raw, u32::try_from(at).unwrap());
    }
}

/// Keys and common prefixes of a listing of releases, as S3 would make it of them.
fn expected(format: &str, prefix: &str, delimited: bool) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut keys, mut prefixes) = (BTreeSet::new(), BTreeSet::new());
    for (key, stem) in OBJECTS.iter().filter(|(key, _)| key.starts_with(prefix)) {
        let folder = key[prefix.len()..].find('/').filter(|_| delimited);
        if let Some(at) = folder {
            // Whether something of the dataset is below it is not looked at: it might be.
            prefixes.insert(key[..=prefix.len() + at].to_owned());
        } else if let Some(stem) = stem {
            keys.insert(format!("{stem}.{format}"));
        }
    }
    (keys, prefixes)
}

/// How a listing is asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    second: bool,
    prefix: &'static str,
    delimited: bool,
    coded: bool,
    most: usize,
}

impl Asked {
    /// Every way in which clients ask, in pages of so many.
    fn ways(sizes: &[usize]) -> Vec<Self> {
        let mut ways = Vec::new();
        for prefix in ["", "a/", "a/pat", "d e/patients ", "none/"] {
            for way in 0..8 {
                ways.extend(sizes.iter().map(|&most| Self {
                    second: way & 1 > 0,
                    prefix,
                    delimited: way & 2 > 0,
                    coded: way & 4 > 0,
                    most,
                }));
            }
        }
        ways
    }

    fn query(self, next: Option<&str>) -> String {
        let mut query = format!("max-keys={}&prefix={}", self.most, encoded(self.prefix));
        for (asked, part) in [
            (self.second, "&list-type=2"),
            (self.delimited, "&delimiter=%2F"),
            (self.coded, "&encoding-type=url"),
        ] {
            query += if asked { part } else { "" };
        }
        let field = if self.second {
            "continuation-token"
        } else {
            "marker"
        };
        let next = next.map(|next| format!("&{field}={}", encoded(next)));
        query + &next.unwrap_or_default()
    }

    /// A key of a page as it is.
    fn plain(self, text: &str) -> String {
        if self.coded {
            let text = text.replace('+', " ");
            percent_decode_str(&text)
                .decode_utf8()
                .unwrap()
                .into_owned()
        } else {
            text.to_owned()
        }
    }

    /// All pages, one after the other, with their keys as they are.
    fn pages(self, stage: &Stage, bucket: &str) -> Result<Vec<Page>, String> {
        let mut pages: Vec<Page> = Vec::new();
        let mut next = None;
        while pages.len() <= 2 * OBJECTS.len() {
            let mut page = stage.page(bucket, &self.query(next.as_deref()))?;
            for entry in &mut page.entries {
                entry.key = self.plain(&entry.key);
            }
            for prefix in &mut page.prefixes {
                *prefix = self.plain(prefix);
            }
            // A token is the server's own, and never coded.
            next = page.next.as_deref().map(|next| {
                if self.second {
                    next.to_owned()
                } else {
                    self.plain(next)
                }
            });
            pages.push(page);
            if next.is_none() {
                return Ok(pages);
            }
        }
        Err("it does not end".to_owned())
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// What HEAD says of every release.
fn heads(stage: &Stage, bucket: &str, format: &str) -> BTreeMap<String, (u64, String, String)> {
    let stems = OBJECTS.iter().filter_map(|(_, stem)| *stem);
    let heads = stems.map(|stem| {
        let key = format!("{stem}.{format}");
        let got = stage.ask("HEAD", &format!("{bucket}/{}", encoded(&key)), &[]);
        let length = got.header("content-length").parse().unwrap_or_default();
        (
            key,
            (
                length,
                got.header("etag").to_owned(),
                got.header("last-modified").to_owned(),
            ),
        )
    });
    heads.collect()
}

/// What is wrong with the pages of a listing.
fn unlike(
    asked: Asked,
    format: &str,
    pages: &[Page],
    heads: &BTreeMap<String, (u64, String, String)>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let entries: Vec<&Listed> = pages.iter().flat_map(|page| &page.entries).collect();
    let keys: BTreeSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let prefixes: Vec<String> = pages
        .iter()
        .flat_map(|page| page.prefixes.clone())
        .collect();
    let (expected_keys, expected_prefixes) = expected(format, asked.prefix, asked.delimited);
    if keys != expected_keys || keys.len() != entries.len() {
        wrong.push(format!(
            "lists {keys:?} in {} entries, not {expected_keys:?}",
            entries.len()
        ));
    }
    let listed: BTreeSet<String> = prefixes.iter().cloned().collect();
    if listed != expected_prefixes || listed.len() != prefixes.len() {
        wrong.push(format!(
            "has the prefixes {prefixes:?}, not {expected_prefixes:?}"
        ));
    }
    for page in pages {
        let sorted = page
            .entries
            .is_sorted_by(|left, right| left.key < right.key)
            && page.prefixes.is_sorted();
        if !sorted || page.entries.len() + page.prefixes.len() > asked.most {
            wrong.push("a page is out of order, or too long".to_owned());
        }
    }
    for entry in entries {
        let said = (entry.size, entry.etag.clone(), http_date(entry.modified));
        if heads.get(&entry.key) != Some(&said) {
            wrong.push(format!(
                "{}: {said:?}, HEAD {:?}",
                entry.key,
                heads.get(&entry.key)
            ));
        }
    }
    wrong
}

#[test]
fn pages_of_every_size_show_each_release_once_with_what_head_says() {
    let stage = Stage::new();
    fill(&stage);
    let mut wrong = Vec::new();
    for (format, sizes) in [("parquet", &[1, 2, 3, 1000][..]), ("csv", &[2, 1000])] {
        let bucket = stage.point(format, &payload("patients/analytics", format, &json!({})));
        let heads = heads(&stage, &bucket, format);
        for asked in Asked::ways(sizes) {
            let found = match asked.pages(&stage, &bucket) {
                Ok(pages) => unlike(asked, format, &pages, &heads),
                Err(said) => vec![said],
            };
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("{format} {asked:?}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A name, the query, and the keys and prefixes, or the refusal.
type Row = (
    &'static str,
    &'static str,
    Result<&'static [&'static str], &'static str>,
);

const MALFORMED: Result<&[&str], &str> = Err("400 InvalidArgument");

const ROWS: [Row; 18] = [
    ("another delimiter", "list-type=2&delimiter=.", MALFORMED),
    ("another delimiter, first version", "delimiter=a", MALFORMED),
    (
        "a longer delimiter",
        "list-type=2&delimiter=%2F%2F",
        MALFORMED,
    ),
    ("less than no keys", "list-type=2&max-keys=-1", MALFORMED),
    (
        "so many keys as no number says",
        "list-type=2&max-keys=many",
        MALFORMED,
    ),
    (
        "more keys than a number holds",
        "max-keys=99999999999999999999",
        MALFORMED,
    ),
    (
        "another encoding",
        "list-type=2&encoding-type=xml",
        MALFORMED,
    ),
    ("no keys", "list-type=2&max-keys=0", Ok(&[])),
    (
        "an empty delimiter",
        "list-type=2&delimiter=&prefix=a/patients-2",
        Ok(&["a/patients-2.parquet"]),
    ),
    (
        "more keys than a page has",
        "list-type=2&max-keys=5000&prefix=patients",
        Ok(&["patients.parquet"]),
    ),
    (
        "the last letter of a stem",
        "list-type=2&prefix=a/patients-",
        Ok(&["a/patients-2.parquet", "a/patients-3.parquet"]),
    ),
    (
        "into the suffix",
        "list-type=2&prefix=a/patients.par",
        Ok(&["a/patients.parquet"]),
    ),
    (
        "into the suffix, first version",
        "prefix=a/patients-2.p",
        Ok(&["a/patients-2.parquet"]),
    ),
    (
        "the whole key",
        "list-type=2&prefix=z/patients.parquet",
        Ok(&["z/patients.parquet"]),
    ),
    (
        "the whole key, below a delimiter",
        "delimiter=/&prefix=a/patients-3.parquet",
        Ok(&["a/patients-3.parquet"]),
    ),
    (
        "a key that is none",
        "list-type=2&prefix=a/secrets.par",
        Ok(&[]),
    ),
    (
        "after a folder",
        "list-type=2&start-after=y/&prefix=z",
        Ok(&["z/patients.parquet"]),
    ),
    ("after everything", "list-type=2&start-after=zzzz", Ok(&[])),
];

#[test]
fn what_is_asked_of_a_listing_is_answered_or_refused_by_name() {
    let stage = Stage::new();
    fill(&stage);
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (name, query, expected) in ROWS {
        let page = stage.page(&bucket, query);
        let said = page.map(|page| {
            page.entries
                .into_iter()
                .map(|entry| entry.key)
                .collect::<Vec<_>>()
        });
        let expected = expected
            .map(|keys| keys.iter().map(|key| (*key).to_owned()).collect())
            .map_err(str::to_owned);
        if said != expected {
            wrong.push(format!("{name}: {said:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn two_objects_of_one_release_are_shown_as_the_one_that_is_answered() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 10), 1);
    stage.put("a/patients.csv.gz", gzip(&patients(0, 20)), 2);
    stage.put("a/patients.csv.zst", zst(&patients(0, 30)), 3);
    let mut wrong = Vec::new();
    for format in ["parquet", "csv"] {
        let bucket = stage.point(format, &payload("patients/analytics", format, &json!({})));
        let key = format!("a/patients.{format}");
        let got = stage.ask("HEAD", &format!("{bucket}/{key}"), &[]);
        for query in [
            "list-type=2",
            "prefix=a/",
            "list-type=2&prefix=a/patients.c",
        ] {
            let page = stage.page(&bucket, query).unwrap_or_default();
            let said: Vec<_> = page
                .entries
                .iter()
                .map(|entry| (entry.key.as_str(), entry.etag.as_str()))
                .collect();
            // Of Parquet nothing begins like that.
            let none = format == "parquet" && query.contains(".c");
            let expected = if none {
                vec![]
            } else {
                vec![(key.as_str(), got.header("etag"))]
            };
            if said != expected {
                wrong.push(format!("{format} {query}: {said:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn folders_in_which_the_dataset_can_own_nothing_are_not_shown() {
    let stage = Stage::new();
    for key in [
        "visits/2026/a.csv",
        "visits/1999/b.csv",
        "visits/2026/deep/c.csv",
        "other/2026/d.csv",
        "visits/e.csv",
    ] {
        stage.put(key, "Ward\nw1\n", 1);
    }
    let bucket = stage.point("wards", &payload("visits/wards", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (prefix, keys, prefixes) in [
        ("", &[][..], &["visits/"][..]),
        ("visits/", &[], &["visits/2026/"]),
        ("visits/2026/", &["visits/2026/a.parquet"], &[]),
        ("other/", &[], &[]),
    ] {
        for version in ["list-type=2&", ""] {
            let page = stage
                .page(&bucket, &format!("{version}delimiter=/&prefix={prefix}"))
                .unwrap_or_default();
            let listed: Vec<&str> = page
                .entries
                .iter()
                .map(|entry| entry.key.as_str())
                .collect();
            if listed != keys || page.prefixes != prefixes {
                wrong.push(format!("{version}{prefix}: {listed:?} {:?}", page.prefixes));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_no_dataset_owns_takes_no_page() {
    let stage = Stage::new();
    for number in 0..2_500 {
        stage
            .front
            .store()
            .put(RAW, &format!("a/{number:05}.csv"), "CANARYSECRET");
    }
    stage.put("b/patients.csv", patients(0, 5), 1);
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for query in ["list-type=2", "max-keys=1000", "list-type=2&max-keys=700"] {
        let page = stage.page(&bucket, query).unwrap_or_default();
        let listed: Vec<&str> = page
            .entries
            .iter()
            .map(|entry| entry.key.as_str())
            .collect();
        if listed != ["b/patients.parquet"] || page.next.is_some() {
            wrong.push(format!("{query}: {listed:?}, then {:?}", page.next));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
