//! Objects, contracts and projections that tests of several subjects release.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::folder::write_key;
use super::site::{run, run_on};

/// The date that ages count from where a payload names one.
pub const AS_OF: &str = "2026-11-25";

/// The master key of the tests, as `write_key` writes it.
pub const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A dataset whose every text is to be dropped, and whose rows are short.
const PEOPLE: &str = r#"CREATE EXTERNAL TABLE people (
  "Name" VARCHAR NOT NULL COMMENT 'direct identifier',
  "Note" VARCHAR          COMMENT 'sensitive',
  "Cost" INT              COMMENT 'insensitive'
) STORED AS CSV LOCATION '**/people*.csv'"#;

/// What stands for each name: a block of rows of it is more than is held back.
pub const FILLER: &str =
    "somebody, of whom nothing is said, and of whom nothing is known to whoever reads this";

/// The bundled sample.
pub fn sample() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/patients.csv")).unwrap()
}

/// A compressed object.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    run_on(Command::new("gzip").arg("-c"), bytes).stdout
}

/// The same, by the other usual program.
pub fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// So many rows of people, each of them CANARY.
pub fn people(rows: usize) -> Vec<u8> {
    let mut text = String::from("Name,Note,Cost\n");
    for row in 0..rows {
        writeln!(text, "CANARYNAME,CANARYNOTE,{}", row % 1000).unwrap();
    }
    text.into_bytes()
}

/// So many patients, counted from one: each differs from all others.
pub fn patients(first: usize, rows: usize) -> Vec<u8> {
    let mut text =
        String::from("Fullname,SSN,Phone,Birthdate,Gender,Smoking,Weight,Height,Disease,Address\n");
    for row in first..first + rows {
        let (year, day, weight) = (row % 90 + 1930, row % 28 + 1, row % 60 + 45);
        let gender = ["Female", "Male"][row % 2];
        writeln!(
            text,
            "Name {row},DE-{row:08},+49 30 555 {row:07},{year}-03-{day:02},{gender},FALSE,{weight},171,Disease no. {},\
             \"Street {row}, 10999 Berlin\"",
            row % 50
        )
        .unwrap();
    }
    text.into_bytes()
}

/// A folder for the command: `sql` as below, and the file `key`.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_sql(&folder.path().join("sql"));
    write_key(&folder.path().join("key"));
    folder
}

/// What `convert` makes of an object of this projection's dataset, in such a folder.
pub fn converted(
    folder: &Path,
    raw: &[u8],
    projection: &str,
    format: &str,
    as_of: &str,
) -> Vec<u8> {
    let name = format!("{}.csv", projection.split('/').next().unwrap());
    fs::write(folder.join(&name), raw).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
    command
        .current_dir(folder)
        .env_clear()
        .args(["convert", &name, "out", "--key", "key", "--sql", "sql"])
        .args(["--projection", projection, "--format", format])
        .args(["--as-of", as_of]);
    let exit = run(&mut command);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    fs::read(folder.join("out")).unwrap()
}

/// Whether these bytes are a release, as `convert` makes it; of Parquet as well with zeros between rows and footer.
pub fn is_release(bytes: &[u8], expected: &[u8]) -> bool {
    if !expected.ends_with(b"PAR1") || bytes.len() < expected.len() {
        return bytes == expected;
    }
    let (rows, footer) = expected.split_at(footer(expected));
    let between = bytes
        .strip_prefix(rows)
        .and_then(|rest| rest.strip_suffix(footer));
    between.is_some_and(|filler| filler.iter().all(|byte| *byte == 0))
}

/// Where the footer of a Parquet file begins.
pub fn footer(parquet: &[u8]) -> usize {
    let end = parquet.len() - 8;
    let length: [u8; 4] = parquet[end..end + 4].try_into().unwrap();
    end - u32::from_le_bytes(length) as usize
}

/// The checkout's `sql`, and the tests' own dataset and projections beside it.
pub fn copy_sql(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    for dataset in fs::read_dir(from).unwrap().flatten() {
        let folder = to.join(dataset.file_name());
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(dataset.path()).unwrap().flatten() {
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }
    let people = to.join("people");
    fs::create_dir(&people).unwrap();
    let costs = format!(
        "-- order: kept\nSELECT \"Cost\", redact(\"Name\", '{FILLER}') AS \"Name\" FROM people"
    );
    for (name, text) in [
        ("schema.sql", PEOPLE),
        ("costs.sql", &costs),
        ("named.sql", "SELECT \"Name\" FROM people"),
        ("notes.sql", "SELECT \"Note\" FROM people"),
    ] {
        fs::write(people.join(name), text).unwrap();
    }
}
