//! `veilpoint preview`, as a process: records beside what becomes of them, and what an edit changes.

mod against;
mod exits;
mod pairs;
mod whole;

use serde_json::Value;

use crate::check::{read_page, texts};
use crate::support::site::{Answer, Site, run};

/// The day that ages count from.
const AS_OF: &str = "2026-11-26";

/// A preview by a projection of the dataset, with further arguments behind.
fn preview(site: &Site, input: &str, projection: &str, more: &[&str]) -> Answer {
    let projection = format!("visits/{projection}");
    let mut command = site.command(["preview", input, "--projection", &projection]);
    run(command.args(["--as-of", AS_OF, "--key", "key"]).args(more))
}

/// The same as a page, read.
fn page(site: &Site, input: &str, projection: &str, more: &[&str]) -> Value {
    let mut all = vec!["--format", "html"];
    all.extend(more);
    let answer = preview(site, input, projection, &all);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let page = read_page(&answer.stdout);
    assert_eq!(texts(&page, "wrong"), [""; 0]);
    page
}

/// The cells of a page from one on, in rows of so many.
fn rows(page: &Value, width: usize) -> Vec<Vec<String>> {
    let cells: Vec<String> = texts(page, "cells")
        .iter()
        .map(|&cell| cell.to_owned())
        .collect();
    cells.chunks(width).map(<[String]>::to_vec).collect()
}
