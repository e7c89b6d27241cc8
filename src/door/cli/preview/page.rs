//! A preview as a page. It holds raw values, and says so at its top.

use maud::{Markup, html};

use super::super::check::words;
use super::against::Against;
use super::pairs::Pair;
use super::released::Released;
use super::text::{absent, measures};
use super::{Cell, Preview, Shown, notes};
use crate::dataset::contract::Class;
use crate::door::cli::page::{page, wide};

/// The whole page.
pub(super) fn html(preview: &Preview) -> String {
    let about = "The first rows of a raw object, before and after a projection.";
    let body = html! {
        @for (place, note) in notes::all(preview).iter().enumerate() {
            @if place == 0 { p { strong.bad { (note) } } } @else { p { (note) } }
        }
        @match &preview.shown {
            Shown::Pairs(pairs) => (wide(&beside(preview, pairs))),
            Shown::Whole(released) => {
                h2 { "Raw" }
                (wide(&raw(preview)))
                h2 { "Release" }
                (wide(&below(preview, released)))
            }
        }
        @if let Some(against) = &preview.against { (compare(against)) }
    };
    page(&preview.title, about, &body)
}

fn beside(preview: &Preview, pairs: &[Pair]) -> Markup {
    let (columns, outputs) = (preview.contract.columns.len(), preview.projection.columns());
    html! {
        table {
            colgroup span=(columns + 1) {}
            colgroup.edge span=(outputs) {}
            thead {
                tr {
                    th.stay { "" }
                    th.bad colspan=(columns) { span.label { "Raw" } }
                    th.good colspan=(outputs) { span.label { "Release" } }
                }
                tr { th.stay { "record" } (raw_header(preview)) (released_header(preview)) }
            }
            tbody {
                @for (record, pair) in preview.raw.records.iter().zip(pairs) {
                    tr {
                        td.number.stay { (record.number) }
                        @for cell in &record.cells { (value(cell)) }
                        @match pair {
                            Pair::Row(cells) => @for cell in cells { (value(cell)) },
                            other => td.quiet colspan=(outputs) { (absent(other)) },
                        }
                    }
                }
            }
        }
    }
}

fn raw(preview: &Preview) -> Markup {
    html! {
        table {
            thead { tr { th.stay { "record" } (raw_header(preview)) } }
            tbody {
                @for record in &preview.raw.records {
                    tr {
                        td.number.stay { (record.number) }
                        @for cell in &record.cells { (value(cell)) }
                    }
                }
            }
        }
    }
}

fn below(preview: &Preview, released: &Released) -> Markup {
    html! {
        table {
            thead { tr { (released_header(preview)) } }
            tbody {
                @for row in &released.rows { tr { @for cell in row { (value(cell)) } } }
            }
        }
    }
}

fn raw_header(preview: &Preview) -> Markup {
    html! {
        @for column in &preview.contract.columns {
            (heading(&column.name, Some(column.class), words::class(column.class)))
        }
    }
}

fn released_header(preview: &Preview) -> Markup {
    html! {
        @for output in &preview.projection.proof.outputs {
            @let class = words::shown_class(&preview.contract, output);
            (heading(&output.name, class, &words::levels(output)))
        }
    }
}

/// A column's name in the colour of its class, and a word below it.
fn heading(name: &str, class: Option<Class>, word: &str) -> Markup {
    html! {
        th scope="col" {
            span class=[class.map(words::style)] { (name) }
            br;
            small.quiet { (word) }
        }
    }
}

fn value(cell: &Cell) -> Markup {
    html! {
        td.value {
            @match cell {
                Some(text) => (words::plain(text)),
                None => span.quiet { "NULL" },
            }
        }
    }
}

fn compare(against: &Against) -> Markup {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "—".to_owned());
    html! {
        h2 { "What the edit changes" }
        @if against.changes.is_empty() {
            p { "Nothing that proof and head show; the same columns may still hold other values." }
        } @else {
            (wide(&html! {
                table {
                    thead { tr { th { "what" } th { "before" } th { "after" } } }
                    tbody {
                        @for change in &against.changes {
                            tr { th scope="row" { (change.what) } td { (side(&change.before)) } td { (side(&change.after)) } }
                        }
                    }
                }
            }))
        }
        h3 { "Unique rows" }
        p.quiet {
            "Rows of a release of the whole object that share what leaves of quasi-identifiers with no other row."
        }
        (wide(&html! {
            table {
                thead { tr { th {} th { "rows" } th { "unique" } th { "share" } th { "smallest class" } th { "over" } } }
                tbody {
                    @for (side, measured) in [("before", &against.before), ("after", &against.after)] {
                        tr {
                            th scope="row" { (side) }
                            @for (place, text) in measures(measured).iter().enumerate() {
                                td class=[(place < 4).then_some("number")] { (text) }
                            }
                        }
                    }
                }
            }
        }))
    }
}
