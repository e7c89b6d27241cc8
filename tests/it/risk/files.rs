//! What is read, what is refused, and that a refusal shows no value.

use std::process::Command;

use serde_json::Value;

use super::report;
use crate::support::python::succeed;
use crate::support::site::{Site, run, run_on};

/// What must never be seen.
const CANARY: &str = "Quetzalcoatl";

const ROWS: [[&str; 3]; 6] = [
    ["34", "Zürich", "flu"],
    ["34", "Zürich", "none"],
    ["35", "", "flu"],
    ["35", "", "flu"],
    ["35", "Bern", "\"a, b\""],
    ["35", "Bern", "flu"],
];

/// The rows with this between the fields and that behind them.
fn text(delimiter: &str, end: &str) -> String {
    let header = ["Age", "City", "Disease"];
    let lines = std::iter::once(header).chain(ROWS);
    lines.map(|row| row.join(delimiter) + end).collect()
}

const ARGS: [&str; 4] = ["--quasi", "City,Age", "--sensitive", "Disease"];

fn of(site: &Site, file: &str, more: &[&str]) -> Value {
    report(site, &[&[file], &ARGS[..], more].concat())
}

#[test]
fn a_file_is_the_same_however_it_is_written() {
    let site = Site::new();
    let plain = text(",", "\n");
    site.write("plain.csv", &plain);
    let expected = of(&site, "plain.csv", &[]);
    assert_eq!(
        (&expected["k"], &expected["classes"]),
        (&2.into(), &3.into())
    );
    site.write("bom.csv", format!("\u{feff}{plain}"));
    site.write("crlf.csv", text(",", "\r\n"));
    site.write("tabs.tsv", text("\t", "\n"));
    site.write("excel.csv", format!("sep=;\r\n{}", text(";", "\r\n")));
    let narrow: Vec<u8> = plain.chars().map(|c| u8::try_from(c).unwrap()).collect();
    site.write("narrow.csv", narrow);
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    site.write("wide.csv", wide);
    for (program, suffix) in [("gzip", "gz"), ("bzip2", "bz2"), ("zstd", "zst")] {
        let packed = match suffix {
            "zst" => zstd(plain.as_bytes()),
            _ => {
                succeed(
                    Command::new(program)
                        .args(["-c"])
                        .arg(site.path("plain.csv")),
                )
                .stdout
            }
        };
        site.write(&format!("plain.csv.{suffix}"), packed);
    }
    let rows: [(&str, &[&str]); 9] = [
        ("bom.csv", &[]),
        ("crlf.csv", &[]),
        ("tabs.tsv", &["--delimiter", "\\t"]),
        ("excel.csv", &[]),
        ("narrow.csv", &["--encoding", "windows-1252"]),
        ("wide.csv", &["--encoding", "utf-16le"]),
        ("plain.csv.gz", &[]),
        ("plain.csv.bz2", &[]),
        ("plain.csv.zst", &[]),
    ];
    let mut wrong = Vec::new();
    for (file, more) in rows {
        if of(&site, file, more) != expected {
            wrong.push(file);
        }
    }
    let args = [&["risk", "-", "--format", "json"], &ARGS[..]].concat();
    let answer = run_on(&mut site.command(args), plain.as_bytes());
    if serde_json::from_slice::<Value>(&answer.stdout).ok() != Some(expected) {
        wrong.push("standard input");
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The smallest frame of RFC 8878: one raw block, with its size in one byte.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let size = u8::try_from(bytes.len()).unwrap();
    let block = (u32::from(size) << 3 | 1).to_le_bytes();
    [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, size], &block[..3], bytes].concat()
}

#[test]
fn what_cannot_be_measured_is_refused_and_shows_no_value() {
    let site = Site::new();
    let good = format!("Age,City\n34,{CANARY}\n34,{CANARY}\n");
    let unique: String = (0..50_000)
        .map(|row| format!("{row},{CANARY}{row}\n"))
        .collect();
    let files: [(&str, Vec<u8>); 10] = [
        ("good.csv", good.clone().into_bytes()),
        (
            "doubled.csv",
            format!("Age,Age,City\n1,{CANARY},3\n").into_bytes(),
        ),
        (
            "ragged.csv",
            format!("Age,City\n1,2\n3,{CANARY},4\n").into_bytes(),
        ),
        (
            "quote.csv",
            format!("Age,City\n1,{CANARY}\"x\n").into_bytes(),
        ),
        (
            "latin.csv",
            [b"Age,City\n1,2\n3,", CANARY.as_bytes(), b"\xfc\n"].concat(),
        ),
        ("headless.csv", format!("34,{CANARY}\n").into_bytes()),
        ("nobody.csv", b"Age,City\n".to_vec()),
        ("empty.csv", Vec::new()),
        (
            "broken.parquet",
            [b"PAR1", CANARY.as_bytes(), b"PAR1"].concat(),
        ),
        ("large.csv", format!("Age,City\n{unique}").into_bytes()),
    ];
    for (name, bytes) in files {
        site.write(name, bytes);
    }
    site.write("other.csv", "Age,City\n34,elsewhere\n");
    // File, further arguments, exit code, words of what is said.
    let rows: [(&str, &[&str], i32, &[&str]); 21] = [
        (
            "good.csv",
            &["--quasi", "age"],
            1,
            &["\"age\"", "[ColumnMissing]"],
        ),
        (
            "good.csv",
            &["--quasi", "Age", "--sensitive", "Illness"],
            1,
            &["\"Illness\""],
        ),
        ("good.csv", &["--quasi", "Age,Age"], 2, &["more than once"]),
        (
            "good.csv",
            &["--quasi", "Age", "--sensitive", "Age"],
            2,
            &["more than once"],
        ),
        ("good.csv", &["--quasi", "Age,"], 2, &["--quasi"]),
        ("good.csv", &[], 2, &["--quasi"]),
        (
            "good.csv",
            &["--quasi", "Age", "--threshold", "2"],
            2,
            &["--threshold"],
        ),
        (
            "good.csv",
            &["--quasi", "Age", "--recursive-c", "0"],
            2,
            &["--recursive-c"],
        ),
        (
            "good.csv",
            &["--quasi", "Age", "--delimiter", "\""],
            2,
            &["--delimiter"],
        ),
        (
            "good.csv",
            &["--quasi", "Age", "--fail-below", "1"],
            2,
            &["--fail-below"],
        ),
        (
            "good.csv",
            &["--quasi", "City", "--population", "other.csv"],
            1,
            &["population"],
        ),
        (
            "good.csv",
            &["--quasi", "City", "--population", "gone.csv"],
            2,
            &["gone.csv"],
        ),
        ("gone.csv", &["--quasi", "Age"], 2, &["gone.csv"]),
        ("doubled.csv", &["--quasi", "Age"], 1, &["[ColumnDoubled]"]),
        (
            "ragged.csv",
            &["--quasi", "Age"],
            1,
            &["record 2", "[FieldCount]"],
        ),
        (
            "quote.csv",
            &["--quasi", "Age"],
            1,
            &["record 1", "[Quoting]"],
        ),
        (
            "latin.csv",
            &["--quasi", "Age"],
            1,
            &["record 2", "--encoding", "[InvalidEncoding]"],
        ),
        ("headless.csv", &["--quasi", "Age"], 1, &["[ColumnMissing]"]),
        ("nobody.csv", &["--quasi", "Age"], 1, &["[NoRecords]"]),
        ("broken.parquet", &["--quasi", "Age"], 1, &["Parquet"]),
        (
            "large.csv",
            &["--quasi", "Age", "--memory-limit", "1MiB"],
            2,
            &["--memory-limit", "--columns"],
        ),
    ];
    let mut wrong = Vec::new();
    for (file, more, code, words) in rows {
        let args = [&["risk", file], more].concat();
        let answer = run(&mut site.command(&args));
        let said = String::from_utf8_lossy(&answer.stdout).into_owned() + &answer.stderr;
        let missing: Vec<&&str> = words.iter().filter(|word| !said.contains(**word)).collect();
        if answer.code != Some(code) || !missing.is_empty() || said.contains(CANARY) {
            wrong.push(format!(
                "{file} {more:?}: {:?}, {missing:?}: {said}",
                answer.code
            ));
        }
        if !answer.stdout.is_empty() {
            wrong.push(format!("{file} {more:?}: has a report"));
        }
    }
    let files: Vec<String> = site
        .files("")
        .into_iter()
        .filter(|name| name.contains(".veilpoint-"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(files, [""; 0]);
}

/// The identifiers alone do not fit; they are left out where other columns are named, and the classes fit.
#[test]
fn columns_that_are_not_named_take_no_memory_where_others_are() {
    let site = Site::new();
    let line = |row: u32| format!("{},{},{row}\n", row % 7, row % 3);
    let lines: String = (0..50_000).map(line).collect();
    site.write("large.csv", format!("Age,City,Id\n{lines}"));
    let small = ["large.csv", "--quasi", "Age", "--memory-limit", "1MiB"];
    let all = run(&mut site.command([&["risk"], &small[..]].concat()));
    assert_eq!(all.code, Some(2), "{}", all.stderr);
    let fitting = report(&site, &[&small[..], &["--columns", "City,Age"]].concat());
    let columns = fitting["columns"].as_array().unwrap().iter();
    let names: Vec<&Value> = columns.map(|column| &column["name"]).collect();
    assert_eq!(names, ["Age", "City"]);
    assert_eq!(
        (&fitting["records"], &fitting["k"]),
        (&50_000.into(), &7142.into())
    );
}
