//! Processes of the function: each has one event at a time, as Lambda's have.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use crate::support::lambda::emulator::Emulator;

/// The processes.
pub struct Pool {
    emulators: Vec<Emulator>,
    idle: Mutex<VecDeque<usize>>,
    freed: Condvar,
}

impl Pool {
    /// Of these.
    pub fn of(emulators: Vec<Emulator>) -> Self {
        Self {
            idle: Mutex::new((0..emulators.len()).collect()),
            freed: Condvar::new(),
            emulators,
        }
    }

    /// The processes.
    pub fn emulators(&self) -> &[Emulator] {
        &self.emulators
    }

    /// Gives an event to the one that has been idle the longest, and gives back what it returned.
    pub fn invoke(&self, event: &str) -> String {
        let idle = self.idle.lock().unwrap();
        let mut idle = self.freed.wait_while(idle, |idle| idle.is_empty()).unwrap();
        let process = idle.pop_front().expect("one that is idle");
        drop(idle);
        let returned = self.emulators[process].invoke(event);
        self.idle.lock().unwrap().push_back(process);
        self.freed.notify_one();
        returned
    }
}
