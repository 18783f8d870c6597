//! A thread that does one thing over and over, until its timer is dropped.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long the end of a turn is waited for: a file system that hangs must not hold up the end of the
/// service beyond its deadline.
const PATIENCE: Duration = Duration::from_millis(100);

/// Does something over and over, until it is dropped.
#[derive(Debug)]
pub(crate) struct Timer {
    /// Taken and closed by `drop`, which wakes the thread.
    stop: Option<Sender<()>>,
    /// Closed by the end of the thread.
    ended: Mutex<Receiver<()>>,
}

impl Timer {
    /// Calls `turn` at once and after each interval, on a thread of this name.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        name: &str,
        interval: Duration,
        mut turn: impl FnMut() + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let (running, ended) = mpsc::channel::<()>();
        let keep_turning = move || {
            let _running = running;
            turn();
            while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                turn();
            }
        };
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(keep_turning)?;
        Ok(Self {
            stop: Some(stop),
            ended: Mutex::new(ended),
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Nothing is ever sent: this returns when the thread has ended, or when it is late.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(PATIENCE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_timer_turns_again_and_again() {
        let (turned, turns) = sync_channel(3);
        let interval = Duration::from_millis(1);
        let _timer = Timer::start("turns", interval, move || {
            let _ = turned.try_send(());
        })
        .expect("a thread");
        for _ in 0..3 {
            turns.recv_timeout(Duration::from_secs(10)).expect("a turn");
        }
    }

    #[test]
    fn a_timer_ends_at_once_however_long_its_interval() {
        let begun = Instant::now();
        drop(Timer::start("waits", Duration::from_hours(1), || ()).expect("a thread"));
        assert!(begun.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn a_turn_that_hangs_is_left_behind() {
        let (release, released) = mpsc::channel::<()>();
        let hang = move || {
            let _ = released.recv();
        };
        let timer = Timer::start("hangs", Duration::from_hours(1), hang).expect("a thread");
        drop(timer);
        drop(release);
    }
}
