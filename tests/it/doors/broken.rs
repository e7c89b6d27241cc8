//! An object that is wrong behind what is held back: no door makes a whole release of it.

use serde_json::json;

use super::Doors;
use super::table::{Object, Point};
use super::ways::plain;
use crate::support::samples::people;

/// Rows whose release is far larger than what is held back, in more blocks than one.
const MANY: usize = 500_000;

fn objects() -> Vec<Object> {
    let mut bytes = people(MANY);
    bytes.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    vec![Object {
        name: "wrong at its end",
        key: "people.csv".to_owned(),
        bytes,
        day: 1,
        code: Some("InvalidValue"),
    }]
}

#[test]
fn an_object_that_is_wrong_at_its_end_is_a_whole_release_at_no_door() {
    let point = |name, format| Point {
        name,
        projection: "people/costs",
        format,
        more: json!({}),
        objects,
    };
    let points = [point("costs", "parquet"), point("costs-csv", "csv")];
    let doors = Doors::before(&points);
    let object = objects().remove(0);
    doors.put(&object);
    let mut wrong = Vec::new();
    for point in &points {
        let told = doors
            .all()
            .map(|door| (door.name(), door.ask(point, &object, &plain()).unwrap()));
        let (_, said) = &told[2];
        for (name, told) in &told {
            // Where bytes have left, the transfer breaks; where none have, all say the same.
            let broken = point.format == "parquet" && told.release.is_ok() && !told.whole;
            let refused = told.release == said.release && told.code() == "InvalidValue";
            if !(broken || refused) || !told.leaked.is_empty() {
                wrong.push(format!(
                    "{}, {name}: {:?}, whole: {}",
                    point.name,
                    told.release.as_ref().err(),
                    told.whole
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
