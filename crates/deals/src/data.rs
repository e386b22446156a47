//! What contracts keep about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace its contracts are told; to a creator those of the entries of the directory that they have claimed,
//!   once they were offered. Signatures and signing links are told to whoever gave them or was asked.
//! - What somebody has signed stays, whoever is erased: the text, the signatures with what vouches for them, and the
//!   trail. The law makes the other side keep them, and a trail from which something was taken would vouch for nothing.
//! - What nobody has signed binds nobody, and goes with the creator whom it names: its frozen texts, its links, its trail (in which
//!   addresses stand) down to one entry that says so; if it was still offered, it is cancelled.
//! - Links go with the address that they were mailed to, and nobody signs by them any more.

use async_trait::async_trait;
use db::{Tx, args};
use http_base::data::As::{Amount, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{ContractId, Result, Scope, Timestamp};
use serde_json::json;

use crate::model::Status;
use crate::{Actor, store};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

type Columns = &'static [(&'static str, http_base::data::As)];

const CONTRACT: Columns = &[
    ("id", Plain),
    ("campaign_id", Plain),
    ("creator_id", Plain),
    ("status", Plain),
    ("version", Plain),
    ("currency", Plain),
    ("total_amount", Amount),
    ("terms", Json),
    ("deliverables", Json),
    ("payment_schedule", Json),
    ("signing_order", Plain),
    ("sent_at", Moment),
    ("signed_at", Moment),
    ("completed_at", Moment),
    ("ended_at", Moment),
    ("expires_at", Moment),
    ("created_at", Moment),
    ("updated_at", Moment),
];

const DELIVERABLE: Columns = &[
    ("d.contract_id", Plain),
    ("d.position", Plain),
    ("d.kind", Plain),
    ("d.quantity", Plain),
    ("d.requirements", Json),
    ("d.milestone", Plain),
    ("d.deadline", Moment),
    ("d.status", Plain),
    ("d.content_url", Plain),
    ("d.note", Plain),
    ("d.submitted_at", Moment),
    ("d.approved_at", Moment),
];

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "contracts",
        columns: CONTRACT,
        from: "FROM contracts WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "contract_deliverables",
        columns: DELIVERABLE,
        from: "FROM contracts c JOIN contract_deliverables d ON d.contract_id = c.id WHERE c.workspace_id IN {owned} \
               ORDER BY c.created_at DESC, c.id DESC, d.position",
    },
    Table {
        name: "contracts_with_you",
        columns: CONTRACT,
        from: "FROM contracts WHERE sent_at IS NOT NULL AND creator_id IN {claimed} \
               ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "deliverables_of_you",
        columns: DELIVERABLE,
        from: "FROM contracts c JOIN contract_deliverables d ON d.contract_id = c.id WHERE c.sent_at IS NOT NULL \
               AND c.creator_id IN {claimed} ORDER BY c.created_at DESC, c.id DESC, d.position",
    },
    Table {
        name: "contract_signatures",
        columns: &[
            ("s.contract_id", Plain),
            ("s.version", Plain),
            ("s.party", Plain),
            ("s.method", Plain),
            ("s.signer_name", Plain),
            ("s.signer_email", Plain),
            ("s.address", Plain),
            ("s.agent", Plain),
            ("s.document_hash", Plain),
            ("v.document", Json),
            ("s.signed_at", Moment),
        ],
        from: "FROM contract_signatures s JOIN contract_versions v ON v.contract_id = s.contract_id AND v.version = s.version \
               WHERE s.account_id = {account} OR (s.party = 'creator' AND s.contract_id IN \
               (SELECT id FROM contracts WHERE creator_id IN {claimed})) \
               ORDER BY s.signed_at, s.contract_id, s.version, s.party",
    },
    Table {
        name: "contract_links",
        columns: &[
            ("id", Plain),
            ("contract_id", Plain),
            ("version", Plain),
            ("party", Plain),
            ("name", Plain),
            ("email", Plain),
            ("status", Plain),
            ("expires_at", Moment),
            ("created_at", Moment),
            ("mailed_at", Moment),
            ("viewed_at", Moment),
            ("reminders", Plain),
        ],
        from: "FROM contract_links WHERE lower(email) = {address} ORDER BY created_at, id",
    },
];

/// What is taken away.
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let unsigned = "SELECT id FROM contracts WHERE creator_id IN {claimed} \
                        AND NOT EXISTS (SELECT 1 FROM contract_signatures s WHERE s.contract_id = contracts.id) ORDER BY id";
        let unsigned: Vec<ContractId> = of.sql(unsigned).all(tx).await?;
        for id in unsigned {
            forget(scope, tx, id, now).await?;
        }
        let gone = "UPDATE contract_links SET name = NULL, email = 'erased', token_hash = NULL, remind_at = NULL, \
                    status = CASE WHEN status IN ('waiting', 'open') THEN 'void' ELSE status END WHERE";
        let theirs = "party = 'creator' AND contract_id IN (SELECT id FROM contracts WHERE creator_id IN {claimed})";
        of.sql(&format!("{gone} {theirs}")).run(tx).await?;
        of.sql(&format!("{gone} lower(email) = {{address}}")).run(tx).await.map(drop)
    }
}

/// A contract that nobody has signed: nothing is left of its texts and its trail but that there was one.
async fn forget(scope: Scope, tx: &mut Tx, id: ContractId, now: Timestamp) -> Result<()> {
    let Some(mut contract) = store::lock(scope, tx, id).await? else { return Ok(()) };
    // Somebody may have signed it since it was looked for.
    if !store::signatures(tx, &contract).await?.is_empty() {
        return Ok(());
    }
    for table in ["contract_links", "contract_versions", "contract_audit"] {
        tx.execute(&format!("DELETE FROM {table} WHERE contract_id = $1"), args![id]).await?;
    }
    let was = contract.status;
    if was == Status::Sent {
        contract.go(Status::Cancelled, now)?;
    }
    let detail = json!({"reason": "the creator's data was erased before anybody had signed", "was": was});
    store::append(tx, &contract, "erased", &Actor::system(), &detail, now).await?;
    contract.updated_at = now;
    store::save(scope, tx, &contract, was).await
}
