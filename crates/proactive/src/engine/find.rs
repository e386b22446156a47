//! What has crossed a rule's threshold: each trigger by an index, in an order that a cursor can follow.

use db::Tx;
use kernel::{Result, Timestamp, time};

use audience::MemberId;

use crate::Proactive;
use crate::model::{Rule, TriggerKind, nobody};
use crate::ports::{Run, Runs};
use crate::store::marks;

/// How many are looked at in one go.
pub(crate) const BATCH: u32 = 500;

/// Somebody whom a rule has noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Who.
    pub(crate) member: MemberId,
    /// Where they stand in the order that is followed.
    pub(crate) at: Timestamp,
    /// What began it: there is one firing for each.
    pub(crate) silence: i64,
}

/// Up to which moment a rule looks.
pub(crate) fn until(rule: &Rule, now: Timestamp) -> Timestamp {
    match rule.kind {
        kind if kind.waits() => now.plus(-rule.conditions.0.threshold()),
        // What is being written at this moment is seen later, and must not lie behind the cursor by then.
        TriggerKind::BadgeNear => now.plus(-time::MINUTE),
        _ => now,
    }
}

/// Does the rule follow marks of its own, rather than an index of others?
pub(crate) const fn has_marks(kind: TriggerKind) -> bool {
    matches!(kind, TriggerKind::Date | TriggerKind::ScoreBelow)
}

/// Those behind a place and not after a moment, in order; not more than [`BATCH`].
pub(crate) async fn find(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    after: (Timestamp, MemberId),
    until: Timestamp,
) -> Result<Vec<Found>> {
    let (workspace, set) = (rule.workspace_id, &rule.conditions.0);
    let runs = Runs { program: set.program_id, until, after, most: BATCH };
    let plain = |(at, member): (Timestamp, MemberId)| Found { member, at, silence: at.micros() };
    Ok(match rule.kind {
        TriggerKind::Inactivity => {
            let rows = audience::members::silent(tx, workspace, after, until, BATCH).await?;
            rows.into_iter().map(plain).collect()
        }
        TriggerKind::NoReply => {
            let rows = channels::unanswered(tx, workspace, after, until, BATCH).await?;
            rows.into_iter().map(|(at, member, since)| Found { member, at, silence: since.micros() }).collect()
        }
        TriggerKind::ProgramStalled => {
            let rows = of.programs().stalled(tx, workspace, runs).await?;
            rows.into_iter().map(|run| plain((run.since, run.member_id))).collect()
        }
        TriggerKind::BadgeNear => {
            let rows = of.programs().near_end(tx, workspace, set.at_least.unwrap_or(1.0), runs).await?;
            rows.into_iter().map(|run| Found { silence: name_of(&run), ..plain((run.since, run.member_id)) }).collect()
        }
        TriggerKind::Date | TriggerKind::ScoreBelow => {
            marks::due(tx, rule, after, until, BATCH).await?.into_iter().map(plain).collect()
        }
    })
}

/// A number that a run always has: who is near the end stays so, whatever they do, and is noticed once.
fn name_of(run: &Run) -> i64 {
    // The first half of such an id is its moment, and what tells those of one moment apart.
    i64::try_from(run.enrolment_id.as_u128() >> 65).unwrap_or(0)
}

/// Of these, those whom the rule is about.
pub(crate) async fn wanted(of: &Proactive, tx: &mut Tx, rule: &Rule, found: Vec<Found>) -> Result<Vec<Found>> {
    let set = &rule.conditions.0;
    let mut found = found;
    if let Some(program) = set.only_program() {
        let ids = ids(&found);
        let taking_part = of.programs().taking_part(tx, rule.workspace_id, program, &ids).await?;
        found.retain(|one| taking_part.contains(&one.member));
    }
    let (channel, tag) = (set.only_channel(), set.folded_tag());
    let ids = ids(&found);
    // Asked in any case: who is there at all.
    let there = audience::members::among(tx, rule.workspace_id, &ids, channel, tag.as_deref()).await?;
    let there: std::collections::HashSet<MemberId> = there.into_iter().collect();
    found.retain(|one| there.contains(&one.member));
    Ok(found)
}

/// Their ids.
pub(crate) fn ids(found: &[Found]) -> Vec<MemberId> {
    found.iter().map(|one| one.member).collect()
}

/// Is a member's run still where it was?
pub(crate) async fn still_stalled(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    member: MemberId,
    since: Timestamp,
) -> Result<bool> {
    let before =
        member.uuid().as_u128().checked_sub(1).map_or_else(nobody, |id| MemberId::from_uuid(uuid::Uuid::from_u128(id)));
    let wanted = Runs { program: rule.conditions.0.program_id, until: since, after: (since, before), most: 1 };
    let first = of.programs().stalled(tx, rule.workspace_id, wanted).await?;
    Ok(first.first().is_some_and(|run| run.member_id == member && run.since == since))
}
