//! How many distinct persons a group has, up to k: more than that nobody needs to know, and memory has a bound.

use std::mem::size_of;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, Int64Array};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::ScalarValue;
use datafusion_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::WIDTH;
use crate::functions::refusal::{Answer, failed};

/// The aggregate function of ids: the number of distinct ones, k where there are more. Rows without an id count for
/// nobody; a group without any row gives NULL.
///
/// # Memory
/// 16 bytes for each of at most k ids of a group, which the engine accounts for and spills.
pub fn count(k: u32) -> AggregateUDF {
    AggregateUDF::from(Subjects {
        signature: Signature::exact(
            vec![DataType::FixedSizeBinary(WIDTH)],
            Volatility::Immutable,
        ),
        k,
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Subjects {
    signature: Signature,
    k: u32,
}

impl Subjects {
    fn most(&self) -> usize {
        usize::try_from(self.k).unwrap_or(usize::MAX)
    }
}

impl AggregateUDFImpl for Subjects {
    fn name(&self) -> &'static str {
        "subjects"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Answer<DataType> {
        Ok(DataType::Int64)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Answer<Vec<FieldRef>> {
        let name = format!("{}[ids]", args.name);
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn accumulator(&self, _args: AccumulatorArgs<'_>) -> Answer<Box<dyn Accumulator>> {
        Ok(Box::new(Alone {
            group: Group::default(),
            most: self.most(),
        }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        _args: AccumulatorArgs<'_>,
    ) -> Answer<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Many {
            groups: Vec::new(),
            most: self.most(),
            ids: 0,
        }))
    }
}

/// What is known of one group.
#[derive(Clone, Debug, Default)]
struct Group {
    /// Whether it has a row.
    seen: bool,
    /// Distinct ids, ascending, k at most.
    ids: Vec<[u8; 16]>,
}

impl Group {
    /// Adds a row, and says by how many ids the group has grown.
    fn add(&mut self, id: Option<&[u8]>, most: usize) -> usize {
        self.seen = true;
        if self.ids.len() >= most {
            return 0;
        }
        let Some(id) = id.and_then(|id| <[u8; 16]>::try_from(id).ok()) else {
            return 0;
        };
        match self.ids.binary_search(&id) {
            Ok(_) => 0,
            Err(place) => {
                self.ids.insert(place, id);
                1
            }
        }
    }

    /// Adds what another part of the same group has.
    fn merge(&mut self, state: Option<&[u8]>, most: usize) -> usize {
        let Some(state) = state else {
            return 0;
        };
        self.seen = true;
        let ids = state.chunks_exact(16);
        ids.map(|id| self.add(Some(id), most)).sum()
    }

    fn count(&self) -> Option<i64> {
        self.seen
            .then(|| i64::try_from(self.ids.len()).unwrap_or(i64::MAX))
    }

    fn state(&self) -> Option<Vec<u8>> {
        self.seen.then(|| self.ids.concat())
    }
}

/// All rows are one group.
#[derive(Debug)]
struct Alone {
    group: Group,
    most: usize,
}

impl Accumulator for Alone {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Answer<()> {
        let ids = first(values)?;
        let ids = ids.as_fixed_size_binary_opt().ok_or_else(misfit)?;
        for id in ids {
            self.group.add(id, self.most);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Answer<ScalarValue> {
        Ok(ScalarValue::Int64(self.group.count()))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.group.ids.capacity() * size_of::<[u8; 16]>()
    }

    fn state(&mut self) -> Answer<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(self.group.state())])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Answer<()> {
        let states = first(states)?;
        for state in states.as_binary_opt::<i32>().ok_or_else(misfit)? {
            self.group.merge(state, self.most);
        }
        Ok(())
    }
}

/// A group for each number.
#[derive(Debug)]
struct Many {
    groups: Vec<Group>,
    most: usize,
    /// Ids of all groups.
    ids: usize,
}

impl Many {
    fn take(&mut self, emit_to: EmitTo) -> Vec<Group> {
        let taken = emit_to.take_needed(&mut self.groups);
        self.ids -= taken.iter().map(|group| group.ids.len()).sum::<usize>();
        taken
    }
}

impl GroupsAccumulator for Many {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Answer<()> {
        self.groups.resize_with(total_num_groups, Group::default);
        let ids = first(values)?;
        let ids = ids.as_fixed_size_binary_opt().ok_or_else(misfit)?;
        for (row, &index) in group_indices.iter().enumerate() {
            if let Some(filter) = opt_filter
                && !(filter.is_valid(row) && filter.value(row))
            {
                continue;
            }
            let id = ids.is_valid(row).then(|| ids.value(row));
            let group = self.groups.get_mut(index).ok_or_else(misfit)?;
            self.ids += group.add(id, self.most);
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Answer<ArrayRef> {
        let counts: Int64Array = self.take(emit_to).iter().map(Group::count).collect();
        Ok(Arc::new(counts))
    }

    fn state(&mut self, emit_to: EmitTo) -> Answer<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let mut states = BinaryBuilder::with_capacity(groups.len(), groups.len() * 16);
        for group in groups {
            states.append_option(group.state());
        }
        Ok(vec![Arc::new(states.finish())])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Answer<()> {
        self.groups.resize_with(total_num_groups, Group::default);
        let states = first(values)?;
        let states = states.as_binary_opt::<i32>().ok_or_else(misfit)?;
        for (row, &index) in group_indices.iter().enumerate() {
            let state = states.is_valid(row).then(|| states.value(row));
            let group = self.groups.get_mut(index).ok_or_else(misfit)?;
            self.ids += group.merge(state, self.most);
        }
        Ok(())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Answer<Vec<ArrayRef>> {
        let rows = first(values)?.len();
        let mut alone = Self {
            groups: Vec::new(),
            most: self.most,
            ids: 0,
        };
        let each: Vec<usize> = (0..rows).collect();
        alone.update_batch(values, &each, opt_filter, rows)?;
        alone.state(EmitTo::All)
    }

    /// A vector has room for up to twice what it holds, and four ids at least.
    fn size(&self) -> usize {
        self.groups.capacity() * size_of::<Group>()
            + (self.ids * 2 + self.groups.len() * 4) * size_of::<[u8; 16]>()
    }
}

fn first(arrays: &[ArrayRef]) -> Answer<&ArrayRef> {
    arrays.first().ok_or_else(misfit)
}

fn misfit() -> datafusion_common::DataFusionError {
    failed("subjects are counted by their ids")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use arrow::array::FixedSizeBinaryArray;
    use proptest::prelude::*;

    use super::*;

    fn ids(values: &[Option<u8>]) -> ArrayRef {
        let wide = values.iter().map(|value| value.map(|id| [id; 16]));
        Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(wide, WIDTH).unwrap())
    }

    fn many(most: usize) -> Many {
        Many {
            groups: Vec::new(),
            most,
            ids: 0,
        }
    }

    /// Group, person, and whether the row passes a filter.
    type Row = (usize, Option<u8>, bool);

    fn expected(rows: &[Row], groups: usize, most: usize) -> Vec<Option<i64>> {
        let mut sets: BTreeMap<usize, BTreeSet<u8>> = BTreeMap::new();
        for (group, id, kept) in rows {
            if *kept {
                sets.entry(*group).or_default().extend(id);
            }
        }
        let count = |set: &BTreeSet<u8>| i64::try_from(set.len().min(most)).unwrap();
        (0..groups)
            .map(|group| sets.get(&group).map(count))
            .collect()
    }

    fn update(to: &mut Many, rows: &[Row], groups: usize) {
        let people: Vec<_> = rows.iter().map(|row| row.1).collect();
        let numbers: Vec<_> = rows.iter().map(|row| row.0).collect();
        let kept: BooleanArray = rows.iter().map(|row| Some(row.2)).collect();
        to.update_batch(&[ids(&people)], &numbers, Some(&kept), groups)
            .unwrap();
    }

    proptest! {
        /// However the rows are cut, spilled and put together again, a set of each group counts the same.
        #[test]
        fn groups_count_as_sets_do(
            rows in prop::collection::vec((0usize..5, prop::option::weighted(0.9, 0u8..9), any::<bool>()), 0..60),
            cut in 0usize..60,
            most in 1usize..8,
        ) {
            let expected = expected(&rows, 5, most);
            let (early, late) = rows.split_at(cut.min(rows.len()));
            let mut merged = many(most);
            for part in [early, late] {
                let mut one = many(most);
                update(&mut one, part, 5);
                let mut states = one.state(EmitTo::First(2)).unwrap();
                merged.merge_batch(&states, &[0, 1], 5).unwrap();
                states = one.state(EmitTo::All).unwrap();
                merged.merge_batch(&states, &[2, 3, 4], 5).unwrap();
                prop_assert_eq!(one.ids, 0);
            }
            let counts = merged.evaluate(EmitTo::All).unwrap();
            let counts: Vec<_> = counts.as_primitive::<arrow::datatypes::Int64Type>().iter().collect();
            prop_assert_eq!(counts, expected);
        }

        #[test]
        fn one_group_counts_as_a_set_does(
            people in prop::collection::vec(prop::option::of(0u8..9), 0..40),
            most in 1usize..8,
        ) {
            let rows: Vec<Row> = people.iter().map(|id| (0, *id, true)).collect();
            let expected = expected(&rows, 1, most)[0];
            let mut first = Alone { group: Group::default(), most };
            first.update_batch(&[ids(&people)]).unwrap();
            prop_assert_eq!(first.evaluate().unwrap(), ScalarValue::Int64(expected));
            let state = first.state().unwrap()[0].to_array().unwrap();
            let mut second = Alone { group: Group::default(), most };
            second.merge_batch(&[state]).unwrap();
            prop_assert_eq!(second.evaluate().unwrap(), ScalarValue::Int64(expected));
            let each = many(most).convert_to_state(&[ids(&people)], None).unwrap();
            let mut third = Alone { group: Group::default(), most };
            third.merge_batch(&each).unwrap();
            prop_assert_eq!(third.evaluate().unwrap(), ScalarValue::Int64(expected));
        }
    }

    #[test]
    fn no_group_holds_more_than_k_ids() {
        let mut all = many(3);
        let people: Vec<_> = (0..=255).map(Some).collect();
        let rows: Vec<Row> = people.iter().map(|id| (0, *id, true)).collect();
        update(&mut all, &rows, 1);
        assert_eq!(all.groups[0].ids.len(), 3);
        assert!(all.size() < 1024, "{}", all.size());
    }
}
