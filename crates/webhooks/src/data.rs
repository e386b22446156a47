//! What webhooks keep about people: of whose hub it is, and of the members that deliveries tell of.

use std::sync::Arc;

use async_trait::async_trait;
use audience::Member;
use audience::ports::{Keeper, Owners};
use db::{Tx, args};
use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp, WorkspaceId};
use serde_json::{Value, json};

use crate::model::DeliveryId;
use crate::{Webhooks, compose, store};

/// So many deliveries are told of one member.
const TOLD: u32 = 1_000;
/// So many are reworded at once.
const BITE: u32 = 200;

/// What every export tells, and every erasure takes away.
pub(crate) fn kept(webhooks: &Webhooks) -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing(webhooks.owners()))
}

/// What is told; never a secret.
const SECTIONS: &[Table] = &[
    Table {
        name: "webhooks",
        columns: &[
            ("id", Plain),
            ("url", Plain),
            ("description", Plain),
            ("events", Json),
            ("thin", Flag),
            ("status", Plain),
            ("reason", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM webhook_subscriptions WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
    Table {
        name: "webhook_deliveries",
        columns: &[
            ("id", Plain),
            ("subscription_id", Plain),
            ("event", Plain),
            ("body", Json),
            ("status", Plain),
            ("attempts", Plain),
            ("error", Plain),
            ("created_at", Moment),
            ("settled_at", Moment),
        ],
        from: "FROM webhook_deliveries WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at DESC, id DESC",
    },
];

/// Takes away what an account's own hub has, and that of workspaces which nobody owns any more.
struct Erasing(Arc<dyn Owners>);

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let own = WorkspaceId::from_uuid(of.account.uuid());
        for hub in std::iter::once(own).chain(of.owned.iter().copied()) {
            if hub != own && self.0.is_owned(tx, hub).await? {
                continue;
            }
            for sql in [
                "DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE workspace_id = $1)",
                "DELETE FROM webhook_deliveries WHERE workspace_id = $1",
                "DELETE FROM webhook_subscriptions WHERE workspace_id = $1",
                "DELETE FROM webhook_gates WHERE workspace_id = $1",
            ] {
                tx.execute(sql, args![hub]).await?;
            }
        }
        Ok(())
    }
}

/// What deliveries tell of members: for the audience, when two become one, when one asks, and when one is erased.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeping;

#[async_trait]
impl Keeper for Keeping {
    async fn merge(&self, tx: &mut Tx, from: &Member, into: &Member) -> Result<()> {
        store::deliveries::hand_over(from.workspace_id, tx, from.id.uuid(), into.id.uuid()).await
    }

    async fn told(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let all = store::deliveries::of_member(member.workspace_id, tx, member.id.uuid(), TOLD).await?;
        let told = all.iter().map(|log| {
            let body: Value = serde_json::from_str(&log.body).unwrap_or_default();
            json!({"event": log.event, "body": body, "status": log.status, "created_at": log.created_at})
        });
        Ok(vec![("webhook_deliveries", told.collect())])
    }

    async fn erase(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
        let mut count = 0;
        loop {
            // What is reworded names the member no more, so each look finds others.
            let some = store::deliveries::of_member(member.workspace_id, tx, member.id.uuid(), BITE).await?;
            for log in &some {
                let id: DeliveryId = log.id;
                store::deliveries::reword(tx, id, &compose::without_person(&log.body)).await?;
            }
            count += some.len() as u64;
            if some.len() < BITE as usize {
                return Ok(vec![("webhook_deliveries", count)]);
            }
        }
    }
}
