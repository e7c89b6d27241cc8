//! A projection's lineage as a drawing: contract columns left, what is done to them between, output columns right.
//!
//! A line's colour is the class of the column that it comes from, its width says how much of it goes on, and it is
//! dashed where it goes on through the rows that are chosen only. The table beside it says the same in words.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::words;
use crate::dataset::catalog::Served;
use crate::dataset::contract::Class;
use crate::functions::Level;

/// The height of a line of boxes.
const STEP: usize = 34;

/// The height of a box.
const HEIGHT: usize = 26;

/// The room between two columns of boxes, for the lines.
const GAP: usize = 110;

/// More characters of a name are left out of its box; the whole is what a pointer held over it shows.
const LONGEST: usize = 30;

/// A box of text.
struct Node {
    text: String,
    class: Option<Class>,
}

/// A line between two boxes of neighbouring columns, or over the middle one.
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
}

/// The drawing of a proven projection.
pub(super) fn svg(served: &Served) -> Markup {
    Drawing::of(served).draw(&served.name.to_string())
}

/// What is done to columns on one way, and to which: a box of the middle.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way<'a> {
    implicit: bool,
    /// The output column, for what reaches it by value. Rows are chosen once for all.
    output: Option<usize>,
    steps: &'a [String],
}

impl Drawing {
    fn of(served: &Served) -> Self {
        let outputs = &served.projection.proof.outputs;
        let mut drawing = Self::default();
        let used: BTreeSet<&str> = outputs
            .iter()
            .flat_map(|output| output.sources.iter().map(|source| source.column.as_str()))
            .collect();
        let mut inputs = BTreeMap::new();
        for column in &served.contract.columns {
            if used.contains(column.name.as_str()) {
                inputs.insert(column.name.as_str(), drawing.columns[0].len());
                drawing.columns[0].push(Node {
                    text: column.name.clone(),
                    class: Some(column.class),
                });
            }
        }
        let mut ways = BTreeMap::new();
        for (place, output) in outputs.iter().enumerate() {
            for source in &output.sources {
                let Some(&input) = inputs.get(source.column.as_str()) else {
                    continue;
                };
                let way = Way {
                    implicit: source.implicit,
                    output: (!source.implicit).then_some(place),
                    steps: &source.steps,
                };
                let class = words::class_of(&served.contract, &source.column);
                drawing.way(&mut ways, way, input, place, (class, source.level));
            }
            drawing.columns[2].push(Node {
                text: format!("{} · {}", output.name, words::levels(output)),
                class: words::shown_class(&served.contract, output),
            });
        }
        drawing
    }

    /// Adds what one source is: a line over the middle, or one to its box there and one on.
    fn way<'a>(
        &mut self,
        ways: &mut BTreeMap<Way<'a>, usize>,
        way: Way<'a>,
        input: usize,
        output: usize,
        (class, level): (Class, Level),
    ) {
        let implicit = way.implicit;
        let line = |from, to| Line {
            from,
            to,
            class,
            level,
            implicit,
        };
        if !implicit && way.steps.is_empty() {
            self.lines.push(line((0, input), (2, output)));
            return;
        }
        let text = way.steps.join(" → ");
        let text = match (implicit, text.is_empty()) {
            (true, true) => "chosen rows".to_owned(),
            (true, false) => format!("rows by {text}"),
            (false, _) => text,
        };
        let middle = *ways.entry(way).or_insert_with(|| {
            self.columns[1].push(Node { text, class: None });
            self.columns[1].len() - 1
        });
        let into = line((0, input), (1, middle));
        if !self.lines.iter().any(|other| other.joins(&into)) {
            self.lines.push(into);
        }
        self.lines.push(line((1, middle), (2, output)));
    }

    fn draw(&self, name: &str) -> Markup {
        let widths = self.columns.each_ref().map(|nodes| width(nodes));
        let starts = [0, widths[0] + GAP, widths[0] + widths[1] + 2 * GAP];
        let width = starts[2] + widths[2] + 2;
        let rows = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        let height = rows.max(1) * STEP;
        let top = |column: usize| (height - self.columns[column].len() * STEP) / 2;
        let middle = |(column, row): (usize, usize)| top(column) + row * STEP + STEP / 2;
        html! {
            svg role="img" width=(width) height=(height)
                viewBox=(format!("0 0 {width} {height}"))
                aria-label=(format!("Lineage of {name}; the table below says the same")) {
                @for line in &self.lines {
                    @let x = starts[line.from.0] + widths[line.from.0];
                    (line.draw((x, middle(line.from)), (starts[line.to.0], middle(line.to))))
                }
                @for (column, nodes) in self.columns.iter().enumerate() {
                    @for (row, node) in nodes.iter().enumerate() {
                        (node.draw(starts[column], top(column) + row * STEP, widths[column]))
                    }
                }
            }
        }
    }
}

impl Line {
    fn joins(&self, other: &Self) -> bool {
        (self.from, self.to, self.class) == (other.from, other.to, other.class)
    }

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
    fn draw(&self, x: usize, y: usize, width: usize) -> Markup {
        let y = y + (STEP - HEIGHT) / 2;
        let class = self.class.map(words::style);
        html! {
            g class=[class] {
                title { (self.text) }
                rect class="box" x=(x + 1) y=(y) width=(width - 2) height=(HEIGHT) rx="5" {}
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
