//! Taking deliveries and writing down what came of them: many at once, in one transaction.

use std::collections::HashMap;
use std::mem;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, Tx};
use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use kernel::{Clock, DeliveryId, Result, Timestamp, time};
use uuid::Uuid;

use crate::channel::{Channel, Pace, Prepared};
use crate::model::{Delivery, Fate, Outcome};
use crate::store::{self, Holder, Which};

/// How long a courier may be silent before its deliveries are taken from it.
const LEASE: i64 = time::MINUTE;
/// The most that is taken, and the most that is written down, in one transaction: nobody waits long for SQLite's one writer.
const AT_ONCE: usize = 32;
/// How many owners are looked at in one statement.
const OWNERS: u32 = 256;
/// How often it is tried to write down what came of a delivery. After that it is left to its lease, and counts as unanswered.
const TRIES: u32 = 3;

/// An attempt that has ended.
pub(crate) struct Finished {
    pub(crate) delivery: Delivery,
    pub(crate) outcome: Outcome,
    /// How often it could not be written down.
    pub(crate) failures: u32,
}

/// An attempt that begins.
pub(crate) struct Started {
    pub(crate) delivery: Delivery,
    sending: BoxFuture<'static, Outcome>,
}

/// What a round did.
#[derive(Default)]
pub(crate) struct Round {
    /// How many deliveries were taken,
    pub(crate) taken: usize,
    /// and which of them are to be sent.
    pub(crate) started: Vec<Started>,
}

/// Where one courier of this process takes and hands back deliveries.
pub(crate) struct Desk {
    db: Db,
    clock: Clock,
    channel: Arc<dyn Channel>,
    pace: Pace,
    holder: Holder,
    /// The owner who had the last turn.
    last: Option<Uuid>,
    /// What is being sent, and whose it is.
    sending: HashMap<DeliveryId, Uuid>,
    /// What has ended and is not written down yet.
    finished: Vec<Finished>,
}

impl Desk {
    pub(crate) fn new(db: Db, clock: Clock, channel: Arc<dyn Channel>, pace: Pace) -> Self {
        let holder = clock.new_id();
        Self { db, clock, channel, pace, holder, last: None, sending: HashMap::new(), finished: Vec::new() }
    }

    /// How many more may be sent at once.
    pub(crate) fn free(&self) -> usize {
        self.pace.hands - self.pace.hands.min(self.sending.len())
    }

    /// Is there anything that is not written down?
    pub(crate) fn owes(&self) -> bool {
        !self.finished.is_empty()
    }

    pub(crate) fn is_sending(&self) -> bool {
        !self.sending.is_empty()
    }

    /// An attempt has ended; the next round writes it down.
    pub(crate) fn ended(&mut self, delivery: Delivery, outcome: Outcome) {
        self.sending.remove(&delivery.id);
        self.finished.push(Finished { delivery, outcome, failures: 0 });
    }

    /// Writes down what has ended, and takes up to so many deliveries that are due or were left behind: one transaction for both.
    pub(crate) async fn round(&mut self, free: usize) -> Result<Round> {
        let shares = if free == 0 { Vec::new() } else { self.shares(free.min(AT_ONCE)).await? };
        if self.finished.is_empty() && shares.is_empty() {
            return Ok(Round::default());
        }
        let round = match self.together(&shares).await {
            Ok(round) => round,
            Err(error) => {
                tracing::warn!(%error, kind = self.channel.kind(), "deliveries are looked after one by one");
                self.one_by_one(&shares).await?
            }
        };
        self.sending.extend(round.started.iter().map(|started| (started.delivery.id, started.delivery.owner)));
        Ok(round)
    }

    /// Who is next, and how many of theirs: owners take turns, and share what hands there are.
    async fn shares(&mut self, free: usize) -> Result<Vec<(Uuid, usize)>> {
        let (kind, now) = (self.channel.kind(), self.clock.now());
        let mut tx = self.db.read().await?;
        // Most looks find nothing.
        if store::next_due(&mut tx, kind).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let mut busy: HashMap<Uuid, usize> = HashMap::new();
        for owner in self.sending.values() {
            *busy.entry(*owner).or_default() += 1;
        }
        let left = |owner: &Uuid| self.pace.hands_of_one.saturating_sub(busy.get(owner).copied().unwrap_or_default());
        let (began, mut at, mut around) = (self.last, self.last, self.last.is_none());
        let mut next = Vec::new();
        'walk: loop {
            let page = store::owners(&mut tx, kind, now, at, OWNERS).await?;
            for (owner, due) in &page {
                if around && began.is_some_and(|began| *owner > began) {
                    break 'walk;
                }
                if *due && left(owner) > 0 {
                    next.push(*owner);
                }
                if next.len() == free {
                    break 'walk;
                }
            }
            match page.last() {
                Some((owner, _)) if page.len() == OWNERS as usize => at = Some(*owner),
                _ if around => break,
                _ => (at, around) = (None, true),
            }
        }
        self.last = next.last().copied().or(self.last);
        let (mut rest, even) = (free, free.div_ceil(next.len().max(1)));
        let mut shares = Vec::new();
        for owner in next {
            let share = even.min(left(&owner)).min(rest);
            rest -= share;
            if share > 0 {
                shares.push((owner, share));
            }
        }
        Ok(shares)
    }

    /// A round in one transaction.
    async fn together(&mut self, shares: &[(Uuid, usize)]) -> Result<Round> {
        let mut tx = self.db.write().await?;
        let batch = self.finished.len().min(AT_ONCE);
        self.write_down(&mut tx, &self.finished[..batch]).await?;
        let mut round = Round::default();
        if !shares.is_empty() {
            let taken = self.take(&mut tx, Which::Shares(shares)).await?;
            round.taken = taken.len();
            round.started = self.open(&mut tx, taken).await?;
        }
        tx.commit().await?;
        self.finished.drain(..batch);
        Ok(round)
    }

    /// The same with a transaction for each, so that one that cannot be prepared or written down holds up no other.
    async fn one_by_one(&mut self, shares: &[(Uuid, usize)]) -> Result<Round> {
        for mut done in mem::take(&mut self.finished) {
            let Err(error) = self.write_alone(&done).await else { continue };
            done.failures += 1;
            if done.failures < TRIES {
                self.finished.push(done);
            } else {
                tracing::error!(%error, delivery = %done.delivery.id, "what came of a delivery could not be written down");
            }
        }
        let mut round = Round::default();
        if shares.is_empty() {
            return Ok(round);
        }
        let due = store::due(&mut self.db.read().await?, self.channel.kind(), self.clock.now(), shares).await?;
        for id in due {
            let failed = match self.take_alone(id, &mut round).await {
                Ok(()) => continue,
                Err(error) => error,
            };
            // It is taken all the same, so that the attempt counts and it comes again later.
            let mut tx = self.db.write().await?;
            let taken = self.take(&mut tx, Which::One(id)).await?;
            tx.commit().await?;
            for delivery in taken {
                round.taken += 1;
                let outcome = Outcome::Later { after: None, why: failed.to_string() };
                self.finished.push(Finished { delivery, outcome, failures: 0 });
            }
        }
        Ok(round)
    }

    async fn write_alone(&self, done: &Finished) -> Result<()> {
        let mut tx = self.db.write().await?;
        self.write_down(&mut tx, std::slice::from_ref(done)).await?;
        tx.commit().await
    }

    async fn take_alone(&self, id: DeliveryId, round: &mut Round) -> Result<()> {
        let mut tx = self.db.write().await?;
        let taken = self.take(&mut tx, Which::One(id)).await?;
        let count = taken.len();
        let started = self.open(&mut tx, taken).await?;
        tx.commit().await?;
        round.taken += count;
        round.started.extend(started);
        Ok(())
    }

    async fn take(&self, tx: &mut Tx, which: Which<'_>) -> Result<Vec<Delivery>> {
        let now = self.clock.now();
        store::take(tx, self.holder, self.channel.kind(), which, (now, now.plus(LEASE))).await
    }

    /// Prepares deliveries that were taken; what is over already is written down at once.
    async fn open(&self, tx: &mut Tx, taken: Vec<Delivery>) -> Result<Vec<Started>> {
        let (left, wanted): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|delivery| delivery.attempts > delivery.max_attempts);
        let give_up = |delivery| {
            // Its last attempt was left behind: it may have arrived, but it is not sent again.
            let why = "the server was stopped at every attempt to send it";
            Started { delivery, sending: ready(Outcome::GiveUp(why.to_owned())).boxed() }
        };
        let mut started: Vec<Started> = left.into_iter().map(give_up).collect();
        let prepared = self.channel.prepare_all(tx, &wanted).await?;
        let mut over = Vec::new();
        for (delivery, prepared) in wanted.into_iter().zip(prepared) {
            match prepared {
                Prepared::Send(sending) => started.push(Started { delivery, sending }),
                Prepared::Over(fate) => over.push((delivery, fate)),
            }
        }
        let over: Vec<_> = over.iter().map(|(delivery, fate)| (delivery, fate)).collect();
        conclude(&*self.channel, tx, &self.clock, Some(self.holder), &over).await?;
        Ok(started)
    }

    async fn write_down(&self, tx: &mut Tx, finished: &[Finished]) -> Result<()> {
        let fates: Vec<Fate> = finished.iter().map(|done| self.fate(done)).collect();
        let fates: Vec<_> = finished.iter().map(|done| &done.delivery).zip(&fates).collect();
        conclude(&*self.channel, tx, &self.clock, Some(self.holder), &fates).await.map(drop)
    }

    /// What becomes of a delivery after an attempt.
    fn fate(&self, Finished { delivery, outcome, .. }: &Finished) -> Fate {
        let again = |asked: Option<Duration>, why: &str, unknown: bool| {
            let why = why.to_owned();
            if delivery.attempts < delivery.max_attempts {
                Fate::Later { after: self.pace.wait(&self.clock, delivery.attempts, asked), why, unknown }
            } else {
                Fate::Failed(why)
            }
        };
        match outcome {
            Outcome::Sent { answer } => Fate::Sent { answer: answer.clone() },
            Outcome::Rejected(why) => Fate::Rejected(why.clone()),
            Outcome::GiveUp(why) => Fate::Failed(why.clone()),
            Outcome::Later { after, why } => again(*after, why, false),
            Outcome::Unknown(why) => again(None, why, true),
        }
    }

    /// Makes the attempt that has begun.
    pub(crate) fn attempt(&self, started: Started) -> impl Future<Output = (Delivery, Outcome)> + Send + 'static {
        let (channel, limit) = (Arc::clone(&self.channel), self.pace.limit);
        let Started { delivery, sending } = started;
        async move {
            let work = async {
                if delivery.unanswered
                    && let Some(outcome) = channel.reconcile(&delivery).await
                {
                    return outcome;
                }
                sending.await
            };
            let begun = std::time::Instant::now();
            let outcome = match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Outcome::Unknown("the channel panicked".to_owned()),
                Err(_) => Outcome::Unknown(format!("it took longer than {} s", limit.as_secs())),
            };
            metrics::histogram!("delivery_seconds", "kind" => channel.kind()).record(begun.elapsed().as_secs_f64());
            (delivery, outcome)
        }
    }

    /// When the next delivery is due.
    pub(crate) async fn next_due(&self) -> Result<Option<Timestamp>> {
        store::next_due(&mut self.db.read().await?, self.channel.kind()).await
    }

    /// Tells that what is being sent still is.
    pub(crate) async fn renew(&self) -> Result<()> {
        let mut tx = self.db.write().await?;
        store::renew(&mut tx, self.holder, self.sending.keys().copied(), self.clock.now().plus(LEASE)).await?;
        tx.commit().await
    }

    /// Lets others take what is still being sent here, which ends now.
    pub(crate) async fn release(&self) -> Result<u64> {
        let mut tx = self.db.write().await?;
        let released = store::release(&mut tx, self.holder, self.clock.now()).await?;
        tx.commit().await?;
        Ok(released)
    }
}

/// Takes in what is heard of a delivery from elsewhere, such as the other side's webhook: that it arrived, that it never will, or that it
/// is to be given up. What is heard late or twice changes nothing, and a delivery that arrived stays so. Tells whether anything changed.
pub async fn hear(tx: &mut Tx, clock: &Clock, channel: &dyn Channel, id: DeliveryId, outcome: Outcome) -> Result<bool> {
    let fate = match outcome {
        Outcome::Sent { answer } => Fate::Sent { answer },
        Outcome::Rejected(why) => Fate::Rejected(why),
        Outcome::GiveUp(why) => Fate::Failed(why),
        // Says nothing that is not known by the attempt itself.
        Outcome::Later { .. } | Outcome::Unknown(_) => return Ok(false),
    };
    let Some(delivery) = store::find(tx, id).await? else { return Ok(false) };
    Ok(conclude(channel, tx, clock, None, &[(&delivery, &fate)]).await? == 1)
}

/// Writes down what came of these deliveries; tells of how many that is new.
async fn conclude(
    channel: &dyn Channel,
    tx: &mut Tx,
    clock: &Clock,
    holder: Option<Holder>,
    fates: &[(&Delivery, &Fate)],
) -> Result<usize> {
    let changed = store::settle_all(tx, holder, fates, clock.now()).await?;
    let settled: Vec<_> =
        fates.iter().zip(changed).filter_map(|(settled, is_new)| is_new.then_some(*settled)).collect();
    channel.settle_all(tx, &settled).await?;
    for (delivery, fate) in &settled {
        let (kind, state, id) = (channel.kind(), fate.state(), delivery.id);
        let given_up = match fate {
            Fate::Failed(why) => Some(why.clone()),
            _ => None,
        };
        tx.after_commit(move || {
            let outcome = if state.is_over() { kernel::Words::word(state) } else { "later" };
            metrics::counter!("deliveries_total", "kind" => kind, "outcome" => outcome).increment(1);
            if let Some(why) = given_up {
                tracing::error!(kind, delivery = %id, why = crate::scrub::scrub(&why), "a delivery has been given up; it can be replayed");
            }
        });
    }
    Ok(settled.len())
}
