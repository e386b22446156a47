//! Looking for what has crossed since it was looked last.

use db::Tx;
use jobs::NewJob;
use kernel::{Result, Timestamp, time};

use audience::MemberId;

use super::find::{self, BATCH, Found};
use super::jobs::SEND;
use super::marks;
use crate::Proactive;
use crate::model::{Firing, Rule, State, TriggerKind, everybody, is_held_out, nobody};
use crate::store::{firings, rules};

/// No rule looks at more batches at a time than this, so that every rule has its turn.
const MOST_BATCHES: usize = 200;
/// A cursor that found nobody is moved on after so long.
const IDLE: i64 = time::HOUR;

/// Looks at every rule that fires. What goes wrong with one is told, and keeps no other from its turn.
pub(crate) async fn scan_all(of: &Proactive) -> Result<()> {
    let mut behind = None;
    loop {
        let page = rules::active(&mut of.app().read().await?, behind, 100).await?;
        let Some(last) = page.last() else { return Ok(()) };
        behind = Some(last.id);
        for rule in page {
            let id = rule.id;
            if let Err(error) = scan(of, rule).await {
                tracing::error!(%error, rule = %id, "a proactive rule cannot look");
            }
        }
    }
}

/// Looks at one rule, until it has caught up.
pub(crate) async fn scan(of: &Proactive, mut rule: Rule) -> Result<()> {
    if rule.kind == TriggerKind::ScoreBelow {
        marks::compare(of, &mut rule).await?;
    }
    for _ in 0..MOST_BATCHES {
        match batch(of, &rule).await? {
            Some(next) => (rule.scan_at, rule.scan_id) = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// One batch. Where to go on, if there may be more.
async fn batch(of: &Proactive, rule: &Rule) -> Result<Option<(Timestamp, MemberId)>> {
    let now = of.app().clock().now();
    let until = find::until(rule, now);
    let marked = find::has_marks(rule.kind);
    let after = if marked { (Timestamp::from_micros(0), nobody()) } else { (rule.scan_at, rule.scan_id) };
    let mut tx = of.app().read().await?;
    let found = find::find(of, &mut tx, rule, after, until).await?;
    let is_last = found.len() < BATCH as usize;
    let next = if is_last { (until.max(rule.scan_at), everybody()) } else { place(&found, rule) };
    if found.is_empty() && (marked || until.micros() - rule.scan_at.micros() < IDLE) {
        return Ok(None);
    }
    let wanted = find::wanted(of, &mut tx, rule, found.clone()).await?;
    drop(tx);
    let mut tx = of.app().write().await?;
    if marked {
        marks::settle(&mut tx, rule, &found, now).await?;
    } else if !rules::advance(&mut tx, rule, next).await? {
        // Somebody else looks at the same rule, or it was changed.
        return Ok(None);
    }
    let fresh = wanted.into_iter().filter(|one| rule.kind != TriggerKind::Date || one.at.plus(time::DAY) > now);
    write(of, &mut tx, rule, fresh, now).await?;
    tx.commit().await?;
    Ok((!is_last).then_some(if marked { (rule.scan_at, rule.scan_id) } else { next }))
}

fn place(found: &[Found], rule: &Rule) -> (Timestamp, MemberId) {
    found.last().map_or((rule.scan_at, rule.scan_id), |last| (last.at, last.member))
}

/// Writes firings.
async fn write(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    found: impl Iterator<Item = Found>,
    now: Timestamp,
) -> Result<()> {
    let delay = rule.actions.0.iter().map(crate::model::Action::delay).min().unwrap_or(0);
    let rows = found.map(|one| Firing {
        rule_id: rule.id,
        member_id: one.member,
        silence: one.silence,
        id: of.app().clock().new_id(),
        workspace_id: rule.workspace_id,
        is_control: is_held_out(rule.id, one.member, rule.holdout_percent),
        state: State::Queued,
        reason: None,
        step: 0,
        attempts: 0,
        due_at: Some(now.plus(delay)),
        message_id: None,
        created_at: now,
        said_at: None,
        fired_at: None,
        awaits_until: Some(firings::for_ever()),
        responded_at: None,
    });
    let rows: Vec<Firing> = rows.collect();
    if firings::insert(tx, &rows).await? > 0 {
        jobs::enqueue(tx, of.app().clock(), NewJob::new(SEND, &())?.dedupe(SEND)).await?;
    }
    Ok(())
}
