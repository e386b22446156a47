//! What calls keep about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace its calls, consents and do-not-call list are told; to a creator the calls to them, by the entry of the
//!   directory that they have claimed, the consents they gave, and whether their numbers are on a list.
//! - When a creator is erased, what was said goes, and their consents are taken back. That an AI rang their number, when, and by which
//!   consent stays: the law wants it proved (TCPA). So do the entries of the do-not-call lists, so that nobody rings again. A number
//!   that was never rung goes.

use async_trait::async_trait;
use db::{Sql, Tx};
use http_base::data::As::{Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

type Columns = &'static [(&'static str, http_base::data::As)];

const CALL: Columns = &[
    ("id", Plain),
    ("workspace_id", Plain),
    ("outreach_id", Plain),
    ("campaign_id", Plain),
    ("creator_id", Plain),
    ("kind", Plain),
    ("provider", Plain),
    ("rings", Flag),
    ("direction", Plain),
    ("call_sid", Plain),
    ("conversation_id", Plain),
    ("to_number", Plain),
    ("from_number", Plain),
    ("status", Plain),
    ("duration_seconds", Plain),
    ("conversation", Json),
    ("created_at", Moment),
    ("ended_at", Moment),
];
const CONSENT: Columns = &[
    ("id", Plain),
    ("workspace_id", Plain),
    ("creator_id", Plain),
    ("phone_number", Plain),
    ("source", Plain),
    ("given_at", Moment),
    ("recorded_at", Moment),
    ("revoked_at", Moment),
    ("revoked_because", Plain),
];
const DO_NOT_CALL: Columns =
    &[("id", Plain), ("workspace_id", Plain), ("phone_number", Plain), ("reason", Plain), ("created_at", Moment)];

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table { name: "calls", columns: CALL, from: "FROM calls WHERE workspace_id IN {owned} ORDER BY created_at, id" },
    Table {
        name: "call_consents",
        columns: CONSENT,
        from: "FROM call_consents WHERE workspace_id IN {owned} ORDER BY recorded_at DESC, id DESC",
    },
    Table {
        name: "do_not_call",
        columns: DO_NOT_CALL,
        from: "FROM do_not_call WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "calls_to_you",
        columns: CALL,
        from: "FROM calls WHERE creator_id IN {claimed} ORDER BY created_at, id",
    },
    Table {
        name: "call_consents_of_you",
        columns: CONSENT,
        from: "FROM call_consents WHERE creator_id IN {claimed} ORDER BY recorded_at DESC, id DESC",
    },
    Table {
        name: "do_not_call_of_you",
        columns: DO_NOT_CALL,
        from: "FROM do_not_call WHERE phone_number IN (SELECT to_number FROM calls WHERE creator_id IN {claimed} UNION SELECT phone_number FROM call_consents WHERE creator_id IN {claimed}) ORDER BY created_at DESC, id DESC",
    },
];

/// Takes away what a creator said who is erased.
pub struct Erasing;

/// What is done, in this order.
const STATEMENTS: [&str; 4] = [
    "DELETE FROM voice_sessions WHERE call_id IN (SELECT id FROM calls WHERE creator_id IN {claimed})",
    "UPDATE calls SET conversation = NULL, recording_sid = NULL, look_at = NULL WHERE creator_id IN {claimed}",
    // Nobody was rung: there is nothing to be proved. The name of such a call has the number in it.
    "UPDATE calls SET to_number = 'erased', call_sid = NULL WHERE creator_id IN {claimed} AND NOT rings",
    "DELETE FROM call_consents WHERE creator_id IN {claimed} AND NOT EXISTS \
     (SELECT 1 FROM calls WHERE calls.to_number = call_consents.phone_number AND calls.rings)",
];

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for sql in STATEMENTS {
            of.sql(sql).run(tx).await?;
        }
        let mut sql =
            Sql::new("UPDATE call_consents SET revoked_because = 'They had their data erased', revoked_at = ");
        sql.bind(now).push(" WHERE revoked_at IS NULL").and_in("creator_id", &of.claimed).run(tx).await.map(drop)
    }
}
