//! All SQL of the sums.

use db::{Tx, args};
use kernel::{Day, Result, WorkspaceId};

use crate::channels::ChannelId;
use crate::members::MemberId;

/// By how much a day's sums move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// Messages of members.
    pub messages_in: i64,
    /// Messages to members.
    pub messages_out: i64,
    /// Answers of the machine.
    pub answers: i64,
    /// Members who came for the first time.
    pub new_members: i64,
    /// Calls for a person.
    pub escalations: i64,
    /// Members who waited for an answer and got it,
    pub responses: i64,
    /// and how long they waited, in microseconds.
    pub response_micros: i64,
    /// Ratings,
    pub ratings: i64,
    /// and their sum.
    pub rating_sum: i64,
}

/// Moves the sums of a day.
pub async fn shift(tx: &mut Tx, workspace: WorkspaceId, channel: ChannelId, day: Day, by: &Move) -> Result<()> {
    if *by == Move::default() {
        return Ok(());
    }
    let sql = "INSERT INTO channel_days (channel_id, day, workspace_id, messages_in, messages_out, answers, new_members, escalations, \
               responses, response_micros, ratings, rating_sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (channel_id, day) DO UPDATE SET messages_in = channel_days.messages_in + excluded.messages_in, \
               messages_out = channel_days.messages_out + excluded.messages_out, answers = channel_days.answers + excluded.answers, \
               new_members = channel_days.new_members + excluded.new_members, escalations = channel_days.escalations + excluded.escalations, \
               responses = channel_days.responses + excluded.responses, \
               response_micros = channel_days.response_micros + excluded.response_micros, \
               ratings = channel_days.ratings + excluded.ratings, rating_sum = channel_days.rating_sum + excluded.rating_sum";
    let arguments = args![
        channel,
        day,
        workspace,
        by.messages_in,
        by.messages_out,
        by.answers,
        by.new_members,
        by.escalations,
        by.responses,
        by.response_micros,
        by.ratings,
        by.rating_sum
    ];
    tx.execute(sql, arguments).await.map(drop)
}

/// Writes down that a member wrote on this day.
pub async fn wrote(tx: &mut Tx, channel: ChannelId, day: Day, member: MemberId) -> Result<()> {
    let sql = "INSERT INTO channel_member_days (channel_id, day, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![channel, day, member]).await.map(drop)
}

/// The sums of some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, db::Row)]
pub struct Sums {
    /// Messages of members.
    pub messages_in: u64,
    /// Messages to members.
    pub messages_out: u64,
    /// Answers of the machine.
    pub answers: u64,
    /// Members who came for the first time.
    pub new_members: u64,
    /// Calls for a person.
    pub escalations: u64,
    /// Members who waited for an answer and got it.
    pub responses: u64,
    /// How long they waited.
    pub response_micros: u64,
    /// Ratings.
    pub ratings: u64,
    /// Their sum.
    pub rating_sum: u64,
}

/// The sums of a channel from one day to another, both in it.
pub async fn sums(tx: &mut Tx, channel: ChannelId, from: Day, to: Day) -> Result<Sums> {
    tx.fetch_one(&summed("channel_id"), args![channel, from, to]).await
}

/// The sums of all of a workspace's channels from one day to another, both in it; also of channels that are deleted.
pub async fn of_workspace(tx: &mut Tx, workspace: WorkspaceId, from: Day, to: Day) -> Result<Sums> {
    tx.fetch_one(&summed("workspace_id"), args![workspace, from, to]).await
}

/// Sums of the rows whose column is `$1`, of the days from `$2` to `$3`.
fn summed(column: &str) -> String {
    let names = [
        "messages_in",
        "messages_out",
        "answers",
        "new_members",
        "escalations",
        "responses",
        "response_micros",
        "ratings",
        "rating_sum",
    ];
    // PostgreSQL adds BIGINTs up to NUMERIC.
    let columns: Vec<String> = names.iter().map(|name| format!("CAST(COALESCE(sum({name}), 0) AS BIGINT)")).collect();
    format!("SELECT {} FROM channel_days WHERE {column} = $1 AND day BETWEEN $2 AND $3", columns.join(", "))
}

/// Messages and new members of each day that had any, by day.
pub async fn by_day(tx: &mut Tx, channel: ChannelId, from: Day, to: Day) -> Result<Vec<(Day, u64, u64)>> {
    let sql = "SELECT day, messages_in + messages_out, new_members FROM channel_days WHERE channel_id = $1 AND day BETWEEN $2 AND $3 \
               ORDER BY day";
    tx.fetch_all(sql, args![channel, from, to]).await
}

/// How many members wrote on each day that had any.
pub async fn members_by_day(tx: &mut Tx, channel: ChannelId, from: Day, to: Day) -> Result<Vec<(Day, u64)>> {
    let sql = "SELECT day, count(*) FROM channel_member_days WHERE channel_id = $1 AND day BETWEEN $2 AND $3 GROUP BY day ORDER BY day";
    tx.fetch_all(sql, args![channel, from, to]).await
}

/// How many different members wrote within these days.
pub async fn members(tx: &mut Tx, channel: ChannelId, from: Day, to: Day) -> Result<u64> {
    let sql =
        "SELECT count(DISTINCT member_id) FROM channel_member_days WHERE channel_id = $1 AND day BETWEEN $2 AND $3";
    tx.fetch_value(sql, args![channel, from, to]).await
}

/// How many members had come over a channel by the end of a day.
pub async fn members_until(tx: &mut Tx, channel: ChannelId, to: Day) -> Result<u64> {
    let sql =
        "SELECT CAST(COALESCE(sum(new_members), 0) AS BIGINT) FROM channel_days WHERE channel_id = $1 AND day <= $2";
    tx.fetch_value(sql, args![channel, to]).await
}
