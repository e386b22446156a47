//! Members who are typing. Each has a row in the database while they type, because the coach's stream may be open in another process.

use db::{Tx, args};
use kernel::{Result, Timestamp, WorkspaceId, time};

use super::model::{Conversation, ConversationId};

/// How long a typing notice is valid. Clients repeat it every few seconds.
const FOR: i64 = 8 * time::SECOND;
/// A notice that is still valid for this long is not written again. This limits the writes per conversation.
const ENOUGH: i64 = 4 * time::SECOND;

/// Tells whether a stored notice is valid long enough that a new one does not have to be written.
pub(crate) async fn is_known(tx: &mut Tx, of: ConversationId, now: Timestamp) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM channel_typing WHERE conversation_id = $1 AND until > $2)";
    tx.fetch_value(sql, args![of, now.plus(ENOUGH)]).await
}

/// Stores that a member is typing, or that they stopped.
pub(crate) async fn writes(tx: &mut Tx, of: &Conversation, on: bool, now: Timestamp) -> Result<()> {
    if !on {
        return stopped(tx, of.id).await;
    }
    let sql = "INSERT INTO channel_typing (conversation_id, workspace_id, until) VALUES ($1, $2, $3) \
               ON CONFLICT (conversation_id) DO UPDATE SET until = excluded.until";
    tx.execute(sql, args![of.id, of.workspace_id, now.plus(FOR)]).await.map(drop)
}

/// Deletes the notice of a conversation.
pub(crate) async fn stopped(tx: &mut Tx, of: ConversationId) -> Result<()> {
    tx.execute("DELETE FROM channel_typing WHERE conversation_id = $1", args![of]).await.map(drop)
}

/// Returns the conversations in which a member is typing, with their workspaces.
pub(crate) async fn now(tx: &mut Tx, now: Timestamp, most: u32) -> Result<Vec<(WorkspaceId, ConversationId)>> {
    let sql = "SELECT workspace_id, conversation_id FROM channel_typing WHERE until > $1 ORDER BY until DESC LIMIT $2";
    tx.fetch_all(sql, args![now, most]).await
}

/// Deletes some expired notices. Returns how many.
pub(crate) async fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM channel_typing WHERE conversation_id IN \
               (SELECT conversation_id FROM channel_typing WHERE until <= $1 ORDER BY until LIMIT 1000)";
    tx.execute(sql, args![now]).await
}
