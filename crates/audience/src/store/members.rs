//! Members themselves.

use db::{Engine, Sql, Tx, args};
use kernel::{Error, Result, Timestamp, WorkspaceId};

use crate::model::{Channel, Member, MemberId, Name, words};
use crate::store::counts;

/// A member, if they are there and of this audience.
pub(crate) async fn by_id(workspace: WorkspaceId, tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    Sql::of::<Member>().and("id = ", id).and("workspace_id = ", workspace).optional(tx).await
}

/// Those of these that are there, in any order.
pub(crate) async fn by_ids(workspace: WorkspaceId, tx: &mut Tx, ids: &[MemberId]) -> Result<Vec<Member>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Member>();
    sql.and_in("id", ids.iter().copied()).and("workspace_id = ", workspace).all(tx).await
}

/// A member as nobody else changes them until this transaction is over; nothing where they are not there.
pub(crate) async fn locked(workspace: WorkspaceId, tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    // A write, so that it locks on both engines; what is written stood there already.
    let mut sql = Sql::new("UPDATE audience_members SET revision = revision WHERE id = ");
    sql.bind(id).and("workspace_id = ", workspace);
    if sql.run(tx).await? == 0 {
        return Ok(None);
    }
    by_id(workspace, tx, id).await
}

/// Takes these for the transaction, in the order of their ids, so that no two who write many wait for each other. SQLite has one writer.
pub(crate) async fn hold(workspace: WorkspaceId, tx: &mut Tx, ids: &[MemberId]) -> Result<()> {
    if ids.is_empty() || tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT id FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).and_in("id", ids.iter().copied()).push(" ORDER BY id FOR UPDATE");
    sql.all::<MemberId>(tx).await.map(drop)
}

/// How these are called.
pub(crate) async fn names(workspace: WorkspaceId, tx: &mut Tx, ids: &[MemberId]) -> Result<Vec<Name>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id, name, external_id, channel FROM audience_members WHERE workspace_id = ");
    sql.bind(workspace).and_in("id", ids.iter().copied()).all(tx).await
}

/// Is this external id somebody's on this channel?
pub(crate) async fn is_taken(workspace: WorkspaceId, tx: &mut Tx, channel: Channel, external_id: &str) -> Result<bool> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM audience_members WHERE workspace_id = $1 AND channel = $2 AND external_id = $3)";
    tx.fetch_value(sql, args![workspace, channel, external_id]).await
}

/// Adds somebody; false if their external id is taken on their channel.
pub(crate) async fn insert(tx: &mut Tx, member: &Member) -> Result<bool> {
    if !tx.insert_new(member).await? {
        return Ok(false);
    }
    add_words(tx, std::slice::from_ref(member)).await?;
    counts::change(tx, member.workspace_id, vec![counts::Move::all(member.channel, member.is_active, 1)]).await?;
    Ok(true)
}

/// Writes what a search finds these by.
pub(crate) async fn add_words(tx: &mut Tx, members: &[Member]) -> Result<()> {
    let rows = members
        .iter()
        .flat_map(|member| words(&member.search_text).map(|word| args![member.workspace_id, word, member.id]));
    let rows = rows.collect();
    tx.insert_rows("INSERT INTO audience_words (workspace_id, word, member_id)", "ON CONFLICT DO NOTHING", rows)
        .await?;
    Ok(())
}

/// Writes it anew.
pub(crate) async fn renew_words(tx: &mut Tx, members: &[Member]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("DELETE FROM audience_words WHERE TRUE");
    sql.and_in("member_id", members.iter().map(|member| member.id)).run(tx).await?;
    add_words(tx, members).await
}

/// What is known of a member, as it is written after a change: what they do meanwhile is not undone by it.
const KNOWN: &str = "UPDATE audience_members SET external_id = $1, profile = $2, name = $3, search_text = $4, timezone = $5, language = $6, \
                     updated_at = $7, revision = revision + 1 WHERE id = $8 AND workspace_id = $9 AND revision = $10";

/// Saves what is known of a member over what was; a 409 if somebody else changed it meanwhile.
pub(crate) async fn save_known(tx: &mut Tx, member: &mut Member, before: &Member, now: Timestamp) -> Result<()> {
    member.updated_at = now;
    let args = args![
        &member.external_id,
        &member.profile,
        &member.name,
        &member.search_text,
        &member.timezone,
        &member.language,
        now,
        member.id,
        member.workspace_id,
        before.revision
    ];
    let taken = "Another member has this external_id on the channel";
    if tx.execute_or_conflict(KNOWN, args, taken).await? == 0 {
        return Err(Error::conflict("This member was changed meanwhile; read it again, and repeat your change"));
    }
    member.revision = before.revision + 1;
    if member.search_text != before.search_text {
        renew_words(tx, std::slice::from_ref(member)).await?;
    }
    Ok(())
}

/// Takes the row itself away, with what a search finds it by. Tells whether it was there.
pub(crate) async fn delete(tx: &mut Tx, member: &Member) -> Result<bool> {
    tx.execute("DELETE FROM audience_words WHERE member_id = $1", args![member.id]).await?;
    let sql = "DELETE FROM audience_members WHERE id = $1 AND workspace_id = $2";
    Ok(tx.execute(sql, args![member.id, member.workspace_id]).await? == 1)
}

/// Moves when a member did something last; never back. Tells their score, if they are there.
pub(crate) async fn touch(tx: &mut Tx, member: &Member, at: Timestamp) -> Result<Option<i64>> {
    let sql = "UPDATE audience_members SET active_at = CASE WHEN active_at < $1 THEN $1 ELSE active_at END, \
               last_active_at = CASE WHEN last_active_at IS NULL OR last_active_at < $1 THEN $1 ELSE last_active_at END \
               WHERE id = $2 AND workspace_id = $3 RETURNING score";
    tx.fetch_optional(sql, args![at, member.id, member.workspace_id]).await
}

/// Counts one interaction, and moves when they did something last if it was theirs. Tells whether the member is there.
pub(crate) async fn count_interaction(tx: &mut Tx, member: &Member, own_at: Option<Timestamp>) -> Result<bool> {
    let Some(at) = own_at else {
        let sql = "UPDATE audience_members SET interactions = interactions + 1 WHERE id = $1 AND workspace_id = $2";
        return Ok(tx.execute(sql, args![member.id, member.workspace_id]).await? == 1);
    };
    let sql = "UPDATE audience_members SET interactions = interactions + 1, \
               active_at = CASE WHEN active_at < $1 THEN $1 ELSE active_at END, \
               last_active_at = CASE WHEN last_active_at IS NULL OR last_active_at < $1 THEN $1 ELSE last_active_at END \
               WHERE id = $2 AND workspace_id = $3";
    Ok(tx.execute(sql, args![at, member.id, member.workspace_id]).await? == 1)
}

/// Says that somebody is active again, if they were not; tells whether that changed.
pub(crate) async fn wake(tx: &mut Tx, member: &Member) -> Result<bool> {
    let sql = "UPDATE audience_members SET is_active = TRUE WHERE id = $1 AND workspace_id = $2 AND is_active = FALSE";
    Ok(tx.execute(sql, args![member.id, member.workspace_id]).await? == 1)
}

/// Says that somebody is active no more, if they did nothing since; tells whether that changed.
pub(crate) async fn rest(tx: &mut Tx, member: &Member, since: Timestamp) -> Result<bool> {
    let sql = "UPDATE audience_members SET is_active = FALSE \
               WHERE id = $1 AND workspace_id = $2 AND is_active = TRUE AND active_at <= $3";
    Ok(tx.execute(sql, args![member.id, member.workspace_id, since]).await? == 1)
}

/// Some of an audience's channel who count as active and did nothing since.
pub(crate) async fn resting(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Channel,
    since: Timestamp,
    most: u32,
) -> Result<Vec<Member>> {
    let mut sql = Sql::of::<Member>();
    sql.and("workspace_id = ", workspace).and("channel = ", channel).and("is_active = ", true);
    sql.and("active_at <= ", since).push(" ORDER BY active_at, id LIMIT ").bind(most).all(tx).await
}

/// Some whose score is to be worked out again, whosever they are.
pub(crate) async fn due(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<Member>> {
    let mut sql = Sql::of::<Member>();
    sql.push(" AND score_due_at IS NOT NULL").and("score_due_at <= ", now);
    sql.push(" ORDER BY score_due_at LIMIT ").bind(most).all(tx).await
}

/// Writes a score, and when it is to be worked out again.
pub(crate) async fn set_score(tx: &mut Tx, id: MemberId, score: i64, due_at: Option<Timestamp>) -> Result<()> {
    let sql = "UPDATE audience_members SET score = $1, score_due_at = $2 WHERE id = $3";
    tx.execute(sql, args![score, due_at, id]).await.map(drop)
}

/// Writes the mean progress of a member's active enrolments.
pub(crate) async fn set_progress(tx: &mut Tx, member: &Member, progress: Option<i64>) -> Result<bool> {
    let sql = "UPDATE audience_members SET progress = $1 WHERE id = $2 AND workspace_id = $3";
    Ok(tx.execute(sql, args![progress, member.id, member.workspace_id]).await? == 1)
}

/// The same for many. Tells the score of those who are there, and whether they ever did something.
pub(crate) async fn set_progress_of(
    workspace: WorkspaceId,
    tx: &mut Tx,
    all: &[(MemberId, Option<i64>)],
) -> Result<Vec<(MemberId, i64, Option<i64>, bool)>> {
    let update = "UPDATE audience_members SET progress = given.column2 FROM";
    let which = "WHERE audience_members.id = given.column1 AND audience_members.workspace_id = given.column3 \
                 RETURNING id, score, progress, last_active_at IS NOT NULL";
    tx.change_rows(update, which, all.iter().map(|(id, progress)| args![*id, *progress, workspace]).collect()).await
}

/// Writes scores, and when each is to be worked out again.
pub(crate) async fn set_scores(tx: &mut Tx, all: &[(MemberId, i64, Option<Timestamp>)]) -> Result<()> {
    let update = "UPDATE audience_members SET score = given.column2, score_due_at = given.column3 FROM";
    let which = "WHERE audience_members.id = given.column1 RETURNING id";
    let rows = all.iter().map(|(id, score, due_at)| args![*id, *score, *due_at]).collect();
    tx.change_rows::<MemberId>(update, which, rows).await.map(drop)
}

/// Writes whether a member wants nothing at all.
pub(crate) async fn set_opted_out(tx: &mut Tx, member: &Member, opted_out: bool) -> Result<()> {
    let sql = "UPDATE audience_members SET opted_out = $1 WHERE id = $2 AND workspace_id = $3";
    tx.execute(sql, args![opted_out, member.id, member.workspace_id]).await.map(drop)
}

/// Writes a member who took another one over, under their lock.
pub(crate) async fn save_merged(tx: &mut Tx, member: &Member) -> Result<()> {
    let sql = "UPDATE audience_members SET profile = $1, name = $2, search_text = $3, timezone = $4, language = $5, active_at = $6, \
               last_active_at = $7, progress = $8, interactions = $9, opted_out = $10, created_at = $11, updated_at = $12, \
               revision = revision + 1 WHERE id = $13 AND workspace_id = $14";
    let args = args![
        &member.profile,
        &member.name,
        &member.search_text,
        &member.timezone,
        &member.language,
        member.active_at,
        member.last_active_at,
        member.progress,
        member.interactions,
        member.opted_out,
        member.created_at,
        member.updated_at,
        member.id,
        member.workspace_id
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Those of a channel who are called so.
pub(crate) async fn by_external_ids(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Channel,
    external_ids: &[&str],
) -> Result<Vec<Member>> {
    if external_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Member>();
    sql.and("workspace_id = ", workspace).and("channel = ", channel);
    sql.and_in("external_id", external_ids.iter().copied()).all(tx).await
}

/// The members of an audience after this one, oldest first: for what takes all of them out.
pub(crate) async fn after(
    workspace: WorkspaceId,
    tx: &mut Tx,
    after: Option<(Timestamp, MemberId)>,
    most: u32,
) -> Result<Vec<Member>> {
    let mut sql = Sql::of::<Member>();
    sql.and("workspace_id = ", workspace);
    if let Some((created_at, id)) = after {
        sql.push(" AND (created_at, id) > (").bind(created_at).push(", ").bind(id).push(")");
    }
    sql.push(" ORDER BY created_at, id LIMIT ").bind(most).all(tx).await
}
