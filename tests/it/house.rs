//! The house's rules that no compiler holds: which module may know which, and who reads the environment.

use std::fs;
use std::path::{Path, PathBuf};

/// The stages in the order in which data passes them. A module knows its own stage and those before it.
///
/// Settings come after what they speak of: a payload, a size, the name of a projection.
const STAGES: [&[&str]; 15] = [
    &["error", "key"],
    &["request"],
    &["identifiers"],
    &["functions"],
    &["dataset"],
    &["config"],
    &["source", "csv"],
    &["project"],
    &["encode"],
    &["release"],
    &["cache"],
    &["access_point"],
    &["risk"],
    &["door"],
    &["main", "bin"],
];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file under a folder, with its path from `src`.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(src()).unwrap().to_owned();
            found.push((name, code(&text)));
        }
    }
    found
}

/// The text less comments and the modules of tests.
fn code(text: &str) -> String {
    let mut lines = Vec::new();
    let mut all = text.lines().peekable();
    while let Some(line) = all.next() {
        let test_module = line == "#[cfg(test)]"
            && all
                .peek()
                .is_some_and(|next| next.trim_start().starts_with("mod ") && next.ends_with('{'));
        if test_module {
            // rustfmt puts the module's end alone at the margin.
            all.by_ref().find(|line| *line == "}");
        } else if !line.trim_start().starts_with("//") {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// The top-level module that a file belongs to; none for the map itself.
fn module(file: &Path) -> Option<String> {
    let first = file.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then(|| name.to_owned())
}

fn stage(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| stage.contains(&module))
}

/// The modules that a text names behind `crate::`, be it one name or a list in braces.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, begin) in code.match_indices("crate::") {
        let rest = &code[at + begin.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(listed(list)),
            None => names.push(word(rest)),
        }
    }
    // Capitals are what the map re-exports.
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    names
}

/// The first words of a list in braces, up to its own closing brace.
fn listed(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(word(list[start..at].trim_start()));
                if c == '}' {
                    break;
                }
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn every_module_has_its_place() {
    for (file, _) in files(&src()) {
        if let Some(module) = module(&file) {
            assert!(stage(&module).is_some(), "{module} has no stage");
        }
    }
}

#[test]
fn no_module_knows_a_later_stage() {
    let mut wrong = Vec::new();
    for (file, code) in files(&src()) {
        let Some(own) = module(&file).and_then(|module| stage(&module)) else {
            continue;
        };
        for name in named(&code) {
            if stage(&name).is_some_and(|other| other > own) {
                wrong.push(format!("{} knows {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_settings_read_the_environment() {
    let words = ["std::env", "env::var", "env::args", "use std::{env"];
    let readers: Vec<PathBuf> = files(&src())
        .into_iter()
        .filter(|(_, code)| words.iter().any(|word| code.contains(word)))
        .map(|(file, _)| file)
        .filter(|file| file != Path::new("config/mod.rs"))
        .collect();
    assert!(readers.is_empty(), "{readers:?}");
}

#[test]
fn names_behind_crate_are_found_in_lists_and_alone() {
    let code = "use crate::csv::{A, b};\nuse crate::{\n    key::{self, Key},\n    Error, dataset,\n};\ncrate::door::run()";
    assert_eq!(named(code), ["csv", "key", "dataset", "door"]);
}

#[test]
fn comments_and_modules_of_tests_are_no_code() {
    let text =
        "//! crate::door\nuse a;\n#[cfg(test)]\nmod tests {\n    use crate::door;\n}\nfn b() {}";
    assert_eq!(code(text), "use a;\nfn b() {}");
}
