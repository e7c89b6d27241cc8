//! Pages of every size, asked for in every way, against what S3 would list if the releases lay there.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::json;

use super::{OBJECTS, fill};
use crate::access_point::stage::{Listed, Page, Stage, http_date, payload};

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
