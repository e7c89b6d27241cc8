//! The plan of a projection's last release, for the next one with the same date and keys.
//!
//! Fast because a small release takes little more than its planning, which is about a millisecond. It cannot be stale: a
//! plan follows from the projection, which never changes (an edit makes another), and from the context. What must
//! change together: whatever else of the context reaches a plan belongs into [`Same`].

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::Plan;
use crate::error::Result;
use crate::functions::Context;
use crate::key::DomainKeys;

/// All of a context that reaches a plan: the date, and of the keys what is equal for equal ones.
type Same = (NaiveDate, Option<[u8; 16]>);

/// The last plan, shared by clones of its projection. It holds its keys until the next one takes its place, as whoever
/// asked for the release holds the master key. Without `Debug`'s words for them.
#[derive(Clone, Default)]
pub(super) struct Bound {
    last: Arc<Mutex<Option<(Same, Plan)>>>,
}

impl Bound {
    /// The plan for this context: the last one, or a new one, which is then the last.
    pub(super) fn of(
        &self,
        context: &Context,
        plan: impl FnOnce() -> Result<Plan>,
    ) -> Result<Plan> {
        let same = (
            context.as_of,
            context.keys.as_ref().map(DomainKeys::fingerprint),
        );
        if let Some((of, plan)) = &*self.last.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == same
        {
            return Ok(plan.clone());
        }
        // Planned without the lock: who wants another one need not wait.
        let plan = plan()?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((same, plan.clone()));
        Ok(plan)
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::Days;
    use datafusion_physical_expr::PhysicalExpr;

    use crate::dataset::contract::Contract;
    use crate::dataset::projection::{Plan, Projection};
    use crate::functions::Context;
    use crate::key::MasterKey;

    const SCHEMA: &str = "CREATE EXTERNAL TABLE t (\"Name\" VARCHAR COMMENT 'direct identifier', \
                          \"Born\" DATE COMMENT 'quasi-identifier') STORED AS CSV LOCATION 't.csv'";

    const TEXT: &str = "SELECT token(\"Name\") AS name, age(\"Born\") AS age FROM t";

    /// Functions are equal where their keys and dates are.
    fn bound(projection: &Projection, context: &Context) -> Vec<Arc<dyn PhysicalExpr>> {
        let Plan::Rows(plan) = projection.bind(context).unwrap() else {
            panic!("the projection is not row by row");
        };
        plan.outputs.into_iter().map(|output| output.expr).collect()
    }

    #[test]
    fn a_plan_is_always_that_of_its_own_date_and_keys() {
        let contract = Contract::parse("t", "schema.sql", SCHEMA).unwrap();
        let parse = || Projection::parse(&contract, "t/p", "p.sql", TEXT).unwrap();
        let projection = parse();
        let context = |key, day| Context {
            as_of: chrono::NaiveDate::default() + Days::new(day),
            keys: Some(MasterKey::from_bytes([key; 32]).domain(&projection.domain())),
        };
        let asked = [
            (1, 1),
            (1, 1),
            (2, 1),
            (1, 1),
            (1, 2),
            (1, 2),
            (2, 2),
            (1, 1),
        ];
        let mut before = None;
        for (key, day) in asked {
            let found = bound(&projection, &context(key, day));
            assert_eq!(found, bound(&parse(), &context(key, day)), "{key} {day}");
            if let Some((of, plan)) = before.replace(((key, day), found.clone())) {
                assert_eq!(of == (key, day), plan == found, "{key} {day}");
            }
        }
    }

    #[test]
    fn without_a_key_nothing_that_is_kept_helps() {
        let contract = Contract::parse("t", "schema.sql", SCHEMA).unwrap();
        let projection = Projection::parse(&contract, "t/p", "p.sql", TEXT).unwrap();
        let keys = MasterKey::from_bytes([1; 32]).domain(&projection.domain());
        let as_of = chrono::NaiveDate::default();
        let keyed = Context {
            as_of,
            keys: Some(keys),
        };
        assert!(projection.bind(&keyed).is_ok());
        assert!(projection.bind(&Context { as_of, keys: None }).is_err());
    }
}
