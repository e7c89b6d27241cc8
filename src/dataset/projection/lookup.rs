//! Joins with reference tables → look-ups: a column of the table is a function of the key that the dataset's side has.
//!
//! ```text
//! LEFT JOIN icd10 ON icd10.code = "Code"    ─▶  every row, with lookup("Code") for each column of the table
//! INNER JOIN icd10 ON icd10.code = "Code"   ─▶  the same, where lookup("Code") of the key is not NULL
//! ```
//! That is the same, since the key is unique and not NULL. A projection that is row by row stays so, rows stay in their
//! order, and no join runs anywhere.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::compute::take;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::tree_node::{Transformed, TreeNode};
use datafusion_common::{DFSchema, DataFusionError, NullEquality};
use datafusion_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, Filter, Join, JoinType, LogicalPlan, Operator,
    Projection, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TableScan, Volatility,
};

use crate::dataset::reference::{Reference, References};

const ON: &str = "a reference table is joined on one equality and nothing else: of its PRIMARY KEY and a column of the \
                  dataset's side";

type Planned<T> = std::result::Result<T, DataFusionError>;

/// A join that is a look-up.
pub(in crate::dataset) struct LookUp<'a> {
    /// The table.
    pub reference: Arc<Reference>,
    /// What is looked up: an expression over the join's left side.
    pub key: &'a Expr,
    /// The table's side of the equality: its key, be it in a wider type.
    of_table: &'a Expr,
    /// Whether rows without a match are dropped (INNER).
    pub required: bool,
}

/// The look-up that a join is; or why it is none, in words for its author.
pub(in crate::dataset) fn look_up<'a>(
    join: &'a Join,
    references: &References,
) -> std::result::Result<LookUp<'a>, &'static str> {
    let table = scanned(&join.right).and_then(|scan| references.get(scan.table_name.table()));
    let Some(reference) = table else {
        return Err(
            "the plan needs a join with something other than a reference table, which has no place in a projection",
        );
    };
    let required = match join.join_type {
        JoinType::Inner => true,
        JoinType::Left => false,
        _ => return Err("a reference table is joined by LEFT JOIN or INNER JOIN"),
    };
    let pair = match (join.on.as_slice(), &join.filter) {
        ([(left, right)], None) => Some((left, right)),
        ([], Some(Expr::BinaryExpr(BinaryExpr { left, op, right }))) => {
            (*op == Operator::Eq).then_some((&**left, &**right))
        }
        _ => None,
    };
    let pair = pair.filter(|_| join.null_equality == NullEquality::NullEqualsNothing);
    let sides = pair.and_then(|(one, other)| {
        let is_key = |expr| is_key(expr, join.right.schema(), reference.key());
        match (is_key(one), is_key(other)) {
            (true, false) => Some((other, one)),
            (false, true) => Some((one, other)),
            _ => None,
        }
    });
    let of_left = |(key, _): &(&Expr, &Expr)| {
        let columns = key.column_refs();
        let left = join.left.schema();
        !columns.is_empty()
            && columns
                .iter()
                .all(|c| left.maybe_index_of_column(c).is_some())
    };
    match sides.filter(of_left) {
        Some((key, of_table)) => Ok(LookUp {
            reference: Arc::clone(reference),
            key,
            of_table,
            required,
        }),
        None => Err(ON),
    }
}

/// The scan below a plan that is nothing but a table and its name.
fn scanned(plan: &LogicalPlan) -> Option<&TableScan> {
    match plan {
        LogicalPlan::TableScan(scan) => Some(scan),
        LogicalPlan::SubqueryAlias(alias) => scanned(&alias.input),
        _ => None,
    }
}

/// Whether it is the table's key, be it in a wider type of its kind.
fn is_key(expr: &Expr, schema: &DFSchema, key: usize) -> bool {
    match expr {
        Expr::Column(column) => schema.maybe_index_of_column(column) == Some(key),
        Expr::Cast(cast) => {
            let from = cast.expr.get_type(schema);
            let widens = from.is_ok_and(|from| alike(&from, cast.field.data_type()));
            widens && is_key(&cast.expr, schema, key)
        }
        _ => false,
    }
}

/// Whether values of two types are compared by what they are: text with text, whole numbers with whole numbers.
fn alike(one: &DataType, other: &DataType) -> bool {
    (one.is_string() && other.is_string()) || (one.is_signed_integer() && other.is_signed_integer())
}

/// Checks the joins of a plan before types are coerced: nobody's cast but the author's stands between two keys.
///
/// # Errors
/// Why one of them is no look-up.
pub(super) fn check(
    plan: &LogicalPlan,
    references: &References,
) -> std::result::Result<(), &'static str> {
    if let LogicalPlan::Join(join) = plan {
        let found = look_up(join, references)?;
        let key = found.reference.column(found.reference.key());
        if !matches!(found.of_table, Expr::Column(_)) {
            return Err(ON);
        }
        let fits = match (key, found.key.get_type(join.left.schema())) {
            (Some(key), Ok(other)) => alike(key.data_type(), &other),
            _ => false,
        };
        if !fits {
            return Err(
                "the two sides of a join are of two types: CAST the dataset's to that of the reference table's key",
            );
        }
    }
    plan.inputs()
        .into_iter()
        .try_for_each(|input| check(input, references))
}

/// The plan with a look-up in place of each join.
pub(super) fn replaced(plan: LogicalPlan, references: &References) -> Planned<LogicalPlan> {
    let plan = plan.transform_up(|node| match node {
        LogicalPlan::Join(join) => Ok(Transformed::yes(of_join(&join, references)?)),
        other => Ok(Transformed::no(other)),
    })?;
    Ok(plan.data)
}

fn of_join(join: &Join, references: &References) -> Planned<LogicalPlan> {
    let found = look_up(join, references).map_err(|why| DataFusionError::Plan(why.to_owned()))?;
    let mut input = Arc::clone(&join.left);
    if found.required {
        let matched = found.column(found.reference.key(), false).is_not_null();
        input = Arc::new(LogicalPlan::Filter(Filter::try_new(matched, input)?));
    }
    let left = join.left.schema().columns().into_iter().map(Expr::Column);
    let right = join.right.schema().iter().enumerate();
    let right = right.map(|(position, (qualifier, field))| {
        found
            .column(position, found.required)
            .alias_qualified(qualifier.cloned(), field.name())
    });
    let projection = Projection::try_new(left.chain(right).collect(), input)?;
    Ok(LogicalPlan::Projection(projection))
}

impl LookUp<'_> {
    /// A column of the table, as a function of the key.
    fn column(&self, position: usize, matched: bool) -> Expr {
        let field = self.reference.schema();
        let field = field.fields().get(position);
        let function = Lookup {
            reference: Arc::clone(&self.reference),
            column: position,
            data_type: field.map_or(DataType::Null, |field| field.data_type().clone()),
            nullable: !matched || field.is_none_or(|field| field.is_nullable()),
            signature: Signature::any(1, Volatility::Immutable),
        };
        ScalarUDF::from(function).call(vec![self.key.clone()])
    }
}

/// The function behind a look-up. No projection can name it.
#[derive(Debug)]
struct Lookup {
    reference: Arc<Reference>,
    column: usize,
    data_type: DataType,
    /// Whether it may be NULL: always, but for a column that is NOT NULL where every row has a match.
    nullable: bool,
    signature: Signature,
}

/// One table is another one's equal only where it is the same in memory: tables of one name may have other rows.
impl PartialEq for Lookup {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.reference, &other.reference)
            && self.column == other.column
            && self.nullable == other.nullable
    }
}

impl Eq for Lookup {}

impl Hash for Lookup {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.reference).hash(state);
        self.column.hash(state);
        self.nullable.hash(state);
    }
}

impl ScalarUDFImpl for Lookup {
    fn name(&self) -> &'static str {
        "lookup"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Planned<DataType> {
        Ok(self.data_type.clone())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Planned<FieldRef> {
        let field = Field::new(self.name(), self.data_type.clone(), self.nullable);
        Ok(Arc::new(field))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Planned<ColumnarValue> {
        let unfit = || DataFusionError::Internal("a look-up of another type".to_owned());
        let [key] = args.args.as_slice() else {
            return Err(unfit());
        };
        let keys = key.to_array(args.number_rows)?;
        let rows = self.reference.find(&keys).ok_or_else(unfit)?;
        let values = self.reference.column(self.column).ok_or_else(unfit)?;
        Ok(ColumnarValue::Array(take(values, &rows, None)?))
    }
}
