//! Access points, and the objects that each is asked for.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::door::Way;
use crate::access_point::stage::payload;
use crate::support::samples::{gzip, patients, people, zst};

/// Rows of an object: more than one block of whatever is cut into blocks would be slow, and is others' business.
const ROWS: usize = 300;

/// An access point.
#[derive(Clone)]
pub struct Point {
    /// Its name, which is a bucket's.
    pub name: &'static str,
    /// What is shown.
    pub projection: &'static str,
    /// How it is written.
    pub format: &'static str,
    /// What else is set.
    pub more: Value,
    /// Which objects it is asked for.
    pub objects: fn() -> Vec<Object>,
}

/// An object.
#[derive(Clone)]
pub struct Object {
    /// What is particular about it.
    pub name: &'static str,
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was last modified, in days of the year.
    pub day: u32,
    /// The code with which it is refused; none where it has a release.
    pub code: Option<&'static str>,
}

impl Point {
    /// As a function takes it, and with the same fields the gateway.
    pub fn payload(&self) -> Value {
        payload(self.projection, self.format, &self.more)
    }

    /// The factor of the law that a release is filled by; none where it has no law.
    pub fn factor(&self, object: &Object) -> Option<String> {
        if self.format != "parquet" || self.more["length"] == "exact" {
            return None;
        }
        let set = self.more.get("length_factor").map(Value::to_string);
        let packed = object.key.rsplit('.').next() != Some("csv");
        Some(set.unwrap_or_else(|| if packed { "3" } else { "1" }.to_owned()))
    }
}

impl Object {
    /// The key by which it is asked for.
    pub fn asked_by(&self, point: &Point, way: &Way) -> String {
        if way.own_key {
            return self.key.clone();
        }
        let (stem, _) = self.key.rsplit_once(".csv").unwrap();
        format!("{stem}.{}", point.format)
    }
}

/// All access points.
pub fn points() -> Vec<Point> {
    let point = |name, projection, format, more, objects| Point {
        name,
        projection,
        format,
        more,
        objects,
    };
    let exact = || json!({"length": "exact"});
    let all: fn() -> Vec<Object> = || [whole(), refused()].concat();
    vec![
        point("analytics", "patients/analytics", "parquet", json!({}), all),
        point("analytics-csv", "patients/analytics", "csv", json!({}), all),
        point(
            "analytics.exact",
            "patients/analytics",
            "parquet",
            exact(),
            all,
        ),
        point("research-csv", "patients/research", "csv", json!({}), whole),
        point(
            "billing",
            "patients/billing",
            "parquet",
            json!({"length_factor": 2.5}),
            whole,
        ),
        point(
            "then",
            "patients/analytics",
            "csv",
            json!({"as_of": "object"}),
            whole,
        ),
        point(
            "tight",
            "patients/analytics",
            "parquet",
            json!({"length_factor": 0.001}),
            long,
        ),
        point("costs", "people/costs", "parquet", json!({}), costs),
        point("costs-csv", "people/costs", "csv", json!({}), costs),
        point("stays", "stays/all", "parquet", json!({}), stays),
        point("stays-csv", "stays/all", "csv", json!({}), stays),
        point("stays.sorted", "stays/sorted", "csv", json!({}), stays),
        point("stays.by-ward", "stays/by_ward", "parquet", exact(), stays),
    ]
}

fn object(name: &'static str, key: &str, bytes: impl Into<Vec<u8>>, code: &'static str) -> Object {
    Object {
        name,
        key: key.to_owned(),
        bytes: bytes.into(),
        // Each has a time of its own.
        day: u32::try_from(key.len() + name.len()).unwrap(),
        code: Some(code).filter(|code| !code.is_empty()),
    }
}

/// Objects of patients that have a release.
pub fn whole() -> Vec<Object> {
    let raw = patients(0, ROWS);
    let text = String::from_utf8(raw.clone()).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut quoted = format!("{head}\n");
    for row in 0..ROWS {
        let _ = writeln!(
            quoted,
            "\"Name, the \"\"{row}th\"\"\",DE-{row},+49 30 {row:07},1970-03-01,Female,TRUE,70,171,\"a\nb, c\",\"x\r\ny\""
        );
    }
    let unknown = text.replace('\n', ",CANARYUNKNOWN\n");
    let unknown = unknown.replacen("CANARYUNKNOWN", "Unknown", 1);
    let unended = text.trim_end().to_owned();
    vec![
        object("plain", "fine/a/patients.csv", raw.clone(), ""),
        object("gzip", "fine/b/patients.csv.gz", gzip(&raw), ""),
        object("zstd", "fine/c/patients.csv.zst", zst(&raw), ""),
        object(
            "CRLF",
            "fine/d/patients.csv",
            text.replace('\n', "\r\n"),
            "",
        ),
        object(
            "a BOM",
            "fine/e/patients.csv",
            format!("\u{feff}{text}"),
            "",
        ),
        object("quoted", "fine/f/patients.csv", quoted, ""),
        object("an unknown column", "fine/g/patients.csv", unknown, ""),
        object("no end of line", "fine/h/patients.csv", unended, ""),
        object(
            "one row",
            "fine/i/patients.csv",
            format!("{head}\n{}\n", rows.lines().next().unwrap()),
            "",
        ),
        object("an odd key", "fine/j \u{fc}+%/patients 1&2.csv", raw, ""),
    ]
}

/// Objects of patients that are refused, each in a folder of its own.
pub fn refused() -> Vec<Object> {
    let raw = patients(0, 20);
    let text = String::from_utf8(raw.clone()).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let cut = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let latin = [
        text.as_bytes(),
        b"Na\xefve,,,1970-03-01,Female,TRUE,70,171,x,y\n",
    ]
    .concat();
    let row = |fields: &str| format!("{text}{fields}\n");
    vec![
        object("empty", "refused/a/patients.csv", "", "HeaderRefused"),
        object(
            "a header alone",
            "refused/b/patients.csv",
            format!("{head}\n"),
            "NoRecords",
        ),
        object(
            "a column too few",
            "refused/c/patients.csv",
            text.replace("Birthdate", "birthdate"),
            "ColumnMissing",
        ),
        object(
            "a column twice",
            "refused/d/patients.csv",
            text.replace("SSN", "Fullname"),
            "ColumnDoubled",
        ),
        object(
            "no date",
            "refused/e/patients.csv",
            row("CANARY,,,CANARY,Female,TRUE,70,171,x,y"),
            "InvalidValue",
        ),
        object(
            "a NULL",
            "refused/f/patients.csv",
            row(",,,1970-03-01,Female,TRUE,70,171,x,y"),
            "NullNotAllowed",
        ),
        object(
            "a field too many",
            "refused/g/patients.csv",
            row("CANARY,,,1970-03-01,Female,TRUE,70,171,x,y,z"),
            "FieldCount",
        ),
        object(
            "an open quote",
            "refused/h/patients.csv",
            row("\"CANARY,,,1970-03-01,Female,TRUE,70,171,x,y"),
            "Quoting",
        ),
        object(
            "no UTF-8",
            "refused/i/patients.csv",
            latin,
            "InvalidEncoding",
        ),
        object(
            "NUL",
            "refused/j/patients.csv",
            text.replace("Name 7", "\0"),
            "NotCsv",
        ),
        object(
            "half a gzip",
            "refused/k/patients.csv.gz",
            cut(&gzip(&raw)),
            "DamagedCompression",
        ),
        object(
            "half a zstd",
            "refused/l/patients.csv.zst",
            cut(&zst(&raw)),
            "DamagedCompression",
        ),
        object(
            "no gzip",
            "refused/m/patients.csv.gz",
            rows,
            "DamagedCompression",
        ),
    ]
}

/// One whose release outgrows a tight law.
fn long() -> Vec<Object> {
    let raw = patients(0, 10 * ROWS);
    vec![object("long", "long/patients.csv", raw, "LengthExceeded")]
}

fn costs() -> Vec<Object> {
    let mut wrong = people(ROWS);
    wrong.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    vec![
        object("plain", "fine/people.csv", people(ROWS), ""),
        object(
            "wrong at its end",
            "refused/people.csv",
            wrong,
            "InvalidValue",
        ),
    ]
}

/// Objects that may be empty, but not without a header.
fn stays() -> Vec<Object> {
    let mut text = "Ward,Days\n".to_owned();
    for row in 0..ROWS {
        let _ = writeln!(text, "ward {},{}", row % 7, row % 31);
    }
    vec![
        object("plain", "fine/stays.csv", text.clone(), ""),
        object("a header alone", "empty/stays.csv", "Ward,Days\n", ""),
        object("its gzip", "empty/stays-2.csv.gz", gzip(b"Ward,Days"), ""),
        object("nothing", "refused/stays.csv", "", "HeaderRefused"),
        object(
            "a NULL in quotes",
            "fine/stays-3.csv",
            format!("{text}\"\",\n"),
            "",
        ),
    ]
}
