//! What a run says on standard error: a bar while it works, one line when it is done, a warning of drift.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plan::Task;
use super::work::Run;
use crate::identifiers::Identifier;
use crate::release::Summary;
use crate::request::Size;
use crate::source::Target;

/// How often the bar moves: often enough to look alive.
const TICK: Duration = Duration::from_millis(100);

const KNOWN: &str = "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
const UNKNOWN: &str = "{spinner} {bytes}, {bytes_per_sec}, {elapsed}";

/// A bar on a terminal, unless the release is shown there; and nothing elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar over the bytes of all objects; without a length where one has none, as a pipe.
    pub(super) fn new(run: &Run) -> Self {
        let sizes = run.plan.tasks.iter().map(|task| task.object.size);
        let length: Option<u64> = sizes.sum();
        let shown = |task: &Task| matches!(task.target, Target::Stdout);
        let target = if run.plan.tasks.iter().any(shown) && io::stdout().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(length, target);
        let template = if length.is_some() { KNOWN } else { UNKNOWN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Moves the bar for as long as it is polled.
    pub(super) async fn draw(&self, run: &Run) -> Infallible {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            self.bar
                .set_position(run.bytes_read.load(Ordering::Relaxed));
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// What the objects of a run add up to.
#[derive(Default)]
pub(super) struct Totals {
    /// Raw bytes read, as they are stored.
    pub(super) bytes_in: u64,
    objects: u64,
    rows: u64,
    dropped: u64,
    suppressed: u64,
    bytes_out: u64,
    /// Names that no contract knows, and in how many objects they stand together.
    drift: BTreeMap<Vec<String>, u64>,
    /// Identifiers in a column that is classed as naming nobody: in how many objects, in how many values of how many.
    found: BTreeMap<(String, Identifier), (u64, u64, u64)>,
}

impl Totals {
    pub(super) fn add(&mut self, summary: Summary) {
        self.objects += 1;
        self.rows += summary.rows_out;
        self.dropped += summary.rows_dropped;
        self.suppressed += summary.rows_suppressed;
        self.bytes_out += summary.bytes_out;
        if !summary.unknown_columns.is_empty() {
            *self.drift.entry(summary.unknown_columns).or_default() += 1;
        }
        for found in summary.found_identifiers {
            let key = (found.column, found.identifier);
            let (objects, values, of) = self.found.entry(key).or_default();
            *objects += 1;
            *values += found.values;
            *of += found.of;
        }
    }

    /// One warning for each set of unknown columns. Names are quoted and escaped: they come from the data.
    pub(super) fn warn_of_drift(&self) {
        for (columns, objects) in &self.drift {
            tracing::warn!(
                objects,
                ?columns,
                "columns that the contract does not know were not read"
            );
        }
    }

    /// One warning for each column and kind.
    pub(super) fn warn_of_found(&self) {
        for ((column, identifier), (objects, values, of)) in &self.found {
            tracing::warn!(
                objects,
                ?column,
                %identifier,
                values,
                of,
                "identifiers in a column that the contract classes as naming nobody: class it as a direct identifier"
            );
        }
    }

    /// `samples/patients.csv → out.parquet: 70 rows, 9.1 KiB in, 5.2 KiB out, 0.03 s`.
    pub(super) fn line(&self, title: &str, elapsed: Duration) -> String {
        let objects = match self.objects {
            1 => String::new(),
            count => format!("{count} objects, "),
        };
        let dropped = match (self.dropped, self.suppressed) {
            (0, 0) => String::new(),
            (dropped, 0) => format!(" ({dropped} bad ones dropped)"),
            (0, suppressed) => format!(" ({suppressed} suppressed)"),
            (dropped, suppressed) => {
                format!(" ({dropped} bad ones dropped, {suppressed} suppressed)")
            }
        };
        let rows = if self.rows == 1 { "row" } else { "rows" };
        format!(
            "{title}: {objects}{} {rows}{dropped}, {} in, {} out, {:.2} s",
            self.rows,
            Size(self.bytes_in),
            Size(self.bytes_out),
            elapsed.as_secs_f64()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(rows_out: u64, rows_dropped: u64) -> Summary {
        Summary {
            rows_in: rows_out + rows_dropped,
            rows_out,
            rows_dropped,
            rows_suppressed: 0,
            bytes_out: 5_400,
            unknown_columns: vec!["email".to_owned()],
            found_identifiers: Vec::new(),
        }
    }

    #[test]
    fn the_line_of_one_object_names_rows_bytes_and_time() {
        let mut totals = Totals {
            bytes_in: 9_318,
            ..Totals::default()
        };
        totals.add(summary(70, 0));
        let line = totals.line("a.csv → b.csv", Duration::from_millis(34));
        assert_eq!(
            line,
            "a.csv → b.csv: 70 rows, 9.0 KiB in, 5.2 KiB out, 0.03 s"
        );
    }

    #[test]
    fn the_line_of_many_objects_adds_them_up() {
        let mut totals = Totals::default();
        totals.add(summary(1, 1));
        totals.add(summary(0, 1));
        let line = totals.line("in → out", Duration::from_secs(61));
        assert_eq!(
            line,
            "in → out: 2 objects, 1 row (2 bad ones dropped), 0 B in, 10.5 KiB out, 61.00 s"
        );
        assert_eq!(totals.drift[&vec!["email".to_owned()]], 2);
    }
}
