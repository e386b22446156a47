//! What runs by itself: the fate of mails, the steps of sequences, reminders of calls.

use campaigns::Campaign;
use db::Tx;
use jobs::{Context, Failure, NewJob, Outcome, Payload, Registry};
use kernel::{Clock, Error, Kind, OutreachId, Result, Scope, Timestamp, time};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::letter::{self, Values};
use crate::letters;
use crate::sending::{self, Letter};
use crate::store::sequences::{self, Run, RunId};
use crate::store::{self, touches};
use crate::{CallStatus, EmailStatus, Entry, MessageType, Outreach, Stage};

const STEP: &str = "outreach.sequence";
const REMINDER: &str = "outreach.reminder";

#[derive(Serialize, Deserialize)]
struct StepDue {
    run_id: RunId,
    step: u32,
}

#[derive(Serialize, Deserialize)]
struct ReminderDue {
    outreach_id: OutreachId,
    /// When the call was to be as this was enqueued, in microseconds.
    scheduled_at: i64,
}

/// Every job of outreach.
pub fn jobs(outreach: &Outreach) -> Registry {
    let mut registry = Registry::new();
    let own = outreach.clone();
    registry.on(sending::FATE, move |context, payload| sending::fate(own.clone(), context, payload));
    let own = outreach.clone();
    registry.on(STEP, move |context, payload| step(own.clone(), context, payload));
    let own = outreach.clone();
    registry.on(REMINDER, move |context, payload| remind(own.clone(), context, payload));
    let own = outreach.clone();
    registry.on(letters::FATE, move |context, payload| letters::fate(own.clone(), context, payload));
    crate::sweeping::register(&mut registry, outreach);
    registry
}

/// Has a run's next step done when it is due.
pub(crate) async fn enqueue_step(tx: &mut Tx, clock: &Clock, run: &Run, step: u32, due: Timestamp) -> Result<()> {
    let job = NewJob::new(STEP, &StepDue { run_id: run.id, step })?.dedupe(format!("{}:{step}", run.id)).at(due);
    jobs::enqueue(tx, clock, job).await.map(drop)
}

/// Has somebody reminded of a call.
pub(crate) async fn enqueue_reminder(tx: &mut Tx, clock: &Clock, entry: &Entry, due: Timestamp) -> Result<()> {
    let Some(scheduled_at) = entry.scheduled_at else { return Ok(()) };
    let due_now = ReminderDue { outreach_id: entry.id, scheduled_at: scheduled_at.micros() };
    // A call that is moved away and back has one reminder all the same.
    let once = format!("{}@{}", entry.id, scheduled_at.micros());
    jobs::enqueue(tx, clock, NewJob::new(REMINDER, &due_now)?.dedupe(once).at(due)).await.map(drop)
}

/// Why a sequence must not go on with this entry.
fn over(entry: &Entry) -> Option<&'static str> {
    match (entry.email(), entry.stage) {
        (EmailStatus::Replied, _) => Some("replied"),
        (EmailStatus::Bounced, _) => Some("bounced"),
        (_, Stage::Agreed) => Some("agreed"),
        (_, Stage::Declined) => Some("declined"),
        // They answered by telephone.
        (_, Stage::Replied | Stage::Negotiating) => Some("replied"),
        _ => None,
    }
}

async fn step(outreach: Outreach, context: Context, payload: Payload) -> Outcome {
    let due: StepDue = payload.read()?;
    let key = outreach.key().await?;
    let (scope, clock, now) = (Scope::system(), &context.clock, context.clock.now());
    let mut tx = outreach.app().write().await?;
    let Some(run) = sequences::run_by_id(scope, &mut tx, due.run_id).await? else { return Ok(()) };
    let Some(mut entry) = store::take(scope, &mut tx, run.outreach_id).await? else { return Ok(()) };
    if let Some(reason) = over(&entry) {
        sequences::stop(scope, &mut tx, run.id, reason, now).await?;
        return Ok(tx.commit().await?);
    }
    let following = run.steps.0.get(due.step as usize + 1);
    let next_at = following.map(|step| now.plus(i64::from(step.after_days) * time::DAY));
    // The step moves first: whoever loses this race has nothing to send.
    let at_its_place = Run { step: due.step, ..run.clone() };
    if !sequences::advance(scope, &mut tx, &at_its_place, next_at, now).await? {
        return Ok(());
    }
    match mail_of(&mut tx, &run, &entry, due.step).await {
        Ok((campaign, letter)) => {
            let id = clock.new_id();
            let queued = sending::queue((&outreach, key), scope, &mut tx, (&campaign, &mut entry), letter, id).await;
            match queued {
                Ok(_) => {}
                Err(error) if error.kind() == Kind::Conflict => {
                    drop(tx);
                    return stopped(&outreach, &context, run.id, error.message()).await;
                }
                // Too many mails today: the step is put off, and nothing has moved.
                Err(error) if matches!(error.kind(), Kind::RateLimited(_)) => {
                    drop(tx);
                    let mut tx = outreach.app().write().await?;
                    enqueue_step(&mut tx, clock, &run, due.step, now.plus(time::HOUR)).await?;
                    return Ok(tx.commit().await?);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::NotFound) => {
            drop(tx);
            return stopped(&outreach, &context, run.id, error.message()).await;
        }
        Err(error) => return Err(error.into()),
    }
    if let Some(next_at) = next_at {
        enqueue_step(&mut tx, clock, &run, due.step + 1, next_at).await?;
    }
    Ok(tx.commit().await?)
}

/// What cannot be sent ends the run, and the run says why.
async fn stopped(outreach: &Outreach, context: &Context, run: RunId, why: &str) -> Outcome {
    let mut tx = outreach.app().write().await?;
    sequences::stop(Scope::system(), &mut tx, run, why, context.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn mail_of(tx: &mut Tx, run: &Run, entry: &Entry, step: u32) -> Result<(Campaign, Letter)> {
    let scope = Scope::system();
    let campaign = campaigns::find(scope, tx, &entry.campaign_id.to_string()).await?;
    let creator =
        creators::store::by_id(scope, tx, entry.creator_id).await?.ok_or_else(|| Error::not_found("Creator"))?;
    let to = creator.email.clone().ok_or_else(|| Error::invalid_field("creator_id", "has no e-mail address"))?;
    let written = run.steps.0.get(step as usize).ok_or_else(|| Error::not_found("Step"))?;
    let values = Values::of(&campaign, &creator);
    let last = touches::last_mail(scope, tx, entry.id).await?;
    let subject = match (&written.subject, &last) {
        (Some(subject), _) => letter::fill("subject", subject, &values)?,
        (None, Some(last)) => {
            let subject = last.subject.clone().unwrap_or_default();
            if subject.starts_with("Re: ") { subject } else { format!("Re: {subject}") }
        }
        (None, None) => format!("{} for {}", campaign.product_name, creator.name),
    };
    let letter = Letter {
        to,
        subject,
        text: letter::fill("message", &written.message, &values)?,
        in_reply_to: last.filter(|_| written.subject.is_none()).and_then(|last| last.message_id),
        message_type: if step == 0 { MessageType::Outreach } else { MessageType::FollowUp },
        by: run.by_account,
        detail: json!({"run_id": run.id, "step": step}),
    };
    Ok((campaign, letter))
}

async fn remind(outreach: Outreach, context: Context, payload: Payload) -> Outcome {
    let due: ReminderDue = payload.read()?;
    let key = outreach.key().await?;
    let (scope, now) = (Scope::system(), context.clock.now());
    let mut tx = outreach.app().write().await?;
    let Some(entry) = store::take(scope, &mut tx, due.outreach_id).await? else { return Ok(()) };
    let scheduled = entry.scheduled_at.filter(|at| at.micros() == due.scheduled_at && *at > now);
    let (Some(scheduled), CallStatus::Scheduled) = (scheduled, entry.call()) else { return Ok(()) };
    let campaign = match campaigns::find(scope, &mut tx, &entry.campaign_id.to_string()).await {
        Ok(campaign) => campaign,
        Err(error) if error.kind() == Kind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let creator = creators::store::by_id(scope, &mut tx, entry.creator_id).await?;
    let Some((name, Some(to))) = creator.map(|creator| (creator.name, creator.email)) else { return Ok(()) };
    match sending::refuse_suppressed(scope, &mut tx, &campaign, &to).await {
        Ok(()) => {}
        Err(error) if error.kind() == Kind::Conflict => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let link = crate::calendar::link(&outreach, key, &entry);
    let letter = Letter {
        to,
        subject: format!("Reminder: our call about {} at {scheduled}", campaign.product_name),
        text: format!(
            "Hello {name},\n\nthis is a reminder of our call about {} at {scheduled} (UTC).\nThe date for your calendar: {link}",
            campaign.product_name
        ),
        in_reply_to: None,
        message_type: MessageType::FollowUp,
        by: None,
        // The job's own id: run twice, it writes once.
        detail: json!({"reminder": true, "job_id": context.id}),
    };
    let id = touches::TouchId::from_uuid(context.id.uuid());
    if touches::by_id(scope, &mut tx, id).await?.is_some() {
        return Ok(());
    }
    sending::write((&outreach, key), scope, &mut tx, (&campaign, &entry), &letter, id).await?;
    tx.commit().await.map_err(Failure::from)
}
