//! Listings of both servers: the same releases, lengths and `ETag`s, in one page and over pages.

use super::Doors;
use super::door::{Door, message};
use super::releases::put_all;
use super::table::{Point, points};
use crate::access_point::stage::{Listed, Page};
use crate::support::lambda::Got;

/// Queries whose answer is one page.
const ONE_PAGE: [&str; 14] = [
    "prefix=fine/",
    "list-type=2&prefix=fine/",
    "list-type=2&prefix=fine/&encoding-type=url",
    "prefix=fine/&encoding-type=url",
    "list-type=2&delimiter=%2F",
    "delimiter=/&prefix=fine/",
    "list-type=2&delimiter=/&prefix=fine/&encoding-type=url",
    "list-type=2&prefix=fine/a/p",
    "list-type=2&prefix=nowhere/",
    "list-type=2&prefix=fine/&max-keys=0",
    "list-type=2&prefix=fine/&start-after=fine/c",
    "prefix=fine/&marker=fine/c",
    "list-type=2&prefix=fine/&max-keys=2000",
    "list-type=2&prefix=fine/&fetch-owner=true",
];

/// Queries that are refused.
const MALFORMED: [&str; 5] = [
    "list-type=2&max-keys=-1",
    "max-keys=many",
    "list-type=2&encoding-type=base64",
    "list-type=2&delimiter=-",
    "delimiter=%2F%2F",
];

/// A document less what names the bucket, or the request.
fn document(got: &Got, less: &[&str]) -> String {
    let mut text = got.text();
    for element in less {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        if let Some((before, rest)) = text.clone().split_once(&open) {
            let (_, after) = rest.split_once(&close).unwrap();
            text = format!("{before}{after}");
        }
    }
    text
}

#[test]
fn listings_of_both_servers_are_the_same() {
    let points = points();
    let doors = Doors::before(&points);
    put_all(&doors, &points);
    let (servers, mut wrong) = (doors.servers(), Vec::new());
    for point in &points {
        for query in ONE_PAGE {
            let got = servers
                .each_ref()
                .map(|door| door.list(point, query).unwrap());
            let told = got
                .each_ref()
                .map(|got| (got.status(), document(got, &["Name"])));
            if told[0] != told[1] || got[0].status() != 200 {
                wrong.push(format!(
                    "{}, {query}:\n{:?}\n{:?}",
                    point.name, told[0], told[1]
                ));
            }
        }
        wrong.extend(refused(
            &servers,
            point,
            &MALFORMED.map(|query| (query.to_owned(), "InvalidArgument")),
        ));
        for first in [
            "list-type=2&prefix=fine/",
            "prefix=fine/",
            "delimiter=/&prefix=fine/",
        ] {
            for most in [1, 3] {
                let walks = servers
                    .each_ref()
                    .map(|door| walked(door.as_ref(), point, first, most));
                if walks[0] != walks[1] || walks[0].is_empty() {
                    wrong.push(format!("{}, {first} by {most}: {walks:?}", point.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_listing_whose_lengths_need_an_object_that_is_refused_names_it() {
    let mut points = points();
    points.retain(|point| ["analytics-csv", "analytics.exact"].contains(&point.name));
    let doors = Doors::before(&points);
    put_all(&doors, &points);
    let (servers, mut wrong) = (doors.servers(), Vec::new());
    for point in &points {
        for object in (point.objects)() {
            let Some(code) = object.code else { continue };
            let (folder, _) = object.key.rsplit_once('/').unwrap();
            let queries =
                ["list-type=2&", ""].map(|version| (format!("{version}prefix={folder}/"), code));
            wrong.extend(refused(&servers, point, &queries));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Queries that are not refused with their codes, or not alike.
fn refused(
    servers: &[Box<dyn Door + '_>; 2],
    point: &Point,
    queries: &[(String, &str)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (query, code) in queries {
        let got = servers
            .each_ref()
            .map(|door| door.list(point, query).unwrap());
        let told = got.each_ref();
        let told = told.map(|got| (got.status(), got.code(), message(&got.text())));
        if told[0] != told[1] || told[0].1 != *code {
            wrong.push(format!("{}, {query}: {told:?}, not {code}", point.name));
        }
    }
    wrong
}

/// All entries and prefixes, so many a page; the order of the pages is each door's own.
fn walked(
    door: &dyn Door,
    point: &Point,
    first: &str,
    most: usize,
) -> Vec<(String, Option<Listed>)> {
    let mut seen = Vec::new();
    let mut query = format!("{first}&max-keys={most}");
    loop {
        let got = door.list(point, &query).unwrap();
        assert_eq!(got.status(), 200, "{}, {query}: {}", point.name, got.text());
        let page = Page::of(&got.text());
        seen.extend(
            page.entries
                .into_iter()
                .map(|entry| (entry.key.clone(), Some(entry))),
        );
        seen.extend(page.prefixes.into_iter().map(|prefix| (prefix, None)));
        let Some(next) = page.next else { break };
        let name = if first.starts_with("list-type=2") {
            "continuation-token"
        } else {
            "marker"
        };
        let next = crate::support::sigv4::encoded(next.as_bytes(), false);
        query = format!("{first}&max-keys={most}&{name}={next}");
    }
    seen.sort_by(|one, other| one.0.cmp(&other.0));
    seen
}
