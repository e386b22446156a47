//! What no index of others tells of a rule: the next date of each member, and since when whose score is low.

use db::{Sql, Tx, args};
use kernel::{Result, Timestamp};

use audience::MemberId;

use crate::model::{Rule, RuleId};

/// Writes down when a rule is due for members, or that it is not any more.
pub(crate) async fn put(tx: &mut Tx, rule: &Rule, marks: &[(MemberId, Option<Timestamp>)]) -> Result<()> {
    let gone = marks.iter().filter(|(_, at)| at.is_none()).map(|(member, _)| *member).collect::<Vec<_>>();
    remove(tx, rule.id, &gone).await?;
    let rows = marks.iter().filter_map(|(member, at)| Some(args![rule.id, *member, (*at)?, true])).collect();
    let conflict = "ON CONFLICT (rule_id, member_id) DO UPDATE SET at = excluded.at, fires = excluded.fires";
    tx.insert_rows("INSERT INTO proactive_marks (rule_id, member_id, at, fires)", conflict, rows).await.map(drop)
}

/// Writes down who is below a mark from this moment on, if they were not already; `fires` says whether that is news.
pub(crate) async fn begin(tx: &mut Tx, rule: &Rule, members: &[MemberId], at: Timestamp, fires: bool) -> Result<()> {
    let rows = members.iter().map(|member| args![rule.id, *member, at, fires]).collect();
    tx.insert_rows("INSERT INTO proactive_marks (rule_id, member_id, at, fires)", "ON CONFLICT DO NOTHING", rows)
        .await
        .map(drop)
}

/// Forgets marks of a rule.
pub(crate) async fn remove(tx: &mut Tx, rule: RuleId, members: &[MemberId]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("DELETE FROM proactive_marks WHERE rule_id = ");
    sql.bind(rule).and_in("member_id", members.iter().copied()).run(tx).await.map(drop)
}

/// Writes down that the rule has fired for these marks.
pub(crate) async fn spent(tx: &mut Tx, rule: RuleId, members: &[MemberId]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("UPDATE proactive_marks SET fires = FALSE WHERE rule_id = ");
    sql.bind(rule).and_in("member_id", members.iter().copied()).run(tx).await.map(drop)
}

/// Forgets all marks of a rule.
pub(crate) async fn clear(tx: &mut Tx, rule: RuleId) -> Result<()> {
    tx.execute("DELETE FROM proactive_marks WHERE rule_id = $1", args![rule]).await.map(drop)
}

/// Marks behind this place and not after `until`, in the order of (moment, member).
pub(crate) async fn due(
    tx: &mut Tx,
    rule: &Rule,
    (at, member): (Timestamp, MemberId),
    until: Timestamp,
    most: u32,
) -> Result<Vec<(Timestamp, MemberId)>> {
    let mut sql = Sql::new("SELECT at, member_id FROM proactive_marks WHERE rule_id = ");
    sql.bind(rule.id).push(" AND (at, member_id) > (").bind(at).push(", ").bind(member).push(")");
    sql.and("at <= ", until).push(" AND fires = TRUE ORDER BY at, member_id LIMIT ").bind(most).all(tx).await
}

/// Members with a mark, behind this one.
pub(crate) async fn members(tx: &mut Tx, rule: RuleId, behind: MemberId, most: u32) -> Result<Vec<MemberId>> {
    let mut sql = Sql::new("SELECT member_id FROM proactive_marks WHERE rule_id = ");
    sql.bind(rule).and("member_id > ", behind).push(" ORDER BY member_id LIMIT ").bind(most).all(tx).await
}

/// The mark of a member.
pub(crate) async fn of(tx: &mut Tx, rule: RuleId, member: MemberId) -> Result<Option<Timestamp>> {
    let sql = "SELECT at FROM proactive_marks WHERE rule_id = $1 AND member_id = $2";
    tx.fetch_optional(sql, args![rule, member]).await
}
