//! Gaps, and the questions that they are made of.

use db::{Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{Result, Scope, Timestamp};

use super::is_of;
use crate::model::{Base, BaseId, Gap, GapId, GapStatus, Question, QuestionId};

/// So many open gaps of a base are compared with a new question: those that were asked last.
const COMPARED: u32 = 2_000;

/// The open gaps that a question is compared with.
pub async fn open(tx: &mut Tx, of: BaseId) -> Result<Vec<(GapId, String)>> {
    let sql = "SELECT id, question FROM knowledge_gaps WHERE base_id = $1 AND status = $2 ORDER BY last_asked_at DESC, id DESC LIMIT $3";
    tx.fetch_all(sql, args![of, GapStatus::Open, COMPARED]).await
}

/// Adds a gap.
pub async fn insert(scope: Scope, tx: &mut Tx, new: &Gap) -> Result<()> {
    debug_assert!(is_of(scope, new.owner_id));
    tx.insert(new).await
}

/// A gap was asked for once more; false if it is not open any more.
pub async fn asked_again(tx: &mut Tx, id: GapId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE knowledge_gaps SET asked = asked + 1, last_asked_at = $2 WHERE id = $1 AND status = $3";
    Ok(tx.execute(sql, args![id, now, GapStatus::Open]).await? == 1)
}

/// Adds a question to its gap.
pub async fn add(scope: Scope, tx: &mut Tx, new: &Question) -> Result<()> {
    debug_assert!(is_of(scope, new.owner_id));
    tx.insert(new).await
}

/// A gap of a base.
pub async fn find(tx: &mut Tx, of: &Base, id: GapId) -> Result<Option<Gap>> {
    Sql::of::<Gap>().and("id = ", id).and("base_id = ", of.id).optional(tx).await
}

/// A page of a base's gaps of this status, the most asked first, and how many there are.
pub async fn list(tx: &mut Tx, of: &Base, status: GapStatus, pages: Pages) -> Result<(Vec<Gap>, u64)> {
    let mut filter = Sql::filter();
    filter.and("base_id = ", of.id).and("status = ", status);
    let order = "asked DESC, last_asked_at DESC, id DESC";
    Listing::of::<Gap>(filter).order(order).page(tx, pages.limit, pages.offset()).await
}

/// The newest wordings of each of these gaps, a few of each.
pub async fn wordings(tx: &mut Tx, of: &[GapId]) -> Result<Vec<(GapId, String)>> {
    let mut sql = Sql::new(
        "SELECT gap_id, question FROM (SELECT gap_id, question, row_number() OVER (PARTITION BY gap_id ORDER BY id DESC) \
         AS place FROM knowledge_questions WHERE gap_id IN ",
    );
    sql.bind_list(of.iter().copied()).push(") AS newest WHERE place <= 5 ORDER BY gap_id, place").all(tx).await
}

/// Writes where a gap stands, if it was open.
pub async fn close(tx: &mut Tx, gap: &Gap) -> Result<bool> {
    tx.save(gap).was("status", GapStatus::Open).done().await
}

/// The questions of a gap after this one, so many at most, in the order of their ids.
pub async fn questions(tx: &mut Tx, of: GapId, after: Option<QuestionId>, limit: u32) -> Result<Vec<QuestionId>> {
    let mut sql = Sql::new("SELECT id FROM knowledge_questions WHERE TRUE");
    sql.and("gap_id = ", of).and_if("id > ", after).push(" ORDER BY id LIMIT ").bind(limit).all(tx).await
}

/// Forgets gaps that were last asked for before this moment, with their questions, some of them. Tells how many.
pub async fn forget(scope: Scope, tx: &mut Tx, before: Timestamp) -> Result<u64> {
    debug_assert!(scope.sees_everything(), "what is old is forgotten by the server");
    let some: Vec<GapId> = tx
        .fetch_all(
            "SELECT id FROM knowledge_gaps WHERE last_asked_at < $1 ORDER BY last_asked_at LIMIT 500",
            args![before],
        )
        .await?;
    for table in ["knowledge_questions WHERE gap_id IN ", "knowledge_gaps WHERE id IN "] {
        Sql::new(format!("DELETE FROM {table}")).bind_list(some.iter().copied()).run(tx).await?;
    }
    Ok(some.len() as u64)
}
