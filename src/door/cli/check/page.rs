//! The proof as a page for people.

use maud::{Markup, html};

use super::joinable::Join;
use super::judged::{Dataset, Judged, Projected};
use super::refused::Refused;
use super::{lineage, words};
use crate::dataset::catalog::Served;
use crate::dataset::contract::{Class, Contract};
use crate::dataset::proof::{OutputProof, Source};
use crate::door::cli::page::{page, wide};
use crate::functions::Level;

/// A matrix of more projections is no longer readable; the list below it has them all.
const LARGEST: usize = 40;

/// The whole page.
pub(super) fn html(judged: &Judged, joins: &[Join]) -> String {
    let about = "What each consumer gets, shown from the query plan: which contract column reaches which output column, \
                 how much of it, and what was done to it on the way.";
    let body = html! {
        (summary(judged))
        (legend())
        @for name in judged.names() {
            h2 { "Dataset " (name) }
            @for dataset in judged.datasets.iter().filter(|one| one.name == name) { (contract(dataset)) }
            @for one in judged.projections.iter().filter(|one| one.name.dataset() == name) { (projection(one)) }
            (matrix(judged, name, joins))
        }
        (across(joins))
        (references(judged))
    };
    page(&format!("Proof of {}", judged.origin), about, &body)
}

fn summary(judged: &Judged) -> Markup {
    let (contracts, projections) = judged.refused();
    let proven = judged.projections.len() - projections;
    html! {
        p {
            strong.good { (proven) " proven" } ", "
            @if (contracts, projections) == (0, 0) { "nothing refused." }
            @else { strong.bad { (projections) " refused" } ", and of contracts and reference tables " (contracts) "." }
        }
    }
}

fn legend() -> Markup {
    let classes = [
        Class::DirectIdentifier,
        Class::QuasiIdentifier,
        Class::Sensitive,
        Class::Insensitive,
    ];
    html! {
        p.quiet {
            "Colours are classes: "
            @for class in classes { span class=(words::style(class)) { "● " (words::class(class)) } " " }
            ". A line is the wider, the more of a column goes on (keyed, coarse, in part, whole), and dashed where it goes \
             on through the rows that are chosen only."
        }
    }
}

fn contract(dataset: &Dataset) -> Markup {
    html! {
        @match &dataset.contract {
            Ok(contract) => {
                details {
                    summary { "Contract " code { (dataset.file) } ": " (contract.columns.len()) " columns" }
                    (wide(&columns(contract)))
                }
            }
            Err(refused) => {
                p { strong.bad { "The contract is refused." } }
                (refusals(&dataset.file, refused))
            }
        }
    }
}

fn columns(contract: &Contract) -> Markup {
    html! {
        table {
            thead { tr { th { "column" } th { "type" } th { "class" } th { "NULL" } } }
            tbody {
                @for column in &contract.columns {
                    tr {
                        td { (column.name) }
                        td { (words::sql_type(&column.data_type.arrow())) }
                        td class=(words::style(column.class)) { (words::class(column.class)) }
                        td { @if column.nullable { "yes" } @else { "no" } }
                    }
                }
            }
        }
    }
}

fn projection(projected: &Projected) -> Markup {
    let name = projected.name.to_string();
    html! {
        section id=(name) {
            h3 { (name) " " @if projected.outcome.is_ok() { span.good { "proven" } } @else { span.bad { "refused" } } }
            p.quiet { code { (projected.file) } }
            @match &projected.outcome {
                Ok(served) => (proven(served)),
                Err(refused) => (refusals(&projected.file, refused)),
            }
        }
    }
}

fn proven(served: &Served) -> Markup {
    let outside = words::outside_k(&served.contract, &served.projection);
    html! {
        p { (words::head(&served.projection).join("; ")) "." }
        @if !outside.is_empty() {
            p { strong.quasi { "Not counted by k: " } (words::quoted(&outside)) ", which tell of quasi-identifiers too." }
        }
        (wide(&lineage::svg(served)))
        (wide(&outputs(served)))
    }
}

fn outputs(served: &Served) -> Markup {
    html! {
        table {
            thead { tr { th { "output" } th { "type" } th { "level" } th { "of" } th { "class" } th { "path" } } }
            tbody {
                @for output in &served.projection.proof.outputs {
                    @if output.sources.is_empty() {
                        tr {
                            (first(output, 1))
                            td { (words::level(Level::None)) }
                            td.quiet colspan="3" { "nothing of any column" }
                        }
                    }
                    @for (place, source) in output.sources.iter().enumerate() {
                        tr {
                            @if place == 0 { (first(output, output.sources.len())) }
                            (reaches(served, output, source))
                        }
                    }
                }
            }
        }
    }
}

/// The cells that an output column has once.
fn first(output: &OutputProof, rows: usize) -> Markup {
    html! {
        th scope="row" rowspan=(rows) { (output.name) }
        td rowspan=(rows) { (words::sql_type(&output.data_type)) }
    }
}

fn reaches(served: &Served, output: &OutputProof, source: &Source) -> Markup {
    let class = words::class_of(&served.contract, &source.column);
    html! {
        td { (words::level(source.level)) }
        td class=(words::style(class)) { (source.column) }
        td class=(words::style(class)) { (words::class(class)) }
        td {
            @if source.implicit { "by the rows that are chosen: " }
            (source.path(&output.name))
        }
    }
}

fn refusals(file: &str, refused: &[Refused]) -> Markup {
    html! {
        ul {
            @for one in refused {
                li {
                    code { (file) @if let Some((line, column)) = one.at { ":" (line) ":" (column) } } ": "
                    (one.message)
                    @if let Some(rule) = &one.rule { " " span.bad { "[" (rule) "]" } }
                    @if let Some(path) = &one.path { br; "Path: " (path) }
                    @if !one.would_do.is_empty() { br; "Would do: " (one.would_do.join(", ")) }
                }
            }
        }
    }
}

/// What joins the projections of one dataset, each with each.
fn matrix(judged: &Judged, dataset: &str, joins: &[Join]) -> Markup {
    let proven = judged.proven().map(|served| &served.name);
    let names: Vec<String> = proven
        .filter(|name| name.dataset() == dataset)
        .map(ToString::to_string)
        .collect();
    if names.len() < 2 {
        return html! {};
    }
    let within = |join: &&Join| names.contains(&join.a) && names.contains(&join.b);
    let joins: Vec<&Join> = joins.iter().filter(within).collect();
    html! {
        h3 { "What joins the consumers of " (dataset) }
        @if names.len() <= LARGEST { (wide(&pairs(&names, &joins))) }
        (list(&joins))
    }
}

fn pairs(names: &[String], joins: &[&Join]) -> Markup {
    let short = |name: &str| {
        name.split_once('/')
            .map_or(name, |(_, short)| short)
            .to_owned()
    };
    let between = |a: &String, b: &String| {
        let either = |join: &&&Join| (&join.a, &join.b) == (a, b) || (&join.b, &join.a) == (a, b);
        joins.iter().find(either).copied()
    };
    html! {
        table {
            thead { tr { th {} @for name in names { th scope="col" { (short(name)) } } } }
            tbody {
                @for a in names {
                    tr {
                        th scope="row" { (short(a)) }
                        @for b in names { td { (cell(a == b, between(a, b))) } }
                    }
                }
            }
        }
    }
}

fn cell(itself: bool, join: Option<&Join>) -> Markup {
    html! {
        @match join {
            Some(join) => @for (place, (style, word)) in join.short().into_iter().enumerate() {
                @if place > 0 { br; }
                span class=(style) { (word) }
            },
            None if itself => span.quiet { "·" },
            None => span.good { "nothing" },
        }
    }
}

fn list(joins: &[&Join]) -> Markup {
    html! {
        @if joins.is_empty() { p { "Nothing that the proofs show joins two of them." } }
        dl {
            @for join in joins {
                dt { strong { (join.a) " and " (join.b) } }
                @for sentence in join.sentences() { dd { (sentence) "." } }
            }
        }
    }
}

/// The tables that projections may join: public, and all insensitive.
fn references(judged: &Judged) -> Markup {
    html! {
        @if !judged.references.is_empty() { h2 { "Reference tables" } }
        @for table in &judged.references {
            @match &table.outcome {
                Ok(read) => {
                    @let columns = words::table_columns(read);
                    @let key = columns.get(read.key()).map_or("", String::as_str);
                    p { code { (table.file) } ": " (words::quoted(&columns)) ", joined by \"" (key) "\"." }
                }
                Err(refused) => {
                    p { strong.bad { "The reference table " (table.name) " is refused." } }
                    (refusals(&table.file, refused))
                }
            }
        }
    }
}

/// What joins consumers of two datasets: only a domain that both name.
fn across(joins: &[Join]) -> Markup {
    let dataset = |name: &str| name.split_once('/').map(|(dataset, _)| dataset.to_owned());
    let joins: Vec<&Join> = joins
        .iter()
        .filter(|join| dataset(&join.a) != dataset(&join.b))
        .collect();
    html! {
        @if !joins.is_empty() {
            h2 { "What joins consumers of different datasets" }
            (list(&joins))
        }
    }
}
