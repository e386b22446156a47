//! Marks: the next date of each member, and since when whose score is low.

use std::collections::HashSet;

use audience::{Channel, Member, MemberId};
use db::Tx;
use jiff::tz::TimeZone;
use kernel::{Result, Timestamp, WorkspaceId, time};

use super::find::{self, BATCH, Found};
use crate::Proactive;
use crate::model::{Repeat, Rule, RuleId, TriggerConditions, TriggerKind, next_date, nobody, read_date};
use crate::store::{marks, rules};

/// How often scores are compared with a rule's mark.
const COMPARED: i64 = time::HOUR;

/// The zones of members whose own is not known.
pub(crate) struct Zones(Vec<(Channel, String)>);

impl Zones {
    /// Those of a workspace.
    pub(crate) async fn of(tx: &mut Tx, workspace: WorkspaceId) -> Result<Self> {
        channels::zones(tx, workspace).await.map(Self)
    }

    fn zone(&self, member: &Member) -> TimeZone {
        let of_channel = self.0.iter().find(|(channel, _)| *channel == member.channel).map(|(_, zone)| zone.as_str());
        member.zone(of_channel)
    }
}

/// When a member's date comes next, behind a moment.
pub(crate) fn next(set: &TriggerConditions, member: &Member, zones: &Zones, after: Timestamp) -> Option<Timestamp> {
    let written = read_date(member.profile.0.get(set.field.as_deref()?)?.as_str()?)?;
    let repeat = set.repeat.unwrap_or(Repeat::Yearly);
    next_date(written, repeat, set.offset_days.unwrap_or(0), set.minute(), &zones.zone(member), after)
}

/// What follows for marks that were found: a date comes again, or not; that a score is low is news once.
pub(crate) async fn settle(tx: &mut Tx, rule: &Rule, found: &[Found], now: Timestamp) -> Result<()> {
    let ids = find::ids(found);
    if rule.kind == TriggerKind::ScoreBelow {
        return marks::spent(tx, rule.id, &ids).await;
    }
    let members = audience::members::of_ids(tx, rule.workspace_id, &ids).await?;
    let zones = Zones::of(tx, rule.workspace_id).await?;
    let mut next_ones: Vec<(MemberId, Option<Timestamp>)> =
        members.iter().map(|member| (member.id, next(&rule.conditions.0, member, &zones, now))).collect();
    let there: HashSet<MemberId> = members.iter().map(|member| member.id).collect();
    next_ones.extend(ids.into_iter().filter(|id| !there.contains(id)).map(|id| (id, None)));
    marks::put(tx, rule, &next_ones).await
}

/// Works out the dates of some members for all rules of their workspace that follow dates.
pub(crate) async fn dates_of(of: &Proactive, tx: &mut Tx, workspace: WorkspaceId, member: MemberId) -> Result<()> {
    let all = rules::active_of(workspace, tx, TriggerKind::Date).await?;
    if all.is_empty() {
        return Ok(());
    }
    let now = of.app().clock().now();
    let Some(member) = audience::members::get(tx, workspace, member).await? else { return Ok(()) };
    let zones = Zones::of(tx, workspace).await?;
    for rule in all {
        marks::put(tx, &rule, &[(member.id, next(&rule.conditions.0, &member, &zones, now))]).await?;
    }
    Ok(())
}

/// Works out the dates of everybody for a rule.
pub(crate) async fn dates(of: &Proactive, id: RuleId) -> Result<()> {
    let mut after = (Timestamp::from_micros(i64::MIN), nobody());
    loop {
        let now = of.app().clock().now();
        let mut tx = of.app().write().await?;
        let Some(rule) = rules::by_id(&mut tx, id).await? else { return Ok(()) };
        if !rule.is_on() || rule.kind != TriggerKind::Date {
            return Ok(());
        }
        let page = audience::members::added_after(&mut tx, rule.workspace_id, after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.created_at, last.id);
        let zones = Zones::of(&mut tx, rule.workspace_id).await?;
        let set = &rule.conditions.0;
        let all: Vec<_> = page.iter().map(|member| (member.id, next(set, member, &zones, now))).collect();
        marks::put(&mut tx, &rule, &all).await?;
        tx.commit().await?;
    }
}

/// Compares scores with a rule's mark: who has risen above it may fall again, and who has fallen below it is news. The first time nothing is
/// news: who is below already has not crossed.
pub(crate) async fn compare(of: &Proactive, rule: &mut Rule) -> Result<()> {
    let now = of.app().clock().now();
    let is_first = rule.scan_at.micros() == 0;
    if !is_first && rule.scan_at.plus(COMPARED) > now {
        return Ok(());
    }
    let mark = rule.conditions.0.mark();
    let mut behind = nobody();
    loop {
        let mut tx = of.app().write().await?;
        let ids = marks::members(&mut tx, rule.id, behind, BATCH).await?;
        let Some(last) = ids.last() else { break };
        behind = *last;
        let members = audience::members::of_ids(&mut tx, rule.workspace_id, &ids).await?;
        let low = |member: &&Member| member.score >= 0 && member.score < mark;
        let low: HashSet<MemberId> = members.iter().filter(low).map(|member| member.id).collect();
        let risen: Vec<MemberId> = ids.into_iter().filter(|id| !low.contains(id)).collect();
        marks::remove(&mut tx, rule.id, &risen).await?;
        tx.commit().await?;
    }
    let mut after = (-1, nobody());
    loop {
        let mut tx = of.app().write().await?;
        let page = audience::members::scored_below(&mut tx, rule.workspace_id, after, mark, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        let ids: Vec<MemberId> = page.into_iter().map(|(_, id)| id).collect();
        marks::begin(&mut tx, rule, &ids, now, !is_first).await?;
        tx.commit().await?;
    }
    let mut tx = of.app().write().await?;
    let next = (now, nobody());
    if rules::advance(&mut tx, rule, next).await? {
        tx.commit().await?;
        (rule.scan_at, rule.scan_id) = next;
    }
    Ok(())
}
