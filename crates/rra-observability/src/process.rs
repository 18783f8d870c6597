//! What a process has once: the handle behind [`emit`], the claim to be initialised, the panic hook.

use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rra_schema::SecurityEvent;
use rra_sink::Accepted;

use crate::config::Config;
use crate::error::{EmitError, Error};
use crate::guard::Guard;
use crate::handle::Handle;
use crate::setup::Setup;

static HANDLE: OnceLock<Handle> = OnceLock::new();
static CLAIMED: AtomicBool = AtomicBool::new(false);

/// How long a panic waits for events to be written, which is what a watchdog forgives.
const PANIC_DEADLINE: Duration = Duration::from_millis(200);

/// Starts everything that the configuration asks for, once in a process.
///
/// # Errors
/// An [`Error`] that says what is wrong and how to mend it: a log file or directory that cannot be
/// written, a setting without its feature, a second call. Nothing is left running then, and
/// another call may succeed.
pub fn init(config: Config) -> Result<Guard, Error> {
    Setup::new(config).init()
}

/// Emits an event from anywhere in the process: see [`Handle::emit`].
///
/// # Errors
/// [`EmitError::NotInitialised`] before [`init`], and those of [`Handle::emit`].
pub fn emit(event: &dyn SecurityEvent) -> Result<Accepted, EmitError> {
    handle().ok_or(EmitError::NotInitialised)?.emit(event)
}

/// The handle of the process; `None` before [`init`].
pub fn handle() -> Option<Handle> {
    HANDLE.get().cloned()
}

/// The right to be the one that initialises; given back when that fails.
pub(crate) struct Claim {
    kept: bool,
}

pub(crate) fn claim() -> Result<Claim, Error> {
    if CLAIMED.swap(true, Ordering::AcqRel) {
        return Err(Error::AlreadyInitialised);
    }
    Ok(Claim { kept: false })
}

impl Claim {
    /// It worked: the process has its handle from now on.
    pub(crate) fn keep(mut self, handle: &Handle, panic_hook: bool) {
        self.kept = true;
        // Cannot be set already: whoever sets it holds the only claim.
        let _ = HANDLE.set(handle.clone());
        if panic_hook {
            install_panic_hook(handle.clone());
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.kept {
            CLAIMED.store(false, Ordering::Release);
        }
    }
}

/// Writes what led to a panic before the process may end, then does what was done before.
fn install_panic_hook(handle: Handle) {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // When it is late there is nothing better to do than to go on.
        let _ = handle.flush(PANIC_DEADLINE);
        previous(info);
    }));
}
