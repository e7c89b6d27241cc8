//! Every range, part and condition of one release, at both servers.

use super::Doors;
use super::door::{Told, Way};
use super::table::{Point, points, whole};
use super::ways::plain;
use crate::access_point::worth::rows;

/// What Object Lambda takes from the query, since S3 hands it over there, and S3 itself does not know.
const OF_ONE_DOOR: &str = "a range in the query";

#[test]
fn ranges_parts_and_conditions_are_answered_alike() {
    let points: Vec<Point> = points().into_iter().take(3).collect();
    let doors = Doors::before(&points);
    let object = whole().remove(0);
    doors.put(&object);
    let (servers, mut wrong) = (doors.servers(), Vec::new());
    for point in &points {
        let whole = servers[0].ask(point, &object, &plain()).unwrap();
        let described = whole.described.iter().flatten();
        let mut etags = described.filter(|(name, _)| *name == "etag");
        let etag = etags.next().unwrap().1.clone();
        let length = whole.release.clone().unwrap().len();
        for (name, method, query, headers, _) in rows(length, &etag, object.day) {
            if name == OF_ONE_DOOR {
                continue;
            }
            let way = Way {
                name: name.to_owned(),
                method,
                own_key: false,
                query,
                headers,
            };
            let told = servers
                .each_ref()
                .map(|door| door.ask(point, &object, &way).unwrap());
            let [one, other]: &[Told; 2] = &told;
            let found = one.unlike(other);
            wrong.extend(
                found
                    .iter()
                    .map(|what| format!("{}, {method} {name}: {what}", point.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
