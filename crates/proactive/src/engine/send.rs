//! Carrying out what is due, after everything was asked once more.

use audience::text::{Values, fill};
use audience::{Member, Purpose as Allowed, members};
use channels::conversations::Handler;
use channels::gate::Purpose;
use channels::messages::{Choice, Status, UsedTemplate};
use channels::{Words, handler_of, say, withdraw};
use db::Tx;
use events::TxExt as _;
use kernel::{Result, Timestamp, time};

use super::find;
use super::marks::{Zones, next};
use crate::Proactive;
use crate::events::{CoachNotified, RuleFired};
use crate::model::{Action, ActionKind, Firing, FiringId, Reason, Rule, State, TriggerKind};
use crate::store::days::{self, Move};
use crate::store::{firings, marks, rules};

/// So many are taken at a time.
const BITE: u32 = 500;
/// After so many failures here a firing is given up.
const MOST_ATTEMPTS: i64 = 5;
/// How long it waits after one.
const WAIT: i64 = 5 * time::MINUTE;

/// The key by which a message of a firing is said once.
pub(crate) fn key_of(id: FiringId) -> String {
    format!("rule:{id}")
}

/// The firing of such a key.
pub(crate) fn of_key(key: &str) -> Option<FiringId> {
    key.strip_prefix("rule:")?.parse().ok()
}

/// What came of one.
enum Came {
    /// It is as it should be: to be committed.
    Done,
    /// The member wrote, or was written to, at the same moment: nothing of this may stay.
    Overtaken,
}

/// Carries out everything that is due, each firing in a transaction of its own. One that fails waits, and holds nobody up.
pub(crate) async fn send_due(of: &Proactive) -> Result<()> {
    loop {
        let now = of.app().clock().now();
        let due = firings::due(&mut of.app().read().await?, now, BITE).await?;
        for id in &due {
            if let Err(error) = carry_out(of, *id).await {
                tracing::warn!(%error, firing = %id, "a proactive firing cannot be carried out");
                put_off(of, *id).await?;
            }
        }
        if due.len() < BITE as usize {
            return Ok(());
        }
    }
}

/// Carries out one firing.
async fn carry_out(of: &Proactive, id: FiringId) -> Result<()> {
    // What is overtaken has changed: it is looked at once more.
    for _ in 0..3 {
        let mut tx = of.app().write().await?;
        match work(of, &mut tx, id).await? {
            Came::Done => return tx.commit().await,
            Came::Overtaken => tx.abandon().await?,
        }
    }
    put_off(of, id).await
}

async fn put_off(of: &Proactive, id: FiringId) -> Result<()> {
    let now = of.app().clock().now();
    let mut tx = of.app().write().await?;
    let attempts = firings::put_off(&mut tx, id, now.plus(WAIT)).await?;
    if attempts.is_some_and(|attempts| attempts >= MOST_ATTEMPTS)
        && let Some(firing) = firings::by_id(&mut tx, id).await?
    {
        if firing.state == State::Queued {
            suppress(&mut tx, &firing, Reason::Error, now).await?;
        } else {
            firings::step(&mut tx, &firing, firing.step, None).await?;
        }
    }
    tx.commit().await
}

/// Writes down that a firing is not carried out.
pub(crate) async fn suppress(tx: &mut Tx, firing: &Firing, reason: Reason, now: Timestamp) -> Result<bool> {
    let is_new = firings::suppress(tx, firing, reason).await?;
    if is_new {
        days::suppressed(tx, firing, reason, now).await?;
    }
    Ok(is_new)
}

async fn work(of: &Proactive, tx: &mut Tx, id: FiringId) -> Result<Came> {
    let now = of.app().clock().now();
    let Some(firing) = firings::by_id(tx, id).await? else { return Ok(Came::Done) };
    if firing.due_at.is_none_or(|due| due > now) {
        return Ok(Came::Done);
    }
    let rule = rules::by_id(tx, firing.rule_id).await?;
    let member = members::get(tx, firing.workspace_id, firing.member_id).await?;
    let Some((rule, member)) = rule.zip(member) else { return end(tx, &firing, Reason::Changed, now).await };
    if let Some(reason) = refusal(of, tx, &rule, &firing, &member, now).await? {
        return end(tx, &firing, reason, now).await;
    }
    if firing.is_control {
        let until = now.plus(rule.success_hours * time::HOUR);
        if firings::fired(tx, id, State::HeldOut, now, until).await? {
            firings::step(tx, &firing, firing.step, None).await?;
            days::shift(tx, &firing, now, Move { held_out: 1, ..Move::default() }).await?;
        }
        return Ok(Came::Done);
    }
    let actions = in_order(&rule);
    let at = |action: &Action| firing.created_at.plus(action.delay());
    let mut step = firing.step;
    while let Some(action) = actions.get(step as usize).filter(|action| at(action) <= now) {
        if action.kind == ActionKind::SendMessage {
            match write_to(of, tx, &rule, &firing, &member, action, now).await? {
                Wrote::Yes => {}
                Wrote::Never => return Ok(Came::Done),
                Wrote::Overtaken => return Ok(Came::Overtaken),
            }
        } else {
            act(of, tx, &rule, &firing, &member, action, now).await?;
        }
        step += 1;
    }
    if !firings::step(tx, &firing, step, actions.get(step as usize).map(|action| at(action))).await? {
        return Ok(Came::Overtaken);
    }
    if !rule.writes() && step as usize >= actions.len() {
        has_fired(tx, &rule, &firing, None, now).await?;
    }
    Ok(Came::Done)
}

/// A rule's actions as they come: by their delays; of those of one moment the message first, since it takes the conversation's lock.
fn in_order(rule: &Rule) -> Vec<&Action> {
    let mut actions: Vec<&Action> = rule.actions.0.iter().collect();
    actions.sort_by_key(|action| (action.delay_minutes, action.kind != ActionKind::SendMessage));
    actions
}

/// Nothing more is done; what was done stays.
async fn end(tx: &mut Tx, firing: &Firing, reason: Reason, now: Timestamp) -> Result<Came> {
    if firing.state == State::Queued {
        suppress(tx, firing, reason, now).await?;
    } else {
        firings::step(tx, firing, firing.step, None).await?;
    }
    Ok(Came::Done)
}

/// Why a firing may not be carried out, if so.
async fn refusal(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    firing: &Firing,
    member: &Member,
    now: Timestamp,
) -> Result<Option<Reason>> {
    if !rule.is_on() {
        return Ok(Some(Reason::Paused));
    }
    if !holds(of, tx, rule, firing, member).await? {
        return Ok(Some(Reason::Changed));
    }
    if !rule.writes() || firing.message_id.is_some() {
        return Ok(None);
    }
    if !members::may(tx, member, member.channel, Allowed::Marketing).await?.may_answer() {
        return Ok(Some(Reason::OptedOut));
    }
    if handler_of(tx, firing.workspace_id, firing.member_id).await? != Handler::Bot {
        return Ok(Some(Reason::Escalated));
    }
    Ok(is_capped(of, tx, firing, now).await?.then_some(Reason::Capped))
}

/// Did the member have as many of these messages as they may, over all rules?
async fn is_capped(of: &Proactive, tx: &mut Tx, firing: &Firing, now: Timestamp) -> Result<bool> {
    let said = firings::said_since(tx, firing, now.plus(-7 * time::DAY)).await?;
    let weekly = of.channels().settings().weekly as usize;
    let newest = said.first().is_some_and(|at| at.plus(of.settings().gap) > now);
    Ok(newest || said.len() >= weekly)
}

/// Is it still as it was when the rule noticed?
async fn holds(of: &Proactive, tx: &mut Tx, rule: &Rule, firing: &Firing, member: &Member) -> Result<bool> {
    let (set, silence) = (&rule.conditions.0, Timestamp::from_micros(firing.silence));
    Ok(match rule.kind {
        TriggerKind::Inactivity => member.active_at == silence,
        TriggerKind::NoReply => member.active_at <= firing.created_at,
        TriggerKind::ProgramStalled => find::still_stalled(of, tx, rule, member.id, silence).await?,
        TriggerKind::BadgeNear => true,
        TriggerKind::Date => {
            let zones = Zones::of(tx, rule.workspace_id).await?;
            next(set, member, &zones, silence.plus(-1)) == Some(silence)
        }
        TriggerKind::ScoreBelow => {
            member.score >= 0 && member.score < set.mark() && marks::of(tx, rule.id, member.id).await? == Some(silence)
        }
    })
}

enum Wrote {
    Yes,
    Never,
    Overtaken,
}

/// Hands the message over.
async fn write_to(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    firing: &Firing,
    member: &Member,
    action: &Action,
    now: Timestamp,
) -> Result<Wrote> {
    let known = Values::of(member);
    let text = fill(action.message_template.as_deref().unwrap_or_default(), &known);
    let text = text.trim();
    if text.is_empty() {
        suppress(tx, firing, Reason::NothingToSay, now).await?;
        return Ok(Wrote::Never);
    }
    let text: String = text.chars().take(channels::messages::LONGEST).collect();
    let buttons = action.buttons.iter().zip(1..);
    let words = Words {
        purpose: Purpose::Proactive,
        text,
        buttons: buttons
            .map(|(button, place)| Choice { id: format!("rule:{}:{place}", firing.id), title: button.title.clone() })
            .collect(),
        template: action.template.as_ref().map(|template| UsedTemplate {
            name: template.name.clone(),
            language: template.language.clone(),
            parameters: template.params.iter().map(|text| fill(text, &known).trim().to_owned()).collect(),
        }),
        key: key_of(firing.id),
    };
    let Some(message) = say(of.channels(), tx, firing.workspace_id, member.id, None, words).await? else {
        suppress(tx, firing, Reason::Unreachable, now).await?;
        return Ok(Wrote::Never);
    };
    // The conversation is held from here on: what the member, or another rule, did meanwhile can be seen.
    let Some(current) = firings::by_id(tx, firing.id).await? else { return Ok(Wrote::Overtaken) };
    let overtaken = current.step != firing.step
        || current.message_id.is_some()
        || current.reason.is_some_and(|reason| reason == Reason::Replied);
    if overtaken || is_capped(of, tx, firing, now).await? {
        return Ok(Wrote::Overtaken);
    }
    firings::said(tx, firing, message.id, now).await?;
    match firings::by_id(tx, firing.id).await? {
        Some(current) if current.state == State::Suppressed || current.state == State::Failed => Ok(Wrote::Never),
        Some(current) if message.status == Status::Held && message.due_at.is_none() => {
            // It would wait until the member writes, and be held back then.
            suppress(tx, &current, Reason::WindowClosed, now).await?;
            withdraw(of.channels(), tx, rule.workspace_id, message.id, "Only a template may be sent now").await?;
            Ok(Wrote::Never)
        }
        _ => Ok(Wrote::Yes),
    }
}

/// Does what is not a message.
async fn act(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    firing: &Firing,
    member: &Member,
    action: &Action,
    now: Timestamp,
) -> Result<()> {
    match action.kind {
        ActionKind::Tag => {
            let tags: Vec<String> = action.tag.clone().into_iter().collect();
            members::tag(tx, member, &tags, &[], now).await.map(drop)
        }
        ActionKind::Enrol => match action.program_id {
            Some(program) => of.programs().enrol(tx, firing.workspace_id, member.id, program).await,
            None => Ok(()),
        },
        ActionKind::NotifyCoach => {
            tx.event(CoachNotified {
                workspace_id: firing.workspace_id,
                rule_id: rule.id,
                firing_id: firing.id,
                user_id: member.id,
                trigger: rule.kind,
            });
            Ok(())
        }
        // Webhooks hear of every firing; the message is said elsewhere.
        ActionKind::Webhook | ActionKind::SendMessage => Ok(()),
    }
}

/// Writes down that a firing was carried out, and tells of it. Nothing happens if it was already.
pub(crate) async fn has_fired(
    tx: &mut Tx,
    rule: &Rule,
    firing: &Firing,
    message: Option<channels::messages::MessageId>,
    now: Timestamp,
) -> Result<()> {
    let until = now.plus(rule.success_hours * time::HOUR);
    if !firings::fired(tx, firing.id, State::Fired, now, until).await? {
        return Ok(());
    }
    tx.event(RuleFired {
        workspace_id: firing.workspace_id,
        rule_id: rule.id,
        firing_id: firing.id,
        user_id: firing.member_id,
        trigger: rule.kind,
        message_id: message,
    });
    days::shift(tx, firing, now, Move { triggers: 1, ..Move::default() }).await
}
