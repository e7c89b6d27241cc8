//! What `k` counts, as far as the plan shows it; the release counts, and keeps back what is too few.

use datafusion_expr::{Expr, LogicalPlan};

use super::Prover;
use super::nodes::{Node, unaliased};
use crate::dataset::nearest::hint;
use crate::dataset::rule::Rule;

/// Window functions that tell places and numbers of rows, and no value of any.
const PLACES: [&str; 7] = [
    "count",
    "cume_dist",
    "dense_rank",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

impl Prover<'_> {
    /// k over columns counts rows of which each comes from one row of the object; k alone counts the groups of one
    /// GROUP BY.
    pub(super) fn counts(&mut self, plan: &LogicalPlan, node: &Node) {
        let Some(k) = &self.head.k else {
            return;
        };
        let at = Some(k.at);
        let whats = if k.over.is_empty() {
            self.groups(k.k).into_iter().collect()
        } else {
            let mut whats = self.rows(k.k);
            whats.extend(k.over.iter().filter_map(|name| self.over(name, plan, node)));
            whats
        };
        let brought = brought(plan, !k.over.is_empty()).map(|name| {
            format!(
                "{name} brings a value of other rows into those that k counts, whose subjects are others: leave it out"
            )
        });
        for what in whats.into_iter().chain(brought) {
            self.refuse(Rule::K, at, what);
        }
    }

    /// What is wrong with the groups that k alone counts.
    fn groups(&self, k: u32) -> Option<String> {
        match (self.found.aggregates, self.found.distincts) {
            (1, 0) => None,
            (0, _) => Some(format!(
                "k alone counts the subjects of each group of a GROUP BY, and there is none: name the output columns \
                 to count over, as in -- k: {k} over \"Age\""
            )),
            (1, _) => Some(
                "k counts the groups of one GROUP BY, and DISTINCT makes others of them: leave it out".to_owned(),
            ),
            (many, _) => Some(format!(
                "k counts the groups of one GROUP BY, and here are {many} aggregations: keep one of them"
            )),
        }
    }

    /// What is wrong with the rows that k over columns counts.
    fn rows(&self, k: u32) -> Vec<String> {
        if self.found.aggregates + self.found.distincts == 0 {
            return Vec::new();
        }
        vec![format!(
            "k over columns counts rows of which each is one row of the object, and here aggregates or DISTINCT make \
             one of many: leave them out, or count the groups of a GROUP BY, with -- k: {k}"
        )]
    }

    /// What is wrong with a column that is counted over.
    fn over(&self, name: &str, plan: &LogicalPlan, node: &Node) -> Option<String> {
        let fields = plan.schema().fields();
        let Some(position) = fields.iter().position(|field| field.name() == name) else {
            let known = fields.iter().map(|field| field.name().as_str());
            return Some(format!(
                "k over \"{name}\", which is no output column{}",
                hint(name, known)
            ));
        };
        let holds = node
            .columns
            .get(position)
            .is_some_and(|flow| !flow.leaks.is_empty());
        (!holds && !self.found.lost).then(|| {
            format!(
                "k over \"{name}\", which holds nothing of the dataset, and so is the same in all rows: name a column \
                 that tells people apart"
            )
        })
    }
}

/// The first window function that gives a row another row's value, where rows are counted: at the top, or below groups.
/// Places (`rank` and its like) and numbers of rows are no values.
fn brought(plan: &LogicalPlan, counted: bool) -> Option<&str> {
    let counted = counted || matches!(plan, LogicalPlan::Aggregate(_));
    let calls: &[Expr] = match plan {
        LogicalPlan::Window(window) if counted => &window.window_expr,
        _ => &[],
    };
    let mut names = calls.iter().filter_map(|call| match unaliased(call) {
        Expr::WindowFunction(call) => Some(call.fun.name()),
        _ => None,
    });
    let found = names.find(|name| !PLACES.contains(name));
    let mut inputs = plan.inputs().into_iter();
    found.or_else(|| inputs.find_map(|input| brought(input, counted)))
}
