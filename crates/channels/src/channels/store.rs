//! All SQL of channels.

use db::{Listing, Sql, Tx, args};
use kernel::{Error, Result, Timestamp, WorkspaceId};

use super::model::{Channel, ChannelId, Status};
use crate::members::{Medium, Member};

/// A channel, and when anything was last said on it.
type Listed = (Channel, Option<Timestamp>);

/// How many channels a workspace may have.
pub const MOST: u64 = 100;

/// A page of a workspace's channels, the oldest first, each with when anything was last said on it, and how many there are.
pub async fn list(
    workspace: WorkspaceId,
    tx: &mut Tx,
    kind: Option<Medium>,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Listed>, u64)> {
    let mut filter = Sql::filter();
    filter.push(" AND deleted_at IS NULL").and("workspace_id = ", workspace).and_if("kind = ", kind);
    let last = "(SELECT max(v.last_message_at) FROM channel_conversations v WHERE v.channel_id = channels.id)";
    let columns = format!("{}, {last}", Channel::COLUMNS);
    Listing::new("channels", columns, filter).order("created_at, id").page(tx, limit, offset).await
}

/// When anything was last said on a channel.
pub async fn last_activity(tx: &mut Tx, channel: ChannelId) -> Result<Option<Timestamp>> {
    let sql = "SELECT max(last_message_at) FROM channel_conversations WHERE channel_id = $1";
    tx.fetch_value(sql, args![channel]).await
}

/// How many channels a workspace has.
pub async fn count(workspace: WorkspaceId, tx: &mut Tx) -> Result<u64> {
    let sql = "SELECT count(*) FROM channels WHERE workspace_id = $1 AND deleted_at IS NULL";
    tx.fetch_value(sql, args![workspace]).await
}

/// A channel of a workspace.
pub async fn find(workspace: WorkspaceId, tx: &mut Tx, id: ChannelId) -> Result<Option<Channel>> {
    let mut sql = Sql::of::<Channel>();
    sql.push(" AND deleted_at IS NULL").and("workspace_id = ", workspace).and("id = ", id).optional(tx).await
}

/// A channel, whoever's it is: for what comes in from providers and websites, and for what the server does by itself.
pub async fn by_id(tx: &mut Tx, id: ChannelId) -> Result<Option<Channel>> {
    Sql::of::<Channel>().and("id = ", id).optional(tx).await
}

/// Channels by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[ChannelId]) -> Result<Vec<Channel>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Channel>().and_in("id", ids).all(tx).await
}

/// On which channel somebody is written to who has no conversation yet: this one, or the oldest of their kind that works.
pub async fn to_write_on(tx: &mut Tx, member: &Member, id: Option<ChannelId>) -> Result<Option<Channel>> {
    let mut sql = Sql::of::<Channel>();
    sql.and("workspace_id = ", member.workspace_id).and("kind = ", member.channel).and_if("id = ", id);
    sql.push(" AND deleted_at IS NULL AND status = 'active' ORDER BY created_at, id LIMIT 1").optional(tx).await
}

/// Writes down what its provider says of it. Nothing happens to one that was deleted.
pub async fn stand(tx: &mut Tx, id: ChannelId, status: Status, reason: Option<&str>, now: Timestamp) -> Result<bool> {
    let verified = (status == Status::Active).then_some(now);
    let sql = "UPDATE channels SET status = $2, reason = $3, verified_at = COALESCE($4, verified_at), updated_at = $5, \
               revision = revision + 1 WHERE id = $1 AND deleted_at IS NULL AND status <> 'inactive'";
    Ok(tx.execute(sql, args![id, status, reason, verified, now]).await? == 1)
}

/// One more member has come over it.
pub async fn joined(tx: &mut Tx, id: ChannelId) -> Result<()> {
    tx.execute("UPDATE channels SET user_count = user_count + 1 WHERE id = $1", args![id]).await.map(drop)
}

/// Takes a channel's turn at its journal: whoever else works at it waits here until this transaction is over.
pub async fn take_turn(tx: &mut Tx, id: ChannelId) -> Result<()> {
    tx.execute("UPDATE channels SET turn = turn + 1 WHERE id = $1", args![id]).await.map(drop)
}

/// Writes down what a bot is called.
pub async fn bot_name(tx: &mut Tx, id: ChannelId, name: &str) -> Result<()> {
    let Some(channel) = by_id(tx, id).await? else { return Ok(()) };
    let mut set = channel.configuration;
    set.0.bot_username = Some(name.to_owned());
    tx.execute("UPDATE channels SET configuration = $2 WHERE id = $1", args![id, set]).await.map(drop)
}

/// Writes a channel over what was, if it is as it was read.
pub async fn save(tx: &mut Tx, channel: &Channel) -> Result<()> {
    let sql = "UPDATE channels SET name = $3, status = $4, reason = $5, configuration = $6, secrets = $7, updated_at = $8, \
               revision = revision + 1 WHERE id = $1 AND revision = $2 AND deleted_at IS NULL";
    let arguments = args![
        channel.id,
        channel.revision,
        &channel.name,
        channel.status,
        &channel.reason,
        &channel.configuration,
        &channel.secrets,
        channel.updated_at
    ];
    if tx.execute(sql, arguments).await? == 1 {
        return Ok(());
    }
    Err(Error::conflict("Somebody else has changed the channel meanwhile; look at it again, and repeat what you want"))
}

/// Deletes a channel: its row stays for its conversations, without secrets.
pub async fn delete(tx: &mut Tx, channel: &Channel, now: Timestamp) -> Result<()> {
    let sql = "UPDATE channels SET deleted_at = $2, status = 'inactive', secrets = '{}', updated_at = $2, revision = revision + 1 \
               WHERE id = $1 AND deleted_at IS NULL";
    tx.execute(sql, args![channel.id, now]).await?;
    tx.execute("DELETE FROM channel_inbound WHERE channel_id = $1", args![channel.id]).await?;
    tx.execute("DELETE FROM widget_visitors WHERE channel_id = $1", args![channel.id]).await.map(drop)
}

/// Writes down what its owner should know, without another standing.
pub async fn noted(tx: &mut Tx, id: ChannelId, says: &str) -> Result<()> {
    let sql = "UPDATE channels SET reason = $2, revision = revision + 1 WHERE id = $1 AND status = 'active'";
    tx.execute(sql, args![id, says]).await.map(drop)
}

/// Channels of everybody by their ids, behind this one.
pub async fn page(tx: &mut Tx, behind: Option<ChannelId>, most: u32) -> Result<Vec<Channel>> {
    let mut sql = Sql::of::<Channel>();
    sql.push(" AND deleted_at IS NULL").and_if("id > ", behind).push(" ORDER BY id LIMIT ").bind(most).all(tx).await
}

/// The newest channel of a type, whoever's it is: for the demo's page.
pub async fn newest(tx: &mut Tx, kind: Medium) -> Result<Option<Channel>> {
    let mut sql = Sql::of::<Channel>();
    sql.push(" AND deleted_at IS NULL AND status = 'active'").and("kind = ", kind);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1").optional(tx).await
}
