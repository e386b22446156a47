//! What proactive rules keep about people: of the account that owns them, and of each of its members.

use async_trait::async_trait;
use audience::ports::Keeper;
use audience::{Member, MemberId};
use db::{Tx, args};
use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp, WorkspaceId};
use serde_json::{Value, json};

use crate::model::Firing;
use crate::store::firings;

/// What every export of an account tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

const SECTIONS: &[Table] = &[
    Table {
        name: "proactive_rules",
        columns: &[
            ("id", Plain),
            ("name", Plain),
            ("description", Plain),
            ("conditions", Json),
            ("actions", Json),
            ("is_active", Flag),
            ("holdout_percent", Plain),
            ("success_hours", Plain),
            ("created_at", Moment),
            ("deleted_at", Moment),
        ],
        from: "FROM proactive_rules WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
    Table {
        name: "proactive_firings",
        columns: &[
            ("id", Plain),
            ("rule_id", Plain),
            ("member_id", Plain),
            ("state", Plain),
            ("reason", Plain),
            ("created_at", Moment),
            ("fired_at", Moment),
            ("responded_at", Moment),
        ],
        from: "FROM proactive_firings WHERE (workspace_id = {account} OR workspace_id IN {owned}) ORDER BY created_at, id",
    },
];

/// The rules of an account's own hub go with it.
#[derive(Clone, Copy, Debug)]
struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for sql in [
            "DELETE FROM proactive_marks WHERE rule_id IN (SELECT id FROM proactive_rules WHERE workspace_id = {account})",
            "DELETE FROM proactive_firings WHERE workspace_id = {account}",
            "DELETE FROM proactive_days WHERE workspace_id = {account}",
            "DELETE FROM proactive_suppressed_days WHERE workspace_id = {account}",
            "DELETE FROM proactive_rules WHERE workspace_id = {account}",
        ] {
            of.sql(sql).run(tx).await?;
        }
        Ok(())
    }
}

/// What is kept about members: for the audience, when two become one, when one asks, and when one is erased.
#[derive(Clone, Copy, Debug)]
pub struct Keeping;

#[async_trait]
impl Keeper for Keeping {
    async fn hold(&self, tx: &mut Tx, workspace: WorkspaceId, members: &[MemberId]) -> Result<()> {
        firings::hold(workspace, tx, members).await
    }

    async fn merge(&self, tx: &mut Tx, from: &Member, into: &Member) -> Result<()> {
        // Of one silence there is one firing: where both have it, the one of who stays remains.
        let firings = [
            "UPDATE proactive_firings SET member_id = $2 WHERE member_id = $1 AND workspace_id = $3 AND NOT EXISTS \
             (SELECT 1 FROM proactive_firings AS o WHERE o.rule_id = proactive_firings.rule_id AND o.member_id = $2 \
             AND o.silence = proactive_firings.silence)",
            "DELETE FROM proactive_firings WHERE member_id = $1 AND workspace_id = $3 AND member_id <> $2",
        ];
        for sql in firings {
            tx.execute(sql, args![from.id, into.id, from.workspace_id]).await?;
        }
        let marks = [
            "UPDATE proactive_marks SET member_id = $2 WHERE member_id = $1 AND NOT EXISTS \
             (SELECT 1 FROM proactive_marks AS o WHERE o.rule_id = proactive_marks.rule_id AND o.member_id = $2)",
            "DELETE FROM proactive_marks WHERE member_id = $1 AND member_id <> $2",
        ];
        for sql in marks {
            tx.execute(sql, args![from.id, into.id]).await?;
        }
        Ok(())
    }

    async fn told(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let all = firings::of_member(member.workspace_id, tx, member.id).await?;
        Ok(vec![("proactive_firings", all.iter().map(tell).collect())])
    }

    async fn erase(&self, tx: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
        let sql = "DELETE FROM proactive_firings WHERE member_id = $1 AND workspace_id = $2";
        let gone = tx.execute(sql, args![member.id, member.workspace_id]).await?;
        tx.execute("DELETE FROM proactive_marks WHERE member_id = $1", args![member.id]).await?;
        Ok(vec![("proactive_firings", gone)])
    }
}

/// Whether somebody was held out is told as well: it is kept about them.
fn tell(firing: &Firing) -> Value {
    json!({"id": firing.id, "rule_id": firing.rule_id, "state": firing.state, "reason": firing.reason,
        "created_at": firing.created_at, "fired_at": firing.fired_at, "responded_at": firing.responded_at})
}
