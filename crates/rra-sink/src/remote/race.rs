//! Which of two futures is ready first. Neither is dropped by that.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// The one that was ready first.
pub(super) enum First<L, R> {
    Left(L),
    Right(R),
}

/// Waits for either; the left one wins when both are ready.
pub(super) async fn first<L: Future, R: Future>(
    mut left: Pin<&mut L>,
    mut right: Pin<&mut R>,
) -> First<L::Output, R::Output> {
    poll_fn(|context| {
        if let Poll::Ready(output) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(output));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}
