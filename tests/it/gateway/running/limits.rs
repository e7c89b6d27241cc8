//! What is made at once, and the memory that it may take.

use std::thread;

use super::{counted, peak, settled, setup};
use crate::gateway::stage::{Place, RAW, Setup, Stage};
use crate::support::samples::{AS_OF, people};
use crate::support::site::wait_for;

/// Objects that are asked for at once.
const OBJECTS: usize = 8;

#[test]
fn no_more_releases_are_made_at_once_than_there_are_places_and_all_are_served() {
    let stage = Stage::with(&Setup {
        place: Place::Bucket,
        ..setup("transformations = 2")
    });
    let store = stage.s3.as_ref().unwrap().store();
    for at in 0..OBJECTS {
        let key = format!("people-{at}.csv");
        stage.put(&key, people(at + 1));
        // Long enough for all to be there at once, if they were let in.
        store.change(RAW.0, &format!("{}{key}", RAW.1), |object| {
            object.late = std::time::Duration::from_millis(400);
        });
    }
    let mut most = 0.0_f64;
    let answers: Vec<_> = thread::scope(|scope| {
        let stage = &stage;
        let asking: Vec<_> = (0..OBJECTS)
            .map(|at| {
                scope.spawn(move || {
                    let target = format!("/costs-csv/people-{at}.csv");
                    let got = stage.ask("GET", &target, &[]);
                    (at, got.status(), got.text().lines().count())
                })
            })
            .collect();
        while !asking.iter().all(thread::ScopedJoinHandle::is_finished) {
            most = most.max(counted(stage, "veilpoint_releases_at_work", ""));
        }
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let expected: Vec<_> = (0..OBJECTS).map(|at| (at, 200, at + 2)).collect();
    assert_eq!(answers, expected);
    assert!((most - 2.0).abs() < 0.1, "{most} at once");
    let made = counted(&stage, "veilpoint_releases_made_total", "");
    assert!((made - 8.0).abs() < 0.1, "{made} made");
    settled(&stage);
    let wrong = stage.told();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Rows of which a sort takes more memory than there is.
const ROWS: usize = 400_000;

/// What a projection that sorts may use, and what the whole process may.
const MEMORY: (&str, u64) = ("memory = \"16 MiB\"", 300 << 20);

#[test]
fn a_projection_that_sorts_spills_and_is_right() {
    let mut setup = setup(MEMORY.0);
    let sorted = ["sorted", "people/sorted", "csv", ""].map(str::to_owned);
    let [name, projection, format, more] = sorted;
    setup.readers[0].2.push(name.clone());
    setup.points.push((name, projection, format, more));
    let stage = Stage::with(&setup);
    stage.put("people.csv", people(ROWS));
    // Not there at the start: a refusal, and no less of a gateway.
    let got = stage.ask("GET", "/sorted/people.csv", &[]);
    assert_ne!(got.status(), 200);
    let sql = "-- order: kept\nSELECT redact(\"Name\", 'somebody') AS \"Name\", \"Cost\" FROM people ORDER BY \"Cost\" DESC";
    std::fs::write(stage.path("sql/people/sorted.sql"), sql).unwrap();
    stage.signal("HUP");
    stage.lines("settings_loaded", 1);
    let mut got = stage.ask("GET", "/sorted/people.csv", &[]);
    wait_for("the projection", || {
        got = stage.ask("GET", "/sorted/people.csv", &[]);
        got.status() == 200
    });
    let mut costs: Vec<usize> = (0..ROWS).map(|row| row % 1000).collect();
    costs.sort_unstable_by(|a, b| b.cmp(a));
    let expected = costs
        .iter()
        .fold(String::from("Name,Cost\n"), |text, cost| {
            text + &format!("somebody,{cost}\n")
        });
    assert!(got.whole && got.text() == expected, "as of {AS_OF}");
    assert!(peak(&stage) < MEMORY.1, "{} bytes", peak(&stage));
    let wrong = stage.told();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
