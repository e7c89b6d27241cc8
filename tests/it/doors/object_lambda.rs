//! The function behind Object Lambda access points.

use super::door::{Door, Told, Way};
use super::table::{Object, Point};
use crate::access_point::stage::{Stage, leaks};
use crate::support::lambda::{Got, Point as Alias};
use crate::support::sigv4::encoded;

/// The function, and the S3 that asks it.
pub struct ObjectLambda<'a> {
    /// Both.
    pub stage: &'a Stage,
}

impl Door for ObjectLambda<'_> {
    fn name(&self) -> &'static str {
        "Object Lambda"
    }

    fn ask(&self, point: &Point, object: &Object, way: &Way) -> Option<Told> {
        let key = encoded(object.asked_by(point, way).as_bytes(), true);
        let target = format!("{}/{key}{}", alias(point), way.query);
        let headers = way.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let got = self.stage.ask(way.method, &target, &headers);
        Some(Told::of(&got, leaks(&got)))
    }

    fn list(&self, point: &Point, query: &str) -> Option<Got> {
        let target = format!("{}?{query}", alias(point));
        Some(self.stage.ask("GET", &target, &[]))
    }
}

/// What stands for a bucket.
fn alias(point: &Point) -> String {
    Alias::new(point.name, "", &point.payload()).alias()
}
