//! What an object looks like, and what is left of it in bytes and words.

use std::fs;

use veilpoint::encode::{Codec, Formulas};
use veilpoint::release::Options;
use veilpoint::request::Format;

use super::{Desk, HEADER, crowd, fields, identifiers};
use crate::engine::Engine;
use crate::projections::rows;

fn engine(sql: &str) -> Engine {
    Engine::new(&rows::contract("t"), sql, 7)
}

/// The release in CSV of an object, or nothing where it is refused.
fn release(engine: &Engine, object: &[u8]) -> Option<String> {
    let (bytes, _) = engine.release(object, Format::Csv, 1, usize::MAX).ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

/// Lines with each line's fields changed.
fn changed(object: &str, change: impl Fn(&mut Vec<String>)) -> String {
    let lines = object.lines().map(|line| {
        let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        change(&mut fields);
        fields.join(",") + "\n"
    });
    lines.collect()
}

#[test]
fn attack_04_schema_drift() {
    let star = engine("-- order: kept\nSELECT *, \"Disease\" FROM t");
    let right = release(&star, crowd(6).as_bytes()).unwrap();
    assert!(
        right.starts_with("Weight,Height,Visit,Smoking,Disease\n"),
        "{right}"
    );
    // A new column stays out, wherever it stands; columns are bound by name, whatever their order.
    let grown = changed(&crowd(6), |fields| {
        let new = if fields[0] == "Name" {
            "email"
        } else {
            "canary@quillfarrow.test"
        };
        fields.insert(9, new.to_owned());
    });
    let swapped = changed(&crowd(6), |fields| fields.swap(1, 9));
    for same in [grown, swapped] {
        assert_eq!(release(&star, same.as_bytes()).unwrap(), right, "{same}");
    }
    // A header that is doubled, in another case, shorter or not there at all refuses the object.
    let doubled = changed(&crowd(6), |fields| fields[13] = fields[1].clone());
    let longer = changed(&crowd(6), |fields| fields.push(fields[1].clone()));
    let lower = crowd(6).replacen("SSN", "ssn", 1);
    let blank = crowd(6).replacen("SSN", "SSN ", 1);
    let headless = crowd(6).replacen(HEADER, "", 1);
    let missing = changed(&crowd(6), |fields| drop(fields.remove(1)));
    for wrong in [doubled, longer, lower, blank, headless, missing] {
        assert!(release(&star, wrong.as_bytes()).is_none(), "{wrong}");
    }
}

#[test]
fn attack_05_column_shift() {
    let disease = engine("-- order: kept\nSELECT \"Disease\", \"Weight\" FROM t");
    let object = crowd(3).into_bytes();
    assert!(release(&disease, &object).is_some());
    // One sign more or less, at every place: the object is refused, or nobody's number stands under "Disease".
    let secrets: Vec<String> = identifiers(3)
        .iter()
        .map(|value| value[..8].to_owned())
        .collect();
    let mut objects = vec![[b"\xef\xbb\xbf", &object[..]].concat()];
    for at in 0..object.len() {
        for sign in *b"\",\n;\t'\\\0" {
            let mut spoiled = object.clone();
            spoiled.insert(at, sign);
            objects.push(spoiled);
        }
        let mut spoiled = object.clone();
        spoiled.remove(at);
        objects.push(spoiled);
    }
    for delimiter in [";", "\t", "|"] {
        objects.push(crowd(3).replace(',', delimiter).into_bytes());
    }
    let mut released = 0;
    for object in objects {
        let Some(text) = release(&disease, &object) else {
            continue;
        };
        released += 1;
        let told: Vec<&String> = secrets
            .iter()
            .filter(|value| text.contains(*value))
            .collect();
        assert!(
            told.is_empty(),
            "{told:?}\n{}\n{text}",
            String::from_utf8_lossy(&object)
        );
    }
    assert!(released > 500, "{released}");
}

#[test]
fn attack_06_errors_and_logs() {
    let desk = Desk::new();
    let spoilt = |at: usize, value: &str| {
        let mut lines: Vec<String> = crowd(5).lines().map(str::to_owned).collect();
        let mut fields: Vec<&str> = lines[3].split(',').collect();
        fields[at] = value;
        lines[3] = fields.join(",");
        lines.join("\n") + "\n"
    };
    let mut objects: Vec<Vec<u8>> = [2, 3, 5, 8, 10, 11, 12, 13]
        .into_iter()
        .map(|at| spoilt(at, "canaryvalue").into_bytes())
        .collect();
    objects.extend([
        spoilt(0, "").into_bytes(),
        spoilt(13, "true,more").into_bytes(),
        spoilt(7, "\"canaryvalue").into_bytes(),
        spoilt(5, "2126-01-01").into_bytes(),
        [crowd(5).as_bytes(), b"canaryvalue\xff\xfe\n"].concat(),
        crowd(5).replacen("SSN", "Canary column", 1).into_bytes(),
        HEADER.as_bytes().to_vec(),
    ]);
    let mut secrets: Vec<String> = (1..6)
        .flat_map(|person| fields(person)[..10].to_vec())
        .collect();
    secrets.retain(|value| value.len() > 6);
    secrets.push("canaryvalue".to_owned());
    let sql = "SELECT token(concat(\"Name\", '|', \"SSN\", '|', \"Account\", '|', \"Joined\")) AS k, age(\"Birthdate\") AS \
               age, keep_prefix(\"Zip\", 2) AS z, generalize(\"Income\", 1000) AS i, \"Disease\", * FROM t";
    let right = desk.convert("p", sql, crowd(5).as_bytes(), &["--format", "csv"]);
    assert_eq!(right.code, Some(0), "{}", right.stderr);
    fs::remove_file(desk.site.path("out")).unwrap();
    let mut wrong = Vec::new();
    for object in objects {
        let answer = desk.convert("p", sql, &object, &["--format", "csv"]);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&answer.stdout),
            answer.stderr
        );
        let told: Vec<&String> = secrets
            .iter()
            .filter(|value| said.contains(*value))
            .collect();
        if answer.code != Some(1) || !told.is_empty() || desk.site.read("out").is_some() {
            wrong.push(format!("{:?}: {told:?}: {said}", answer.code));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn attack_07_the_file_itself() {
    let sql = "SELECT token(\"SSN\") AS k, \"Disease\", keep_prefix(\"Zip\", 2) AS z FROM t WHERE \"Weight\" > 95";
    let shown: Vec<usize> = (1..=300).filter(|person| 60 + person % 40 > 95).collect();
    let mut hidden = identifiers(300);
    hidden.extend(
        (1..=300)
            .filter(|person| !shown.contains(person))
            .map(|person| fields(person)[9].clone()),
    );
    let object = crowd(300);
    let plain = Options {
        threads: 1,
        parquet_compression: Codec::None,
        ..Options::default()
    };
    let (bytes, _) = engine(sql)
        .release_with(object.as_bytes(), Format::Parquet, &plain, usize::MAX)
        .unwrap();
    let desk = Desk::new();
    let answer = desk.convert(
        "p",
        sql,
        object.as_bytes(),
        &["--format", "parquet", "--length-factor", "3"],
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let filled = desk.site.read("out").unwrap();
    assert!(filled.len() > object.len() * 3, "{}", filled.len());
    for (what, bytes) in [("plain", &bytes), ("filled", &filled)] {
        let told: Vec<&String> = hidden
            .iter()
            .filter(|value| holds(bytes, value.as_bytes()))
            .collect();
        assert!(told.is_empty(), "{what}: {told:?}");
    }
    // What is searched for would be found: what is shown is there.
    assert!(
        shown
            .iter()
            .all(|person| holds(&bytes, fields(*person)[9].as_bytes()))
    );
}

fn holds(bytes: &[u8], value: &[u8]) -> bool {
    bytes.windows(value.len()).any(|window| window == value)
}

#[test]
fn attack_13_formulas() {
    let cells = [
        "=1+2", "+1", "-1", "@sum", "\ttab", "\rreturn", "plain", "a=b",
    ];
    let mut object = HEADER.to_owned();
    for (person, cell) in cells.iter().enumerate() {
        let mut fields = fields(person + 1);
        fields[9] = format!("\"{cell}\"");
        object += &(fields.join(",") + "\n");
    }
    let disease = engine("-- order: kept\nSELECT \"Disease\" FROM t");
    let options = |csv_formulas| Options {
        threads: 1,
        csv_formulas,
        ..Options::default()
    };
    let of = |formulas| {
        let released = disease.release_with(
            object.as_bytes(),
            Format::Csv,
            &options(formulas),
            usize::MAX,
        );
        String::from_utf8(released.unwrap().0)
            .unwrap()
            .replace('"', "")
    };
    let prefixed = cells.map(|cell| match cell {
        "plain" | "a=b" => cell.to_owned(),
        other => format!("'{other}"),
    });
    assert_eq!(
        of(Formulas::Escape),
        format!("Disease\n{}\n", prefixed.join("\n"))
    );
    assert_eq!(
        of(Formulas::Keep),
        format!("Disease\n{}\n", cells.join("\n"))
    );
}
