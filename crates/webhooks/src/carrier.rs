//! Who carries deliveries to their receivers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use db::Tx;
use delivery::{Channel, Delivery, Fate, Outcome, Pace, Prepared};
use events::TxExt as _;
use futures::FutureExt as _;
use kernel::{Result, Timestamp};
use parking_lot::Mutex;
use ports::outward::{Answer, Fault, Method, Request};

use crate::events::WebhookDisabled;
use crate::follow::KIND;
use crate::hosts::{AT_ONCE, Hosts, host_of};
use crate::model::schedule::{self, Verdict};
use crate::model::{Attempt, DeliveryId, DeliveryStatus, Log, Status, Subscription, SubscriptionId, secret};
use crate::store::deliveries::After;
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

    /// The request of an attempt, signed at this moment.
    fn request(to: &Subscription, log: &Log, secrets: &[String], now: Timestamp) -> Request {
        let (id, at) = (log.id.to_string(), now.micros().div_euclid(kernel::time::SECOND));
        let signature = secret::sign(secrets.iter().map(String::as_str), &id, at, &log.body);
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
            ..Request::new(Method::Post, to.url.clone())
        }
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
        let over = |why: &str| Ok(Prepared::Over(Fate::Withheld(why.to_owned())));
        let id = DeliveryId::from_uuid(delivery.subject);
        self.reports.lock().remove(&id);
        let Some(log) = store::deliveries::by_id(tx, id).await? else { return over("it was forgotten") };
        if log.status != DeliveryStatus::Pending {
            return over("it is over");
        }
        let to = store::subscriptions::by_id(tx, log.subscription_id).await?;
        let Some(to) = to.filter(|to| to.status == Status::Enabled) else { return over(OFF) };
        let clock = self.webhooks.app().clock().clone();
        // A secret that cannot be opened is a fault of the settings: it is tried again.
        let secrets = to.secrets(self.webhooks.keys(), clock.now())?;
        let works_since = to.delivered_at.filter(|_| to.failing_since.is_none());
        let is_known_to_work = works_since.is_some_and(|at| at.plus(EXACTLY) > clock.now());
        let (hosts, reports) = (Arc::clone(&self.hosts), Arc::clone(&self.reports));
        let (outward, number) = (Arc::clone(self.webhooks.outward()), delivery.attempts);
        let sending = async move {
            let _turn = hosts.turn(&host_of(&to.url)).await;
            let begun = clock.now();
            let answered = outward.send(Self::request(&to, &log, &secrets, begun)).await;
            let verdict = schedule::judge(number, answered.as_ref());
            let attempt = attempt(&log, begun, clock.now(), &answered);
            let why = attempt.error.clone().unwrap_or_default();
            let outcome = match &verdict {
                Verdict::Arrived => Outcome::Sent { answer: None },
                Verdict::Again(after) => Outcome::Later { after: Some(*after), why },
                Verdict::Over | Verdict::Gone => Outcome::Rejected(why),
            };
            reports.lock().insert(log.id, Report { verdict, attempt, is_known_to_work });
            outcome
        };
        Ok(Prepared::Send(sending.boxed()))
    }

    async fn settle(&self, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<()> {
        let now = self.webhooks.app().clock().now();
        let id = DeliveryId::from_uuid(delivery.subject);
        let (status, next_at) = match fate {
            Fate::Sent { .. } => (DeliveryStatus::Delivered, None),
            Fate::Later { after, .. } => {
                (DeliveryStatus::Pending, Some(now.plus(i64::try_from(after.as_micros()).unwrap_or(i64::MAX))))
            }
            Fate::Rejected(_) | Fate::Failed(_) => (DeliveryStatus::Failed, None),
            Fate::Withheld(_) => (DeliveryStatus::Withheld, None),
        };
        let report = self.reports.lock().get(&id).cloned();
        let http_status = report.as_ref().and_then(|report| report.attempt.http_status);
        let counted = status != DeliveryStatus::Withheld;
        let after = After { status, counted, http_status, error: fate.why(), next_at };
        let Some((number, subscription)) = store::deliveries::settle(tx, id, after, now).await? else { return Ok(()) };
        if !counted {
            return Ok(());
        }
        // Without a report nobody heard the end of it: the process was too slow, or broken off.
        let unheard = || Attempt {
            delivery_id: id,
            number,
            at: now,
            took_ms: 0,
            http_status: None,
            fault: Some("unheard".into()),
            error: fate.why().map(str::to_owned),
            answer: None,
        };
        let report =
            report.unwrap_or_else(|| Report { verdict: Verdict::Over, attempt: unheard(), is_known_to_work: false });
        tx.insert(&Attempt { number, ..report.attempt }).await?;
        match fate {
            Fate::Sent { .. } if report.is_known_to_work => {}
            Fate::Sent { .. } => store::subscriptions::arrived(tx, subscription, now).await?,
            _ => self.failed(tx, subscription, report.verdict == Verdict::Gone).await?,
        }
        let reports = Arc::clone(&self.reports);
        tx.after_commit(move || drop(reports.lock().remove(&id)));
        Ok(())
    }
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
