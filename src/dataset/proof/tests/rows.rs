//! Projections with what is expected of them, read from the files beside this one: SQL as people write it.
//!
//! `contract: name` says over which of `contracts/*.sql` the rows below it stand. `#### [3] a name` begins a row (with
//! the number of the attack in PRIVACY.md that it is about, if any), then comes the text, and then one line or more of
//! `=> ` with what is expected. `# ` is a remark between rows. `\u{…}` in a text is the sign of that number.

use std::fs;
use std::path::{Path, PathBuf};

/// A projection with what is expected of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The file, without its ending.
    pub file: String,
    /// What is written or tried.
    pub name: String,
    /// The attack of PRIVACY.md that it is about.
    pub attack: Option<u32>,
    /// The contract's name, which is the dataset's.
    pub contract: String,
    /// The projection's text.
    pub text: String,
    /// What is expected, by line.
    pub expected: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dataset/proof/tests")
}

/// A contract's text.
pub fn contract(name: &str) -> String {
    let path = folder().join("contracts").join(name).with_extension("sql");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The reference tables that every contract has beside it: name, contract, rows.
pub fn references() -> Vec<(String, String, String)> {
    let folder = folder().join("contracts/reference");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "sql") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = |path: &Path| fs::read_to_string(path).unwrap();
            found.push((name, text(&path), text(&path.with_extension("csv"))));
        }
    }
    found
}

/// All rows of a folder, `accepted` or `refused`, by file.
pub fn read(kind: &str) -> Vec<Row> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().flat_map(|path| rows(path)).collect()
}

fn rows(path: &Path) -> Vec<Row> {
    let file = path.file_stem().unwrap().to_str().unwrap();
    let all = fs::read_to_string(path).unwrap();
    let mut lines = all.split('\n').peekable();
    let (mut found, mut contract) = (Vec::new(), String::new());
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("contract: ") {
            name.clone_into(&mut contract);
            continue;
        }
        let Some(title) = line.strip_prefix("#### ") else {
            assert!(line.is_empty() || line.starts_with("# "), "{file}: {line}");
            continue;
        };
        let mut text = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("=> ")) {
            text.push(line);
        }
        let mut expected = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("=> ")) {
            expected.push(line[3..].to_owned());
        }
        assert!(!expected.is_empty(), "{file}: {title}: nothing is expected");
        let (attack, name) = titled(title);
        found.push(Row {
            file: file.to_owned(),
            name: name.to_owned(),
            attack,
            contract: contract.clone(),
            text: unescaped(&text.join("\n")),
            expected,
        });
    }
    found
}

/// `[3] a name`.
fn titled(title: &str) -> (Option<u32>, &str) {
    match title
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((number, name)) => (Some(number.parse().unwrap()), name),
        None => (None, title),
    }
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('}').unwrap();
        let sign = u32::from_str_radix(number, 16).unwrap();
        all.push(char::from_u32(sign).unwrap());
        all.push_str(rest);
    }
    all
}
