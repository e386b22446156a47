//! Sums of days. They are moved in the transaction of what they sum up.

use db::{Sql, Tx, args};
use kernel::{Day, Result, WorkspaceId};

use crate::model::{Channel, InteractionKind, Member, MemberId};

/// What a member's score is worked out of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, db::Row)]
pub(crate) struct Activity {
    /// Days of the last fourteen on which they did something.
    pub(crate) days: i64,
    /// What they were asked in the last thirty days,
    pub(crate) asked: i64,
    /// and have answered.
    pub(crate) answered: i64,
}

/// Writes down that a member came on a day. Tells whether that is new.
pub(crate) async fn came(tx: &mut Tx, member: &Member, channel: Channel, day: Day) -> Result<bool> {
    let sql = "INSERT INTO audience_member_days \
               (workspace_id, channel, day, member_id, interactions, own, asked, answered, came) \
               VALUES ($1, $2, $3, $4, 0, 0, 0, 0, TRUE) ON CONFLICT (workspace_id, channel, day, member_id) \
               DO UPDATE SET came = TRUE WHERE audience_member_days.came = FALSE";
    Ok(tx.execute(sql, args![member.workspace_id, channel, day, member.id]).await? == 1)
}

/// Adds one interaction to a member's day; tells how many of their own they have now on it. Whoever has one [came](came).
pub(crate) async fn add(
    tx: &mut Tx,
    member: &Member,
    kind: InteractionKind,
    channel: Channel,
    day: Day,
) -> Result<i64> {
    let ([asked, answered], own) = (kind.questions(), kind.is_own());
    let sql = "INSERT INTO audience_member_days \
               (workspace_id, channel, day, member_id, interactions, own, asked, answered, came) \
               VALUES ($1, $2, $3, $4, 1, $5, $6, $7, FALSE) ON CONFLICT (workspace_id, channel, day, member_id) DO UPDATE SET \
               interactions = audience_member_days.interactions + 1, own = audience_member_days.own + excluded.own, \
               asked = audience_member_days.asked + excluded.asked, \
               answered = audience_member_days.answered + excluded.answered RETURNING own";
    let args = args![member.workspace_id, channel, day, member.id, i64::from(own), asked, answered];
    tx.fetch_value(sql, args).await
}

/// What is added to the sums of a day and a channel.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) interactions: i64,
    pub(crate) of_kind: [i64; 4],
    pub(crate) new_members: i64,
}

/// Adds to the sums of a day and a channel. Writers of one workspace's channel wait here for each other: it comes late.
pub(crate) async fn sum(tx: &mut Tx, workspace: WorkspaceId, channel: Channel, day: Day, sums: Sums) -> Result<()> {
    let [messages_in, messages_out, ai, escalations] = sums.of_kind;
    let sql = "INSERT INTO audience_days \
               (workspace_id, channel, day, interactions, messages_in, messages_out, ai, escalations, new_members) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace_id, channel, day) DO UPDATE SET \
               interactions = audience_days.interactions + excluded.interactions, \
               messages_in = audience_days.messages_in + excluded.messages_in, \
               messages_out = audience_days.messages_out + excluded.messages_out, \
               ai = audience_days.ai + excluded.ai, escalations = audience_days.escalations + excluded.escalations, \
               new_members = audience_days.new_members + excluded.new_members";
    let args =
        args![workspace, channel, day, sums.interactions, messages_in, messages_out, ai, escalations, sums.new_members];
    tx.execute(sql, args).await.map(drop)
}

/// What a member's score is worked out of on this day.
pub(crate) async fn activity(tx: &mut Tx, member: MemberId, today: Day) -> Result<Activity> {
    let sql = "SELECT count(DISTINCT CASE WHEN own > 0 AND day > $2 THEN day END), \
               CAST(coalesce(sum(asked), 0) AS BIGINT), CAST(coalesce(sum(answered), 0) AS BIGINT) \
               FROM audience_member_days WHERE member_id = $1 AND day > $3";
    let (active, questions) = (today.plus(-crate::model::ACTIVE_DAYS), today.plus(-crate::model::QUESTION_DAYS));
    tx.fetch_one(sql, args![member, active, questions]).await
}

/// The same for many; who did nothing and was asked nothing is left out.
pub(crate) async fn activities(tx: &mut Tx, members: &[MemberId], today: Day) -> Result<Vec<(MemberId, Activity)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT member_id, count(DISTINCT CASE WHEN own > 0 AND day > ");
    sql.bind(today.plus(-crate::model::ACTIVE_DAYS));
    sql.push(" THEN day END), CAST(coalesce(sum(asked), 0) AS BIGINT), CAST(coalesce(sum(answered), 0) AS BIGINT)");
    sql.push(" FROM audience_member_days WHERE day > ").bind(today.plus(-crate::model::QUESTION_DAYS));
    sql.and_in("member_id", members.iter().copied()).push(" GROUP BY member_id").all(tx).await
}

/// The sums of a day and a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, db::Row)]
pub struct DayOfChannel {
    /// Which day.
    pub day: Day,
    /// Which channel.
    pub channel: Channel,
    /// Interactions of every kind.
    pub interactions: u64,
    /// Messages of members.
    pub messages_in: u64,
    /// Messages to members.
    pub messages_out: u64,
    /// Those of them that the assistant wrote.
    pub ai: u64,
    /// Conversations that were handed to a person.
    pub escalations: u64,
    /// Members who were added.
    pub new_members: u64,
}

/// The sums of the days from `first` to `last`, in order; of one channel, or of each.
pub(crate) async fn between(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Option<Channel>,
    (first, last): (Day, Day),
) -> Result<Vec<DayOfChannel>> {
    let mut sql = Sql::new(
        "SELECT day, channel, interactions, messages_in, messages_out, ai, escalations, new_members FROM audience_days \
         WHERE workspace_id = ",
    );
    sql.bind(workspace).and_if("channel = ", channel).and("day >= ", first).and("day <= ", last);
    sql.push(" ORDER BY day, channel").all(tx).await
}

/// How many members of an audience have a score, and their sum in millionths.
pub(crate) async fn scored(workspace: WorkspaceId, tx: &mut Tx) -> Result<(u64, u64)> {
    let sql = "SELECT count(*), CAST(coalesce(sum(score), 0) AS BIGINT) FROM audience_members \
               WHERE workspace_id = $1 AND score >= 0";
    tx.fetch_one(sql, args![workspace]).await
}
