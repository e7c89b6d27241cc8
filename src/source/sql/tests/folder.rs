//! The folder on disk.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use super::*;

fn write(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn source(root: &Path) -> SqlSource {
    SqlSource::new(root.to_str().unwrap()).unwrap()
}

#[test]
fn an_unknown_projection_is_answered_with_those_that_exist() {
    let folder = tempfile::tempdir().unwrap();
    let sql = SqlFolder::new(folder.path());
    let name = "patients/anlytics".parse().unwrap();
    assert_eq!(
        sql.load(&name).err().map(|e| e.kind()),
        Some(Kind::NotFound)
    );
    for file in [
        "patients/schema.sql",
        "patients/analytics.sql",
        "patients/billing.sql",
        "patients/notes.txt",
        "visits/loose.sql",
        "reference/schema.sql",
        "reference/zip.sql",
    ] {
        write(folder.path(), file, "");
    }
    let error = sql.load(&name).err().unwrap();
    let names = "there is no projection patients/anlytics, did you mean \"patients/analytics\"? \
                 there are: patients/analytics, patients/billing [NoSuchKey]";
    assert!(error.to_string().ends_with(names), "{error}");
    for name in ["patients/schema", "reference/zip"] {
        let error = sql.load(&name.parse().unwrap()).err().unwrap();
        assert_eq!(error.kind(), Kind::NotFound);
    }
}

#[test]
fn a_missing_folder_is_a_wrong_setting() {
    let error = SqlFolder::new("/nowhere").load(&"a/b".parse().unwrap());
    assert_eq!(error.err().map(|e| e.kind()), Some(Kind::Settings));
    let error = block(source(Path::new("/nowhere")).texts()).unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.to_string().starts_with("/nowhere: "), "{error}");
}

#[test]
fn only_files_that_are_named_as_contracts_or_projections_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for path in [
        "patients/schema.sql",
        "patients/analytics.sql",
        "patients/notes.txt",
        "patients/.hidden.sql",
        "patients/old/analytics.sql",
        ".git/config.sql",
        "loose.sql",
        "visits/all.sql",
        "visits/folder.sql/file",
    ] {
        write(root, path, path);
    }
    write(root, "patients/latin.sql", b"-- na\xefve");
    write(root, "patients/large.sql", vec![b' '; (1 << 16) + 1]);
    write(root, "patients/largest.sql", vec![b' '; 1 << 16]);
    std::os::unix::fs::symlink("analytics.sql", root.join("patients/link.sql")).unwrap();
    std::os::unix::fs::symlink("nothing", root.join("patients/dangling.sql")).unwrap();
    let pipe = Command::new("mkfifo")
        .arg(root.join("patients/pipe.sql"))
        .status();
    assert!(pipe.unwrap().success());
    let texts = block(source(root).texts()).unwrap().unwrap();
    let expected = [
        "patients/analytics.sql".to_owned(),
        format!("patients/large.sql: {TOO_LARGE}"),
        "patients/largest.sql".to_owned(),
        format!("patients/latin.sql: {NOT_UTF8}"),
        "patients/link.sql".to_owned(),
        "patients/schema.sql".to_owned(),
        "visits/all.sql".to_owned(),
    ];
    assert_eq!(told(&texts), expected);
    let text: Text = Ok("patients/analytics.sql".into());
    assert_eq!(texts["patients/link.sql"], text);
}

#[test]
fn every_edit_is_seen_and_seen_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a/schema.sql", "1");
    write(root, "a/b.sql", "1");
    let mut source = source(root);
    block(source.texts()).unwrap().unwrap();
    let (file, dataset) = (root.join("a/b.sql"), root.join("a"));
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let in_place = || {
        // As long as before, and as old: only the bytes tell.
        write(root, "a/b.sql", "2");
        let file = File::options().write(true).open(&file).unwrap();
        file.set_modified(modified).unwrap();
    };
    let edits: [(&str, &dyn Fn(), &str); 5] = [
        ("in place", &in_place, "a/b.sql a/schema.sql"),
        (
            "added",
            &|| write(root, "a/c.sql", ""),
            "a/b.sql a/c.sql a/schema.sql",
        ),
        (
            "renamed",
            &|| fs::rename(root.join("a/c.sql"), root.join("a/d.sql")).unwrap(),
            "a/b.sql a/d.sql a/schema.sql",
        ),
        (
            "deleted",
            &|| fs::remove_file(&file).unwrap(),
            "a/d.sql a/schema.sql",
        ),
        ("all", &|| fs::remove_dir_all(&dataset).unwrap(), ""),
    ];
    for (name, edit, expected) in edits {
        assert!(block(source.texts()).unwrap().is_none(), "before {name}");
        edit();
        let texts = block(source.texts()).unwrap().expect(name);
        assert_eq!(told(&texts).join(" "), expected, "{name}");
    }
}

#[test]
fn a_folder_of_very_many_files_is_another_kind_of_folder() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..MAX_FILES {
        write(folder.path(), &format!("a/p{number}.sql"), "");
    }
    let mut source = source(folder.path());
    let texts = block(source.texts()).unwrap().unwrap();
    assert_eq!(texts.len(), MAX_FILES);
    write(folder.path(), "a/schema.sql", "");
    let error = block(source.texts()).unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
}
