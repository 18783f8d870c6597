//! Remote sinks for tests: the capturing sink is one too, and another fails by a script.

use std::collections::VecDeque;
use std::future::pending;

use super::CapturingSink;
use crate::remote::{Answer, Hand, RemoteSettings, RemoteSink};
use crate::sink::{Batch, DeliveryError, Fault};

impl RemoteSink for CapturingSink {
    fn name(&self) -> &str {
        self.sink_name()
    }

    async fn send(&mut self, batch: &Batch<'_>) -> Result<Answer, DeliveryError> {
        self.captured.take(batch);
        Ok(Answer::taken())
    }
}

/// What one call of a [`FailingRemote`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteFailure {
    /// Nothing fails in this call.
    None,
    /// The first events, as many as the error says, reach the inner sink; then it fails.
    Error(DeliveryError),
    /// The destination looks at each event: those at these places it never takes, or takes later.
    /// The others reach the inner sink.
    Partly {
        /// Places of events that are refused.
        rejected: Vec<usize>,
        /// Places of events that are put off.
        again: Vec<usize>,
    },
    /// Everything reaches the inner sink, and the answer is lost.
    AnswerLost,
    /// No answer ever comes.
    Hang,
    /// The call panics.
    Panic,
}

/// A remote sink in front of another that fails by a script, one entry per call; when the script is
/// over everything works.
///
/// ```
/// use std::time::Duration;
/// use rra_schema::Severity;
/// use rra_sink::testing::{CapturingSink, FailingRemote, RemoteFailure};
/// use rra_sink::{DeliveryError, Journal};
///
/// let (sink, captured) = CapturingSink::new("away");
/// // Nobody is there, then the answer gets lost on its way back: the events arrive twice.
/// let away = RemoteFailure::Error(DeliveryError::retryable("no route to host"));
/// let sink = FailingRemote::new(sink, [away, RemoteFailure::AnswerLost]);
/// let journal = Journal::builder().remote(sink).start()?;
/// journal.append(Severity::Info, |_, line| line.extend_from_slice(b"1\n"))?;
/// journal.flush(Duration::from_secs(20))?;
/// captured.assert_lines(&["1\n", "1\n"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FailingRemote<S> {
    inner: S,
    script: VecDeque<RemoteFailure>,
    settings: RemoteSettings,
}

impl<S: RemoteSink> FailingRemote<S> {
    /// Puts a script in front of a sink.
    pub fn new(inner: S, script: impl IntoIterator<Item = RemoteFailure>) -> Self {
        Self {
            settings: inner.settings(),
            inner,
            script: script.into_iter().collect(),
        }
    }

    /// Has its lane driven in another way.
    pub fn settings(mut self, settings: RemoteSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Passes on the events at these places.
    async fn send_some(
        &mut self,
        batch: &Batch<'_>,
        places: &[usize],
    ) -> Result<(), DeliveryError> {
        let mut hand = Hand::of(batch);
        hand.keep(places);
        if let Some(some) = hand.batch() {
            self.inner.send(&some).await?;
        }
        Ok(())
    }
}

impl<S: RemoteSink> RemoteSink for FailingRemote<S> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn send(&mut self, batch: &Batch<'_>) -> Result<Answer, DeliveryError> {
        match self.script.pop_front().unwrap_or(RemoteFailure::None) {
            RemoteFailure::None => self.inner.send(batch).await,
            RemoteFailure::Error(error) => {
                let places: Vec<_> = (0..error.delivered.min(batch.len())).collect();
                self.send_some(batch, &places).await?;
                Err(error)
            }
            RemoteFailure::Partly { rejected, again } => {
                let is_named = |place: &usize| rejected.contains(place) || again.contains(place);
                let places: Vec<_> = (0..batch.len()).filter(|place| !is_named(place)).collect();
                self.send_some(batch, &places).await?;
                let mut answer = Answer::taken();
                for place in rejected {
                    answer.reject(place);
                }
                for place in again {
                    answer.retry(place);
                }
                Ok(answer)
            }
            RemoteFailure::AnswerLost => {
                self.inner.send(batch).await?;
                Err(DeliveryError::retryable("scripted loss of the answer").fault(Fault::Io))
            }
            RemoteFailure::Hang => pending().await,
            RemoteFailure::Panic => panic!("scripted panic"),
        }
    }

    fn settings(&self) -> RemoteSettings {
        self.settings
    }
}
