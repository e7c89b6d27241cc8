//! Reference tables in a folder and in a bucket: which files they are, and how much they may be.

use super::*;
use crate::dataset::reference::{MAX_TABLE, MAX_TABLES, MAX_TABLES_BYTES};

/// Files by path, each of one letter as often as said.
type Files = Vec<(String, usize)>;

/// What a look tells of these files, in a folder and in a bucket.
fn looks(files: &Files) -> [Result<Vec<String>>; 2] {
    let folder = tempfile::tempdir().unwrap();
    for (path, size) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "a".repeat(*size)).unwrap();
    }
    let mut on_disk = SqlSource::new(folder.path().to_str().unwrap()).unwrap();
    let (store, mut in_bucket) = source("sql/");
    block(async {
        for (path, size) in files {
            put(&store, &format!("sql/{path}"), "a".repeat(*size)).await;
        }
        let look = |texts: Option<Texts>| told(&texts.unwrap());
        [
            on_disk.texts().await.map(look),
            in_bucket.texts().await.map(look),
        ]
    })
}

fn tables(count: usize, size: usize) -> Files {
    (0..count)
        .map(|number| (format!("reference/t{number:03}.csv"), size))
        .collect()
}

#[test]
fn tables_lie_in_their_folder_and_nowhere_else() {
    let files = [
        "reference/icd10.csv",
        "reference/icd10.sql",
        "reference/notes.txt",
        "reference/old/icd10.csv",
        "reference/.icd10.csv",
        "patients/patients.csv",
        "patients/schema.sql",
        "icd10.csv",
    ];
    let files = files.map(|path| (path.to_owned(), 1)).to_vec();
    for look in looks(&files) {
        let expected = [
            "patients/schema.sql",
            "reference/icd10.csv",
            "reference/icd10.sql",
        ];
        assert_eq!(look.unwrap(), expected);
    }
}

#[test]
fn a_table_of_more_than_4_mib_has_no_text() {
    let files = vec![
        ("reference/largest.csv".to_owned(), MAX_TABLE),
        ("reference/large.csv".to_owned(), MAX_TABLE + 1),
    ];
    for look in looks(&files) {
        let expected = [
            format!("reference/large.csv: {TABLE_TOO_LARGE}"),
            "reference/largest.csv".to_owned(),
        ];
        assert_eq!(look.unwrap(), expected);
    }
}

#[test]
fn more_than_64_tables_or_16_mib_together_are_no_folder_of_sql() {
    let full = MAX_TABLES_BYTES / MAX_TABLE;
    let mut over = tables(full, MAX_TABLE);
    over.push(("reference/u.csv".to_owned(), 1));
    let mut wrong = Vec::new();
    for (name, files, says) in [
        ("64 tables", tables(MAX_TABLES, 1), None),
        ("65", tables(MAX_TABLES + 1, 1), Some("64 reference tables")),
        ("16 MiB", tables(full, MAX_TABLE), None),
        ("a byte more", over, Some("16 MiB together")),
    ] {
        for look in looks(&files) {
            let right = match (&look, says) {
                (Ok(told), None) => told.len() == files.len(),
                (Err(error), Some(says)) => {
                    error.kind() == Kind::Settings && error.message().contains(says)
                }
                _ => false,
            };
            if !right {
                wrong.push(format!("{name}: {look:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
