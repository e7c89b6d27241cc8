//! What the options of `convert` change in a release, and what they do not.

use std::fs::File;
use std::time::{Duration, SystemTime};

use super::{failure, unlike};
use crate::support::python::run_script;
use crate::support::site::{Site, opened, run, run_on, visits};

#[test]
fn the_option_names_the_format_before_the_suffix_does() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let mut wrong = Vec::new();
    for (output, more, parquet) in [
        ("a.csv", &[][..], false),
        ("a.parquet", &[], true),
        ("a.CSV", &[], false),
        ("a.Parquet", &[], true),
        ("b.csv", &["--format", "parquet"], true),
        ("b.parquet", &["--format", "csv"], false),
        ("b", &["--format", "csv"], false),
        ("b.json", &["-f", "parquet"], true),
        ("c.csv.parquet", &[], true),
        ("d/", &["--format", "csv"], false),
        ("e/", &[], true),
    ] {
        let answer = run(&mut site.convert("visits.csv", output, "open", more));
        wrong.extend(failure(&answer).map(|what| format!("{output}: {what}")));
        let file = match output.strip_suffix('/') {
            None => output.to_owned(),
            Some(folder) => format!("{folder}/{}", site.files(folder).concat()),
        };
        let bytes = site.read(&file).unwrap_or_default();
        let right = if parquet {
            bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")
        } else {
            bytes == opened(0..3).as_bytes()
        };
        if !right {
            wrong.push(format!("{output} {more:?}: is no such file"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_compression_is_that_of_every_page_and_changes_no_value() {
    let site = Site::new();
    site.write("visits.csv", visits(0..5_000));
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for (option, codec) in [
        (None, "SNAPPY"),
        (Some("snappy"), "SNAPPY"),
        (Some("zstd"), "ZSTD"),
        (Some("lz4"), "LZ4"),
        (Some("none"), "UNCOMPRESSED"),
    ] {
        let more: Vec<&str> = option
            .iter()
            .flat_map(|name| ["--compression", name])
            .collect();
        let answer = run(&mut site.convert("visits.csv", "out.parquet", "open", &more));
        wrong.extend(failure(&answer));
        let path = site.path("out.parquet");
        let found = run_script("codecs_of.py", &[path.to_str().unwrap()]);
        if found.trim() != codec {
            wrong.push(format!("{option:?}: {found}"));
        }
        rows.push(run_script("dump.py", &["pyarrow", path.to_str().unwrap()]));
    }
    if rows.iter().any(|other| *other != rows[0]) {
        wrong.push("the rows differ".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The ages in a release of `visits/ages`.
fn ages(csv: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(csv);
    let ages = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().to_owned());
    ages.collect()
}

#[test]
fn ages_count_from_the_date_that_is_asked_for() {
    let site = Site::new();
    let text = "Name,Born,Ward,Cost\na,2000-02-29,w,1\nb,1990-12-31,w,2\nc,,w,3\n";
    site.write("visits.csv", text);
    // Midnight in UTC ends the object's day, wherever this machine stands.
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_251_199);
    let file = File::options()
        .write(true)
        .open(site.path("visits.csv"))
        .unwrap();
    file.set_modified(modified).unwrap();
    let today = String::from_utf8(
        std::process::Command::new("date")
            .args(["-u", "+%F"])
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    let on_today = run(&mut site.convert(
        "visits.csv",
        "-",
        "ages",
        &["-f", "csv", "--as-of", today.trim()],
    ));
    assert_eq!(failure(&on_today), None);
    let mut wrong = Vec::new();
    for (as_of, expected) in [
        (Some("2024-02-28"), ["23", "33", ""]),
        (Some("2024-02-29"), ["24", "33", ""]),
        (Some("2023-02-28"), ["22", "32", ""]),
        (Some("2023-03-01"), ["23", "32", ""]),
        (Some("2100-12-31"), ["100", "110", ""]),
        (Some("object"), ["24", "33", ""]),
    ] {
        let more: Vec<&str> = as_of.iter().flat_map(|date| ["--as-of", date]).collect();
        let answer = run(&mut site.convert(
            "visits.csv",
            "-",
            "ages",
            &[&["-f", "csv"], &more[..]].concat(),
        ));
        wrong.extend(failure(&answer));
        if ages(&answer.stdout) != expected {
            wrong.push(format!("{as_of:?}: {:?}", ages(&answer.stdout)));
        }
    }
    // The day may change between the two, once a day: then the first is asked again.
    for more in [&["-f", "csv"][..], &["-f", "csv", "--as-of", "today"]] {
        let answer = run(&mut site.convert("visits.csv", "-", "ages", more));
        if answer.stdout != on_today.stdout {
            wrong.push(format!("{more:?}: not as of {today}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_has_no_date_cannot_give_the_date_of_its_ages() {
    let site = Site::new();
    let mut command = site.convert("-", "out.csv", "ages", &["--as-of", "object"]);
    let answer = run_on(&mut command, visits(0..3).as_bytes());
    assert_eq!(
        unlike(&answer, 2, &["YYYY-MM-DD", "[InvalidRequest]"]),
        [""; 0]
    );
    // Born after the as-of date: no age, and not a word of when.
    site.write("visits.csv", "Name,Born,Ward,Cost\na,2000-02-29,w,1\n");
    let answer =
        run(&mut site.convert("visits.csv", "out.csv", "ages", &["--as-of", "1999-12-31"]));
    assert_eq!(
        unlike(&answer, 1, &["record 1", "[EvaluationFailed]"]),
        [""; 0]
    );
    assert!(!answer.stderr.contains("2000"), "{}", answer.stderr);
    assert!(site.read("out.csv").is_none());
}

#[test]
fn formulas_are_kept_unless_they_are_to_be_escaped() {
    let site = Site::new();
    let wards = ["=1+1", "+1", "-1", "@x", "\tx", "x=1", "'=1"];
    let records = wards.iter().map(|ward| format!("a,,{ward},-5\n"));
    site.write(
        "visits.csv",
        format!("Name,Born,Ward,Cost\n{}", records.collect::<String>()),
    );
    let mut wrong = Vec::new();
    for (more, expected) in [
        (&[][..], wards.map(str::to_owned)),
        (&["--csv-formulas", "keep"], wards.map(str::to_owned)),
        (
            &["--csv-formulas", "escape"],
            ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "x=1", "'=1"].map(str::to_owned),
        ),
    ] {
        let answer = run(&mut site.convert("visits.csv", "out.csv", "open", more));
        wrong.extend(failure(&answer));
        let text = String::from_utf8(site.read("out.csv").unwrap()).unwrap();
        // A number is none, whatever its sign.
        let lines: Vec<String> = expected.iter().map(|ward| format!("{ward},-5")).collect();
        let found: Vec<&str> = text.lines().skip(1).collect();
        if found != lines {
            wrong.push(format!("{more:?}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn neither_threads_nor_memory_reach_the_bytes() {
    let site = Site::new();
    site.write("visits.csv", visits(0..60_000));
    for (projection, format) in [("keyed", "csv"), ("keyed", "parquet"), ("sorted", "csv")] {
        let release = |more: &[&str]| {
            let more = [&["--format", format, "--key", "key"], more].concat();
            let answer = run(&mut site.convert("visits.csv", "-", projection, &more));
            assert_eq!(failure(&answer), None);
            answer.stdout
        };
        let one = release(&["--threads", "1"]);
        for more in [
            &["--threads", "7"][..],
            &["--threads", "1024"],
            &["--memory-limit", "64MiB"],
        ] {
            assert!(release(more) == one, "{projection} {format} {more:?}");
        }
    }
}

#[test]
fn a_sort_spills_at_whatever_limit_it_needs_to() {
    let site = Site::new();
    site.write("visits.csv", visits(0..1_200_000));
    let mut wrong = Vec::new();
    let mut expected: Option<Vec<u8>> = None;
    for limit in [
        "512MiB", "8MiB", "20MiB", "28MiB", "32MiB", "48MiB", "64MiB",
    ] {
        let more = ["--format", "csv", "--memory-limit", limit];
        let answer = run(&mut site.convert("visits.csv", "-", "sorted", &more));
        wrong.extend(failure(&answer).map(|what| format!("{limit}: {what}")));
        // Every pair of Ward and Cost is there once, so the order is fixed.
        if *expected.get_or_insert_with(|| answer.stdout.clone()) != answer.stdout {
            wrong.push(format!("{limit}: other bytes"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn too_little_memory_is_a_failure_of_ours_and_not_of_the_data() {
    let site = Site::new();
    site.write("visits.csv", visits(0..60_000));
    let answer = run(&mut site.convert(
        "visits.csv",
        "out.csv",
        "sorted",
        &["--memory-limit", "1kB"],
    ));
    assert_eq!(
        unlike(&answer, 2, &["--memory-limit", "[MemoryLimit]"]),
        [""; 0]
    );
    assert!(site.read("out.csv").is_none());
}

/// A header, OPTIONS, the exit code, and what is said.
type Drift = (
    &'static str,
    &'static str,
    &'static str,
    i32,
    &'static [&'static str],
);

const DRIFTS: [Drift; 11] = [
    ("the contract's order", "Name,Born,Ward,Cost", "", 0, &[]),
    ("another order", "Cost,Ward,Born,Name", "", 0, &[]),
    (
        "one more",
        "Name,Born,email,Ward,Cost",
        "",
        0,
        &["WARN", "objects=1", "columns=[\"email\"]", "not read"],
    ),
    (
        "two more",
        "x,Name,Born,Ward,Cost,y",
        "",
        0,
        &["columns=[\"x\", \"y\"]"],
    ),
    (
        "one more where none may be",
        "Name,Born,email,Ward,Cost",
        "'veilpoint.unknown_columns' 'refuse'",
        1,
        &["field 3", "[ColumnUnknown]"],
    ),
    (
        "one less",
        "Name,Born,Ward",
        "",
        1,
        &["\"Cost\"", "[ColumnMissing]"],
    ),
    (
        "one less, not read by the projection",
        "Born,Ward,Cost",
        "",
        1,
        &["\"Name\"", "[ColumnMissing]"],
    ),
    (
        "another name",
        "Name,Born,Station,Cost",
        "",
        1,
        &["\"Ward\"", "[ColumnMissing]"],
    ),
    (
        "another case",
        "Name,Born,ward,Cost",
        "",
        1,
        &["\"Ward\"", "[ColumnMissing]"],
    ),
    (
        "one twice",
        "Name,Born,Ward,Cost,Ward",
        "",
        1,
        &["\"Ward\"", "[ColumnDoubled]"],
    ),
    (
        "signs that a terminal obeys",
        "Name,Born,Ward,Cost,\"\u{1b}[31mred\n\"",
        "",
        0,
        &["columns=[\"\\u{1b}[31mred\\n\"]"],
    ),
];

#[test]
fn a_header_that_drifts_is_told_or_refused() {
    let mut wrong = Vec::new();
    for (name, header, options, code, says) in DRIFTS {
        let site = Site::new();
        site.options(
            &["'format.has_header' 'true'", options].join(if options.is_empty() {
                ""
            } else {
                ", "
            }),
        );
        let fields: Vec<&str> = header
            .split(',')
            .map(|column| match column {
                "Cost" => "7",
                "Born" => "2000-01-01",
                "Ward" | "ward" => "w",
                _ => "Canary",
            })
            .collect();
        site.write("visits.csv", format!("{header}\n{}\n", fields.join(",")));
        let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
        let mut complaints = unlike(&answer, code, says);
        if answer.stderr.contains("Canary") || answer.stderr.contains('\u{1b}') {
            complaints.push(format!("says {:?}", answer.stderr));
        }
        let warned = answer.stderr.contains("WARN");
        if warned != (code == 0 && !says.is_empty()) {
            complaints.push(format!("warns: {warned}"));
        }
        let expected = (code == 0).then(|| b"Ward,Cost\nw,7\n".to_vec());
        if site.read("out.csv") != expected {
            complaints.push("writes another release".to_owned());
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
