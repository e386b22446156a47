//! The sums of days.

use db::{Sql, Tx, args};
use kernel::{Day, Result, Timestamp, WorkspaceId};

use crate::model::{Firing, Reason, RuleId, State};

/// By how much a day's sums move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Move {
    /// Firings that were carried out;
    pub(crate) triggers: i64,
    /// those that were credited with the member's word,
    pub(crate) successes: i64,
    /// and how long that took, in microseconds;
    pub(crate) response_micros: i64,
    /// those after which the member wrote in time at all.
    pub(crate) answered: i64,
    /// Firings of members who were left out,
    pub(crate) held_out: i64,
    /// and those after which they wrote in time.
    pub(crate) held_out_answered: i64,
}

/// Moves the sums of the day that a firing belongs to: the one on which it was carried out.
pub(crate) async fn shift(tx: &mut Tx, firing: &Firing, fired_at: Timestamp, by: Move) -> Result<()> {
    let sql = "INSERT INTO proactive_days (rule_id, day, workspace_id, triggers, successes, response_micros, answered, held_out, \
               held_out_answered) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (rule_id, day) DO UPDATE SET \
               triggers = proactive_days.triggers + excluded.triggers, successes = proactive_days.successes + excluded.successes, \
               response_micros = proactive_days.response_micros + excluded.response_micros, \
               answered = proactive_days.answered + excluded.answered, held_out = proactive_days.held_out + excluded.held_out, \
               held_out_answered = proactive_days.held_out_answered + excluded.held_out_answered";
    let arguments = args![
        firing.rule_id,
        Day::of(fired_at),
        firing.workspace_id,
        by.triggers,
        by.successes,
        by.response_micros,
        by.answered,
        by.held_out,
        by.held_out_answered
    ];
    tx.execute(sql, arguments).await.map(drop)
}

/// Counts a firing that was not carried out.
pub(crate) async fn suppressed(tx: &mut Tx, firing: &Firing, reason: Reason, at: Timestamp) -> Result<()> {
    let sql = "INSERT INTO proactive_suppressed_days (rule_id, day, reason, workspace_id, firings) VALUES ($1, $2, $3, $4, 1) \
               ON CONFLICT (rule_id, day, reason) DO UPDATE SET firings = proactive_suppressed_days.firings + 1";
    tx.execute(sql, args![firing.rule_id, Day::of(at), reason, firing.workspace_id]).await.map(drop)
}

/// The sums of a rule over some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, db::Row)]
pub(crate) struct Sums {
    /// The rule.
    pub(crate) rule_id: RuleId,
    /// Firings that were carried out.
    pub(crate) triggers: u64,
    /// Those that were credited with the member's word.
    pub(crate) successes: u64,
    /// How long that took in all, in microseconds.
    pub(crate) response_micros: u64,
    /// Those after which the member wrote in time at all.
    pub(crate) answered: u64,
    /// Firings of members who were left out.
    pub(crate) held_out: u64,
    /// Those after which they wrote in time.
    pub(crate) held_out_answered: u64,
}

/// The sums of each rule between two days, both included; of these rules alone, if some are named.
pub(crate) async fn between(
    workspace: WorkspaceId,
    tx: &mut Tx,
    rules: Option<&[RuleId]>,
    (first, last): (Day, Day),
) -> Result<Vec<Sums>> {
    // PostgreSQL sums up to a NUMERIC.
    let mut sql = Sql::new(
        "SELECT rule_id, CAST(sum(triggers) AS BIGINT), CAST(sum(successes) AS BIGINT), CAST(sum(response_micros) AS BIGINT), \
         CAST(sum(answered) AS BIGINT), CAST(sum(held_out) AS BIGINT), CAST(sum(held_out_answered) AS BIGINT) \
         FROM proactive_days WHERE workspace_id = ",
    );
    sql.bind(workspace).and("day >= ", first).and("day <= ", last);
    if let Some(rules) = rules {
        sql.and_in("rule_id", rules.iter().copied());
    }
    sql.push(" GROUP BY rule_id").all(tx).await
}

/// How many firings of each rule were not carried out, by reason.
pub(crate) async fn suppressed_between(
    workspace: WorkspaceId,
    tx: &mut Tx,
    (first, last): (Day, Day),
) -> Result<Vec<(RuleId, Reason, u64)>> {
    let mut sql = Sql::new(
        "SELECT rule_id, reason, CAST(sum(firings) AS BIGINT) FROM proactive_suppressed_days WHERE workspace_id = ",
    );
    sql.bind(workspace).and("day >= ", first).and("day <= ", last);
    sql.push(" GROUP BY rule_id, reason ORDER BY rule_id, reason").all(tx).await
}

/// How many firings of each rule are not over yet: an answer would still count. Their number is that of a few hours.
pub(crate) async fn open(
    workspace: WorkspaceId,
    tx: &mut Tx,
    rules: Option<&[RuleId]>,
    (first, last): (Day, Day),
    now: Timestamp,
) -> Result<Vec<(RuleId, State, u64)>> {
    let mut sql = Sql::new("SELECT rule_id, state, count(*) FROM proactive_firings WHERE workspace_id = ");
    sql.bind(workspace).and("awaits_until > ", now).push(" AND state IN ('fired', 'held_out')");
    sql.and("fired_at >= ", first.start()).and("fired_at < ", last.plus(1).start());
    if let Some(rules) = rules {
        sql.and_in("rule_id", rules.iter().copied());
    }
    sql.push(" GROUP BY rule_id, state").all(tx).await
}
