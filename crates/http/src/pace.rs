//! How long whoever is at the other end of a connection may keep us waiting: at most so long at once, and in all no longer than the bytes
//! that moved are worth. So a client that sends or takes a byte now and then is let go, and a slow but honest one is not.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use kernel::{Error, Kind};
use tokio::time::{Instant, Sleep};

/// The bounds of a body's pace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// The longest wait at once, and what is waited in any case.
    pub most: Duration,
    /// How many bytes buy a further second.
    pub rate: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { most: Duration::from_secs(30), rate: 1024 }
    }
}

/// One side of a connection, and how long it kept us waiting so far.
pub(crate) struct Pace {
    patience: Patience,
    moved: u64,
    waited: Duration,
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, moved: 0, waited: Duration::ZERO, since: None, alarm: None }
    }

    /// So many bytes have moved: whatever was waited for is over.
    pub(crate) fn moved(&mut self, bytes: usize) {
        self.moved = self.moved.saturating_add(bytes as u64);
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
        self.alarm = None;
    }

    /// Asked while nothing moves: ready when that has gone on for too long.
    pub(crate) fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let left = self.left();
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(since + left)));
        alarm.as_mut().poll(context)
    }

    /// How much longer may be waited from the beginning of this wait.
    fn left(&self) -> Duration {
        let bought = Duration::from_secs(self.moved / self.patience.rate.max(1));
        let all = self.patience.most.saturating_add(bought).saturating_sub(self.waited);
        all.min(self.patience.most)
    }
}

/// The body came too slowly, or is larger than its route takes: what [`fault_of`] finds again under the layers of others' errors.
#[derive(Debug)]
pub(crate) enum Cut {
    /// Too slowly.
    Late(Patience),
    /// More than so many bytes.
    Large(u64),
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Late(patience) => write!(
                f,
                "The body came too slowly and was given up: nothing for {} seconds, or less than {} bytes a second",
                patience.most.as_secs(),
                patience.rate
            ),
            Self::Large(most) => write!(f, "The body is larger than {most} bytes"),
        }
    }
}

impl std::error::Error for Cut {}

/// Why a body or a form could not be read to its end: too slow (504), too large (413), or broken off (400).
pub fn fault_of(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(cut) = error.downcast_ref::<Cut>() {
            let kind = if matches!(cut, Cut::Late(_)) { Kind::TimedOut } else { Kind::TooLarge };
            return Error::new(kind, cut.to_string());
        }
        next = error.source();
    }
    Error::new(Kind::BadRequest, "The body broke off, or is no form as its head describes it; send it again")
        .because(error)
}

/// A body that is cut off where its client is too slow, or sends more than `most` bytes.
pub(crate) fn paced(body: Body, patience: Patience, most: u64) -> Body {
    Body::from_stream(Paced { body: body.into_data_stream(), pace: Pace::new(patience), seen: 0, most, is_over: false })
}

struct Paced {
    body: BodyDataStream,
    pace: Pace,
    seen: u64,
    most: u64,
    is_over: bool,
}

impl Paced {
    fn cut(&mut self, cut: Cut) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.is_over = true;
        Poll::Ready(Some(Err(Box::new(cut))))
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        match self.body.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.pace.moved(chunk.len());
                self.seen += chunk.len() as u64;
                let most = self.most;
                if self.seen > most { self.cut(Cut::Large(most)) } else { Poll::Ready(Some(Ok(chunk))) }
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.pace.poll_late(context) {
                Poll::Ready(()) => {
                    let patience = self.pace.patience;
                    self.cut(Cut::Late(patience))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use proptest::prelude::*;

    use super::*;

    const PATIENCE: Patience = Patience { most: Duration::from_secs(30), rate: 1024 };

    /// Sends pieces of these sizes, each after so many seconds; tells how the body ended, and after how long.
    async fn sent(pieces: Vec<(usize, u64)>, most: u64) -> (Result<usize, Kind>, u64) {
        let started = Instant::now();
        let pieces = stream::iter(pieces).then(|(size, wait)| async move {
            tokio::time::sleep(Duration::from_secs(wait)).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; size]))
        });
        let body = paced(Body::from_stream(pieces), PATIENCE, most);
        let read = axum::body::to_bytes(body, usize::MAX).await;
        (read.map(|bytes| bytes.len()).map_err(|error| fault_of(&error).kind()), started.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_is_not_enough() {
        let (read, took) = sent(vec![(1, 10); 400], 1 << 20).await;
        assert_eq!(read, Err(Kind::TimedOut));
        assert!(took <= 30, "{took} s");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_slow_but_sends_is_waited_for() {
        assert_eq!(sent(vec![(20 << 10, 10); 400], 1 << 30).await.0, Ok(400 * (20 << 10)));
        // What was sent quickly buys time, but no silence longer than the longest.
        assert_eq!(sent(vec![(1 << 20, 0), (1, 31)], 1 << 30).await.0, Err(Kind::TimedOut));
        assert_eq!(sent(vec![(1 << 20, 0), (1, 29), (1, 29)], 1 << 30).await.0, Ok((1 << 20) + 2));
    }

    #[tokio::test(start_paused = true)]
    async fn too_much_is_too_large() {
        assert_eq!(sent(vec![(1000, 0); 10], 9_999).await.0, Err(Kind::TooLarge));
        assert_eq!(sent(vec![(1000, 0); 10], 10_000).await.0, Ok(10_000));
    }

    proptest! {
        /// Whatever a client does, the time that it keeps us waiting is bounded by what it sent.
        #[test]
        fn waiting_is_bounded_by_what_was_sent(pieces in proptest::collection::vec((1_usize..100_000, 0_u64..40), 0..60)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let all: u64 = pieces.iter().map(|(size, _)| *size as u64).sum();
            let (_, took) = runtime.block_on(sent(pieces, u64::MAX));
            prop_assert!(took <= 31 + all / 1024);
        }
    }
}
