//! The tables that come with Veilpoint, through the command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::site::{Site, run};

fn home(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sql/reference")
        .join(file)
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(home(file)).unwrap();
    let mut reader = csv_rows(&text);
    reader.remove(0);
    reader
}

/// The fields of a text whose quoted fields have no line breaks and no quotes in them.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let fields = |line: &str| {
        let mut fields = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(String::new()),
                c => fields.last_mut().unwrap().push(c),
            }
        }
        fields
    };
    text.lines().map(fields).collect()
}

/// The chapters' ranges, as the World Health Organization's index of ICD-10 has them.
const CHAPTERS: [(&str, &str, &str); 22] = [
    ("I", "A00", "B99"),
    ("II", "C00", "D48"),
    ("III", "D50", "D89"),
    ("IV", "E00", "E90"),
    ("V", "F00", "F99"),
    ("VI", "G00", "G99"),
    ("VII", "H00", "H59"),
    ("VIII", "H60", "H95"),
    ("IX", "I00", "I99"),
    ("X", "J00", "J99"),
    ("XI", "K00", "K93"),
    ("XII", "L00", "L99"),
    ("XIII", "M00", "M99"),
    ("XIV", "N00", "N99"),
    ("XV", "O00", "O99"),
    ("XVI", "P00", "P96"),
    ("XVII", "Q00", "Q99"),
    ("XVIII", "R00", "R99"),
    ("XIX", "S00", "T98"),
    ("XX", "V01", "Y98"),
    ("XXI", "Z00", "Z99"),
    ("XXII", "U00", "U99"),
];

#[test]
fn every_code_of_icd_10_stands_in_its_chapter() {
    let table: BTreeMap<String, Vec<String>> = rows("icd10_chapter.csv")
        .into_iter()
        .map(|row| (row[0].clone(), row))
        .collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for letter in b'A'..=b'Z' {
        for number in 0..100 {
            let code = format!("{}{number:02}", char::from(letter));
            // As texts, ranges are as they are as codes.
            let chapter = CHAPTERS
                .iter()
                .find(|(_, first, last)| (*first..=*last).contains(&code.as_str()));
            let Some((chapter, ..)) = chapter else {
                continue;
            };
            seen += 1;
            let found = table.get(&code[..2]).map(|row| row[1].as_str());
            if found != Some(*chapter) {
                wrong.push(format!("{code}: {found:?}, not {chapter}"));
            }
        }
    }
    assert!(seen > 2_500, "{seen}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_shipped_tables_are_joined_as_they_lie() {
    let site = Site::new();
    for file in [
        "icd10_chapter.csv",
        "icd10_chapter.sql",
        "swiss_postal_district.csv",
        "swiss_postal_district.sql",
    ] {
        site.write(
            &format!("sql/reference/{file}"),
            fs::read(home(file)).unwrap(),
        );
    }
    site.write(
        "sql/visits/schema.sql",
        "CREATE EXTERNAL TABLE visits (zip VARCHAR COMMENT 'quasi-identifier', diagnosis VARCHAR COMMENT 'sensitive') \
         STORED AS CSV LOCATION 'visits*.csv'",
    );
    site.write(
        "sql/visits/chapters.sql",
        "-- order: kept\nSELECT d.region, c.chapter, c.title FROM visits LEFT JOIN swiss_postal_district AS d ON d.district \
         = keep_prefix(zip, 1) LEFT JOIN icd10_chapter AS c ON c.code = left(diagnosis, 2)",
    );
    site.write(
        "visits.csv",
        "zip,diagnosis\n8400,A00.1\n3920,D48\n,D50\n9490,h59.9\n6900,H60\n0000,Z99\n8,\n",
    );
    let answer = run(&mut site.convert("visits.csv", "-", "chapters", &["--format", "csv"]));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let expected = "region,chapter,title\n\
        Zürich and Thurgau,I,Certain infectious and parasitic diseases\n\
        Bern and Upper Valais,II,Neoplasms\n\
        ,III,Diseases of the blood and blood-forming organs and certain disorders involving the immune mechanism\n\
        Eastern Switzerland and Liechtenstein,,\n\
        Central Switzerland and Ticino,VIII,Diseases of the ear and mastoid process\n\
        ,XXI,Factors influencing health status and contact with health services\n\
        ,,\n";
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), expected);
    let districts: Vec<String> = rows("swiss_postal_district.csv")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(districts.join(""), "123456789");
}
