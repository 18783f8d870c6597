//! A thread that appends what it is told to.

use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use rra_schema::Severity;

use crate::Journal;

/// A thread that appends what it is told to: each has a ring of its own, if there are several.
pub(super) struct Producer {
    jobs: Option<Sender<Box<dyn FnOnce() + Send>>>,
    thread: Option<JoinHandle<()>>,
}

impl Producer {
    pub(super) fn start() -> Self {
        let (jobs, todo) = channel::<Box<dyn FnOnce() + Send>>();
        let thread = thread::spawn(move || todo.iter().for_each(|job| job()));
        Self {
            jobs: Some(jobs),
            thread: Some(thread),
        }
    }

    pub(super) fn append(&self, journal: &Journal, severity: Severity, line: Vec<u8>) -> bool {
        let (told, outcome) = channel();
        let journal = journal.clone();
        let job = move || {
            let write = |_, out: &mut Vec<u8>| out.extend_from_slice(&line);
            let accepted = journal.append(severity, write).is_ok();
            drop(journal);
            told.send(accepted).unwrap();
        };
        self.jobs.as_ref().unwrap().send(Box::new(job)).unwrap();
        outcome.recv().unwrap()
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
