//! By what members are known.

use db::{Sql, Stored as _, Tx, args};
use kernel::{Result, Timestamp, WorkspaceId};

use crate::model::{Channel, Identity, IdentityKind, IdentityRow, Member, MemberId};

/// Those of these identities that are known on a channel.
pub(crate) async fn known(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Channel,
    identities: &[Identity],
) -> Result<Vec<IdentityRow>> {
    if identities.is_empty() {
        return Ok(Vec::new());
    }
    // Each kind and each value by itself are steps of the primary key; an OR over pairs would be read out of all that are known on the channel.
    let mut sql = Sql::of::<IdentityRow>();
    sql.and("workspace_id = ", workspace).and("channel = ", channel);
    sql.push(" AND kind IN ").bind_list(identities.iter().map(|one| one.kind));
    sql.push(" AND value IN ").bind_list(identities.iter().map(|one| &one.value));
    let mut rows: Vec<IdentityRow> = sql.all(tx).await?;
    rows.retain(|row| identities.iter().any(|one| one.kind == row.kind && one.value == row.value));
    Ok(rows)
}

/// Waits until nobody else makes anybody known on this channel, and keeps others waiting until the transaction is over. Taken before any lock of a
/// member: else two who each have what the other waits for would never come to an end.
pub(crate) async fn gate(workspace: WorkspaceId, tx: &mut Tx, channel: Channel) -> Result<()> {
    let sql = "INSERT INTO audience_gates (workspace_id, channel) VALUES ($1, $2) \
               ON CONFLICT (workspace_id, channel) DO UPDATE SET channel = excluded.channel";
    tx.execute(sql, args![workspace, channel]).await.map(drop)
}

/// Makes these identities a member's, but for those that somebody has. Tells how many became theirs.
pub(crate) async fn claim(
    tx: &mut Tx,
    (workspace, channel): (WorkspaceId, Channel),
    member: MemberId,
    identities: &[Identity],
    now: Timestamp,
) -> Result<u64> {
    let mut sorted: Vec<&Identity> = identities.iter().collect();
    // Always in the same order, so that two who claim the same ones never wait for each other.
    sorted.sort();
    sorted.dedup();
    let rows = sorted.into_iter().map(|identity| {
        let Identity { kind, value } = identity.clone();
        let row = IdentityRow {
            workspace_id: workspace,
            channel,
            kind,
            value,
            member_id: member,
            created_at: now,
            unreachable_at: None,
        };
        row.values()
    });
    tx.insert_rows(IdentityRow::INTO, "ON CONFLICT DO NOTHING", rows.collect()).await
}

/// All of a member's, on all channels.
pub(crate) async fn of(tx: &mut Tx, member: &Member) -> Result<Vec<IdentityRow>> {
    let mut sql = Sql::of::<IdentityRow>();
    sql.and("member_id = ", member.id).and("workspace_id = ", member.workspace_id);
    sql.push(" ORDER BY channel, kind, value").all(tx).await
}

/// Those of several members.
pub(crate) async fn of_all(tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<Vec<IdentityRow>> {
    let mut sql = Sql::of::<IdentityRow>();
    sql.and_in("member_id", members.iter().copied()).and("workspace_id = ", workspace);
    sql.push(" ORDER BY member_id, channel, kind, value").all(tx).await
}

/// Gives all that one member has to another.
pub(crate) async fn give(tx: &mut Tx, from: MemberId, to: MemberId) -> Result<u64> {
    tx.execute("UPDATE audience_identities SET member_id = $1 WHERE member_id = $2", args![to, from]).await
}

/// Takes one away from a member; tells whether it was theirs.
pub(crate) async fn remove(tx: &mut Tx, member: &Member, channel: Channel, identity: &Identity) -> Result<bool> {
    let sql = "DELETE FROM audience_identities WHERE workspace_id = $1 AND channel = $2 AND kind = $3 AND value = $4 \
               AND member_id = $5";
    let args = args![member.workspace_id, channel, identity.kind, &identity.value, member.id];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Writes down that nobody is reached by an identity, or that somebody is again.
pub(crate) async fn set_unreachable(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Channel,
    identity: &Identity,
    since: Option<Timestamp>,
) -> Result<bool> {
    let sql = "UPDATE audience_identities SET unreachable_at = $1 \
               WHERE workspace_id = $2 AND channel = $3 AND kind = $4 AND value = $5";
    let args = args![since, workspace, channel, identity.kind, &identity.value];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Takes away all that somebody has.
pub(crate) async fn give_up(tx: &mut Tx, member: MemberId) -> Result<u64> {
    tx.execute("DELETE FROM audience_identities WHERE member_id = $1", args![member]).await
}

/// Those of one kind that are known on a channel, of these values.
pub(crate) async fn of_values(
    workspace: WorkspaceId,
    tx: &mut Tx,
    channel: Channel,
    kind: IdentityKind,
    values: Vec<String>,
) -> Result<Vec<IdentityRow>> {
    let mut sql = Sql::of::<IdentityRow>();
    sql.and("workspace_id = ", workspace).and("channel = ", channel).and("kind = ", kind);
    sql.and_in("value", values).all(tx).await
}
