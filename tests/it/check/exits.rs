//! Exit codes, and what is left behind.

use super::{GUESTS, PEOPLE, check, site, text};
use crate::support::bucket::{ACCOUNT, Server};
use crate::support::folder::entries;
use crate::support::site::run;

/// Files, arguments, the exit code, and what standard output and standard error must say.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    i32,
    &'static [&'static str],
    &'static [&'static str],
);

const ICD: &str = "CREATE EXTERNAL TABLE icd (
  \"Code\" VARCHAR NOT NULL PRIMARY KEY COMMENT 'insensitive', \"Chapter\" VARCHAR COMMENT 'insensitive'
) STORED AS CSV LOCATION 'icd.csv'";

const COSTS: &str = "SELECT \"Cost\" FROM people";

const ROWS: [Row; 19] = [
    (
        "all is proven",
        &[("people/schema.sql", PEOPLE), ("people/costs.sql", COSTS)],
        &[],
        0,
        &["people/costs: proven"],
        &["sql: 1 projection proven"],
    ),
    (
        "a contract alone",
        &[("people/schema.sql", PEOPLE)],
        &["sql"],
        0,
        &[],
        &["0 projections proven"],
    ),
    (
        "every refusal of a projection is told, with its place and rule",
        &[
            ("people/schema.sql", PEOPLE),
            (
                "people/leaks.sql",
                "SELECT\n  \"SSN\",\n  \"Zip\",\n  \"Mail\" FROM people",
            ),
        ],
        &[],
        1,
        &[
            "people/leaks: refused",
            "sql/people/leaks.sql:2:3: ",
            "[direct-identifier]",
            "sql/people/leaks.sql:3:3: ",
            "[quasi-identifier]",
            "sql/people/leaks.sql:4:3: ",
        ],
        &[
            "1 of 1 projections and 0 of 1 contracts and reference tables are refused",
            "[ProjectionRefused]",
        ],
    ),
    (
        "one that is refused does not hide the others",
        &[
            ("people/schema.sql", PEOPLE),
            ("people/costs.sql", COSTS),
            ("people/leaks.sql", "SELECT \"SSN\" FROM people"),
        ],
        &[],
        1,
        &["people/costs: proven", "people/leaks: refused"],
        &["1 of 2 projections"],
    ),
    (
        "a text that is no SQL",
        &[
            ("people/schema.sql", PEOPLE),
            ("people/a.sql", "SELECT FROM FROM"),
        ],
        &[],
        1,
        &["sql/people/a.sql:1:", "[statement]"],
        &[],
    ),
    (
        "a head that cannot be read",
        &[
            ("people/schema.sql", PEOPLE),
            (
                "people/a.sql",
                "-- revaels: \"Zip\"\nSELECT \"Cost\" FROM people",
            ),
        ],
        &[],
        1,
        &[
            "sql/people/a.sql:1:1: ",
            "did you mean \"reveals\"",
            "[head]",
        ],
        &[],
    ),
    (
        "a contract that is refused, and with it its projections",
        &[
            ("people/schema.sql", "CREATE TABLE people (a INT)"),
            ("people/costs.sql", COSTS),
            ("guests/schema.sql", GUESTS),
            ("guests/rooms.sql", "SELECT \"Room\" FROM guests"),
        ],
        &[],
        1,
        &[
            "people: refused",
            "sql/people/schema.sql",
            "guests/rooms: proven",
            "people/costs: refused",
        ],
        &["1 of 2 projections and 1 of 2 contracts and reference tables are refused"],
    ),
    (
        "a contract that no projection uses is looked at too",
        &[
            (
                "people/schema.sql",
                "CREATE EXTERNAL TABLE other (a INT) STORED AS CSV LOCATION 'x.csv'",
            ),
            ("guests/schema.sql", GUESTS),
        ],
        &[],
        1,
        &["people: refused", "sql/people/schema.sql:1:"],
        &["0 of 0 projections and 1 of 2 contracts"],
    ),
    (
        "a projection without a contract",
        &[("guests/schema.sql", GUESTS), ("people/costs.sql", COSTS)],
        &[],
        1,
        &["people/costs: refused", "there is no sql/people/schema.sql"],
        &[],
    ),
    (
        "a reference table that is joined",
        &[
            ("people/schema.sql", PEOPLE),
            (
                "people/joined.sql",
                "SELECT \"Cost\", i.\"Chapter\" FROM people LEFT JOIN icd AS i ON i.\"Code\" = people.\"Ill\"",
            ),
            ("reference/icd.sql", ICD),
            ("reference/icd.csv", "Code,Chapter\nA00,I\n"),
        ],
        &[],
        0,
        &["people/joined: proven", "\"Ill\""],
        &["1 projection proven"],
    ),
    (
        "a reference table that nobody joins, with a key that stands twice",
        &[
            ("people/schema.sql", PEOPLE),
            ("reference/icd.sql", ICD),
            ("reference/icd.csv", "Code,Chapter\nA00,I\nA00,II\n"),
        ],
        &[],
        1,
        &[
            "reference table icd: refused",
            "sql/reference/icd.csv: record 2, column \"Code\"",
        ],
        &["1 of 2 contracts and reference tables"],
    ),
    (
        "refusals beside a join have their places too",
        &[
            ("people/schema.sql", PEOPLE),
            (
                "people/joined.sql",
                "SELECT \"SSN\", i.\"Chapter\" FROM people LEFT JOIN icd AS i ON i.\"Code\" = people.\"Ill\"",
            ),
            ("reference/icd.sql", ICD),
            ("reference/icd.csv", "Code,Chapter\nA00,I\n"),
        ],
        &[],
        1,
        &[
            "sql/people/joined.sql:1:8: ",
            "[direct-identifier]",
            "path: \"SSN\"",
        ],
        &[],
    ),
    (
        "nothing at all",
        &[("other.txt", "")],
        &[],
        2,
        &[],
        &["there is nothing to prove here", "[InvalidSettings]"],
    ),
    (
        "a folder that is not there",
        &[],
        &["none"],
        2,
        &[],
        &["none", "[InvalidSettings]"],
    ),
    (
        "a form that is none",
        &[("people/schema.sql", PEOPLE)],
        &["--format", "xml"],
        2,
        &[],
        &["text, json, html"],
    ),
    (
        "a pipe as a folder",
        &[],
        &["-"],
        2,
        &[],
        &["[InvalidSettings]"],
    ),
    (
        "an output that is a folder",
        &[("people/schema.sql", PEOPLE)],
        &["--output", "sql/"],
        2,
        &[],
        &["[InvalidRequest]"],
    ),
    (
        "an output in whose place a folder lies",
        &[("people/schema.sql", PEOPLE)],
        &["--output", "key/report"],
        2,
        &[],
        &["[OutputFailed]"],
    ),
    (
        "two folders",
        &[("people/schema.sql", PEOPLE)],
        &["sql", "sql"],
        2,
        &[],
        &["Usage"],
    ),
];

#[test]
fn every_refusal_exits_with_one_and_every_mistake_with_two() {
    let mut wrong = Vec::new();
    for (name, files, args, code, out, err) in ROWS {
        let site = site(files);
        let answer = check(&site, args);
        let said = text(&answer);
        if answer.code != Some(code) {
            wrong.push(format!(
                "{name}: exits with {:?}: {}",
                answer.code, answer.stderr
            ));
        }
        let missing = out.iter().filter(|word| !said.contains(**word));
        wrong.extend(missing.map(|word| format!("{name}: stdout lacks {word}\n{said}")));
        let missing = err.iter().filter(|word| !answer.stderr.contains(**word));
        wrong.extend(missing.map(|word| format!("{name}: stderr lacks {word}\n{}", answer.stderr)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_file_appears_whole_under_its_name_even_where_something_is_refused() {
    let site = site(&[
        ("people/schema.sql", PEOPLE),
        ("people/leaks.sql", "SELECT \"SSN\" FROM people"),
    ]);
    let to_screen = check(&site, &["--format", "html"]);
    site.write("out/old.html", "what was there before");
    let to_file = check(&site, &["--format", "html", "--output", "out/old.html"]);
    assert_eq!((to_screen.code, to_file.code), (Some(1), Some(1)));
    assert!(to_file.stdout.is_empty());
    assert_eq!(site.read("out/old.html").unwrap(), to_screen.stdout);
    assert_eq!(entries(&site.path("out")), ["old.html"]);
}

#[test]
fn a_prefix_in_a_bucket_is_checked_as_a_folder_is() {
    let files = [
        ("people/schema.sql", PEOPLE),
        ("people/costs.sql", COSTS),
        ("people/leaks.sql", "SELECT \"SSN\" FROM people"),
    ];
    let site = site(&files);
    let server = Server::start(&["ours"]);
    for (name, text) in files {
        server.put(&format!("ours/sql/{name}"), text.as_bytes());
    }
    let mut command = site.command(["check", "s3://ours/sql/"]);
    command.envs(ACCOUNT);
    let there = run(command.env("AWS_ENDPOINT_URL", server.endpoint()));
    let here = check(&site, &["sql"]);
    assert_eq!(
        (there.code, here.code),
        (Some(1), Some(1)),
        "{}",
        there.stderr
    );
    let said = text(&there).replace("s3://ours/sql/", "sql/");
    assert_eq!(said, text(&here));
}
