//! The sink's own rotation: renames the log when its rule says so.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::FileSink;
use super::lock::WriterLock;
use crate::archive::{Archive, Archivist};
use crate::clock::Clock;
use crate::complaint::Complaints;
use crate::error::Error;
use crate::place::Place;
use crate::rotation::{Name, Rotation};

/// How long nothing is rotated after that failed: the log is written all the same.
const REST: Duration = Duration::from_secs(1);

/// The rule and the thread for old files.
#[derive(Debug)]
pub(super) struct Rotator {
    rotation: Rotation,
    archivist: Archivist,
    failed: Option<Instant>,
}

impl Rotator {
    pub(super) fn start(
        rotation: Rotation,
        place: &Place,
        clock: &Clock,
        complaints: &Arc<Complaints>,
    ) -> Result<Self, Error> {
        let archive = Archive {
            place: place.clone(),
            rotation: rotation.clone(),
            clock: clock.clone(),
            stop: Arc::new(AtomicBool::new(false)),
        };
        let archivist = Archivist::start(archive, Arc::clone(complaints));
        Ok(Self {
            rotation,
            archivist: archivist.map_err(|source| Error::Thread { source })?,
            failed: None,
        })
    }

    /// The file before is no longer open here.
    pub(super) fn wake(&self) {
        self.archivist.wake();
    }

    fn is_resting(&self) -> bool {
        self.failed.is_some_and(|failed| failed.elapsed() < REST)
    }
}

impl FileSink {
    /// Renames the log if that is due before so many bytes more. A failure is no reason not to
    /// write: the file only becomes longer than it should. Whether it was renamed.
    pub(super) fn rotate_if_due(&mut self, coming_bytes: u64) -> bool {
        let now = (self.clock)();
        let is_due = self.rotator.as_ref().is_some_and(|rotator| {
            let current = self.log.as_ref().and_then(super::log::Log::current);
            let is_due = |current| rotator.rotation.is_due(current, coming_bytes, now);
            !rotator.is_resting() && current.is_some_and(is_due)
        });
        if !is_due {
            return false;
        }
        let renamed = self.rename_old();
        if let Err(error) = &renamed {
            let path = self.place.path().display();
            self.complaints
                .about(&format!("{path} cannot be rotated: {error}"));
            if let Some(rotator) = &mut self.rotator {
                rotator.failed = Some(Instant::now());
            }
        }
        renamed.is_ok()
    }

    fn rename_old(&mut self) -> io::Result<()> {
        let place = &self.place;
        let _turn = match &self.chain {
            Some(_) => None,
            None => match WriterLock::try_own(place)? {
                // Another process is at it; the next batch will find its new file.
                None => return Ok(()),
                turn => turn,
            },
        };
        if !self.log.as_mut().is_some_and(|log| log.see(place)) {
            return Ok(());
        }
        let newest = place.old_files()?.last().map(|old| old.name);
        let name = Name::after(newest, (self.clock)());
        fs::rename(place.path(), place.beside(name.of(place.name())))
    }
}
