//! Row-by-row projections: workers share all stages, and no queue between them is unbounded.
//!
//! A worker that is free takes, in this order: a step of a block that waits to be encoded; the next block of text, if
//! nobody else is reading and not too much is under way. Encoding first keeps memory bounded, small steps keep every
//! core busy. Results are put in order by the number of their block of text, so that the first error in the object is
//! the one that is reported, and blocks of rows do not depend on who was faster.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::blocks::Blocks;
use super::guard::Reader;
use super::output::{self, Encoder, Outcome, Piece, Step, Work, Writer, lock};
use super::{Control, Job, Object, Summary, cancelled, check_records, place, schema};
use crate::csv::RecordError;
use crate::csv::column::Column;
use crate::csv::cut::Cutter;
use crate::dataset::projection::RowPlan;
use crate::encode::Output;
use crate::encode::order::Order;
use crate::error::{Error, Kind, Result};
use crate::project::Projector;
use crate::source;

/// Blocks of rows that may be encoded or wait for the output at the same time. Two keep both halves of the work fed.
const BLOCKS_OPEN: usize = 2;

/// Projected rows of one block of text.
struct Projected {
    columns: Vec<Column>,
    rows: usize,
    records: u64,
    dropped: u64,
    bytes: usize,
}

/// What all workers share under one lock, held only to move things.
struct State {
    /// Whether somebody reads.
    reading: bool,
    /// Blocks of text read.
    read: u64,
    /// Whether the text has ended.
    ended: bool,
    /// Blocks of text that are projected, waiting for their turn.
    projected: BTreeMap<u64, std::result::Result<Projected, RecordError>>,
    /// Blocks of text whose turn has come.
    taken: u64,
    blocks: Option<Blocks>,
    steps: VecDeque<(Arc<Work>, Step)>,
    /// Blocks of rows that are not yet written.
    open: usize,
    pieces: BTreeMap<(u64, usize), (bool, Piece)>,
    next_piece: (u64, usize),
    writing: bool,
    summary: Summary,
    /// Buffers of text to be used again.
    buffers: Vec<Vec<u8>>,
    error: Option<Error>,
    /// Workers that wait for a change.
    waiting: usize,
}

struct Pipeline<'a> {
    object: &'a Object<'a>,
    cutter: Mutex<Cutter>,
    encoder: Encoder<'a>,
    writer: Mutex<Writer<'a>>,
    state: Mutex<State>,
    changed: Condvar,
    control: &'a Control,
    /// Blocks of text, or pieces of output, that may be under way ahead of the one that is waited for.
    window: u64,
}

/// What a worker does next.
enum Next {
    Step(Arc<Work>, Step),
    Read,
    Done,
}

/// Releases the object.
pub fn run(
    job: &Job<'_>,
    plan: &RowPlan,
    order: Option<&Order>,
    object: &Object<'_>,
    cutter: Cutter,
    output: &mut dyn Output,
    control: &Control,
) -> Result<Summary> {
    let schema = schema(
        plan.outputs
            .iter()
            .map(|o| (o.name.as_str(), &o.data_type, o.nullable)),
    );
    let bytes = AtomicU64::new(0);
    let (encoder, writer) = output::open(&schema, job, order, output, &bytes)?;
    let threads = job.options.threads.max(1);
    let pipeline = Pipeline {
        object,
        cutter: Mutex::new(cutter),
        encoder,
        writer: Mutex::new(writer),
        state: Mutex::new(State::new()),
        changed: Condvar::new(),
        control,
        window: 2 * threads as u64,
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads)
            .map(|_| scope.spawn(|| pipeline.work(plan)))
            .collect();
        // The thread that would wait for the others is one of them: a small release has no other.
        let _ = catch_unwind(AssertUnwindSafe(|| pipeline.work(plan)));
        // A worker that panicked has left an error behind.
        for worker in workers {
            drop(worker.join());
        }
    });
    let state = pipeline
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.error {
        return Err(error);
    }
    check_records(object.contract, state.summary.rows_in)?;
    pipeline
        .writer
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .finish()?;
    Ok(Summary {
        bytes_out: bytes.load(Relaxed),
        ..state.summary
    })
}

impl State {
    fn new() -> Self {
        Self {
            reading: false,
            read: 0,
            ended: false,
            projected: BTreeMap::new(),
            taken: 0,
            blocks: Some(Blocks::default()),
            steps: VecDeque::new(),
            open: 0,
            pieces: BTreeMap::new(),
            next_piece: (0, 0),
            writing: false,
            summary: Summary::default(),
            buffers: Vec::new(),
            error: None,
            waiting: 0,
        }
    }

    /// The next step of the block that the output waits for, but no lines of `ahead` pieces beyond the next: they would
    /// have to wait, and memory with them.
    fn step(&mut self, ahead: u64) -> Option<(Arc<Work>, Step)> {
        let (block, piece) = self.next_piece;
        let early = |work: &Work, step: Step| {
            let far = matches!(step, Step::Slice(slice) if slice as u64 >= piece as u64 + ahead);
            work.index() > block || far
        };
        let next = self
            .steps
            .iter()
            .position(|(work, step)| !early(work, *step))?;
        self.steps.remove(next)
    }

    fn is_done(&self) -> bool {
        self.error.is_some() || self.ended && self.blocks.is_none() && self.open == 0
    }
}

/// Leaves an error behind when its worker panics, so that the others do not wait for it.
struct Watch<'a, 'b>(&'a Pipeline<'b>);

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0
                .fail(Error::new(Kind::Internal, "a worker broke down"));
        }
    }
}

impl Pipeline<'_> {
    fn work(&self, plan: &RowPlan) {
        let _watch = Watch(self);
        let mut reader = Reader::new(self.object, &plan.inputs);
        let mut projector = match Projector::new(plan) {
            Ok(projector) => projector,
            Err(error) => return self.fail(error),
        };
        loop {
            let done = match self.next() {
                Next::Done => return,
                Next::Step(work, step) => self.step(&work, step),
                Next::Read => self.read(&mut reader, &mut projector),
            };
            if let Err(error) = done.and_then(|()| self.write()) {
                return self.fail(error);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Lets go of a state that has changed. Waking is a system call, and seldom does anybody wait.
    fn changed(&self, state: MutexGuard<'_, State>) {
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.changed.notify_all();
        }
    }

    /// Waits until something may have changed.
    fn wait<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let waited = self.changed.wait(state);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    fn fail(&self, error: Error) {
        let mut state = self.state();
        state.error.get_or_insert(error);
        self.changed(state);
    }

    fn next(&self) -> Next {
        let mut state = self.state();
        loop {
            if state.is_done() {
                self.changed(state);
                return Next::Done;
            }
            if let Some((work, step)) = state.step(self.window) {
                return Next::Step(work, step);
            }
            let room = state.read - state.taken < self.window && state.open < BLOCKS_OPEN;
            if !state.ended && !state.reading && room {
                state.reading = true;
                return Next::Read;
            }
            state = self.wait(state);
        }
    }

    /// Reads a block of text and projects it.
    fn read(&self, reader: &mut Reader<'_>, projector: &mut Projector) -> Result<()> {
        let buffer = self.state().buffers.pop().unwrap_or_default();
        let block = cancelled(self.control).and_then(|()| {
            lock(&self.cutter)
                .next(buffer, &self.object.syntax)
                .map_err(|error| self.lost(error))
        });
        let mut state = self.state();
        state.reading = false;
        let Some(block) = block? else {
            state.ended = true;
            self.advance(&mut state)?;
            self.changed(state);
            return Ok(());
        };
        state.read += 1;
        self.changed(state);
        self.control.bytes_read.fetch_add(block.len as u64, Relaxed);
        let projected = reader.read(&block).and_then(|batch| {
            let (records, dropped, bytes) = (batch.records, batch.dropped, batch.bytes);
            let (columns, rows) = projector.project(batch)?;
            Ok(Projected {
                columns,
                rows,
                records,
                dropped,
                bytes,
            })
        });
        let mut state = self.state();
        if block.bytes.capacity() <= 4 * crate::csv::BLOCK {
            state.buffers.push(block.bytes);
        }
        state.projected.insert(block.sequence, projected);
        self.advance(&mut state)?;
        self.changed(state);
        Ok(())
    }

    /// An input that broke off: the record it broke in is known only if all before it are read.
    fn lost(&self, error: std::io::Error) -> Error {
        let mut state = self.state();
        while state.taken < state.read && state.error.is_none() {
            state = self.wait(state);
        }
        source::classify(error).at_record(state.summary.rows_in + 1)
    }

    /// Takes the projected blocks of text whose turn has come.
    fn advance(&self, state: &mut State) -> Result<()> {
        while let Some(projected) = state.projected.remove(&state.taken) {
            let before = state.summary.rows_in;
            let projected = projected.map_err(|error| {
                place(error, before, self.object.contract, &self.object.binding)
            })?;
            state.taken += 1;
            state.summary.rows_in += projected.records;
            state.summary.rows_dropped += projected.dropped;
            state.summary.rows_out += projected.rows as u64;
            let Projected {
                columns,
                rows,
                bytes,
                ..
            } = projected;
            let ready = state
                .blocks
                .as_mut()
                .map(|blocks| blocks.push(columns, rows, bytes));
            self.begin(state, ready.unwrap_or_default());
        }
        if state.ended && state.taken == state.read {
            self.object.guard.judge()?;
            let last = state.blocks.take().map(Blocks::finish);
            self.begin(state, last.unwrap_or_default());
        }
        Ok(())
    }

    fn begin(&self, state: &mut State, blocks: Vec<super::blocks::Block>) {
        for block in blocks {
            state.open += 1;
            state
                .steps
                .push_back((Arc::new(self.encoder.work(block)), Step::Order));
        }
    }

    fn step(&self, work: &Arc<Work>, step: Step) -> Result<()> {
        let outcome = self.encoder.step(work, step)?;
        let mut state = self.state();
        match outcome {
            Outcome::Steps(steps) => {
                // Ahead of the steps of later blocks, so that what is begun ends.
                for step in steps.into_iter().rev() {
                    state.steps.push_front((Arc::clone(work), step));
                }
            }
            Outcome::Piece(number, last, piece) => {
                state.pieces.insert((work.index(), number), (last, piece));
            }
        }
        self.changed(state);
        Ok(())
    }

    /// Writes the pieces whose turn has come, unless somebody else does.
    fn write(&self) -> Result<()> {
        loop {
            let mut state = self.state();
            let next = state.next_piece;
            if state.writing || state.error.is_some() {
                return Ok(());
            }
            let Some((last, piece)) = state.pieces.remove(&next) else {
                return Ok(());
            };
            state.writing = true;
            drop(state);
            let written = lock(&self.writer).write(piece);
            let mut state = self.state();
            state.writing = false;
            if last {
                state.open -= 1;
            }
            state.next_piece = if last {
                (next.0 + 1, 0)
            } else {
                (next.0, next.1 + 1)
            };
            self.changed(state);
            written?;
        }
    }
}
