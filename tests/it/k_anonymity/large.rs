//! Millions of rows in little memory: what is counted spills, and is right.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::people::{Subject, contract};
use crate::memory::peak;
use crate::support::folder::write_key;

/// Two rows each of persons, of whom four of ten share one zip, and six another; scattered over the file.
fn write(path: &Path, rows: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "number,ssn,name,age,zip,score").unwrap();
    let mut line = String::new();
    for number in 0..rows {
        // A multiplier that shares no factor with a power of ten: each row comes once.
        let row = number * 48_271 % rows;
        let person = row / 2;
        let class = if person % 10 < 4 { "few" } else { "many" };
        line.clear();
        writeln!(
            line,
            "{row},S{person},Somebody,{},{class} {},1.5",
            person % 90,
            person / 10
        )
        .unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("sql/t")).unwrap();
    fs::write(path("sql/t/schema.sql"), contract(Subject::Ssn)).unwrap();
    let select = "-- reveals: \"zip\"\n-- k: 5 over \"zip\"\nSELECT number, zip FROM t";
    fs::write(path("sql/t/p.sql"), select).unwrap();
    write_key(&path("key"));
    folder
}

fn command(folder: &Path, input: &str, output: &str, memory: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
    command
        .current_dir(folder)
        .args(["convert", input, output])
        .args([
            "--projection",
            "t/p",
            "--key",
            "key",
            "--threads",
            "2",
            "--memory-limit",
            memory,
        ]);
    command.stderr(Stdio::piped());
    command
}

/// Whether exactly the rows of the many are there.
fn is_right(path: &Path, rows: u64) -> bool {
    let lines = BufReader::new(File::open(path).unwrap()).lines().skip(1);
    let mut numbers = BTreeSet::new();
    for line in lines {
        let line = line.unwrap();
        let (number, zip) = line.split_once(',').unwrap();
        let number: u64 = number.parse().unwrap();
        if zip != format!("many {}", number / 20) || number / 2 % 10 < 4 {
            return false;
        }
        numbers.insert(number);
    }
    numbers.len() as u64 == rows / 10 * 6
}

#[test]
fn millions_of_rows_are_counted_in_little_memory_and_rightly() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let peak_of = |rows: u64, output: &str| {
        write(&path("t.csv"), rows);
        let spill = path("tmp");
        fs::create_dir_all(&spill).unwrap();
        let child = command(folder.path(), "t.csv", output, "16MiB")
            .env("TMPDIR", &spill)
            .spawn();
        let peak = peak(child.unwrap());
        assert_eq!(
            fs::read_dir(&spill).unwrap().count(),
            0,
            "what was spilled is gone"
        );
        peak
    };
    let small = peak_of(500_000, "out.csv");
    assert!(is_right(&path("out.csv"), 500_000));
    let large = peak_of(2_000_000, "out.csv");
    assert!(is_right(&path("out.csv"), 2_000_000));
    assert!(
        large <= small + 24 && large <= 128,
        "{small} MiB, then {large} MiB"
    );
    let parquet = peak_of(2_000_000, "out.parquet");
    assert!(parquet <= 160, "{parquet} MiB");
}

#[test]
fn without_a_folder_to_spill_to_it_is_said_what_would_do() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    write(&path("t.csv"), 300_000);
    let run = |memory: &str| {
        let mut command = command(folder.path(), "t.csv", "out.csv", memory);
        let output = command.env("TMPDIR", path("nowhere")).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said) = run("16MiB");
    let remedies = ["[MemoryLimit]", "TMPDIR", "--memory-limit"];
    assert!(
        code == Some(2) && remedies.iter().all(|part| said.contains(part)),
        "{said}"
    );
    assert!(!path("out.csv").exists());
    let (code, said) = run("512MiB");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("180000 rows (120000 suppressed)"), "{said}");
    assert!(is_right(&path("out.csv"), 300_000));
}
