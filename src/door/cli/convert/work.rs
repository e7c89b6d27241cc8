//! The work of a run: each object on a thread of its own, several at once, and an end that leaves nothing behind.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::plan::{Plan, Task};
use super::report::Totals;
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::release::{self, Control, Job, Output, Summary};
use crate::source::{Metered, Stage, Writer, decode};

impl Output for Writer {}

/// A plan at work. The threads that work hold it too, so that none outlives what it uses.
pub(super) struct Run {
    pub(super) plan: Plan,
    pub(super) stage: Stage,
    /// Raw bytes read so far, compressed ones as they are, of all objects.
    pub(super) bytes_read: Arc<AtomicU64>,
    control: Arc<Control>,
}

impl Run {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            stage: Stage::new(Handle::current()),
            bytes_read: Arc::default(),
            control: Arc::default(),
        }
    }

    /// Converts every object, to the first failure.
    pub(super) async fn all(self: &Arc<Self>) -> Result<Totals> {
        let mut totals = stream::iter(0..self.plan.tasks.len())
            .map(|index| self.clone().on_thread(index))
            .buffer_unordered(self.plan.at_once)
            .try_fold(Totals::default(), async |mut totals, summary| {
                totals.add(summary);
                Ok(totals)
            })
            .await?;
        totals.bytes_in = self.bytes_read.load(Ordering::Relaxed);
        Ok(totals)
    }

    /// Ends the work without results: nothing stays, and threads that can hear it stop within the grace.
    pub(super) async fn stop(self: &Arc<Self>, grace: Duration) {
        self.control.cancelled.store(true, Ordering::Relaxed);
        self.stage.discard().await;
        let end = Instant::now() + grace;
        while Arc::strong_count(self) > 1 && Instant::now() < end {
            sleep(Duration::from_millis(5)).await;
        }
        self.control.abandon();
    }

    async fn on_thread(self: Arc<Self>, index: usize) -> Result<Summary> {
        let (sender, summary) = oneshot::channel();
        let work = move || {
            let result = match self.plan.tasks.get(index) {
                Some(task) => self.one(task),
                None => Err(stopped()),
            };
            // The plan is let go before anybody hears of the end.
            drop(self);
            let _ = sender.send(result);
        };
        let named = thread::Builder::new().name("veilpoint-object".to_owned());
        named
            .spawn(work)
            .map_err(|err| stopped().with_private(err))?;
        // A thread that panicked has dropped the sender; the panic's own line says where.
        summary.await.unwrap_or_else(|_| Err(stopped()))
    }

    fn one(&self, task: &Task) -> Result<Summary> {
        let Task { object, output, .. } = task;
        let raw = object
            .input
            .open()
            .map_err(|err| err.in_object(&object.label))?;
        let mut writer = self
            .stage
            .open(&task.target)
            .map_err(|err| err.in_object(output))?;
        let summary = release::run(
            &Job {
                contract: &self.plan.contract,
                projection: &self.plan.projection,
                object: &object.label,
                context: &Context {
                    as_of: task.as_of,
                    keys: self.plan.keys.clone(),
                },
                format: self.plan.format,
                length: task.length,
                options: &self.plan.options,
            },
            self.decoded(task, raw),
            &mut writer,
            &self.control,
        );
        match summary {
            Ok(summary) => {
                writer.finish().map_err(|err| err.in_object(output))?;
                Ok(summary)
            }
            Err(_) if self.stage.pipe_closed() => Ok(Summary::default()),
            Err(error) => Err(match writer.failure() {
                Some(failure) if error.kind() == Kind::Output => failure.in_object(output),
                _ => error.in_object(&object.label),
            }),
        }
    }

    fn decoded(&self, task: &Task, raw: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        let metered = Metered::new(raw, self.bytes_read.clone());
        let dialect = &self.plan.contract.dialect;
        decode(Box::new(metered), &task.object.key, dialect)
    }
}

fn stopped() -> Error {
    Error::new(
        Kind::Internal,
        "a thread that converts could not start, or stopped",
    )
}
