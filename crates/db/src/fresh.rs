//! Asking what other processes have committed, without asking once per request.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use kernel::{Error, Kind, Result};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

/// On SQLite another process (an import beside the server) is noticed within this time.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// SQLite: one look at most every [`PATIENCE`]; what this process commits is known without looking.
#[derive(Default)]
pub(crate) struct Paced(Mutex<Option<Instant>>);

impl Paced {
    /// Is it this caller's turn to look?
    pub(crate) fn is_due(&self) -> bool {
        let mut last = self.0.lock();
        let due = last.is_none_or(|last| last.elapsed() >= PATIENCE);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

type Reply = oneshot::Sender<Result<(), (Kind, String)>>;

/// PostgreSQL: everyone who asks while one query is under way shares the next one, which starts after they asked.
pub(crate) struct Rounds(mpsc::UnboundedSender<Reply>);

impl Rounds {
    /// Starts the task that asks; `ask` runs once per round.
    pub(crate) fn start<F, Fut>(ask: F) -> Self
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = Result<()>> + Send,
    {
        let (sender, mut receiver) = mpsc::unbounded_channel::<Reply>();
        tokio::spawn(async move {
            let mut askers = Vec::new();
            while let Some(first) = receiver.recv().await {
                askers.push(first);
                while let Ok(more) = receiver.try_recv() {
                    askers.push(more);
                }
                let answer = ask().await.map_err(|error| (error.kind(), error.to_string()));
                for asker in askers.drain(..) {
                    // Whoever has gone away need not be told.
                    let _ = asker.send(answer.clone());
                }
            }
        });
        Self(sender)
    }

    /// Waits for a round that starts from now on.
    pub(crate) fn join(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.join_inline())
    }

    async fn join_inline(&self) -> Result<()> {
        let stopped = || Error::new(Kind::Unavailable, "The server is stopping; try again shortly");
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).map_err(|_| stopped())?;
        let answer = answer.await.map_err(|_| stopped())?;
        answer.map_err(|(kind, why)| match kind {
            Kind::Unavailable => Error::new(kind, "The database does not answer; try again shortly").because(why),
            _ => Error::internal(why),
        })
    }
}
