//! The proof as JSON, in the form that `docs/check.schema.json` holds: what changes it in a way that breaks readers
//! changes [`VERSION`].

use serde::Serialize;

use super::joinable::{Common, Join, KeyPair, Position, Shown};
use super::judged::{Dataset, Judged, Projected, Table};
use super::refused::Refused;
use super::words;
use crate::dataset::catalog::Served;
use crate::dataset::contract::Contract;
use crate::dataset::proof::{OutputProof, Source};
use crate::error::{Error, Kind, Result};

/// The version of the form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    format: &'static str,
    version: u32,
    veilpoint: &'static str,
    sql: &'a str,
    accepted: bool,
    datasets: Vec<DatasetView<'a>>,
    references: Vec<TableView<'a>>,
    projections: Vec<ProjectionView<'a>>,
    joins: Vec<JoinView<'a>>,
}

#[derive(Serialize)]
struct DatasetView<'a> {
    name: &'a str,
    file: &'a str,
    accepted: bool,
    location: Option<&'a str>,
    subject: &'a [String],
    columns: Vec<ColumnView<'a>>,
    refusals: Vec<RefusalView<'a>>,
}

#[derive(Serialize)]
struct TableView<'a> {
    name: &'a str,
    file: &'a str,
    accepted: bool,
    /// The column that projections join by.
    key: Option<String>,
    columns: Vec<String>,
    refusals: Vec<RefusalView<'a>>,
}

#[derive(Serialize)]
struct ColumnView<'a> {
    name: &'a str,
    r#type: String,
    nullable: bool,
    class: &'static str,
}

#[derive(Serialize)]
struct ProjectionView<'a> {
    name: String,
    dataset: &'a str,
    file: &'a str,
    accepted: bool,
    head: Option<HeadView<'a>>,
    not_counted_by_k: Vec<String>,
    outputs: Vec<OutputView<'a>>,
    refusals: Vec<RefusalView<'a>>,
}

#[derive(Serialize)]
struct HeadView<'a> {
    reveals: &'a [String],
    k: Option<KView<'a>>,
    /// The domain that the head names; none: the keys are the projection's own.
    domain: Option<&'a str>,
    keyed: bool,
    order: &'static str,
}

#[derive(Serialize)]
struct KView<'a> {
    k: u32,
    over: &'a [String],
}

#[derive(Serialize)]
struct OutputView<'a> {
    name: &'a str,
    r#type: String,
    nullable: bool,
    level: &'static str,
    sources: Vec<SourceView<'a>>,
}

#[derive(Serialize)]
struct SourceView<'a> {
    of: &'a str,
    class: &'static str,
    level: &'static str,
    implicit: bool,
    steps: &'a [String],
    path: String,
}

#[derive(Serialize)]
struct RefusalView<'a> {
    line: Option<u64>,
    column: Option<u64>,
    rule: Option<&'a str>,
    message: &'a str,
    of: Option<&'a str>,
    path: Option<&'a str>,
    would_do: &'a [String],
}

#[derive(Serialize)]
struct JoinView<'a> {
    a: &'a str,
    b: &'a str,
    domain: Option<&'a str>,
    keys: Vec<KeyView<'a>>,
    position: Option<&'static str>,
    common: Vec<CommonView<'a>>,
    others: &'a [String],
    words: Vec<String>,
}

#[derive(Serialize)]
struct KeyView<'a> {
    a: &'a str,
    b: &'a str,
    function: &'a str,
    a_input: &'a str,
    b_input: &'a str,
    same_input: bool,
}

#[derive(Serialize)]
struct CommonView<'a> {
    of: &'a str,
    class: &'static str,
    a: Vec<ShownView<'a>>,
    b: Vec<ShownView<'a>>,
}

#[derive(Serialize)]
struct ShownView<'a> {
    output: &'a str,
    level: &'static str,
}

/// The whole report, a line end behind it.
pub(super) fn json(judged: &Judged, joins: &[Join]) -> Result<String> {
    let report = Report {
        format: "veilpoint.check",
        version: VERSION,
        veilpoint: env!("CARGO_PKG_VERSION"),
        sql: &judged.origin,
        accepted: judged.refused() == (0, 0),
        datasets: judged.datasets.iter().map(dataset).collect(),
        references: judged.references.iter().map(table).collect(),
        projections: judged.projections.iter().map(projection).collect(),
        joins: joins.iter().map(join).collect(),
    };
    let text = serde_json::to_string_pretty(&report).map_err(|err| {
        Error::new(Kind::Internal, "the report cannot be written as JSON").with_private(err)
    })?;
    Ok(text + "\n")
}

fn dataset(dataset: &Dataset) -> DatasetView<'_> {
    let contract = dataset.contract.as_ref().ok();
    DatasetView {
        name: &dataset.name,
        file: &dataset.file,
        accepted: contract.is_some(),
        location: contract.map(|contract| contract.location.as_str()),
        subject: contract.map_or(&[], |contract| &contract.subject),
        columns: contract.map_or_else(Vec::new, columns),
        refusals: refusals(dataset.contract.as_ref().err()),
    }
}

fn table(table: &Table) -> TableView<'_> {
    let read = table.outcome.as_ref().ok();
    let columns = read.map_or_else(Vec::new, |read| words::table_columns(read));
    TableView {
        name: &table.name,
        file: &table.file,
        accepted: read.is_some(),
        key: read.and_then(|read| columns.get(read.key()).cloned()),
        columns,
        refusals: refusals(table.outcome.as_ref().err()),
    }
}

fn columns(contract: &Contract) -> Vec<ColumnView<'_>> {
    let columns = contract.columns.iter().map(|column| ColumnView {
        name: &column.name,
        r#type: words::sql_type(&column.data_type.arrow()),
        nullable: column.nullable,
        class: words::class(column.class),
    });
    columns.collect()
}

fn projection(projected: &Projected) -> ProjectionView<'_> {
    let served = projected.outcome.as_deref().ok();
    ProjectionView {
        name: projected.name.to_string(),
        dataset: projected.name.dataset(),
        file: &projected.file,
        accepted: served.is_some(),
        head: served.map(head),
        not_counted_by_k: served.map_or_else(Vec::new, |served| {
            words::outside_k(&served.contract, &served.projection)
        }),
        outputs: served.map_or_else(Vec::new, outputs),
        refusals: refusals(projected.outcome.as_ref().err()),
    }
}

fn head(served: &Served) -> HeadView<'_> {
    let head = &served.projection.head;
    HeadView {
        reveals: &head.reveals,
        k: head.k.as_ref().map(|k| KView {
            k: k.k,
            over: &k.over,
        }),
        domain: head.domain.as_deref(),
        keyed: served.projection.uses_keys(),
        order: if head.keep_order { "kept" } else { "keyed" },
    }
}

fn outputs(served: &Served) -> Vec<OutputView<'_>> {
    let outputs = served.projection.proof.outputs.iter().map(|output| {
        let sources = output.sources.iter();
        OutputView {
            name: &output.name,
            r#type: words::sql_type(&output.data_type),
            nullable: output.nullable,
            level: words::level(words::highest(output)),
            sources: sources.map(|one| source(served, output, one)).collect(),
        }
    });
    outputs.collect()
}

fn source<'a>(served: &Served, output: &OutputProof, source: &'a Source) -> SourceView<'a> {
    SourceView {
        of: &source.column,
        class: words::class(words::class_of(&served.contract, &source.column)),
        level: words::level(source.level),
        implicit: source.implicit,
        steps: &source.steps,
        path: source.path(&output.name),
    }
}

fn refusals(refused: Option<&Vec<Refused>>) -> Vec<RefusalView<'_>> {
    let refused = refused.into_iter().flatten().map(|one| RefusalView {
        line: one.at.map(|(line, _)| line),
        column: one.at.map(|(_, column)| column),
        rule: one.rule.as_deref(),
        message: &one.message,
        of: one.column.as_deref(),
        path: one.path.as_deref(),
        would_do: &one.would_do,
    });
    refused.collect()
}

fn join(join: &Join) -> JoinView<'_> {
    JoinView {
        a: &join.a,
        b: &join.b,
        domain: join.domain.as_deref(),
        keys: join.keys.iter().map(key).collect(),
        position: join.position.map(|position| match position {
            Position::Object => "object",
            Position::Statement => "statement",
        }),
        common: join.common.iter().map(common).collect(),
        others: &join.others,
        words: join.sentences(),
    }
}

fn key(pair: &KeyPair) -> KeyView<'_> {
    KeyView {
        a: &pair.a,
        b: &pair.b,
        function: &pair.function,
        a_input: &pair.a_input,
        b_input: &pair.b_input,
        same_input: pair.same_input,
    }
}

fn common(common: &Common) -> CommonView<'_> {
    CommonView {
        of: &common.column,
        class: words::class(common.class),
        a: common.a.iter().map(shown).collect(),
        b: common.b.iter().map(shown).collect(),
    }
}

fn shown(shown: &Shown) -> ShownView<'_> {
    ShownView {
        output: &shown.output,
        level: words::level(shown.level),
    }
}
