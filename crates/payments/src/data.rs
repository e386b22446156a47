//! What payments keep about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace its payments and its ledger are told; to a creator those of the entries of the directory that they
//!   have claimed.
//! - Payments and the ledger stay, whoever is erased: the law makes the other side keep them. A payout account goes unless money
//!   still waits for it.

use async_trait::async_trait;
use db::Tx;
use http_base::data::As::{Amount, Flag, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

type Columns = &'static [(&'static str, http_base::data::As)];

const PAYMENT: Columns = &[
    ("id", Plain),
    ("contract_id", Plain),
    ("campaign_id", Plain),
    ("creator_id", Plain),
    ("name", Plain),
    ("amount", Amount),
    ("currency", Plain),
    ("status", Plain),
    ("awaits_delivery", Flag),
    ("due_at", Moment),
    ("payment_method", Plain),
    ("provider", Plain),
    ("transaction_id", Plain),
    ("failure", Plain),
    ("refunded", Amount),
    ("disputed", Amount),
    ("dispute_status", Plain),
    ("payout_status", Plain),
    ("paid_out", Amount),
    ("fees", Amount),
    ("paid_at", Moment),
    ("created_at", Moment),
];

const LEDGER: Columns = &[
    ("posting", Plain),
    ("line", Plain),
    ("kind", Plain),
    ("account", Plain),
    ("currency", Plain),
    ("amount", Amount),
    ("payment_id", Plain),
    ("created_at", Moment),
];

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "payments",
        columns: PAYMENT,
        from: "FROM payments WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "ledger",
        columns: LEDGER,
        from: "FROM ledger_entries WHERE workspace_id IN {owned} ORDER BY posting, line",
    },
    Table {
        name: "payments_to_you",
        columns: PAYMENT,
        from: "FROM payments WHERE creator_id IN {claimed} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "ledger_of_you",
        columns: LEDGER,
        from: "FROM ledger_entries WHERE account = 'creator' AND creator_id IN {claimed} ORDER BY posting, line",
    },
    Table {
        name: "payout_accounts",
        columns: &[("creator_id", Plain), ("provider", Plain), ("account", Plain), ("updated_at", Moment)],
        from: "FROM payout_accounts WHERE creator_id IN {claimed} ORDER BY creator_id, provider",
    },
];

/// What is taken away.
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let sql = "DELETE FROM payout_accounts WHERE creator_id IN {claimed} AND NOT EXISTS (SELECT 1 FROM payments p \
                   WHERE p.creator_id = payout_accounts.creator_id \
                   AND (p.status = 'processing' OR p.payout_status IN ('waiting', 'in_transit', 'failed')))";
        of.sql(sql).run(tx).await.map(drop)
    }
}
