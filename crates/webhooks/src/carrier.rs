//! Who carries deliveries to their receivers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::Tx;
use delivery::{Channel, Delivery, Fate, Outcome, Pace, Prepared};
use events::TxExt as _;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::{Error, Result, Timestamp};
use parking_lot::Mutex;
use ports::outward::{Answer, Fault, Method, Request};

use crate::events::WebhookDisabled;
use crate::follow::KIND;
use crate::hosts::{AT_ONCE, Hosts, host_of};
use crate::model::schedule::{self, Verdict};
use crate::model::{Attempt, DeliveryId, DeliveryStatus, Log, Subscription, SubscriptionId, secret};
use crate::store::deliveries::{After, Settled};
use crate::{Webhooks, store};

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What of an answer is kept, in bytes.
const KEPT: usize = 2 << 10;
/// How many requests are on their way at once, to all hosts together.
const HANDS: usize = 64;
/// How long an attempt may take with the wait for its host's turn.
const LIMIT: Duration = Duration::from_secs(120);
/// How exactly a subscription's row says when something arrived or failed last.
const EXACTLY: i64 = kernel::time::MINUTE;
const OFF: &str = "The webhook was paused, disabled or deleted before this was sent.";

/// What came of an attempt, handed from the sending to the writing down in this process. What is lost with the process is sent again.
#[derive(Clone)]
struct Report {
    verdict: Verdict,
    attempt: Attempt,
    /// Does the subscription's row say by now that it works? Then it is left alone: many couriers would wait for each other there.
    is_known_to_work: bool,
}

/// Who is asked, as a transaction read it.
struct Receiver {
    url: String,
    /// Those that sign, opened.
    secrets: Vec<String>,
    is_known_to_work: bool,
}

impl Receiver {
    /// The request of an attempt, signed at this moment.
    fn request(&self, log: &Log, now: Timestamp) -> Request {
        let (id, at) = (log.id.to_string(), now.micros().div_euclid(kernel::time::SECOND));
        let signature = secret::sign(self.secrets.iter().map(String::as_str), &id, at, &log.body);
        let header = |name: &str, value: String| (name.to_owned(), value);
        Request {
            headers: vec![
                header("content-type", "application/json".into()),
                header("webhook-id", id),
                header("webhook-timestamp", at.to_string()),
                header("webhook-signature", signature),
            ],
            body: log.body.clone().into(),
            timeout: PATIENCE,
            most_bytes: KEPT,
            ..Request::new(Method::Post, self.url.clone())
        }
    }
}

/// The end of an attempt, or of a delivery that was not tried.
struct End<'a> {
    id: DeliveryId,
    fate: &'a Fate,
    /// Without one nobody heard the end of it: the process was too slow, or broken off.
    report: Option<Report>,
}

impl End<'_> {
    fn has_arrived(&self) -> bool {
        matches!(self.fate, Fate::Sent { .. })
    }

    fn is_attempt(&self) -> bool {
        !matches!(self.fate, Fate::Withheld(_))
    }

    fn is_gone(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.verdict == Verdict::Gone)
    }

    fn http_status(&self) -> Option<u64> {
        self.report.as_ref().and_then(|report| report.attempt.http_status)
    }

    /// How the log stands after it.
    fn after(&self, now: Timestamp) -> After<'_> {
        let (status, next_at) = match self.fate {
            Fate::Sent { .. } => (DeliveryStatus::Delivered, None),
            Fate::Later { after, .. } => {
                (DeliveryStatus::Pending, Some(now.plus(i64::try_from(after.as_micros()).unwrap_or(i64::MAX))))
            }
            Fate::Rejected(_) | Fate::Failed(_) => (DeliveryStatus::Failed, None),
            Fate::Withheld(_) => (DeliveryStatus::Withheld, None),
        };
        let (counted, error) = (self.is_attempt(), self.fate.why());
        After { status, counted, http_status: self.http_status(), error, next_at }
    }

    /// The attempt, as it is written down under its number.
    fn attempt(&self, number: u64, now: Timestamp) -> Attempt {
        if let Some(report) = &self.report {
            return Attempt { number, ..report.attempt.clone() };
        }
        Attempt {
            delivery_id: self.id,
            number,
            at: now,
            took_ms: 0,
            http_status: None,
            fault: Some("unheard".into()),
            error: self.fate.why().map(str::to_owned),
            answer: None,
        }
    }
}

/// Carries what webhooks are told.
pub(crate) struct Carrier {
    webhooks: Webhooks,
    hosts: Arc<Hosts>,
    reports: Arc<Mutex<HashMap<DeliveryId, Report>>>,
}

impl Carrier {
    /// One, with nothing on its way.
    pub(crate) fn new(webhooks: Webhooks) -> Self {
        Self { webhooks, hosts: Arc::default(), reports: Arc::default() }
    }

    /// Disables a subscription, and has its owner told.
    async fn disable(&self, tx: &mut Tx, to: &Subscription, reason: &str, says: &str) -> Result<()> {
        if store::subscriptions::disable(tx, to.id, says, self.webhooks.app().clock().now()).await? {
            tx.event(WebhookDisabled { workspace_id: to.workspace_id, webhook_id: to.id, reason: reason.to_owned() });
        }
        Ok(())
    }

    /// Counts an attempt that failed.
    async fn failed(&self, tx: &mut Tx, id: SubscriptionId, is_gone: bool) -> Result<()> {
        let now = self.webhooks.app().clock().now();
        let Some(to) = store::subscriptions::by_id(tx, id).await? else { return Ok(()) };
        if is_gone {
            return self.disable(tx, &to, "gone", "It answered 410: it wants nothing more.").await;
        }
        let since = schedule::failing(to.failing_since, to.failed_at, now);
        if to.failing_since != Some(since) || to.failed_at.is_none_or(|last| last.plus(EXACTLY) <= now) {
            store::subscriptions::failed(tx, to.id, since, now).await?;
        }
        if schedule::is_hopeless(since, now) {
            self.disable(tx, &to, "failing", "Nothing arrived for five days.").await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Channel for Carrier {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn pace(&self) -> Pace {
        Pace { hands_of_one: AT_ONCE, limit: LIMIT, ..Pace::of(HANDS) }
    }

    async fn prepare(&self, tx: &mut Tx, delivery: &Delivery) -> Result<Prepared> {
        let all = self.prepare_all(tx, std::slice::from_ref(delivery)).await?;
        all.into_iter().next().ok_or_else(|| Error::internal("a delivery was not prepared"))
    }

    async fn prepare_all(&self, tx: &mut Tx, deliveries: &[Delivery]) -> Result<Vec<Prepared>> {
        let over = |why: &str| Prepared::Over(Fate::Withheld(why.to_owned()));
        let ids: Vec<DeliveryId> = deliveries.iter().map(subject).collect();
        let mut logs: HashMap<DeliveryId, Log> =
            store::deliveries::by_ids(tx, &ids).await?.into_iter().map(|log| (log.id, log)).collect();
        let receivers = self.receivers(tx, logs.values().map(|log| log.subscription_id).collect()).await?;
        let mut all = Vec::with_capacity(deliveries.len());
        for (delivery, id) in deliveries.iter().zip(ids) {
            self.reports.lock().remove(&id);
            all.push(match logs.remove(&id) {
                None => over("it was forgotten"),
                Some(log) if log.status != DeliveryStatus::Pending => over("it is over"),
                Some(log) => match receivers.get(&log.subscription_id) {
                    None => over(OFF),
                    Some(to) => Prepared::Send(self.sending(Arc::clone(to), log, delivery.attempts)),
                },
            });
        }
        Ok(all)
    }

    async fn settle(&self, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<()> {
        self.settle_all(tx, &[(delivery, fate)]).await
    }

    async fn settle_all(&self, tx: &mut Tx, settled: &[(&Delivery, &Fate)]) -> Result<()> {
        let mut ends: Vec<End<'_>> = {
            let reports = self.reports.lock();
            let ids = settled.iter().map(|(delivery, fate)| (subject(delivery), *fate));
            ids.map(|(id, fate)| End { id, fate, report: reports.get(&id).cloned() }).collect()
        };
        let now = self.webhooks.app().clock().now();
        let written = write_down(tx, &ends, now).await?;
        // What was over already, or was not tried, says nothing of its receiver.
        ends.retain(|end| written.contains_key(&end.id) && end.is_attempt());
        let attempts: Vec<Attempt> = ends.iter().map(|end| end.attempt(written[&end.id].attempts, now)).collect();
        tx.insert_all(&attempts).await?;
        // In one order for all transactions, so that none waits for another that waits for it.
        ends.sort_by_key(|end| written[&end.id].subscription_id);
        for of_one in ends.chunk_by(|one, other| written[&one.id].subscription_id == written[&other.id].subscription_id)
        {
            self.tell(tx, written[&of_one[0].id].subscription_id, of_one, now).await?;
        }
        let (reports, ids): (_, Vec<DeliveryId>) = (Arc::clone(&self.reports), ends.iter().map(|end| end.id).collect());
        tx.after_commit(move || {
            let mut reports = reports.lock();
            for id in &ids {
                reports.remove(id);
            }
        });
        Ok(())
    }
}

impl Carrier {
    /// The subscriptions that are enabled, with their secrets opened.
    async fn receivers(
        &self,
        tx: &mut Tx,
        ids: BTreeSet<SubscriptionId>,
    ) -> Result<HashMap<SubscriptionId, Arc<Receiver>>> {
        let now = self.webhooks.app().clock().now();
        let mut receivers = HashMap::new();
        for to in store::subscriptions::enabled(tx, ids).await? {
            // A secret that cannot be opened is a fault of the settings: it is tried again.
            let secrets = to.secrets(self.webhooks.keys(), now)?;
            let works_since = to.delivered_at.filter(|_| to.failing_since.is_none());
            let is_known_to_work = works_since.is_some_and(|at| at.plus(EXACTLY) > now);
            receivers.insert(to.id, Arc::new(Receiver { url: to.url, secrets, is_known_to_work }));
        }
        Ok(receivers)
    }

    /// Sends one delivery and keeps the report of what came of it.
    fn sending(&self, to: Arc<Receiver>, log: Log, number: u32) -> BoxFuture<'static, Outcome> {
        let (hosts, reports) = (Arc::clone(&self.hosts), Arc::clone(&self.reports));
        let (outward, clock) = (Arc::clone(self.webhooks.outward()), self.webhooks.app().clock().clone());
        async move {
            let _turn = hosts.turn(&host_of(&to.url)).await;
            let begun = clock.now();
            let answered = outward.send(to.request(&log, begun)).await;
            let verdict = schedule::judge(number, answered.as_ref());
            let attempt = attempt(&log, begun, clock.now(), &answered);
            let why = attempt.error.clone().unwrap_or_default();
            let outcome = match &verdict {
                Verdict::Arrived => Outcome::Sent { answer: None },
                Verdict::Again(after) => Outcome::Later { after: Some(*after), why },
                Verdict::Over | Verdict::Gone => Outcome::Rejected(why),
            };
            reports.lock().insert(log.id, Report { verdict, attempt, is_known_to_work: to.is_known_to_work });
            outcome
        }
        .boxed()
    }

    /// Writes down with a subscription what came of deliveries to it.
    async fn tell(&self, tx: &mut Tx, id: SubscriptionId, ends: &[End<'_>], now: Timestamp) -> Result<()> {
        let (arrived, failed): (Vec<_>, Vec<_>) = ends.iter().partition(|end| end.has_arrived());
        let is_gone = failed.iter().any(|end| end.is_gone());
        if !failed.is_empty() {
            self.failed(tx, id, is_gone).await?;
        }
        // After the failures: whoever took one of them works.
        let is_news = |end: &&End<'_>| end.report.as_ref().is_none_or(|report| !report.is_known_to_work);
        if arrived.iter().any(is_news) || (!arrived.is_empty() && !failed.is_empty()) {
            store::subscriptions::arrived(tx, id, now).await?;
        }
        Ok(())
    }
}

/// The delivery of the log that the courier's delivery carries.
fn subject(delivery: &Delivery) -> DeliveryId {
    DeliveryId::from_uuid(delivery.subject)
}

/// Writes into the log how deliveries stand; answers those that were not over already.
async fn write_down(tx: &mut Tx, ends: &[End<'_>], now: Timestamp) -> Result<HashMap<DeliveryId, Settled>> {
    let mut written = HashMap::new();
    // Most simply arrived, with one status or two: a statement for each status.
    let mut arrived: BTreeMap<Option<u64>, Vec<DeliveryId>> = BTreeMap::new();
    for end in ends {
        if end.has_arrived() {
            arrived.entry(end.http_status()).or_default().push(end.id);
        } else if let Some(settled) = store::deliveries::settle(tx, end.id, end.after(now), now).await? {
            written.insert(end.id, settled);
        }
    }
    for (http_status, ids) in arrived {
        let settled = store::deliveries::arrived(tx, &ids, http_status, now).await?;
        written.extend(settled.into_iter().map(|settled| (settled.id, settled)));
    }
    Ok(written)
}

/// An attempt, as it is written down.
fn attempt(log: &Log, at: Timestamp, until: Timestamp, answered: &Result<Answer, Fault>) -> Attempt {
    let took = u64::try_from((until.micros() - at.micros()) / 1_000).unwrap_or_default();
    let bare = Attempt {
        delivery_id: log.id,
        number: 0,
        at,
        took_ms: took,
        http_status: None,
        fault: None,
        error: None,
        answer: None,
    };
    match answered {
        Ok(answer) => Attempt {
            took_ms: u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX),
            http_status: Some(answer.status.into()),
            error: (!answer.is_success()).then(|| said_of(answer.status)),
            // NUL is what PostgreSQL's text cannot hold.
            answer: Some(String::from_utf8_lossy(&answer.body).replace('\0', "")).filter(|text| !text.is_empty()),
            ..bare
        },
        Err(fault) => Attempt { fault: Some(fault.word().to_owned()), error: Some(fault.to_string()), ..bare },
    }
}

/// What an answer that is no 2xx means, and what to do about it.
fn said_of(status: u16) -> String {
    let what = match status {
        300..=399 => "redirects are not followed: give the final address",
        401 | 403 => "the receiver does not let us in: check its signature secret and its firewall",
        404 | 405 => "there is no such receiver: check the address and that it takes POST",
        410 => "the receiver wants nothing more",
        429 => "the receiver is asked too often",
        500..=599 => "the receiver is in trouble: see its own log",
        _ => "only 2xx counts as an arrival",
    };
    format!("It answered {status}: {what}.")
}
