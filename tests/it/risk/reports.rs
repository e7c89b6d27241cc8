//! What a report says and does not say, where it goes, and what the exit code tells.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::report;
use crate::support::site::{Site, run};

/// Every value begins with it; no name of a column does.
const CANARY: &str = "Quetzal";

/// Sixty records in classes of one, two and more, with values that occur once and many times.
fn people(site: &Site) {
    let line = |row: u32| {
        let class = row * row / 90;
        format!(
            "{CANARY}{row},{CANARY}{class},{CANARY}{},{}.75310\n",
            row % 4,
            row % 5
        )
    };
    let lines: String = (0..60).map(line).collect();
    site.write("people.csv", format!("Id,Zip,Illness,Dose\n{lines}"));
}

const ARGS: [&str; 6] = [
    "risk",
    "people.csv",
    "--quasi",
    "Zip",
    "--sensitive",
    "Illness,Dose",
];

fn said(site: &Site, more: &[&str]) -> String {
    let answer = run(&mut site.command([&ARGS[..], more].concat()));
    assert_eq!((answer.code, &answer.stderr[..]), (Some(0), ""), "{more:?}");
    String::from_utf8(answer.stdout).unwrap()
}

#[test]
fn no_form_of_the_report_holds_a_value() {
    let site = Site::new();
    people(&site);
    let mut wrong = Vec::new();
    for form in ["text", "json", "html"] {
        let text = said(&site, &["--format", form]);
        for name in ["Id", "Zip", "Illness", "Dose"] {
            if !text.contains(name) {
                wrong.push(format!("{form} does not name {name}"));
            }
        }
        for value in [CANARY, ".75310", ".7531"] {
            if text.contains(value) {
                wrong.push(format!("{form} holds {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_page_needs_nothing_and_escapes_the_names_of_columns() {
    let site = Site::new();
    let name = "<script>alert(1)</script>";
    site.write("people.csv", format!("{name},b\n1,2\n1,3\n"));
    let args = [
        "risk",
        "people.csv",
        "--format",
        "html",
        "--quasi",
        name,
        "--sensitive",
        "b",
    ];
    let answer = run(&mut site.command(args));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let page = String::from_utf8(answer.stdout).unwrap();
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{page}"
    );
    for foreign in [
        "<script", "http:", "https:", "url(", "@import", "src=", "href=",
    ] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert_eq!(page.matches("<svg").count(), 3);
}

#[test]
fn a_report_goes_where_it_is_sent_in_the_form_that_the_suffix_says() {
    let site = Site::new();
    people(&site);
    for (file, begin) in [
        ("a.json", "{\n  \"version\": 1,"),
        ("a.html", "<!DOCTYPE html>"),
        ("a.txt", "people.csv: 60 records"),
    ] {
        assert_eq!(said(&site, &["--output", file]), "");
        let written = String::from_utf8(site.read(file).unwrap()).unwrap();
        assert!(written.starts_with(begin), "{file}: {written}");
    }
    let json = said(&site, &["--output", "-", "--format", "json"]);
    assert_eq!(json.as_bytes(), site.read("a.json").unwrap());
    let folder = run(&mut site.command([&ARGS[..], &["--output", "sql"]].concat()));
    assert_eq!(folder.code, Some(2), "{}", folder.stderr);
}

#[test]
fn k_below_what_is_asked_for_is_exit_code_1_with_the_report() {
    let site = Site::new();
    site.write(
        "people.csv",
        "Zip,Illness\n1,a\n1,b\n1,b\n2,a\n2,a\n2,a\n2,c\n",
    );
    let args = |least| {
        [
            "risk",
            "people.csv",
            "--quasi",
            "Zip",
            "--fail-below",
            least,
        ]
    };
    for (least, code) in [("2", 0), ("3", 0), ("4", 1), ("100", 1)] {
        let answer = run(&mut site.command(args(least)));
        assert_eq!(answer.code, Some(code), "{least}");
        assert!(
            String::from_utf8_lossy(&answer.stdout).contains("k = 3"),
            "{least}"
        );
        let refused = format!("k is 3, and --fail-below asks for {least}");
        assert_eq!(
            answer.stderr.contains(&refused),
            code == 1,
            "{}",
            answer.stderr
        );
    }
}

/// Every field of the report is in docs/risk.md, and every field of docs/risk.md in the report.
#[test]
fn the_documentation_has_every_field_and_no_other() {
    let site = Site::new();
    people(&site);
    let report = report(&site, &ARGS[1..]);
    let mut found = Vec::new();
    fields(&report, "", &mut found);
    found.sort();
    found.dedup();
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/risk.md")).unwrap();
    let row = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    let (_, table) = text.split_once("## The report as JSON").unwrap();
    let mut told: Vec<String> = table.lines().filter_map(row).collect();
    told.sort();
    assert_eq!(found, told);
}

/// The paths of all fields that hold no other.
fn fields(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let dot = if at.is_empty() { "" } else { "." };
                fields(value, &format!("{at}{dot}{name}"), found);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for value in list {
                fields(value, &format!("{at}[]"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn the_examples_of_the_help_run_as_they_stand() {
    let site = Site::new();
    let lines: String = (0..50)
        .map(|row| format!("{},{},{}\n", row % 3, row % 2, row % 5))
        .collect();
    let table = format!("Age,Gender,Disease\n{lines}");
    site.write("release.csv", &table);
    site.write("release.parquet", parquet());
    site.write(
        "sample.csv",
        table
            .lines()
            .take(20)
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    site.write("all.csv", &table);
    let zipped = Command::new("gzip").arg(site.path("all.csv")).status();
    assert!(zipped.unwrap().success());
    let help = String::from_utf8(run(&mut site.command(["risk", "--help"])).stdout).unwrap();
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_veilpoint")).parent().unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for line in examples
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("veilpoint "))
    {
        count += 1;
        let script = format!("PATH='{}':$PATH\n{line}", folder.display());
        let answer = run(Command::new("bash")
            .args(["-c", &script])
            .current_dir(site.path("")));
        if answer.code != Some(0) {
            wrong.push(format!("{line}: {:?} {}", answer.code, answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(count, 5);
    assert!(site.read("risk.html").is_some());
}

/// A file with the same columns, as Parquet.
fn parquet() -> Vec<u8> {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, RecordBatch};
    let column =
        |of: i32| Arc::new(Int32Array::from_iter_values((0..50).map(|row| row % of))) as ArrayRef;
    let columns = [
        ("Age", column(3)),
        ("Gender", column(2)),
        ("Disease", column(5)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}
