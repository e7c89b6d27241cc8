//! A batch × a row-by-row projection → a batch. Knows neither CSV nor Parquet.
//!
//! Fast because an expression over coded text is evaluated once per distinct combination of codes, not once per row:
//! a worker remembers the results (a pure function's results do not change), so that a keyed pseudonym of repeating
//! names costs a table look-up. Where combinations hardly repeat, or a column comes as values, the expression is
//! evaluated over the batch.
//!
//! # Memory
//! Each expression remembers at most `MAX_COMBINATIONS` results.

mod combinations;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion_common::DataFusionError;
use datafusion_physical_expr::PhysicalExpr;
use datafusion_physical_expr::utils::reassign_expr_columns;

use self::combinations::{Combinations, Numbered};
use crate::csv::RecordError;
use crate::csv::column::{Column, NULL};
use crate::csv::dictionary::TextDictionary;
use crate::csv::read::{Batch, new_lineage};
use crate::dataset::projection::RowPlan;
use crate::error::{Error, Kind, Result};

/// Combinations of codes whose results are remembered.
const MAX_COMBINATIONS: usize = 64 * 1024;

/// After so many rows, an expression of whose combinations more than half are new is evaluated row by row.
const TRIAL: usize = 32 * 1024;

/// The most columns whose codes make one key.
const MAX_COLUMNS: usize = 4;

/// Projects batches. One per worker.
pub struct Projector {
    filter: Option<Expression>,
    outputs: Vec<Expression>,
}

impl Projector {
    /// A projector of `plan`.
    pub fn new(plan: &RowPlan) -> Result<Self> {
        let filter = plan.filter.as_ref().map(|expr| {
            Expression::new(
                plan,
                "the WHERE clause",
                expr,
                &plan.filter_columns,
                None,
                &DataType::Boolean,
            )
        });
        let outputs = plan.outputs.iter().map(|output| {
            let name = format!("output column \"{}\"", output.name);
            Expression::new(
                plan,
                &name,
                &output.expr,
                &output.columns,
                output.bare,
                &output.data_type,
            )
        });
        Ok(Self {
            filter: filter.transpose()?,
            outputs: outputs.collect::<Result<_>>()?,
        })
    }

    /// The projection of a batch: its columns and number of rows.
    ///
    /// # Errors
    /// The first record on which an expression fails.
    pub fn project(
        &mut self,
        mut batch: Batch,
    ) -> std::result::Result<(Vec<Column>, usize), RecordError> {
        if let Some(filter) = &mut self.filter {
            let keep = filter
                .evaluate(&batch.columns, batch.rows)
                .map_err(|fault| fault.place(&batch))?
                .to_array();
            let keep = strict(keep.as_boolean());
            batch.rows = keep.true_count();
            batch.columns = batch
                .columns
                .iter()
                .map(|column| column.filter(&keep))
                .collect();
            let origin = batch.origin.unwrap_or_else(|| (0..batch.records).collect());
            batch.origin = Some(
                origin
                    .into_iter()
                    .enumerate()
                    .filter(|(row, _)| keep.value(*row))
                    .map(|(_, r)| r)
                    .collect(),
            );
        }
        let mut columns = Vec::with_capacity(self.outputs.len());
        for output in &mut self.outputs {
            columns.push(
                output
                    .evaluate(&batch.columns, batch.rows)
                    .map_err(|fault| fault.place(&batch))?,
            );
        }
        Ok((columns, batch.rows))
    }
}

/// NULL is not true.
fn strict(keep: &BooleanArray) -> BooleanArray {
    match keep.nulls() {
        Some(nulls) => BooleanArray::new(keep.values() & nulls.inner(), None),
        None => keep.clone(),
    }
}

/// An expression failed on a row.
struct Fault {
    row: usize,
    kind: Kind,
    message: String,
}

impl Fault {
    fn place(self, batch: &Batch) -> RecordError {
        let record = batch
            .origin
            .as_ref()
            .and_then(|origin| origin.get(self.row).copied());
        RecordError {
            kind: self.kind,
            message: self.message,
            record: record.unwrap_or(self.row as u64),
            field: None,
        }
    }
}

/// Our own errors pass; a foreign one may quote values, and is replaced.
pub fn translate(error: &DataFusionError, what: &str) -> (Kind, String) {
    match error.find_root() {
        DataFusionError::External(source) => match source.downcast_ref::<Error>() {
            Some(error) => (error.kind(), format!("{what}: {}", error.message())),
            None => (
                Kind::Evaluation,
                format!("{what}: the expression fails on this record"),
            ),
        },
        DataFusionError::ResourcesExhausted(_) => (
            Kind::Memory,
            format!("{what}: the memory limit does not suffice; raise --memory-limit"),
        ),
        _ => (
            Kind::Evaluation,
            format!(
                "{what}: the expression fails on this record (a CAST that does not fit, a division by zero)"
            ),
        ),
    }
}

/// One expression, with what it remembers.
struct Expression {
    what: String,
    expr: Arc<dyn PhysicalExpr>,
    /// The columns it reads, as positions in the batch, and their schema.
    columns: Vec<usize>,
    schema: SchemaRef,
    bare: Option<usize>,
    memo: Option<Memo>,
}

impl Expression {
    fn new(
        plan: &RowPlan,
        what: &str,
        expr: &Arc<dyn PhysicalExpr>,
        columns: &[usize],
        bare: Option<usize>,
        data_type: &DataType,
    ) -> Result<Self> {
        let fields: Vec<_> = columns
            .iter()
            .map(|&column| plan.schema.field(column).clone())
            .collect();
        let text = fields
            .iter()
            .all(|field| *field.data_type() == DataType::Utf8);
        let schema = Arc::new(Schema::new(fields));
        let expr = reassign_expr_columns(Arc::clone(expr), &schema).map_err(|error| {
            Error::new(Kind::Internal, format!("{what}: columns do not resolve"))
                .with_private(error)
        })?;
        let memo = text && bare.is_none() && columns.len() <= MAX_COLUMNS;
        Ok(Self {
            what: what.to_owned(),
            expr,
            columns: columns.to_vec(),
            schema,
            bare,
            memo: memo.then(|| Memo::new(columns.len(), data_type)),
        })
    }

    fn evaluate(&mut self, batch: &[Column], rows: usize) -> std::result::Result<Column, Fault> {
        if let Some(bare) = self.bare {
            return Ok(batch[bare].clone());
        }
        if let Some(mut memo) = self.memo.take()
            && let columns = self.columns.iter().map(|&column| &batch[column])
            && let Some(numbered) = memo.combinations.of(columns, rows)
        {
            let column = memo.column(self, batch, &numbered)?;
            if memo.pays(rows) {
                self.memo = Some(memo);
            }
            return Ok(column);
        }
        let arrays = self
            .columns
            .iter()
            .map(|&column| batch[column].to_array())
            .collect();
        self.over(arrays, rows).map(Column::Plain)
    }

    /// The expression over whole arrays; on a failure, the first row that fails by itself.
    fn over(&self, arrays: Vec<ArrayRef>, rows: usize) -> std::result::Result<ArrayRef, Fault> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options);
        let batch = batch.map_err(|_| Fault {
            row: 0,
            kind: Kind::Internal,
            message: format!("{}: the columns do not fit the plan", self.what),
        })?;
        let evaluate = |batch: &RecordBatch| {
            self.expr
                .evaluate(batch)
                .and_then(|value| value.into_array(batch.num_rows()))
        };
        evaluate(&batch).map_err(|all| {
            let single = (0..rows).find_map(|row| {
                evaluate(&batch.slice(row, 1))
                    .err()
                    .map(|error| (row, error))
            });
            let (row, error) = single.unwrap_or((0, all));
            let (kind, message) = translate(&error, &self.what);
            Fault { row, kind, message }
        })
    }
}

/// Results by combination of codes.
struct Memo {
    combinations: Combinations,
    results: Results,
    rows: usize,
}

/// The results of combinations, by number.
enum Results {
    Text {
        dictionary: TextDictionary,
        codes: Vec<u32>,
    },
    Other(Option<ArrayRef>),
}

impl Memo {
    fn new(columns: usize, data_type: &DataType) -> Self {
        let results = match data_type {
            DataType::Utf8 => Results::Text {
                dictionary: TextDictionary::new(new_lineage()),
                codes: Vec::new(),
            },
            _ => Results::Other(None),
        };
        Self {
            combinations: Combinations::new(columns),
            results,
            rows: 0,
        }
    }

    fn pays(&mut self, rows: usize) -> bool {
        self.rows += rows;
        let len = self.combinations.len();
        len <= MAX_COMBINATIONS && (self.rows < TRIAL || len * 2 < self.rows)
    }

    fn column(
        &mut self,
        of: &Expression,
        batch: &[Column],
        Numbered { numbers, fresh }: &Numbered,
    ) -> std::result::Result<Column, Fault> {
        if !fresh.is_empty() {
            let arrays = of
                .columns
                .iter()
                .map(|&column| pick(&batch[column], fresh))
                .collect();
            let values = of.over(arrays, fresh.len()).map_err(|fault| Fault {
                row: fresh[fault.row],
                ..fault
            })?;
            self.add(&values, &of.what)?;
        }
        self.results.column(numbers, &of.what)
    }

    fn add(&mut self, values: &ArrayRef, what: &str) -> std::result::Result<(), Fault> {
        match &mut self.results {
            Results::Text { dictionary, codes } => {
                let values = values.as_string_opt::<i32>().ok_or_else(|| misfit(what))?;
                codes.extend(
                    values
                        .iter()
                        .map(|value| value.map_or(NULL, |text| dictionary.code(text.as_bytes()).0)),
                );
            }
            Results::Other(known) => {
                let all = match known.take() {
                    None => Ok(Arc::clone(values)),
                    Some(known) => arrow::compute::concat(&[known.as_ref(), values.as_ref()]),
                };
                *known = Some(all.map_err(|_| misfit(what))?);
            }
        }
        Ok(())
    }
}

impl Results {
    fn column(&mut self, numbers: &[u32], what: &str) -> std::result::Result<Column, Fault> {
        match self {
            Self::Text { dictionary, codes } => {
                let shared = dictionary.share().ok_or_else(|| misfit(what))?;
                Ok(Column::Coded(
                    shared,
                    numbers
                        .iter()
                        .map(|&number| codes[number as usize])
                        .collect(),
                ))
            }
            Self::Other(Some(values)) => {
                let numbers = UInt32Array::from(numbers.to_vec());
                arrow::compute::take(values, &numbers, None)
                    .map(Column::Plain)
                    .map_err(|_| misfit(what))
            }
            // No rows at all.
            Self::Other(None) => Err(misfit(what)),
        }
    }
}

fn misfit(what: &str) -> Fault {
    Fault {
        row: 0,
        kind: Kind::Internal,
        message: format!("{what}: the result is of another type than planned"),
    }
}

/// The values of some rows of a coded column.
fn pick(column: &Column, rows: &[usize]) -> ArrayRef {
    match column {
        Column::Coded(dictionary, codes) => Column::Coded(
            Arc::clone(dictionary),
            rows.iter().map(|&row| codes[row]).collect(),
        )
        .to_array(),
        Column::CodedDoubles(..) | Column::Plain(_) => column.to_array(),
    }
}
