//! Tables beside the projections of a folder, through the command: what is right, what is wrong, and how much memory.

use std::fmt::Write as _;
use std::process::Stdio;

use crate::memory::peak;
use crate::support::site::{Site, run, visits};

const TABLE: &str = "CREATE EXTERNAL TABLE wards (ward VARCHAR PRIMARY KEY COMMENT 'insensitive', floor INT COMMENT \
                     'insensitive') STORED AS CSV LOCATION 'wards.csv'";

const JOINED: &str = "-- order: kept\nSELECT v.\"Ward\", w.floor FROM visits v LEFT JOIN wards w ON w.ward = v.\"Ward\"";

fn site(table: &str, rows: &str) -> Site {
    let site = Site::new();
    site.write("sql/reference/wards.sql", table);
    site.write("sql/reference/wards.csv", rows);
    site.write("sql/visits/floors.sql", JOINED);
    site.write("visits.csv", visits(0..5));
    site
}

#[test]
fn a_wrong_table_is_said_with_its_place_and_nothing_is_written() {
    let large = format!("ward,floor\n{}", "w,1\n".repeat(1 << 20));
    let secret = TABLE.replacen("floor INT COMMENT 'insensitive'", "floor INT", 1);
    let mut wrong = Vec::new();
    for (name, table, rows, says) in [
        (
            "a key twice",
            TABLE,
            "ward,floor\nCANARY,1\nCANARY,2\n",
            "sql/reference/wards.csv: record 2, column \"ward\": this record's key stands in one before it: each stands once \
             [InvalidContract]",
        ),
        (
            "no number",
            TABLE,
            "ward,floor\na,CANARY\n",
            "sql/reference/wards.csv: record 1, column \"floor\": ",
        ),
        (
            "a column missing",
            TABLE,
            "ward,CANARY\na,1\n",
            "sql/reference/wards.csv: ",
        ),
        (
            "more than 4 MiB",
            TABLE,
            &large,
            "sql/reference/wards.csv: the file is larger than 4 MiB",
        ),
        (
            "a contract that is none",
            "SELECT 1",
            "ward,floor\n",
            "sql/reference/wards.sql: a contract is one CREATE EXTERNAL TABLE",
        ),
        (
            "a column that is not public",
            &secret,
            "ward,floor\na,1\n",
            "sql/reference/wards.sql:1:78: column \"floor\": a reference table is public",
        ),
    ] {
        let site = site(table, rows);
        let answer = run(&mut site.convert("visits.csv", "out.csv", "floors", &[]));
        if answer.code != Some(2) || !answer.stderr.contains(says) {
            wrong.push(format!("{name}: {:?} {}", answer.code, answer.stderr));
        }
        if answer.stderr.contains("CANARY") || site.read("out.csv").is_some() {
            wrong.push(format!("{name}: tells or writes something"));
        }
        for form in ["text", "json", "html"] {
            let answer = run(&mut site.command(["check", "--format", form]));
            let said = String::from_utf8_lossy(&answer.stdout).into_owned() + &answer.stderr;
            if answer.code != Some(1) || said.contains("CANARY") {
                wrong.push(format!("{name}: check as {form}: {:?} {said}", answer.code));
            }
        }
        // Who does not join it is not held up by it.
        let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
        if answer.code != Some(0) {
            wrong.push(format!(
                "{name}: keeps another from its release: {}",
                answer.stderr
            ));
        }
    }
    let site = site(TABLE, "ward,floor\nward 1,7\n");
    std::fs::remove_file(site.path("sql/reference/wards.csv")).unwrap();
    let answer = run(&mut site.convert("visits.csv", "out.csv", "floors", &[]));
    if !answer
        .stderr
        .contains("sql/reference/wards.csv: there is no such file")
    {
        wrong.push(format!("no rows: {}", answer.stderr));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// As much as may be: four tables of 4 MiB, each of half a million codes.
#[test]
fn the_largest_tables_take_bounded_memory() {
    let site = site(TABLE, "ward,floor\nward 1,7\n");
    let mut joins = String::new();
    for table in 0..4 {
        let mut rows = "ward,floor\n".to_owned();
        let mut number = 0_u32;
        while rows.len() < 4 * 1024 * 1024 - 16 {
            writeln!(rows, "{number:x},1").unwrap();
            number += 1;
        }
        let name = format!("t{table}");
        let schema = TABLE.replace("wards", &name);
        site.write(&format!("sql/reference/{name}.sql"), schema);
        site.write(&format!("sql/reference/{name}.csv"), rows);
        write!(joins, " LEFT JOIN {name} ON {name}.ward = v.\"Ward\"").unwrap();
    }
    let select =
        format!("-- order: kept\nSELECT t0.floor AS a, t3.floor AS b FROM visits v{joins}");
    site.write("sql/visits/all.sql", select);
    let mut command = site.convert("visits.csv", "out.csv", "all", &[]);
    let child = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn();
    let peak = peak(child.unwrap());
    assert!((40..=256).contains(&peak), "{peak} MiB");
    assert_eq!(site.read("out.csv").unwrap(), b"a,b\n,\n,\n,\n,\n,\n");
}
