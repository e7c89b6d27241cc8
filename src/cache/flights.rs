//! Who makes what: of all who ask for a missing entry at once, one makes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

use super::body::Body;
use super::bucket::Lease;
use super::entry::Entry;
use super::folder::Folder;
use super::held::{Held, Readers};
use super::{EntryWriter, Facts, Name};

/// What is open in this process, by name. Nothing that a body's end could run under is dropped while this is locked.
pub(super) struct Flights {
    folder: Arc<Folder>,
    open: Mutex<HashMap<Name, Flight>>,
}

enum Flight {
    /// Somebody holds the ticket. It is gone when nothing can be heard of it any more.
    Taken(watch::Receiver<()>),
    /// It is being made, or read.
    Open {
        body: Weak<Body>,
        readers: Weak<Readers>,
    },
}

/// What a name comes to.
pub(super) enum Claim {
    Held(Held),
    Taken(watch::Receiver<()>),
    Ours(Ticket),
}

impl Flights {
    pub fn new(folder: Arc<Folder>) -> Self {
        let open = Mutex::default();
        Self { folder, open }
    }

    pub fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Name, Flight>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An open entry; or its ticket, taken or for the caller.
    pub fn claim(self: &Arc<Self>, name: &Name) -> Claim {
        let mut open = self.open();
        match open.get_mut(name) {
            Some(Flight::Taken(gone)) => return Claim::Taken(gone.clone()),
            Some(Flight::Open { body, readers }) => {
                if let Some(readers) = readers.upgrade() {
                    return Claim::Held(Held::of(readers));
                }
                // Made, and read by nobody just now.
                if let Some(body) = body.upgrade() {
                    let new = Arc::new(Readers::new(body));
                    *readers = Arc::downgrade(&new);
                    return Claim::Held(Held::of(new));
                }
            }
            None => {}
        }
        let (held, gone) = watch::channel(());
        open.insert(*name, Flight::Taken(gone));
        Claim::Ours(Ticket {
            flights: self.clone(),
            name: *name,
            lease: None,
            settled: false,
            _held: held,
        })
    }

    fn settle(&self, body: &Arc<Body>) -> Held {
        let readers = Arc::new(Readers::new(body.clone()));
        let flight = Flight::Open {
            body: Arc::downgrade(body),
            readers: Arc::downgrade(&readers),
        };
        self.open().insert(body.name, flight);
        Held::of(readers)
    }

    /// Facts of an entry that is open and whole.
    pub fn facts(&self, name: &Name) -> Option<Facts> {
        let body = match self.open().get(name) {
            Some(Flight::Open { body, .. }) => body.upgrade(),
            _ => None,
        }?;
        match &body.progress.borrow().end {
            Some(Ok(facts)) => Some(facts.clone()),
            _ => None,
        }
    }

    /// This body is not what its name means any more.
    pub fn forget(&self, body: &Body) {
        let mut open = self.open();
        if open.get(&body.name).is_some_and(|flight| flight.is(body)) {
            open.remove(&body.name);
        }
    }

    /// The last reader left. If that leaves work for nobody, it is stopped; who asks now begins anew.
    pub fn left(&self, body: &Body) {
        let mut open = self.open();
        let come_back = open
            .get(&body.name)
            .is_some_and(|flight| flight.is_read(body));
        if come_back || body.is_over() {
            return;
        }
        let Some(cancel) = body.take_cancel() else {
            return;
        };
        if open.get(&body.name).is_some_and(|flight| flight.is(body)) {
            open.remove(&body.name);
        }
        drop(open);
        cancel();
    }
}

impl Flight {
    fn is(&self, other: &Body) -> bool {
        matches!(self, Self::Open { body, .. } if std::ptr::eq(body.as_ptr(), other))
    }

    fn is_read(&self, other: &Body) -> bool {
        let read = |readers: &Weak<Readers>| readers.strong_count() > 0;
        self.is(other) && matches!(self, Self::Open { readers, .. } if read(readers))
    }
}

/// The right to make a missing entry. Dropped, it goes to whoever asks next.
pub struct Ticket {
    flights: Arc<Flights>,
    name: Name,
    /// The right to make it among all processes that share a bucket.
    lease: Option<Lease>,
    settled: bool,
    /// Who waits hears when it is dropped.
    _held: watch::Sender<()>,
}

impl Ticket {
    /// Begins the entry: one side for the thread that makes it, one to read it while it is made. Nothing is written yet,
    /// so this does not block.
    pub fn begin(mut self) -> (EntryWriter, Held) {
        let body = Arc::new(Body::new(self.name, self.flights.clone()));
        body.set_lease(self.lease.take());
        let held = self.flights.settle(&body);
        self.settled = true;
        (EntryWriter::new(body), held)
    }

    pub(super) fn with(mut self, lease: Option<Lease>) -> Self {
        self.lease = lease;
        self
    }

    /// The entry was there.
    pub(super) fn found(mut self, entry: Entry) -> Held {
        let body = Body::whole(self.name, self.flights.clone(), entry);
        let held = self.flights.settle(&Arc::new(body));
        self.settled = true;
        held
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.settled {
            self.flights.open().remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn flights(folder: &tempfile::TempDir) -> Arc<Flights> {
        Arc::new(Flights::new(Folder::open(folder.path(), 1 << 20).unwrap()))
    }

    fn ticket(flights: &Arc<Flights>) -> Ticket {
        match flights.claim(&Name::from([1; 32])) {
            Claim::Ours(ticket) => ticket,
            _ => panic!("open already"),
        }
    }

    #[test]
    fn what_is_over_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let flights = flights(&folder);
        drop(ticket(&flights));
        assert!(flights.open().is_empty());
        let (writer, held) = ticket(&flights).begin();
        writer.finish(Facts::default()).unwrap();
        assert_eq!(flights.open().len(), 1);
        drop(held);
        assert!(flights.open().is_empty());
    }

    #[test]
    fn who_comes_while_the_last_one_goes_still_has_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let flights = flights(&folder);
        let (writer, held) = ticket(&flights).begin();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = stopped.clone();
        held.on_abandoned(move || stop.store(true, Ordering::SeqCst));
        // As the one before it would say, late.
        let Some(Flight::Open { body, .. }) = flights.open().remove(&Name::from([1; 32])) else {
            panic!("begun");
        };
        let body = body.upgrade().unwrap();
        let held = (flights.settle(&body), held).0;
        flights.left(&body);
        assert!(!stopped.load(Ordering::SeqCst));
        drop(held);
        assert!(stopped.load(Ordering::SeqCst));
        drop(writer);
    }
}
