//! How many members there are of each kind.

use db::{Sql, Tx, args};
use kernel::{Result, WorkspaceId};

use crate::model::Channel;

/// One kind of members, and how many more there are of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Move {
    /// A tag as it is compared; empty for all members.
    pub(crate) tag: String,
    pub(crate) channel: Channel,
    pub(crate) is_active: bool,
    /// How the tag is written.
    pub(crate) label: String,
    pub(crate) by: i64,
}

impl Move {
    /// So many more members, whatever their tags.
    pub(crate) fn all(channel: Channel, is_active: bool, by: i64) -> Self {
        Self { tag: String::new(), channel, is_active, label: String::new(), by }
    }

    /// So many more with this tag.
    pub(crate) fn tagged((tag, label): (&str, &str), channel: Channel, is_active: bool, by: i64) -> Self {
        Self { tag: tag.to_owned(), channel, is_active, label: label.to_owned(), by }
    }
}

/// Moves counts, always in the same order, so that two who move several never wait for each other.
pub(crate) async fn change(tx: &mut Tx, workspace: WorkspaceId, mut moves: Vec<Move>) -> Result<()> {
    moves.sort();
    for Move { tag, channel, is_active, label, by } in moves {
        let sql = "INSERT INTO audience_counts (workspace_id, tag, channel, is_active, label, members) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, tag, channel, is_active) \
                   DO UPDATE SET members = audience_counts.members + excluded.members";
        tx.execute(sql, args![workspace, tag, channel, is_active, label, by]).await?;
    }
    Ok(())
}

/// How many members there are, with a tag, on a channel, active or not.
pub(crate) async fn of(
    workspace: WorkspaceId,
    tx: &mut Tx,
    tag: &str,
    channel: Option<Channel>,
    is_active: Option<bool>,
) -> Result<u64> {
    // PostgreSQL sums up to a NUMERIC.
    let mut sql =
        Sql::new("SELECT CAST(coalesce(sum(members), 0) AS BIGINT) FROM audience_counts WHERE workspace_id = ");
    sql.bind(workspace).and("tag = ", tag).and_if("channel = ", channel).and_if("is_active = ", is_active);
    sql.one(tx).await
}

/// The channels that an audience has members on.
pub(crate) async fn channels(tx: &mut Tx) -> Result<Vec<(WorkspaceId, Channel)>> {
    let sql = "SELECT workspace_id, channel FROM audience_counts WHERE tag = '' AND is_active = TRUE AND members > 0 \
               ORDER BY workspace_id, channel";
    tx.fetch_all(sql, vec![]).await
}
