//! The Adult data set (B. Becker, R. Kohavi, UCI), measured by pyCANON and by counting with Python.

use serde_json::Value;

use super::report;
use crate::support::python::{run_script, run_script_in};
use crate::support::site::Site;

const PINS: &str = "requirements-anonymity.txt";

/// Quasi-identifiers and sensitive columns: of few classes and of many, of words and of numbers.
const CASES: [(&str, &str); 5] = [
    ("gender", "loan,occupation"),
    ("gender,ethnicity", "occupation,hours-per-week,capital-gain"),
    ("workclass,education", "capital-loss,relationship"),
    ("age,gender,ethnicity", "occupation,education-num"),
    ("age,workclass,marital-status,gender", "loan,education-num"),
];

fn adult(site: &Site) {
    site.write("adult.csv", run_script_in(PINS, "risk.py", &["adult"], b""));
}

/// A comparison that collects what differs.
struct Compared(Vec<String>);

impl Compared {
    fn number(&mut self, what: &str, found: &Value, expected: &Value) {
        let near = match (found.as_f64(), expected.as_f64()) {
            (Some(found), Some(expected)) => {
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
            }
            (found, expected) => found == expected,
        };
        if !near {
            self.0.push(format!("{what}: {found}, not {expected}"));
        }
    }

    fn end(self) {
        assert!(self.0.is_empty(), "\n{}", self.0.join("\n"));
    }
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let all = list.as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap()
}

#[test]
fn k_l_and_t_are_those_of_pycanon() {
    let site = Site::new();
    adult(&site);
    let path = site.path("adult.csv");
    let mut compared = Compared(Vec::new());
    for (quasi, sensitive) in CASES {
        let args = ["pycanon", path.to_str().unwrap(), quasi, sensitive];
        let theirs: Value =
            serde_json::from_str(&run_script_in(PINS, "risk.py", &args, b"")).unwrap();
        let ours = report(
            &site,
            &["adult.csv", "--quasi", quasi, "--sensitive", sensitive],
        );
        compared.number(&format!("{quasi}: k"), &ours["k"], &theirs["k"]);
        compared.number(
            &format!("{quasi}: highest"),
            &ours["prosecutor"]["highest"],
            &theirs["highest"],
        );
        for name in sensitive.split(',') {
            let (own, other) = (named(&ours["sensitive"], name), &theirs["sensitive"][name]);
            let at = format!("{quasi}, {name}");
            compared.number(&format!("{at}: l"), &own["distinct_l"], &other["l"]);
            let distance = if other["ordered"] == true {
                "ordered"
            } else {
                "equal"
            };
            compared.number(&format!("{at}: t"), &own["t"][distance], &other["t"]);
            // pyCANON cuts off what is behind the point, and of a whole number a rounding error may take one.
            let (entropy, cut) = (
                own["entropy_l"].as_f64().unwrap(),
                other["entropy_l"].as_f64().unwrap(),
            );
            if (entropy - 1e-9).floor() > cut || (entropy + 1e-9).floor() < cut {
                compared
                    .0
                    .push(format!("{at}: entropy l {entropy}, not {cut}"));
            }
        }
    }
    compared.end();
}

/// Compares a report with what Python counts.
fn compare(compared: &mut Compared, at: &str, ours: &Value, theirs: &Value) {
    for (own, other) in [
        ("records", "records"),
        ("classes", "classes"),
        ("k", "k"),
        ("unique_records", "unique"),
    ] {
        compared.number(&format!("{at}: {own}"), &ours[own], &theirs[other]);
    }
    compared.number(
        &format!("{at}: marketer"),
        &ours["marketer"]["average"],
        &theirs["marketer"],
    );
    for attack in ["prosecutor", "journalist"] {
        let (own, other) = (&ours[attack], &theirs[attack]);
        compared.number(
            &format!("{at}: {attack} highest"),
            &own["highest"],
            &other["highest"],
        );
        compared.number(
            &format!("{at}: {attack} average"),
            &own["average"],
            &other["average"],
        );
        compared.number(
            &format!("{at}: {attack} at risk"),
            &own["records_at_risk"],
            &other["at_risk"],
        );
    }
    let histogram = ours["histogram"].as_array().unwrap().iter();
    let histogram: Value = histogram
        .map(|bin| Value::from(vec![bin["size"].clone(), bin["classes"].clone()]))
        .collect();
    if histogram != theirs["histogram"] {
        compared.0.push(format!("{at}: another histogram"));
    }
    for below in ours["below"].as_array().unwrap() {
        let k = below["k"].to_string();
        compared.number(
            &format!("{at}: below {k}"),
            &below["records"],
            &theirs["below"][&k],
        );
    }
    for (name, other) in theirs["sensitive"].as_object().unwrap() {
        let own = named(&ours["sensitive"], name);
        for (what, found) in [
            ("l", &own["distinct_l"]),
            ("entropy_l", &own["entropy_l"]),
            ("recursive_l", &own["recursive"]["l"]),
            ("equal", &own["t"]["equal"]),
            ("ordered", &own["t"]["ordered"]),
            ("disclosed", &own["disclosed_records"]),
        ] {
            compared.number(&format!("{at}, {name}: {what}"), found, &other[what]);
        }
    }
    for (name, other) in theirs["columns"].as_object().unwrap() {
        let own = named(&ours["columns"], name);
        for (what, found) in [
            ("values", &own["distinct_values"]),
            ("most", &own["most_frequent_records"]),
            ("once", &own["singletons"]),
        ] {
            compared.number(&format!("{at}, {name}: {what}"), found, &other[what]);
        }
    }
}

#[test]
fn every_number_is_what_python_counts() {
    let site = Site::new();
    adult(&site);
    let path = site.path("adult.csv");
    let mut compared = Compared(Vec::new());
    for (quasi, sensitive) in CASES {
        let args = ["count", path.to_str().unwrap(), quasi, sensitive];
        let theirs = serde_json::from_str(&run_script_in(PINS, "risk.py", &args, b"")).unwrap();
        let ours = report(
            &site,
            &["adult.csv", "--quasi", quasi, "--sensitive", sensitive],
        );
        compare(&mut compared, quasi, &ours, &theirs);
    }
    compared.end();
}

#[test]
fn the_risks_of_a_sample_are_what_python_counts_in_its_population() {
    let site = Site::new();
    adult(&site);
    let text = String::from_utf8(site.read("adult.csv").unwrap()).unwrap();
    let third = |(at, line): (usize, &str)| (at == 0 || at % 3 == 1).then(|| format!("{line}\n"));
    site.write(
        "sample.csv",
        text.lines()
            .enumerate()
            .filter_map(third)
            .collect::<String>(),
    );
    let (sample, population) = (site.path("sample.csv"), site.path("adult.csv"));
    let mut compared = Compared(Vec::new());
    for (quasi, sensitive) in CASES {
        let files = [&sample, &population].map(|path| path.to_str().unwrap());
        let args = ["count", files[0], quasi, sensitive, files[1]];
        let theirs = serde_json::from_str(&run_script_in(PINS, "risk.py", &args, b"")).unwrap();
        let args = [
            "sample.csv",
            "--quasi",
            quasi,
            "--sensitive",
            sensitive,
            "--population",
            "adult.csv",
        ];
        let ours = report(&site, &args);
        assert_eq!(ours["population_records"], 32_561);
        compare(&mut compared, quasi, &ours, &theirs);
    }
    compared.end();
}

/// Parquet keeps numbers as numbers, and texts behind codes: the report is the same, and so is that of a population in
/// the other format.
#[test]
fn a_table_is_the_same_as_csv_and_as_parquet() {
    let site = Site::new();
    adult(&site);
    let (csv, parquet) = (site.path("adult.csv"), site.path("adult.parquet"));
    run_script(
        "to_parquet.py",
        &[csv.to_str().unwrap(), parquet.to_str().unwrap()],
    );
    for (quasi, sensitive) in CASES {
        let of = |file: &str, more: &[&str]| {
            let args = [&[file, "--quasi", quasi, "--sensitive", sensitive], more].concat();
            report(&site, &args)
        };
        assert_eq!(of("adult.csv", &[]), of("adult.parquet", &[]), "{quasi}");
        let other = of("adult.parquet", &["--population", "adult.csv"]);
        assert_eq!(other["journalist"], other["prosecutor"], "{quasi}");
        assert_eq!(other["population_records"], other["records"]);
    }
}
