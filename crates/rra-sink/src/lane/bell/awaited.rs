//! The bell of a lane that awaits instead of blocking.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::task::Poll;

use super::Bell;

impl Bell {
    /// How often somebody called who waits for the lane.
    pub(crate) fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Waits until somebody rings; producers do so only if the lane is `open` to them.
    pub(crate) async fn rung(&self, heard: u64, open: bool) {
        self.asleep.store(open, Ordering::SeqCst);
        poll_fn(|context| {
            let mut rings = self.lock();
            if rings.all != heard {
                return Poll::Ready(());
            }
            rings.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
