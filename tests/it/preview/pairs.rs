//! Row-by-row projections: each record stands beside its own row.

use super::{AS_OF, page, preview, rows};
use crate::check::texts;
use crate::support::site::{Feed, Running, Site, run, visits};

/// What `convert` leaves of one record alone: the fields of its only row, or nothing.
fn converted(site: &Site, record: u32, select: &str) -> Vec<String> {
    site.write("one.csv", visits(record..record + 1));
    site.write(
        "sql/visits/kept.sql",
        format!("-- domain: d\n-- order: kept\n{select}"),
    );
    let made = run(&mut site.convert(
        "one.csv",
        "one.out",
        "kept",
        &["--format", "csv", "--as-of", AS_OF, "--key", "key"],
    ));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let text = String::from_utf8(site.read("one.out").unwrap()).unwrap();
    let row = text
        .lines()
        .nth(1)
        .map(|line| line.split(',').map(str::to_owned).collect());
    row.unwrap_or_default()
}

#[test]
fn each_record_stands_beside_what_convert_makes_of_it_alone() {
    let site = Site::new();
    site.write("visits.csv", visits(0..300));
    let mut wrong = Vec::new();
    for select in [
        "SELECT \"Ward\", \"Cost\" FROM visits",
        "SELECT token(\"Name\") AS \"Who\", age(\"Born\") AS \"Age\" FROM visits",
        "SELECT generalize(\"Cost\", 5) AS c, generalize_date(\"Born\", 'year') AS y, \"Ward\" = 'ward 3' AS three FROM visits",
        "SELECT \"Cost\", age_band(\"Born\", 10) AS band FROM visits WHERE \"Cost\" % 3 = 1 AND age_band(\"Born\", 10) <> '90-99'",
    ] {
        site.write("sql/visits/shown.sql", format!("-- domain: d\n{select}"));
        let page = page(&site, "visits.csv", "shown", &["--rows", "7"]);
        let mut cells = texts(&page, "cells").into_iter();
        for record in 0..7 {
            let raw: Vec<&str> = cells.by_ref().take(5).collect();
            let number = (record + 1).to_string();
            let expected = visits(record..record + 1);
            let expected: Vec<&str> = std::iter::once(number.as_str())
                .chain(expected.lines().nth(1).unwrap().split(','))
                .collect();
            if raw != expected {
                wrong.push(format!("{select}, record {number}: {raw:?}"));
            }
            let row = converted(&site, record, select);
            let found: Vec<&str> = cells.by_ref().take(row.len().max(1)).collect();
            let left_out = row.is_empty() && found == ["left out by WHERE"];
            if found != row && !left_out {
                wrong.push(format!(
                    "{select}, record {number}: {found:?}, and not {row:?}"
                ));
            }
        }
        assert_eq!(cells.next(), None, "{select}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn records_that_cannot_be_read_stand_there_as_dropped() {
    let site = Site::new();
    site.options("'veilpoint.bad_rows' 'drop'");
    site.write(
        "visits.csv",
        "Name,Born,Ward,Cost\nA,1990-01-01,w,1\nB,never,w,2\nC,1991-01-01,w,many\nD,,,\n",
    );
    let page = page(&site, "visits.csv", "ages", &[]);
    let expected = [
        ["1", "A", "1990-01-01", "w", "1", "36", "w"].to_vec(),
        ["2", "B", "never", "w", "2", "dropped: it cannot be read"].to_vec(),
        // The projection does not read what it costs.
        ["3", "C", "1991-01-01", "w", "many", "35", "w"].to_vec(),
        ["4", "D", "NULL", "NULL", "NULL", "NULL", "NULL"].to_vec(),
    ];
    assert_eq!(texts(&page, "cells"), expected.concat());
}

#[test]
fn only_the_first_records_are_read() {
    let site = Site::new();
    let mut text = visits(0..20_000);
    text.push_str("Late,no date,ward,1\n");
    site.write("visits.csv", text);
    let answer = preview(&site, "visits.csv", "ages", &["--rows", "3"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let said = String::from_utf8(answer.stdout).unwrap();
    assert!(
        said.contains("What is wrong with later ones is not seen here"),
        "{said}"
    );
    // Further on it is seen: the file is not a good one.
    let whole = run(&mut site.convert("visits.csv", "out.csv", "ages", &[]));
    assert_eq!(whole.code, Some(1));
}

#[test]
fn a_pipe_without_end_has_first_records_too() {
    let site = Site::new();
    let mut command = site.command(["preview", "-", "--projection", "visits/open", "--rows", "2"]);
    let mut running = Running::start(&mut command);
    let feed = Feed::start(running.child().stdin.take().unwrap());
    let answer = running.end();
    drop(feed.hush());
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let said = String::from_utf8(answer.stdout).unwrap();
    assert!(
        said.contains("Canary1") && !said.contains("Canary2"),
        "{said}"
    );
}

#[test]
fn raw_values_are_said_to_be_raw_and_columns_have_their_classes() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let text = preview(&site, "visits.csv", "keyed", &[]);
    let text = String::from_utf8(text.stdout).unwrap();
    let html = preview(&site, "visits.csv", "keyed", &["--format", "html"]);
    let html = String::from_utf8(html.stdout).unwrap();
    let mut wrong = Vec::new();
    for word in [
        "raw values",
        "for nobody else",
        "direct identifier",
        "quasi-identifier",
        "insensitive",
        "keyed",
        "in a keyed order",
    ] {
        for (form, said) in [("text", &text), ("html", &html)] {
            if !said.contains(word) {
                wrong.push(format!("{form} does not say {word}"));
            }
        }
    }
    let kept = preview(&site, "visits.csv", "open", &[]);
    if String::from_utf8(kept.stdout)
        .unwrap()
        .contains("keyed order")
    {
        wrong.push("the order is kept".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}\n{text}", wrong.join("\n"));
}

#[test]
fn values_that_would_move_the_cursor_or_run_in_a_page_are_written_out() {
    let site = Site::new();
    site.write(
        "visits.csv",
        "Name,Born,Ward,Cost\nA,1990-01-01,\u{1b}[2J<script>x</script>,1\n",
    );
    let text = preview(&site, "visits.csv", "open", &[]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        !text.contains('\u{1b}') && text.contains("\\u{1b}[2J"),
        "{text}"
    );
    let page = page(&site, "visits.csv", "open", &[]);
    let row = &rows(&page, 7)[0];
    assert_eq!(row[3], "\\u{1b}[2J<script>x</script>");
}
