//! Many objects at once: those that the dataset owns, all of them or none.

use super::{failure, shape, unlike};
use crate::support::site::{Site, opened, run, visits};

/// A folder of objects, deep and hidden ones and those of others among them.
fn site() -> Site {
    let site = Site::new();
    for (name, rows) in [
        ("raw/visits.csv", 0..3),
        ("raw/visits-2024.csv", 3..5),
        ("raw/2023/visits.csv", 5..9),
        ("raw/2023/q1/visits.v2.csv", 9..10),
        ("raw/2023/.visits.csv", 0..1),
        ("raw/.trash/visits.csv", 0..1),
    ] {
        site.write(name, visits(rows));
    }
    // Not the dataset's: nothing of it may pass, be it refused or read.
    site.write("raw/people.csv", "Canary");
    site.write("raw/visits.txt", "Canary");
    site.write("raw/2023/myvisits.csv", "Canary");
    site
}

const RELEASES: [(&str, std::ops::Range<u32>); 4] = [
    ("2023/q1/visits.v2.csv", 9..10),
    ("2023/visits.csv", 5..9),
    ("visits-2024.csv", 3..5),
    ("visits.csv", 0..3),
];

#[test]
fn every_object_of_the_dataset_is_converted_and_nothing_else() {
    let site = site();
    for threads in ["1", "3", "16"] {
        let output = format!("released-{threads}");
        let more = ["--format", "csv", "--threads", threads];
        let answer = run(&mut site.convert("raw/", &output, "open", &more));
        assert_eq!(failure(&answer), None);
        assert_eq!(site.files(&output), RELEASES.map(|(name, _)| name));
        for (name, rows) in RELEASES {
            let release = site.read(&format!("{output}/{name}")).unwrap();
            assert_eq!(String::from_utf8(release).unwrap(), opened(rows), "{name}");
        }
        let line = format!("raw/ → {output}: # objects, # rows, # B in, # B out, # s");
        assert_eq!(shape(&answer.stderr), shape(&line));
        assert!(
            answer.stderr.contains(": 4 objects, 10 rows, "),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn a_folder_becomes_parquet_unless_told_otherwise_and_may_be_its_own_output() {
    let site = site();
    let mut expected = site.files("raw");
    let answer = run(&mut site.convert("raw", "raw", "open", &[]));
    assert_eq!(failure(&answer), None);
    expected.extend(RELEASES.map(|(name, _)| name.replace(".csv", ".parquet")));
    expected.sort();
    assert_eq!(site.files("raw"), expected);
    for (name, _) in RELEASES {
        let release = site.read(&format!("raw/{}", name.replace(".csv", ".parquet")));
        assert!(release.unwrap().starts_with(b"PAR1"), "{name}");
    }
}

#[test]
fn one_file_goes_into_a_folder_under_its_release_s_name() {
    let site = Site::new();
    site.write("any.name.csv", visits(0..3));
    let mut wrong = Vec::new();
    for (output, more, expected) in [
        ("a/", &["--format", "csv"][..], "any.name.csv"),
        ("b/", &[], "any.name.parquet"),
        ("c/d/", &[], "any.name.parquet"),
    ] {
        let answer = run(&mut site.convert("any.name.csv", output, "open", more));
        wrong.extend(failure(&answer));
        if site.files(output) != [expected] {
            wrong.push(format!("{output}: {:?}", site.files(output)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_bad_object_among_good_ones_leaves_nothing_and_is_named_alone() {
    let mut wrong = Vec::new();
    for bad in ["visits-2024.csv", "2023/visits.csv", "visits.csv"] {
        for threads in ["1", "16"] {
            let site = site();
            let text = format!("{}x,1950-01-01,y,CanaryCost\n", visits(0..20_000));
            site.write(&format!("raw/{bad}"), text);
            // An older release, which stays.
            site.write("released/visits.csv", "old");
            let before = site.files("");
            let more = ["--format", "csv", "--threads", threads];
            let answer = run(&mut site.convert("raw", "released", "open", &more));
            let name = format!("raw/{bad}: record 20001, column \"Cost\"");
            let mut complaints = unlike(&answer, 1, &[&name, "[InvalidValue]"]);
            if answer.stderr.lines().count() != 1 || answer.stderr.contains("Canary") {
                complaints.push(format!("says {}", answer.stderr));
            }
            if site.files("") != before || site.read("released/visits.csv").unwrap() != b"old" {
                complaints.push(format!("leaves {:?}", site.files("")));
            }
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{bad}, {threads} threads: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_several_objects_have_too_much_is_said_once() {
    let site = Site::new();
    let drifted = |rows| {
        let text = visits(rows).replace('\n', ",Canary\n");
        text.replacen(",Canary\n", ",email\n", 1)
    };
    for name in ["a", "b", "c"] {
        site.write(&format!("raw/{name}/visits.csv"), drifted(0..3));
    }
    site.write("raw/visits.csv", visits(3..4));
    let answer = run(&mut site.convert("raw", "out", "open", &["--format", "csv"]));
    assert_eq!(failure(&answer), None);
    let lines: Vec<&str> = answer.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for word in ["WARN", "objects=3", "columns=[\"email\"]"] {
        assert!(lines[0].contains(word), "{word}: {}", lines[0]);
    }
    assert!(lines[1].contains("4 objects, 10 rows"), "{}", lines[1]);
    assert!(!answer.stderr.contains("Canary"));
    let release = site.read("out/a/visits.csv").unwrap();
    assert_eq!(release, opened(0..3).as_bytes());
}
