//! A projection's lineage as a drawing: contract columns left, what is done to them between, output columns right.
//!
//! A line's colour is the class of the column that it comes from, its width says how much of it goes on, and it is
//! dashed where it goes on through the rows that are chosen only. The table beside it says the same in words.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::words;
use crate::dataset::catalog::Served;
use crate::dataset::contract::Class;
use crate::dataset::proof::{OutputProof, Source};
use crate::functions::Level;

/// The height of a line of boxes.
const STEP: usize = 34;

/// The height of a box.
const HEIGHT: usize = 26;

/// The room between two columns of boxes, for the lines.
const GAP: usize = 110;

/// More characters of a name are left out of its box; the whole is what a pointer held over it shows.
const LONGEST: usize = 30;

/// How far lines between the same two boxes stand apart.
const APART: usize = 6;

/// A box of text.
struct Node {
    text: String,
    class: Option<Class>,
    /// Its upper edge.
    top: usize,
}

/// A line from a box to one of a later column.
struct Line {
    from: (usize, usize),
    to: (usize, usize),
    class: Class,
    level: Level,
    implicit: bool,
}

/// What is drawn: three columns of boxes, and the lines between them.
#[derive(Default)]
struct Drawing {
    columns: [Vec<Node>; 3],
    lines: Vec<Line>,
    /// Its height so far.
    height: usize,
}

/// The drawing of a proven projection.
pub(super) fn svg(served: &Served) -> Markup {
    Drawing::of(served).draw(&served.name.to_string())
}

impl Drawing {
    fn of(served: &Served) -> Self {
        let outputs = &served.projection.proof.outputs;
        let mut drawing = Self::default();
        let inputs = drawing.inputs(served);
        for output in outputs {
            drawing.output(served, output, &inputs);
        }
        drawing.rows(served, &inputs);
        drawing.height = drawing.height.max(inputs.len() * STEP).max(STEP);
        let above = (drawing.height - inputs.len() * STEP) / 2;
        for node in &mut drawing.columns[0] {
            node.top += above;
        }
        drawing
    }

    /// The contract's columns that reach any output column, and the place of each.
    fn inputs<'a>(&mut self, served: &'a Served) -> BTreeMap<&'a str, usize> {
        let outputs = served.projection.proof.outputs.iter();
        let sources = outputs.flat_map(|output| &output.sources);
        let used: BTreeSet<&str> = sources.map(|source| source.column.as_str()).collect();
        let mut places = BTreeMap::new();
        for column in &served.contract.columns {
            if used.contains(column.name.as_str()) {
                places.insert(column.name.as_str(), places.len());
                self.columns[0].push(Node {
                    text: column.name.clone(),
                    class: Some(column.class),
                    top: self.columns[0].len() * STEP,
                });
            }
        }
        places
    }

    /// An output column, and beside it what is done to the columns that reach it by value.
    fn output(&mut self, served: &Served, output: &OutputProof, inputs: &BTreeMap<&str, usize>) {
        let place = self.columns[2].len();
        let mut ways: BTreeMap<&[String], usize> = BTreeMap::new();
        let first = self.height;
        for source in output.sources.iter().filter(|source| !source.implicit) {
            let Some(&input) = inputs.get(source.column.as_str()) else {
                continue;
            };
            if source.steps.is_empty() {
                self.line(served, source, (0, input), (2, place));
                continue;
            }
            let way = *ways.entry(&source.steps).or_insert_with(|| {
                self.columns[1].push(Node {
                    text: source.steps.join(" → "),
                    class: None,
                    top: self.height,
                });
                self.height += STEP;
                self.columns[1].len() - 1
            });
            self.line(served, source, (0, input), (1, way));
            self.line(served, source, (1, way), (2, place));
        }
        self.height = self.height.max(first + STEP);
        self.columns[2].push(Node {
            text: format!("{} · {}", output.name, words::levels(output)),
            class: words::shown_class(&served.contract, output),
            top: first + (self.height - first - STEP) / 2,
        });
    }

    /// What chooses rows, below everything else: each way once, with a line to every output column.
    fn rows(&mut self, served: &Served, inputs: &BTreeMap<&str, usize>) {
        let mut ways: BTreeMap<&[String], usize> = BTreeMap::new();
        for (place, output) in served.projection.proof.outputs.iter().enumerate() {
            for source in output.sources.iter().filter(|source| source.implicit) {
                let Some(&input) = inputs.get(source.column.as_str()) else {
                    continue;
                };
                let way = *ways.entry(&source.steps).or_insert_with(|| {
                    let text = if source.steps.is_empty() {
                        "chosen rows".to_owned()
                    } else {
                        format!("rows by {}", source.steps.join(" → "))
                    };
                    self.columns[1].push(Node {
                        text,
                        class: None,
                        top: self.height,
                    });
                    self.height += STEP;
                    self.columns[1].len() - 1
                });
                self.line(served, source, (0, input), (1, way));
                self.line(served, source, (1, way), (2, place));
            }
        }
    }

    /// Adds a line, unless it is there.
    fn line(&mut self, served: &Served, source: &Source, from: (usize, usize), to: (usize, usize)) {
        let line = Line {
            from,
            to,
            class: words::class_of(&served.contract, &source.column),
            level: source.level,
            implicit: source.implicit,
        };
        let same = |other: &Line| (other.from, other.to, other.class) == (from, to, line.class);
        if !self.lines.iter().any(same) {
            self.lines.push(line);
        }
    }

    fn draw(&self, name: &str) -> Markup {
        let widths = self.columns.each_ref().map(|nodes| width(nodes));
        let starts = [0, widths[0] + GAP, widths[0] + widths[1] + 2 * GAP];
        let (width, height) = (starts[2] + widths[2] + 2, self.height);
        html! {
            svg role="img" width=(width) height=(height) viewBox=(format!("0 0 {width} {height}"))
                aria-label=(format!("Lineage of {name}; the table below says the same")) {
                @for (place, line) in self.lines.iter().enumerate() {
                    @let x = starts[line.from.0] + widths[line.from.0];
                    @let (y1, y2) = (self.end(line.from, place), self.end(line.to, place));
                    (line.draw((x, y1), (starts[line.to.0], y2)))
                }
                @for (column, nodes) in self.columns.iter().enumerate() {
                    @for node in nodes { (node.draw(starts[column], widths[column])) }
                }
            }
        }
    }

    /// Where a line meets a box: in its middle, and below the lines before it between the same two boxes.
    fn end(&self, (column, row): (usize, usize), line: usize) -> usize {
        let top = self.columns[column].get(row).map_or(0, |node| node.top);
        let before = self.lines.iter().take(line);
        let own = self.lines.get(line);
        let beside = before
            .filter(|other| own.is_some_and(|own| (own.from, own.to) == (other.from, other.to)));
        top + STEP / 2 + (beside.count() * APART).min(HEIGHT / 2)
    }
}

impl Line {
    /// The wider, the more of the column goes on.
    fn stroke(&self) -> &'static str {
        match self.level {
            Level::None => "1",
            Level::Keyed => "1.5",
            Level::Coarse => "2",
            Level::Part => "2.5",
            Level::Whole => "3.5",
        }
    }

    fn draw(&self, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) -> Markup {
        let bend = usize::midpoint(x1, x2);
        let way = format!("M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}");
        let dashes = self.implicit.then_some("5 4");
        let class = words::style(self.class);
        html! { path class=(format!("flow {class}")) d=(way) stroke-width=(self.stroke()) stroke-dasharray=[dashes] {} }
    }
}

impl Node {
    fn draw(&self, x: usize, width: usize) -> Markup {
        let y = self.top + (STEP - HEIGHT) / 2;
        let class = self.class.map(words::style);
        html! {
            g class=[class] {
                title { (self.text) }
                rect class="box" x=(x + 1) y=(y) width=(width.saturating_sub(2)) height=(HEIGHT) rx="5" {}
                text x=(x + 10) y=(y + 18) { (shortened(&self.text)) }
            }
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The width that the boxes of a column need, whatever the reader's font is like.
fn width(nodes: &[Node]) -> usize {
    let text = |node: &Node| shortened(&node.text).chars().map(room).sum::<usize>();
    nodes.iter().map(text).max().map_or(0, |widest| widest + 22)
}

/// The room of a character of 13 pixels, at most.
fn room(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | '(' | ')' | '·' => 6,
        'm' | 'w' | 'M' | 'W' | '→' => 13,
        c if c.is_ascii() => 9,
        c if u32::from(c) < 0x1100 => 10,
        _ => 14,
    }
}
