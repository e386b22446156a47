//! What the audience keeps for the account whose hub it is, as it is told to them and taken away with them. What is kept about one member is told and taken
//! away by [`crate::members`].

use std::sync::Arc;

use async_trait::async_trait;
use db::{Tx, args};
use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, PAGE, Section, Table};
use kernel::{AccountId, Result, Scope, Timestamp, WorkspaceId};
use serde_json::Value;

use crate::Audience;
use crate::ports::Owners;

/// What every export tells, and every erasure takes away.
pub(crate) fn kept(audience: &Audience) -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing(audience.owners()))
}

/// Rows of a hub. In the statement `{account}` stands for whose hub it is: an account's own has its id, others have a workspace's.
#[derive(Clone, Copy)]
struct OfHub {
    /// The table that shows whether there is anything.
    of: &'static str,
    told: Table,
}

const SECTIONS: &[OfHub] = &[
    OfHub {
        of: "audience_members",
        told: Table {
            name: "audience_users",
            columns: &[
                ("id", Plain),
                ("external_id", Plain),
                ("channel", Plain),
                ("profile", Json),
                ("timezone", Plain),
                ("language", Plain),
                ("is_active", Flag),
                ("last_active_at", Moment),
                ("score", Plain),
                ("interactions", Plain),
                ("opted_out", Flag),
                ("created_at", Moment),
                ("updated_at", Moment),
            ],
            from: "FROM audience_members WHERE workspace_id = {account} ORDER BY created_at, id",
        },
    },
    OfHub {
        of: "audience_identities",
        told: Table {
            name: "audience_identities",
            columns: &[
                ("member_id", Plain),
                ("channel", Plain),
                ("kind", Plain),
                ("value", Plain),
                ("created_at", Moment),
                ("unreachable_at", Moment),
            ],
            from: "FROM audience_identities WHERE workspace_id = {account} ORDER BY channel, kind, value",
        },
    },
    OfHub {
        of: "audience_tags",
        told: Table {
            name: "audience_tags",
            columns: &[("label", Plain), ("member_id", Plain), ("created_at", Moment)],
            from: "FROM audience_tags WHERE workspace_id = {account} ORDER BY tag, member_id",
        },
    },
    OfHub {
        of: "audience_permissions",
        told: Table {
            name: "audience_permissions",
            columns: &[
                ("member_id", Plain),
                ("channel", Plain),
                ("purpose", Plain),
                ("allowed", Flag),
                ("how", Plain),
                ("at", Moment),
            ],
            from: "FROM audience_permissions WHERE workspace_id = {account} ORDER BY member_id, at, id",
        },
    },
    OfHub {
        of: "audience_notes",
        told: Table {
            name: "audience_notes",
            columns: &[
                ("id", Plain),
                ("member_id", Plain),
                ("author_id", Plain),
                ("content", Plain),
                ("created_at", Moment),
                ("updated_at", Moment),
            ],
            from: "FROM audience_notes WHERE workspace_id = {account} ORDER BY member_id, created_at, id",
        },
    },
    OfHub {
        of: "audience_badges",
        told: Table {
            name: "audience_badges",
            columns: &[("id", Plain), ("name", Plain), ("description", Plain), ("created_at", Moment)],
            from: "FROM audience_badges WHERE workspace_id = {account} ORDER BY name_key, id",
        },
    },
    OfHub {
        of: "audience_badges_earned",
        told: Table {
            name: "audience_badges_earned",
            columns: &[("member_id", Plain), ("badge_id", Plain), ("earned_at", Moment)],
            from: "FROM audience_badges_earned WHERE workspace_id = {account} ORDER BY member_id, badge_id",
        },
    },
    OfHub {
        of: "audience_interactions",
        told: Table {
            name: "audience_interactions",
            columns: &[("id", Plain), ("member_id", Plain), ("channel", Plain), ("kind", Plain), ("at", Moment)],
            from: "FROM audience_interactions WHERE workspace_id = {account} ORDER BY member_id, at, id",
        },
    },
    OfHub {
        of: "audience_days",
        told: Table {
            name: "audience_days",
            columns: &[
                ("day", Plain),
                ("channel", Plain),
                ("interactions", Plain),
                ("messages_in", Plain),
                ("messages_out", Plain),
                ("ai", Plain),
                ("escalations", Plain),
                ("new_members", Plain),
            ],
            from: "FROM audience_days WHERE workspace_id = {account} ORDER BY channel, day",
        },
    },
    OfHub {
        of: "audience_member_days",
        told: Table {
            name: "audience_user_days",
            columns: &[
                ("day", Plain),
                ("channel", Plain),
                ("member_id", Plain),
                ("interactions", Plain),
                ("own", Plain),
                ("asked", Plain),
                ("answered", Plain),
                ("came", Flag),
            ],
            from: "FROM audience_member_days WHERE workspace_id = {account} ORDER BY channel, day, member_id",
        },
    },
    OfHub {
        of: "audience_imports",
        told: Table {
            name: "audience_imports",
            columns: &[
                ("id", Plain),
                ("account_id", Plain),
                ("status", Plain),
                ("bytes", Plain),
                ("error", Plain),
                ("report", Json),
                ("created_at", Moment),
                ("finished_at", Moment),
            ],
            from: "FROM audience_imports WHERE workspace_id = {account} ORDER BY created_at DESC, id DESC",
        },
    },
    OfHub {
        of: "audience_erasures",
        told: Table {
            name: "audience_erasures",
            columns: &[
                ("id", Plain),
                ("member_id", Plain),
                ("account_id", Plain),
                ("kind", Plain),
                ("into_id", Plain),
                ("took", Json),
                ("proof", Plain),
                ("at", Moment),
            ],
            from: "FROM audience_erasures WHERE workspace_id = {account} ORDER BY at DESC, id DESC",
        },
    },
];

/// The hubs that are somebody's: their own, and those of the workspaces that they own.
fn hubs(of: &Holder) -> Vec<WorkspaceId> {
    std::iter::once(WorkspaceId::from_uuid(of.account.uuid())).chain(of.owned.iter().copied()).collect()
}

#[async_trait]
impl Section for OfHub {
    fn name(&self) -> &'static str {
        self.told.name
    }

    async fn fetch(&self, scope: Scope, tx: &mut Tx, of: &Holder, from: u64) -> Result<Vec<Value>> {
        let mut left = Vec::new();
        for hub in hubs(of) {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE workspace_id = $1)", self.of);
            if tx.fetch_value::<bool>(&sql, args![hub]).await? {
                left.push(hub);
            }
        }
        let (mut from, mut told) = (from, Vec::new());
        let last = left.len();
        for (place, hub) in left.into_iter().enumerate() {
            let as_hub = Holder { account: AccountId::from_uuid(hub.uuid()), ..of.clone() };
            let rows = self.told.fetch(scope, tx, &as_hub, from).await?;
            let was_full = rows.len() == PAGE as usize;
            told.extend(rows);
            told.truncate(PAGE as usize);
            // Only where another hub follows it has to be known how many rows this one has.
            if was_full || place + 1 == last || told.len() == PAGE as usize {
                break;
            }
            let sql = format!("SELECT count(*) FROM {} WHERE workspace_id = $1", self.of);
            from = from.saturating_sub(tx.fetch_value::<u64>(&sql, args![hub]).await?);
        }
        Ok(told)
    }
}

/// What is taken away: the whole audience of an account's own hub, and those of workspaces that nobody owns any more.
struct Erasing(Arc<dyn Owners>);

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for hub in hubs(of) {
            let is_own = hub.uuid() == of.account.uuid();
            if !is_own && self.0.is_owned(tx, hub).await? {
                continue;
            }
            for sql in [
                "DELETE FROM audience_words WHERE workspace_id = $1",
                "DELETE FROM audience_counts WHERE workspace_id = $1",
                "DELETE FROM audience_gates WHERE workspace_id = $1",
                "DELETE FROM audience_identities WHERE workspace_id = $1",
                "DELETE FROM audience_permissions WHERE workspace_id = $1",
                "DELETE FROM audience_tags WHERE workspace_id = $1",
                "DELETE FROM audience_notes WHERE workspace_id = $1",
                "DELETE FROM audience_badges_earned WHERE workspace_id = $1",
                "DELETE FROM audience_badges WHERE workspace_id = $1",
                "DELETE FROM audience_interactions WHERE workspace_id = $1",
                "DELETE FROM audience_member_days WHERE workspace_id = $1",
                "DELETE FROM audience_days WHERE workspace_id = $1",
                "DELETE FROM audience_visits WHERE workspace_id = $1",
                "DELETE FROM audience_calendars WHERE workspace_id = $1",
                "DELETE FROM audience_erasures WHERE workspace_id = $1",
                "DELETE FROM audience_imports WHERE workspace_id = $1 AND file IS NULL",
                // The files themselves are swept after it.
                "UPDATE audience_imports SET status = 'failed', report = '{\"processed\":0,\"added\":0,\"updated\":0,\"unchanged\":0,\"failed\":0,\"errors\":[]}', \
                 error = NULL, created_at = 0 WHERE workspace_id = $1",
                "DELETE FROM audience_members WHERE workspace_id = $1",
            ] {
                tx.execute(sql, args![hub]).await?;
            }
        }
        Ok(())
    }
}
