//! Shifted dates: what leaves beside them must not give the shift away.

use arrow::datatypes::DataType;

use super::Prover;
use super::flow::{Flow, Leaks};
use crate::dataset::rule::{Refusal, Rule};

/// The function that shifts.
pub(super) const DATE_SHIFT: &str = "date_shift";

impl Prover<'_> {
    /// Notes a call of `date_shift`: by its subject and its number of days.
    pub(super) fn shifted(&mut self, arguments: &[Flow]) {
        let (date, how) = arguments.split_at(arguments.len().min(1));
        let at = date.first().and_then(|date| date.leaks.at());
        self.found.shifts.entry(self.texts(how)).or_insert(at);
        let columns = date.iter().flat_map(|date| date.leaks.iter());
        self.found.shifted.extend(columns.map(|(column, _)| column));
    }

    /// Beside a shifted date no date leaves unshifted and finer than a year: it would give the shift of all dates of
    /// its subject away. And dates are shifted in one way: two tell a difference.
    pub(super) fn unshifted(&mut self, all: &Leaks) {
        let shifts = std::mem::take(&mut self.found.shifts);
        if shifts.is_empty() {
            return;
        }
        if shifts.len() > 1 {
            let ways: Vec<String> = shifts.keys().map(|way| format!("({way})")).collect();
            let message = format!(
                "dates are shifted in {} ways, by {}, and together these tell a difference: use one subject and one \
                 number of days",
                ways.len(),
                ways.join(" and ")
            );
            let at = shifts.values().next_back().copied().flatten();
            self.refuse(Rule::DateShift, at, message);
        }
        for (column, leak) in all.iter() {
            let date = matches!(
                self.types.get(column),
                Some(DataType::Date32 | DataType::Timestamp(..))
            );
            // Of many dates of a subject, those on either side of a new year tell the shift, so that not even the years
            // of what is shifted are shown.
            let shifted = self.found.shifted.contains(&column) && !leak.atoms.is_empty();
            let fine = leak.atoms.iter().any(|atom| !atom.yearly) || leak.atoms.len() > 1;
            let fine = fine || shifted;
            if !date || !fine {
                continue;
            }
            let name = self.name(column);
            let route = leak.route(name);
            let message = format!(
                "the date \"{name}\" leaves unshifted and finer than a year ({route}) beside shifted dates, and would \
                 give the shift away: shift it alike, or use age, age_band or generalize_date(…, 'year')"
            );
            let refusal = Refusal::new(Rule::DateShift, leak.at, message)
                .of(name)
                .along(route)
                .instead(&["date_shift", "age", "age_band", "generalize_date"]);
            self.refusals.add(refusal);
        }
    }
}
