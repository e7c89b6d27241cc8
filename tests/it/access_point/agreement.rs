//! HEAD, LIST, GET and its ranges say the same of a release, whatever it is asked by; and they are its bytes.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::stage::{Listed, Stage, http_date, leaks, payload};
use crate::support::lambda::Got;
use crate::support::samples::{footer, gzip, patients, zst};

/// Rows of each object: more than one piece of whatever is cut into pieces on its way.
const ROWS: usize = 4_000;

/// A name, the format, and what else the payload says.
type Kind = (
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
);

const KINDS: [Kind; 3] = [
    ("law", "parquet", None),
    ("exact", "parquet", Some(("length", "exact"))),
    ("csv", "csv", None),
];

/// The suffix of the raw object, and what makes it.
type Packed = (&'static str, fn(&[u8]) -> Vec<u8>);

const SUFFIXES: [Packed; 3] = [
    ("csv", |raw| raw.to_vec()),
    ("csv.gz", gzip),
    ("csv.zst", zst),
];

/// What is known of a release before it is asked for.
struct Release {
    bytes: Vec<u8>,
    /// Where its bytes are zeros that no rows need.
    filler: Range<usize>,
    media: &'static str,
    modified: DateTime<Utc>,
}

#[test]
fn head_list_get_and_ranges_agree_and_are_the_release() {
    let stage = Stage::new();
    let raw = patients(0, ROWS);
    let mut wrong = Vec::new();
    for (day, (suffix, pack)) in SUFFIXES.into_iter().enumerate() {
        let folder = suffix.replace('.', "-");
        let packed = pack(&raw);
        let object = format!("{folder}/patients.{suffix}");
        let modified = stage.put(&object, packed.clone(), u32::try_from(day).unwrap() * 40);
        for (kind, format, more) in KINDS {
            let fields: Value = more
                .into_iter()
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect();
            let bucket = stage.point(kind, &payload("patients/analytics", format, &fields));
            let release = release(&stage, &raw, (kind, format), packed.len(), suffix, modified);
            let shown = format!("{folder}/patients.{format}");
            let listed = listed(&stage, &bucket, &shown);
            let own = [("x-veilpoint-format", format)];
            let mut keys = vec![(shown.clone(), &own[..0])];
            if object != shown {
                keys.push((object.clone(), &own[..]));
            }
            for (key, headers) in keys {
                let target = format!("{bucket}/{key}");
                let found = unlike(&stage, &target, headers, &release, listed.as_ref());
                wrong.extend(
                    found
                        .into_iter()
                        .map(|what| format!("{kind} {key}: {what}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The release as `convert` makes it; under a law with its filler in front of the footer.
fn release(
    stage: &Stage,
    raw: &[u8],
    (kind, format): (&str, &str),
    length: usize,
    suffix: &str,
    modified: DateTime<Utc>,
) -> Release {
    let mut bytes = stage.converted(raw, "patients/analytics", format);
    let mut filler = 0..0;
    if kind == "law" {
        let factor = if suffix == "csv" { 1 } else { 3 };
        // The seven columns of patients/analytics, and the footer.
        let law = factor * length + 4096 * 8;
        let footer = footer(&bytes);
        filler = footer..footer + law - bytes.len();
        bytes.splice(footer..footer, vec![0; filler.len()]);
    }
    let media = match format {
        "csv" => "text/csv; charset=utf-8",
        _ => "application/vnd.apache.parquet",
    };
    Release {
        bytes,
        filler,
        media,
        modified,
    }
}

/// What the two versions of a listing say of a key, where they say the same.
fn listed(stage: &Stage, bucket: &str, key: &str) -> Result<Listed, String> {
    let mut said = Vec::new();
    for version in ["list-type=2", "max-keys=100"] {
        let page = stage.page(bucket, &format!("{version}&prefix={key}"))?;
        let [entry] = &page.entries[..] else {
            return Err(format!("{version} lists {:?}", page.entries));
        };
        said.push(entry.clone());
    }
    if said[0] != said[1] {
        return Err(format!("two versions of a listing say {said:?}"));
    }
    Ok(said.remove(0))
}

/// What is wrong with the answers for a key.
fn unlike(
    stage: &Stage,
    target: &str,
    headers: &[(&str, &str)],
    release: &Release,
    listed: Result<&Listed, &String>,
) -> Vec<String> {
    let length = release.bytes.len();
    let head = stage.ask("HEAD", target, headers);
    let mut wrong = described(&head, "HEAD", 200, length, release);
    let etag = head.header("etag").to_owned();
    match listed {
        Ok(listed) => {
            let said = (listed.size, listed.etag.as_str(), listed.modified);
            if said != (length as u64, etag.as_str(), release.modified) {
                wrong.push(format!("HEAD says {etag} of {length} bytes, LIST {said:?}"));
            }
        }
        Err(what) => wrong.push(what.clone()),
    }
    let whole = stage.ask("GET", target, headers);
    wrong.extend(described(&whole, "GET", 200, length, release));
    if whole.status() == 200 && whole.body != release.bytes {
        wrong.push(format!("GET has other bytes: {}", whole.body.len()));
    }
    let mut joined = Vec::new();
    for (range, expected, joins) in ranges(release) {
        let part = range == "part 1";
        let target = if part {
            format!("{target}?partNumber=1")
        } else {
            target.to_owned()
        };
        let ranged: Vec<(&str, &str)> = headers
            .iter()
            .copied()
            .chain((!part).then_some(("Range", range.as_str())))
            .collect();
        let got = stage.ask("GET", &target, &ranged);
        wrong.extend(described(&got, &range, 206, expected.len(), release));
        if got.status() != 206 {
            continue;
        }
        let said = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
        if got.header("content-range") != said {
            wrong.push(format!(
                "{range}: {}, not {said}",
                got.header("content-range")
            ));
        }
        if got.body != release.bytes[expected] {
            wrong.push(format!("{range} has other bytes"));
        }
        if got.header("etag") != etag {
            wrong.push(format!("{range}: {}, not {etag}", got.header("etag")));
        }
        if joins {
            joined.extend(got.body);
        }
    }
    if joined != release.bytes {
        wrong.push("what is put together is not the whole".to_owned());
    }
    if whole.header("etag") != etag || !etag.ends_with("-1\"") || etag.len() != 36 {
        wrong.push(format!("GET says {}, HEAD {etag}", whole.header("etag")));
    }
    wrong
}

/// Ranges, their bytes, and whether they are pieces of the whole: each but the last three begins where one ends, and one
/// begins and one ends within the filler.
fn ranges(release: &Release) -> Vec<(String, Range<usize>, bool)> {
    let length = release.bytes.len();
    let middle = release.filler.start + release.filler.len() / 2;
    let mut cuts = vec![
        0,
        1,
        1_000,
        length / 3,
        length / 2,
        middle,
        length - 8,
        length,
    ];
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).map(|cut| {
        (
            format!("bytes={}-{}", cut[0], cut[1] - 1),
            cut[0]..cut[1],
            true,
        )
    });
    pieces
        .chain([
            ("bytes=-8".to_owned(), length - 8..length, false),
            (format!("bytes={middle}-"), middle..length, false),
            ("part 1".to_owned(), 0..length, false),
        ])
        .collect()
}

/// What is wrong with what is said of the release.
fn described(got: &Got, asked: &str, status: u16, length: usize, release: &Release) -> Vec<String> {
    if got.status() != status {
        return vec![format!(
            "{asked}: {} {}, not {status}",
            got.status(),
            got.code()
        )];
    }
    let mut wrong = leaks(got);
    for (name, expected) in [
        ("content-length", length.to_string().as_str()),
        ("content-type", release.media),
        ("last-modified", &http_date(release.modified)),
        ("accept-ranges", "bytes"),
    ] {
        if got.header(name) != expected {
            wrong.push(format!("{name} {:?}, not {expected}", got.header(name)));
        }
    }
    if !got.whole {
        wrong.push("is broken off".to_owned());
    }
    wrong
        .into_iter()
        .map(|what| format!("{asked}: {what}"))
        .collect()
}

#[test]
fn head_and_list_read_no_byte_of_an_object_whose_release_has_a_law() {
    let stage = Stage::new();
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    for (day, (suffix, pack)) in SUFFIXES.into_iter().enumerate() {
        let key = format!("{day}/patients.{suffix}");
        stage.put(&key, pack(&patients(0, ROWS)), 1);
    }
    let mut wrong = Vec::new();
    for target in [
        "0/patients.csv",
        "0/patients.parquet",
        "1/patients.parquet",
        "2/patients.csv.zst",
    ] {
        let got = stage.ask(
            "HEAD",
            &format!("{bucket}/{target}"),
            &[("x-veilpoint-format", "parquet")],
        );
        if got.status() != 200 {
            wrong.push(format!("HEAD of {target} is answered {}", got.status()));
        }
    }
    for query in ["", "list-type=2", "list-type=2&prefix=1/", "delimiter=/"] {
        if let Err(said) = stage.page(&bucket, query) {
            wrong.push(format!("LIST {query} is answered {said}"));
        }
    }
    let read = stage.read();
    if read != (0, 0) {
        wrong.push(format!("bytes, and whole objects, read: {read:?}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
