//! Whom a rule would have noticed.

use audience::MemberId;
use db::Tx;
use kernel::{Result, Timestamp};

use crate::Proactive;
use crate::engine::find::{self, BATCH, Found, find, wanted};
use crate::engine::marks::{Zones, next};
use crate::model::{Rule, TriggerKind, nobody};

/// No preview looks at more batches than this.
const MOST_BATCHES: usize = 200;

/// What a preview found.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    /// How often the rule would have fired; nothing where the past does not tell.
    pub(crate) firings: Option<u64>,
    /// For whom, the first of them.
    pub(crate) members: Vec<MemberId>,
    /// May there be more?
    pub(crate) more: bool,
}

/// Whom a rule would have noticed since a moment, as things stand now; the first `shown` by name. Nothing is written.
pub(crate) async fn preview(
    of: &Proactive,
    tx: &mut Tx,
    rule: &Rule,
    since: Timestamp,
    shown: usize,
) -> Result<Preview> {
    let now = of.app().clock().now();
    let mut preview = Preview { firings: None, members: Vec::new(), more: false };
    if rule.kind == TriggerKind::ScoreBelow {
        // What a score was before is not kept.
        return Ok(preview);
    }
    let (mut firings, mut after) = (0, (Timestamp::from_micros(0), nobody()));
    let threshold = now.micros() - find::until(rule, now).micros();
    if rule.kind != TriggerKind::Date {
        after.0 = since.plus(-threshold);
    }
    for batch in 0.. {
        if batch == MOST_BATCHES {
            preview.more = true;
            break;
        }
        let (found, next_after) = if rule.kind == TriggerKind::Date {
            dates(tx, rule, after, (since, now)).await?
        } else {
            let found = find(of, tx, rule, after, find::until(rule, now)).await?;
            let last = found.last().map(|one| (one.at, one.member)).filter(|_| found.len() == BATCH as usize);
            (found, last)
        };
        let found = wanted(of, tx, rule, found).await?;
        firings += found.len() as u64;
        let room = shown.saturating_sub(preview.members.len());
        preview.members.extend(found.iter().take(room).map(|one| one.member));
        match next_after {
            Some(next_after) => after = next_after,
            None => break,
        }
    }
    preview.firings = Some(firings);
    Ok(preview)
}

/// Whose date came between two moments, of some members in the order in which they were added; and where to go on.
async fn dates(
    tx: &mut Tx,
    rule: &Rule,
    after: (Timestamp, MemberId),
    (since, now): (Timestamp, Timestamp),
) -> Result<(Vec<Found>, Option<(Timestamp, MemberId)>)> {
    let page = audience::members::added_after(tx, rule.workspace_id, after, BATCH).await?;
    let zones = Zones::of(tx, rule.workspace_id).await?;
    let set = &rule.conditions.0;
    let came = page.iter().filter_map(|member| {
        let at = next(set, member, &zones, since).filter(|at| *at <= now)?;
        Some(Found { member: member.id, at, silence: at.micros() })
    });
    let last = page.last().map(|member| (member.created_at, member.id));
    Ok((came.collect(), last.filter(|_| page.len() == BATCH as usize)))
}
