//! The steps against those of `DataFusion`'s own planner and all of its rules.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use arrow::util::display::array_value_to_string;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_common::config::ConfigOptions;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_optimizer::Analyzer;
use datafusion_physical_plan::common::collect;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;

use super::*;

/// Rows of one object.
#[derive(Debug)]
struct Given(Vec<RecordBatch>);

impl PartitionStream for Given {
    fn schema(&self) -> &SchemaRef {
        self.0[0].schema_ref()
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let batches = self.0.clone().into_iter().map(Ok);
        let schema = Arc::clone(self.schema());
        Box::pin(RecordBatchStreamAdapter::new(
            schema,
            futures::stream::iter(batches),
        ))
    }
}

/// Three columns with NULLs and with rows that are equal: a place, a number, a weight.
fn batches() -> Vec<RecordBatch> {
    let batch = |from: i64| {
        let rows = from..from + 70;
        let places = rows.clone().map(|row| match row * 7 % 5 {
            0 => None,
            1 => Some("Chur"),
            2 => Some("Uri"),
            _ => Some("Zug"),
        });
        let numbers = rows
            .clone()
            .map(|row| (row % 11 != 3).then_some(row * 31 % 17));
        let weights = rows.map(|row| {
            (row % 13 != 5).then(|| 50.0 + f64::from(i32::try_from(row * 37 % 41).unwrap()) / 4.0)
        });
        let columns: [(&str, ArrayRef); 3] = [
            ("place", Arc::new(places.collect::<StringArray>())),
            ("number", Arc::new(numbers.collect::<Int64Array>())),
            ("weight", Arc::new(weights.collect::<Float64Array>())),
        ];
        let columns = columns.map(|(name, column)| (name, column, true));
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    };
    vec![batch(0), batch(70), batch(140)]
}

/// Each row as text.
fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let line = |batch: &RecordBatch, row| {
        let cells = batch.columns().iter();
        let cells = cells.map(|column| array_value_to_string(column, row).unwrap());
        cells.collect::<Vec<_>>().join(" ")
    };
    let rows = |batch| (0..RecordBatch::num_rows(batch)).map(move |row| line(batch, row));
    batches.iter().flat_map(rows).collect()
}

/// Statements of all nodes, and whether they say an order of rows that leaves no choice.
const STATEMENTS: &[(&str, bool)] = &[
    (
        "SELECT place, number + 1 AS n FROM t WHERE number > 5 AND place <> 'Uri'",
        true,
    ),
    (
        "SELECT x.n FROM (SELECT number * 2 AS n FROM t) AS x WHERE x.n < 9 LIMIT 7 OFFSET 3",
        true,
    ),
    ("SELECT DISTINCT place, number FROM t", false),
    (
        "SELECT count(*) AS n, sum(number) AS s, min(place) AS p FROM t WHERE number < 0",
        true,
    ),
    (
        "SELECT place, count(*) AS n, count(number) AS c, sum(weight) AS s, avg(weight) AS a, median(weight) AS m, \
         min(number) AS l, max(place) AS g, stddev(weight) AS d, var_pop(weight) AS v, bool_or(number > 15) AS b, \
         bit_xor(number) AS x, corr(number, weight) AS r, sum(number) FILTER (WHERE number > 3) AS f \
         FROM t GROUP BY place",
        false,
    ),
    (
        "SELECT place, count(DISTINCT number) AS n FROM t GROUP BY place HAVING count(*) > 20",
        false,
    ),
    (
        "SELECT count(DISTINCT number) AS n, count(DISTINCT place) AS p, sum(DISTINCT number) AS s FROM t",
        true,
    ),
    (
        "SELECT number % 3 AS r, sum(number) + count(*) AS s FROM t GROUP BY number % 3 ORDER BY r NULLS FIRST",
        true,
    ),
    (
        "SELECT avg(s) AS a FROM (SELECT place, sum(weight) AS s FROM t GROUP BY place) AS x",
        true,
    ),
    (
        "SELECT * FROM t ORDER BY weight DESC NULLS LAST, number, place LIMIT 12 OFFSET 4",
        true,
    ),
    (
        "SELECT place FROM t ORDER BY 'constant', place DESC, number",
        true,
    ),
    ("SELECT number FROM t LIMIT 0", true),
    (
        "SELECT place, number, row_number() OVER (PARTITION BY place ORDER BY number, weight) AS n, \
         rank() OVER (PARTITION BY place ORDER BY number) AS r, dense_rank() OVER (ORDER BY place) AS d, \
         ntile(4) OVER (ORDER BY weight, number, place) AS q, percent_rank() OVER (ORDER BY number) AS p, \
         cume_dist() OVER (PARTITION BY place ORDER BY weight) AS c FROM t",
        false,
    ),
    (
        "SELECT place, lag(number, 2, -1) OVER w AS a, lead(number) OVER w AS b, first_value(number) OVER w AS c, \
         last_value(number) OVER w AS d, nth_value(number, 2) OVER w AS e FROM t \
         WINDOW w AS (PARTITION BY place ORDER BY weight, number)",
        false,
    ),
    (
        "SELECT lag(number) IGNORE NULLS OVER (ORDER BY weight, number, place) AS a FROM t",
        false,
    ),
    (
        "SELECT sum(number) OVER (ORDER BY weight, number, place ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS a, \
         max(number) OVER (ORDER BY weight, number, place ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS b, \
         count(*) FILTER (WHERE number > 4) OVER (ORDER BY weight RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW) AS c, \
         avg(weight) OVER (PARTITION BY place ORDER BY number ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS d, \
         sum(weight) OVER (PARTITION BY place) AS e, sum(number) OVER () AS f FROM t",
        false,
    ),
    (
        "SELECT place, sum(count(*)) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) AS n FROM t GROUP BY place \
         ORDER BY n, place",
        true,
    ),
];

#[tokio::test]
async fn rows_are_those_of_the_engines_own_planner() {
    let batches = batches();
    let session = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    let table = MemTable::try_new(batches[0].schema(), vec![batches.clone()]).unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    let mut wrong = Vec::new();
    for (sql, ordered) in STATEMENTS {
        let stock = session.sql(sql).await.unwrap().collect().await.unwrap();
        let plan = session.state().create_logical_plan(sql).await.unwrap();
        let plan = Analyzer::new().execute_and_check(plan, &ConfigOptions::default(), |_, _| {});
        let rows = Given(batches.clone());
        let ours = stream(&plan.unwrap(), "t", rows, Arc::default()).unwrap();
        let names: Vec<String> = ours
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect();
        let ours = collect(ours).await.unwrap();
        let (mut ours, mut expected) = (lines(&ours), lines(&stock));
        if !ordered {
            ours.sort_unstable();
            expected.sort_unstable();
        }
        let columns = stock.first().map(RecordBatch::schema);
        let columns =
            columns.map(|schema| schema.fields().iter().map(|f| f.name().clone()).collect());
        if ours != expected || columns.is_some_and(|columns: Vec<String>| columns != names) {
            wrong.push(format!(
                "{sql}\n  ours     {ours:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_frame_that_ends_before_it_starts_is_an_error() {
    let session = SessionContext::new();
    let rows = batches();
    let table = MemTable::try_new(rows[0].schema(), vec![rows.clone()]).unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    let sql = "SELECT sum(number) OVER (ORDER BY number ROWS BETWEEN 1 PRECEDING AND 2 PRECEDING) AS a FROM t";
    let plan = session.state().create_logical_plan(sql).await.unwrap();
    let error = stream(&plan, "t", Given(rows), Arc::default())
        .err()
        .unwrap();
    assert!(error.to_string().contains("ends before it starts"));
}
