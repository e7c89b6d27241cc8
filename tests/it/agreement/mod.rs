//! Agreement with others: odd CSVs read as Python's csv module and `DuckDB` read them, or are refused.
//!
//! `corpus.rs` holds the objects. Where we differ from a reader, the row says so and why, and a difference that is gone
//! fails as one that has come: the table says what is so. The release in Parquet and the one in CSV hold the same.

mod corpus;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::folder::write_key;
use crate::support::python::run_script_on;

/// One object, how it is written, and how others read it.
struct Case {
    /// What is odd, in a few words.
    name: &'static str,
    /// The object.
    file: Vec<u8>,
    /// The contract's columns.
    columns: Vec<String>,
    delimiter: char,
    /// None where quotes are text.
    quote: Option<char>,
    escape: Option<char>,
    comment: Option<char>,
    null: Option<&'static str>,
    encoding: &'static str,
    skip: usize,
    /// The code with which it is refused, and why.
    refused: Option<(&'static str, &'static str)>,
    /// Why Python reads it otherwise.
    python: Option<&'static str>,
    /// Why `DuckDB` reads it otherwise.
    duckdb: Option<&'static str>,
}

impl Case {
    fn new(name: &'static str, file: impl Into<Vec<u8>>) -> Self {
        Self {
            name,
            file: file.into(),
            columns: vec!["a".into(), "b".into()],
            delimiter: ',',
            quote: Some('"'),
            escape: None,
            comment: None,
            null: None,
            encoding: "utf-8",
            skip: 0,
            refused: None,
            python: None,
            duckdb: None,
        }
    }

    fn columns(mut self, names: &[&str]) -> Self {
        self.columns = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    fn refused(self, code: &'static str, reason: &'static str) -> Self {
        Self {
            refused: Some((code, reason)),
            ..self
        }
    }

    fn python(self, reason: &'static str) -> Self {
        Self {
            python: Some(reason),
            ..self
        }
    }

    fn duckdb(self, reason: &'static str) -> Self {
        Self {
            duckdb: Some(reason),
            ..self
        }
    }

    /// The contract: all columns text that anyone may see.
    fn schema(&self) -> String {
        let text = |value: &str| value.replace('\'', "''");
        let sign = |sign: Option<char>| sign.map_or(String::new(), |c| text(&c.to_string()));
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|name| {
                format!(
                    "  \"{}\" VARCHAR COMMENT 'insensitive'",
                    name.replace('"', "\"\"")
                )
            })
            .collect();
        let mut options = vec![
            ("format.has_header", "true".to_owned()),
            ("format.delimiter", text(&self.delimiter.to_string())),
            ("format.quote", sign(self.quote)),
            ("veilpoint.encoding", self.encoding.to_owned()),
            ("veilpoint.skip_lines", self.skip.to_string()),
        ];
        options.extend(self.escape.map(|c| ("format.escape", sign(Some(c)))));
        options.extend(self.comment.map(|c| ("format.comment", sign(Some(c)))));
        options.extend(self.null.map(|null| ("format.null_value", text(null))));
        let options: Vec<String> = options
            .iter()
            .map(|(name, value)| format!("'{name}' '{value}'"))
            .collect();
        format!(
            "CREATE EXTERNAL TABLE t (\n{}\n)\nSTORED AS CSV\nLOCATION '**/case*.csv'\nOPTIONS ({});\n",
            columns.join(",\n"),
            options.join(", "),
        )
    }

    /// Lays the case under `folder`, converts it, and checks whether it was refused as it should be: the case as the
    /// script wants it, or a complaint.
    fn lay(&self, folder: &Path) -> Result<Value, String> {
        let sql = folder.join("sql/t");
        fs::create_dir_all(&sql).unwrap();
        fs::write(sql.join("schema.sql"), self.schema()).unwrap();
        fs::write(sql.join("all.sql"), "-- order: kept\nSELECT * FROM t\n").unwrap();
        let input = folder.join("case.csv");
        fs::write(&input, &self.file).unwrap();
        let parquet = self.convert(folder, "case.parquet")?;
        let csv = self.convert(folder, "release.csv")?;
        let sign = |sign: Option<char>| sign.map_or(String::new(), String::from);
        Ok(json!({
            "input": input, "parquet": parquet, "csv": csv, "delimiter": self.delimiter,
            "quote": sign(self.quote), "escape": sign(self.escape), "comment": sign(self.comment),
            "null": self.null.unwrap_or_default(), "encoding": self.encoding, "skip": self.skip,
        }))
    }

    /// The release's path, or null where the object is refused as the row says.
    fn convert(&self, folder: &Path, release: &str) -> Result<Value, String> {
        write_key(&folder.join("key"));
        let output = Command::new(env!("CARGO_BIN_EXE_veilpoint"))
            .current_dir(folder)
            .args(["convert", "case.csv", release])
            .args(["--projection", "t/all", "--sql", "sql", "--key", "key"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        match (self.refused, output.status.code()) {
            (None, Some(0)) => Ok(json!(folder.join(release))),
            (Some((code, _)), Some(1)) if said.contains(&format!("[{code}]")) => Ok(Value::Null),
            (Some((code, reason)), _) => Err(format!(
                "should be refused as {code}, since {reason}: {}",
                said.trim_end()
            )),
            (None, _) => Err(format!("should be read: {}", said.trim_end())),
        }
    }

    /// What is wrong with what the readers say.
    fn judge(&self, answer: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let release = &answer["parquet"];
        if self.refused.is_some() {
            return wrong;
        }
        // A record of one NULL would be a blank line: it is written as an empty text.
        let written = if self.columns.len() == 1 {
            empty_for_null(release)
        } else {
            release.clone()
        };
        if written != answer["csv"] {
            wrong.push(format!("Parquet is {release}, CSV {}", answer["csv"]));
        }
        // Python knows no NULL. Where the contract has a null text, Python shows it: that is a difference of the row.
        let readers = [
            (
                "Python",
                &answer["python"],
                empty_for_null(release),
                self.python,
            ),
            ("DuckDB", &answer["duckdb"], release.clone(), self.duckdb),
        ];
        for (reader, theirs, ours, reason) in readers {
            match (reason, *theirs == ours) {
                (None, false) => wrong.push(format!("{reader} reads {theirs}, we {ours}")),
                (Some(reason), true) => {
                    wrong.push(format!("{reader} agrees, though it should not: {reason}"));
                }
                _ => {}
            }
        }
        wrong
    }
}

/// The same table with empty texts for NULLs.
fn empty_for_null(table: &Value) -> Value {
    match table {
        Value::Null => json!(""),
        Value::Array(values) => values.iter().map(empty_for_null).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(k, v)| (k.clone(), empty_for_null(v)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// Values of at most this many characters are shown whole.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 600;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[test]
fn odd_objects_read_as_python_and_duckdb_read_them_or_are_refused() {
    let cases = corpus::cases();
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut laid = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        match case.lay(&folder.path().join(number.to_string())) {
            Ok(value) => laid.push((case, value)),
            Err(complaint) => wrong.push(format!("{}: {complaint}", case.name)),
        }
    }
    let questions: Vec<&Value> = laid.iter().map(|(_, value)| value).collect();
    let answers = run_script_on("agree.py", &[], json!(questions).to_string().as_bytes());
    let answers: Vec<Value> = serde_json::from_str(&answers).unwrap();
    assert_eq!(answers.len(), laid.len());
    for ((case, _), answer) in laid.iter().zip(&answers) {
        let complaints = case.judge(answer);
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("{}: {}", case.name, shortened(what))),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_corpus_has_at_least_sixty_objects_and_no_name_twice() {
    let mut names: Vec<&str> = corpus::cases().iter().map(|case| case.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all >= 60, "{all}");
}
