//! Every release by every way: the same bytes, described alike; and every refusal with the same code and message.

use std::collections::BTreeMap;

use super::door::{Door, Told, Way};
use super::table::{Object, Point, points};
use super::ways::{plain, ways};
use super::{Doors, table};

/// Puts the objects of all of these, each once.
pub fn put_all(doors: &Doors, points: &[Point]) {
    let objects = points.iter().flat_map(|point| (point.objects)());
    let objects: BTreeMap<String, Object> =
        objects.map(|object| (object.key.clone(), object)).collect();
    for object in objects.values() {
        doors.put(object);
    }
}

#[test]
fn a_release_is_the_same_at_every_door_however_it_is_asked_for() {
    let points = points();
    let doors = Doors::before(&points);
    put_all(&doors, &points);
    let (all, mut wrong) = (doors.all(), Vec::new());
    for point in &points {
        for object in (point.objects)() {
            for way in ways(point.format) {
                let found = unlike(&all, point, &object, &way);
                wrong.extend(
                    found.into_iter().map(|what| {
                        format!("{}, {}, {}: {what}", point.name, object.name, way.name)
                    }),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with what the doors say: between each other, and of what must be so.
fn unlike(all: &[Box<dyn Door + '_>], point: &Point, object: &Object, way: &Way) -> Vec<String> {
    let told = all.iter().filter_map(|door| {
        let told = door.ask(point, object, way)?;
        Some((door.name(), told))
    });
    let told: Vec<(&str, Told)> = told.collect();
    let whole = way.name == "all";
    let mut wrong = Vec::new();
    if whole != (told.len() == 3) {
        wrong.push(format!("{} doors have this way", told.len()));
    }
    let (first, one) = &told[0];
    if whole && one.code() != object.code.unwrap_or_default() {
        wrong.push(format!("{first}: {:?}", one.release.as_ref().err()));
    }
    for (name, other) in &told[1..] {
        let found = one.unlike(other);
        wrong.extend(
            found
                .iter()
                .map(|what| format!("{first} and {name}: {what}")),
        );
    }
    for (name, told) in &told {
        let leaked = told.leaked.iter();
        wrong.extend(leaked.map(|what| format!("{name} {what}")));
    }
    wrong
}

#[test]
fn what_is_not_there_and_what_may_not_be_shown_is_refused_alike() {
    let fine = table::whole;
    let point = |name, projection, more| Point {
        name,
        projection,
        format: "csv",
        more,
        objects: fine,
    };
    let points = [
        point("there", "patients/analytics", serde_json::json!({})),
        point("named", "people/named", serde_json::json!({})),
        point("other", "stays/all", serde_json::json!({})),
    ];
    let doors = Doors::before(&points);
    let people = table::points()
        .into_iter()
        .find(|point| point.name == "costs");
    let people = (people.unwrap().objects)().remove(0);
    let mut patients = table::whole().remove(0);
    doors.put(&people);
    doors.put(&patients);
    let mut foreign = patients.clone();
    for (key, object) in [
        ("nowhere/patients.csv", &mut patients),
        ("secrets.csv", &mut foreign),
    ] {
        key.clone_into(&mut object.key);
    }
    let mut wrong = Vec::new();
    for (point, object, code) in [
        (&points[0], &patients, "NoSuchKey"),
        (&points[0], &foreign, "NoSuchKey"),
        (&points[2], &people, "NoSuchKey"),
        (&points[1], &people, "ProjectionRefused"),
    ] {
        for way in ways("csv") {
            let told = doors
                .servers()
                .map(|door| door.ask(point, object, &way).unwrap());
            let [one, other] = &told;
            let found = one.unlike(other);
            wrong.extend(
                found
                    .iter()
                    .map(|what| format!("{} {}, {}: {what}", point.name, object.key, way.name)),
            );
            let expected = if way.method == "HEAD" { "" } else { code };
            if one.code() != expected || !one.status().starts_with('4') {
                wrong.push(format!(
                    "{} {}, {}: {:?}",
                    point.name, object.key, way.name, one.release
                ));
            }
        }
    }
    // Why a projection is refused is its owner's affair: the command says it, and readers do not hear it.
    let [lambda, _, command] = doors
        .all()
        .map(|door| door.ask(&points[1], &people, &plain()).unwrap());
    let said = |told: &Told| told.release.clone().unwrap_err();
    let (public, own) = (said(&lambda), said(&command));
    if public.code != own.code
        || own.message.contains(&public.message)
        || !own.message.contains("Name")
    {
        wrong.push(format!("{public:?} and {own:?}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
