//! The attacks of PRIVACY.md, by their numbers: each is tried on the real thing and a small file.
//!
//! ```text
//! texts.rs      what a projection's author writes: 1, 2, 3, 15, 16
//! objects.rs    what an object looks like, and what is left of it in bytes and words: 4, 5, 6, 7, 13
//! consumers.rs  what others read, ask and count: 8, 9, 10, 11, 12, 14
//! ```
//! Other tests show most of them at length; here each can be found.

mod consumers;
mod objects;
mod texts;

use std::fmt::Write as _;

use crate::projections::rows;
use crate::support::site::{Answer, Site, run};

/// The first line of an object of the dataset `t`.
const HEADER: &str = "Name,SSN,Account,Joined,Email,Birthdate,Gender,Zip,Income,Disease,Weight,Height,Visit,Smoking\n";

/// The fields of a person, from 1 on: those of direct identifiers stand nowhere else.
fn fields(person: usize) -> [String; 14] {
    [
        format!("Quentin{person:03} Farrow{person:03}"),
        format!("90{person:03}77{person:03}1834"),
        format!("4{person:03}8215{person:03}377"),
        format!("19{:02}-1{}-2{}", person % 40 + 10, person % 3, person % 9),
        format!("mail{person:03}@quillfarrow.test"),
        format!(
            "19{:02}-0{}-1{}",
            person % 40 + 50,
            person % 9 + 1,
            person % 8
        ),
        ["female", "male"][person % 2].to_owned(),
        format!("8{:04}", person % 7 * 11),
        format!("{}", 30_000 + person * 7),
        format!("illness{person:03}"),
        format!("{}", 60 + person % 40),
        format!("1.{}5", person % 9),
        format!("2024-0{}-11", person % 9 + 1),
        person.is_multiple_of(3).to_string(),
    ]
}

/// An object with so many people.
fn crowd(people: usize) -> String {
    let mut text = HEADER.to_owned();
    for person in 1..=people {
        writeln!(text, "{}", fields(person).join(",")).unwrap();
    }
    text
}

/// The values of the direct identifiers of so many people.
fn identifiers(people: usize) -> Vec<String> {
    (1..=people)
        .flat_map(|person| fields(person)[..5].to_vec())
        .collect()
}

/// A folder with the dataset `t`, in which the command runs.
struct Desk {
    site: Site,
}

impl Desk {
    fn new() -> Self {
        let site = Site::new();
        site.write("sql/t/schema.sql", rows::contract("t"));
        Self { site }
    }

    /// Releases an object by a projection of a name, which writes `out`. The as-of date is 2026-11-01.
    fn convert(&self, name: &str, sql: &str, object: &[u8], more: &[&str]) -> Answer {
        self.site.write(&format!("sql/t/{name}.sql"), sql);
        self.site.write("t.csv", object);
        let projection = format!("t/{name}");
        let mut command =
            self.site
                .command(["convert", "t.csv", "out", "--projection", &projection]);
        command.args(["--sql", "sql", "--key", "key", "--as-of", "2026-11-01"]);
        command.args(["--format", "csv"]);
        run(command.args(more))
    }

    /// The release in CSV.
    fn release(&self, name: &str, sql: &str, object: &str) -> String {
        let answer = self.convert(name, sql, object.as_bytes(), &[]);
        assert_eq!(answer.code, Some(0), "{sql}: {}", answer.stderr);
        String::from_utf8(self.site.read("out").unwrap()).unwrap()
    }
}
