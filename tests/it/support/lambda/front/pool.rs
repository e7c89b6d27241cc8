//! Processes of the function: each has one event at a time, as Lambda's have.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use crate::support::lambda::emulator::Emulator;

/// The processes.
pub struct Pool {
    emulators: Vec<Emulator>,
    idle: Mutex<VecDeque<usize>>,
    freed: Condvar,
    only: Mutex<Option<usize>>,
}

impl Pool {
    /// Of these.
    pub fn of(emulators: Vec<Emulator>) -> Self {
        Self {
            idle: Mutex::new((0..emulators.len()).collect()),
            freed: Condvar::new(),
            only: Mutex::default(),
            emulators,
        }
    }

    /// The processes.
    pub fn emulators(&self) -> &[Emulator] {
        &self.emulators
    }

    /// From now on events go to this one alone, or to all.
    pub fn use_only(&self, process: Option<usize>) {
        *self.only.lock().unwrap() = process;
    }

    /// Gives an event to the one that has been idle the longest, and gives back what it returned.
    pub fn invoke(&self, event: &str) -> String {
        let only = *self.only.lock().unwrap();
        let may = |process: &usize| only.is_none_or(|only| only == *process);
        let idle = self.idle.lock().unwrap();
        let mut idle = self
            .freed
            .wait_while(idle, |idle| !idle.iter().any(may))
            .unwrap();
        let at = idle.iter().position(may).expect("one that is idle");
        let process = idle.remove(at).expect("one that is idle");
        drop(idle);
        let _busy = Busy(self, process);
        self.emulators[process].invoke(event)
    }
}

/// One that has an event; whatever comes of it, it is idle again.
struct Busy<'a>(&'a Pool, usize);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.idle.lock().unwrap().push_back(self.1);
        self.0.freed.notify_all();
    }
}
