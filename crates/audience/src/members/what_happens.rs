//! What members do, and what is done with them.

use std::collections::{BTreeMap, HashMap};

use db::Tx;
use kernel::{Error, Result, Timestamp, WorkspaceId};

use crate::calendar::{self, Calendar};
use crate::model::{
    ACTIVE_DAYS, ACTIVE_FOR, BadgeId, Channel, Interaction, InteractionId, InteractionKind, Member, MemberId, NO_SCORE,
    QUESTION_DAYS, score,
};
use crate::store::{badges, counts, days, members, tags, visits};

/// Who is gone meanwhile (erased, or merged into another) is told so.
pub(super) fn gone() -> Error {
    Error::conflict("This member was erased or merged into another meanwhile; reach them again")
}

/// Writes down that a member is here: they looked, without doing anything that counts. It never moves back, and nothing is later than now.
pub async fn seen(tx: &mut Tx, member: &Member, at: Timestamp) -> Result<()> {
    let at = at.min(tx.clock().now());
    let score = members::touch(tx, member, at).await?.ok_or_else(gone)?;
    let (channel, calendar) = (member.channel, calendar::of(tx, member.workspace_id).await?);
    let day = calendar.day(at);
    let is_visit = days::came(tx, member, channel, day).await?;
    if score == NO_SCORE {
        score_again(tx, member, &calendar).await?;
    }
    wake(tx, member, at).await?;
    if is_visit {
        days::sum(tx, member.workspace_id, channel, day, days::Sums::default()).await?;
        visits::count(tx, member, calendar.day(member.created_at), channel, day).await?;
    }
    Ok(())
}

/// Writes down that something happened with a member on a channel. What they did themselves moves their activity and their score.
pub async fn interaction(
    tx: &mut Tx,
    member: &Member,
    kind: InteractionKind,
    channel: Channel,
    at: Timestamp,
) -> Result<InteractionId> {
    let now = tx.clock().now();
    let at = at.min(now);
    let own_at = kind.is_own().then_some(at);
    if !members::count_interaction(tx, member, own_at).await? {
        return Err(gone());
    }
    let id: InteractionId = tx.clock().new_id();
    let row = Interaction { id, workspace_id: member.workspace_id, member_id: member.id, channel, kind, at };
    tx.insert(&row).await?;
    let calendar = calendar::of(tx, member.workspace_id).await?;
    let day = calendar.day(at);
    let own = days::add(tx, member, kind, channel, day).await?;
    let first_of_day = kind.is_own() && own == 1;
    let is_visit = first_of_day && days::came(tx, member, channel, day).await?;
    if first_of_day || kind.questions() != [0; 2] {
        score_again(tx, member, &calendar).await?;
    }
    if kind.is_own() {
        wake(tx, member, at).await?;
    }
    let sums = days::Sums { interactions: 1, of_kind: kind.sums(), new_members: 0 };
    days::sum(tx, member.workspace_id, channel, day, sums).await?;
    if is_visit {
        visits::count(tx, member, calendar.day(member.created_at), channel, day).await?;
    }
    Ok(id)
}

/// Counts somebody as active who was not.
pub(crate) async fn wake(tx: &mut Tx, member: &Member, at: Timestamp) -> Result<()> {
    if at.plus(ACTIVE_FOR) <= tx.clock().now() || !members::wake(tx, member).await? {
        return Ok(());
    }
    let mut moves = Vec::new();
    let tags = tags::of(tx, member).await?;
    for (is_active, by) in [(false, -1), (true, 1)] {
        moves.push(counts::Move::all(member.channel, is_active, by));
        moves
            .extend(tags.iter().map(|row| counts::Move::tagged((&row.tag, &row.label), member.channel, is_active, by)));
    }
    counts::change(tx, member.workspace_id, moves).await
}

/// Works a member's score out from the sums of their days.
pub async fn refresh_score(tx: &mut Tx, member: &Member) -> Result<()> {
    let calendar = calendar::of(tx, member.workspace_id).await?;
    score_again(tx, member, &calendar).await
}

async fn score_again(tx: &mut Tx, member: &Member, calendar: &Calendar) -> Result<()> {
    let Some(current) = members::by_id(member.workspace_id, tx, member.id).await? else { return Ok(()) };
    let today = calendar.day(tx.clock().now());
    if current.last_active_at.is_none() {
        return members::set_score(tx, member.id, NO_SCORE, None).await;
    }
    let activity = days::activity(tx, member.id, today).await?;
    let (worth, due_at) = worth(activity, current.progress, calendar.start(today.plus(1)));
    members::set_score(tx, member.id, worth, due_at).await
}

/// The score of somebody who did something once, and when it is to be worked out again.
fn worth(activity: days::Activity, progress: Option<i64>, tomorrow: Timestamp) -> (i64, Option<Timestamp>) {
    // Time alone changes it for as long as a day is left that will fall out of the window.
    let is_moving = activity.days > 0 || activity.asked > 0;
    const { assert!(ACTIVE_DAYS <= QUESTION_DAYS) };
    let due_at = is_moving.then_some(tomorrow);
    (score(activity.days, activity.asked, activity.answered, progress), due_at)
}

fn millionths(mean: f64) -> i64 {
    (mean.clamp(0.0, 1.0) * 1_000_000.0).round() as i64
}

/// Writes down how far a member is in their active enrolments, from 0 to 1 on the mean; nothing where they have none.
pub async fn progress(tx: &mut Tx, member: &Member, mean: Option<f64>) -> Result<()> {
    if !members::set_progress(tx, member, mean.map(millionths)).await? {
        return Err(gone());
    }
    refresh_score(tx, member).await
}

/// The same for many members in a few statements. Who is gone meanwhile is left out.
pub async fn progress_of(tx: &mut Tx, workspace: WorkspaceId, means: &[(MemberId, Option<f64>)]) -> Result<()> {
    let ids: Vec<MemberId> = means.iter().map(|(id, _)| *id).collect();
    members::hold(workspace, tx, &ids).await?;
    let all: Vec<_> = means.iter().map(|(id, mean)| (*id, mean.map(millionths))).collect();
    let mut there = members::set_progress_of(workspace, tx, &all).await?;
    // Who never did anything has no score, however far they are.
    there.retain(|(.., did_something)| *did_something);
    let ids: Vec<MemberId> = there.iter().map(|(id, ..)| *id).collect();
    let calendar = calendar::of(tx, workspace).await?;
    let today = calendar.day(tx.clock().now());
    let tomorrow = calendar.start(today.plus(1));
    let known: HashMap<_, _> = days::activities(tx, &ids, today).await?.into_iter().collect();
    let scores = there.into_iter().filter_map(|(id, before, progress, _)| {
        let (worth, due_at) = worth(known.get(&id).copied().unwrap_or_default(), progress, tomorrow);
        (worth != before).then_some((id, worth, due_at))
    });
    members::set_scores(tx, &scores.collect::<Vec<_>>()).await
}

/// Gives a member a badge of their audience; tells whether they did not have it. That they earned it is an interaction.
pub async fn give_badge(tx: &mut Tx, member: &Member, badge: BadgeId, at: Timestamp) -> Result<bool> {
    if members::locked(member.workspace_id, tx, member.id).await?.is_none() {
        return Err(gone());
    }
    if badges::by_id(member.workspace_id, tx, badge).await?.is_none() || !badges::earn(tx, member, badge, at).await? {
        return Ok(false);
    }
    interaction(tx, member, InteractionKind::BadgeEarned, member.channel, at).await?;
    Ok(true)
}

/// Counts these as inactive, but for those who did something meanwhile.
pub(crate) async fn rest(tx: &mut Tx, resting: &[Member], since: Timestamp) -> Result<()> {
    let mut moves: BTreeMap<(String, Channel, bool), i64> = BTreeMap::new();
    let Some(workspace) = resting.first().map(|member| member.workspace_id) else { return Ok(()) };
    for member in resting {
        if !members::rest(tx, member, since).await? {
            continue;
        }
        let tags = tags::of(tx, member).await?;
        for (is_active, by) in [(true, -1), (false, 1)] {
            *moves.entry((String::new(), member.channel, is_active)).or_default() += by;
            for row in &tags {
                *moves.entry((row.tag.clone(), member.channel, is_active)).or_default() += by;
            }
        }
    }
    let labels = tags::labels(tx, workspace, moves.keys().map(|(tag, ..)| tag.clone()).collect()).await?;
    let moves = moves.into_iter().map(|((tag, channel, is_active), by)| {
        let label = labels.iter().find(|(known, _)| *known == tag).map_or("", |(_, label)| label).to_owned();
        counts::Move { tag, channel, is_active, label, by }
    });
    counts::change(tx, workspace, moves.collect()).await
}
