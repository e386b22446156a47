//! What a way out has to say for itself.

use std::time::Duration;

use async_trait::async_trait;
use db::Tx;
use futures::future::BoxFuture;
use kernel::{Clock, Result};

use crate::model::{Delivery, Fate, Outcome};

/// The longest that anybody may ask to be left alone.
const LONGEST_ASKED: Duration = Duration::from_hours(24);
/// The shortest.
const SHORTEST_ASKED: Duration = Duration::from_secs(1);

/// How fast a channel goes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many deliveries are on their way at once, in each process.
    pub hands: usize,
    /// How many of these one owner may have, while others may come.
    pub hands_of_one: usize,
    /// How long an attempt may take.
    pub limit: Duration,
    /// The first wait between two attempts; each further one is twice as long,
    pub first_wait: Duration,
    /// up to this.
    pub longest_wait: Duration,
}

impl Pace {
    /// So many at once, of which one owner gets three quarters; a minute for each; 30 seconds to two hours between attempts.
    pub const fn of(hands: usize) -> Self {
        let hands = if hands == 0 { 1 } else { hands };
        Self {
            hands,
            hands_of_one: hands - hands / 4,
            limit: Duration::from_mins(1),
            first_wait: Duration::from_secs(30),
            longest_wait: Duration::from_hours(2),
        }
    }

    /// What one of several that share these hands gets.
    pub(crate) fn part(self, number: usize, of: usize) -> Self {
        let part = |all: usize| all / of + usize::from(number < all % of);
        let hands = part(self.hands.max(1)).max(1);
        Self { hands, hands_of_one: part(self.hands_of_one).clamp(1, hands), ..self }
    }

    /// How long to wait after this attempt: what was asked for within reason, or the back-off. Each up to a quarter more, so that what
    /// failed together does not come back together.
    pub(crate) fn wait(&self, clock: &Clock, attempt: u32, asked: Option<Duration>) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(self.longest_wait);
        let plain = asked.map_or(doubled, |asked| asked.clamp(SHORTEST_ASKED, LONGEST_ASKED));
        let mut random = [0; 2];
        clock.fill(&mut random);
        plain + plain / 4 * u32::from(u16::from_le_bytes(random)) / u32::from(u16::MAX)
    }
}

/// What is to be done with a delivery that was taken.
pub enum Prepared {
    /// This sends it. It is run outside of every transaction, and may be dropped when its time is over.
    Send(BoxFuture<'static, Outcome>),
    /// Nothing is sent: what becomes of it is known already.
    Over(Fate),
}

/// A way out of the house: mail, webhooks, a messenger. Its own rows change in [`Channel::prepare`] and [`Channel::settle`], whose
/// transactions also hold the delivery: the two never disagree.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which deliveries it sends.
    fn kind(&self) -> &'static str;

    /// How fast it goes.
    fn pace(&self) -> Pace;

    /// Looks once more, in the transaction that takes the delivery: is it still wanted, and what is to be sent? Statements only; the
    /// sending itself waits for others and goes into [`Prepared::Send`].
    async fn prepare(&self, tx: &mut Tx, delivery: &Delivery) -> Result<Prepared>;

    /// Prepares all deliveries that one transaction takes, in their order. A fast channel reads its rows for all of them at once here.
    async fn prepare_all(&self, tx: &mut Tx, deliveries: &[Delivery]) -> Result<Vec<Prepared>> {
        let mut all = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            all.push(self.prepare(tx, delivery).await?);
        }
        Ok(all)
    }

    /// What came of an attempt of which nobody heard: the process died between asking and writing down the answer, or the answer was lost.
    /// Nothing if the other side cannot be asked, or has never heard of it: then it is sent again, so a channel whose deliveries must
    /// never arrive twice answers with an [`Outcome`] always.
    async fn reconcile(&self, _: &Delivery) -> Option<Outcome> {
        None
    }

    /// Writes down in the channel's own rows what came of it, in the transaction that does so with the delivery.
    async fn settle(&self, _: &mut Tx, _: &Delivery, _: &Fate) -> Result<()> {
        Ok(())
    }

    /// Writes down what came of all deliveries that one transaction settles. A fast channel writes its rows for all of them at once here.
    async fn settle_all(&self, tx: &mut Tx, settled: &[(&Delivery, &Fate)]) -> Result<()> {
        for (delivery, fate) in settled {
            self.settle(tx, delivery, fate).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_what_was_asked_for_is_kept_within_reason() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let pace = Pace::of(16);
        let fits = |attempt, asked: Option<u64>, plain: u64| {
            let wait = pace.wait(&clock, attempt, asked.map(Duration::from_secs)).as_secs_f64();
            let plain = plain as f64;
            assert!((plain..=plain * 1.25).contains(&wait), "{attempt} {asked:?}: {wait}");
        };
        for (attempt, plain) in [(1, 30), (2, 60), (3, 120), (8, 3840), (9, 7200), (60, 7200)] {
            fits(attempt, None, plain);
        }
        for (asked, plain) in [(0, 1), (7, 7), (100_000, 86_400)] {
            fits(3, Some(asked), plain);
        }
        let parts: Vec<(usize, usize)> =
            (0..4).map(|number| Pace::of(14).part(number, 4)).map(|part| (part.hands, part.hands_of_one)).collect();
        assert_eq!(parts, [(4, 3), (4, 3), (3, 3), (3, 2)]);
        assert_eq!((pace.hands_of_one, Pace::of(0).hands_of_one, Pace::of(1).hands_of_one), (12, 1, 1));
    }
}
