//! Who is told of what happens by webhooks, and what they are told beyond ids.

use async_trait::async_trait;
use audience::MemberId;
use channels::messages::{self, MessageId};
use db::{EventRow, Tx};
use kernel::{AccountId, CreatorId, Result, WorkspaceId};
use serde_json::{Map, Value, json};
use uuid::Uuid;
use webhooks::ports::{Enrich, Told};

/// What happens between a business and a creator's account, which `creator_id` names.
const OF_ACCOUNTS: [&str; 3] = ["application.", "collaboration.", "submission."];
/// The same of single events.
const OF_ACCOUNT: [&str; 2] = ["offer.invited", "offer.recommended"];
/// What happens between a business and an entry of the directory; whoever has claimed it is told. Drafts of contracts are the business's own.
const OF_ENTRY: [&str; 17] = [
    "contract.amended",
    "contract.amendment_proposed",
    "contract.amendment_withdrawn",
    "contract.cancelled",
    "contract.completed",
    "contract.delivered",
    "contract.expired",
    "contract.sent",
    "contract.signature",
    "contract.signed",
    "deliverable.approved",
    "deliverable.late",
    "deliverable.sent_back",
    "deliverable.submitted",
    "payment.completed",
    "payment.paid_out",
    "payment.refunded",
];
/// What the business itself is not told: to whom its offer was recommended is the creator's matter.
const NOT_THE_OWNERS: [&str; 1] = ["offer.recommended"];

/// The two sides of what happens.
pub(super) struct Sides;

fn is_of_account(kind: &str) -> bool {
    OF_ACCOUNTS.iter().any(|start| kind.starts_with(start)) || OF_ACCOUNT.contains(&kind)
}

fn id(payload: &Map<String, Value>, name: &str) -> Option<Uuid> {
    payload.get(name)?.as_str()?.parse().ok()
}

/// An account's own hub has its id.
fn hub_of(account: AccountId) -> WorkspaceId {
    WorkspaceId::from_uuid(account.uuid())
}

#[async_trait]
impl webhooks::ports::Sides for Sides {
    fn told(&self, kind: &str) -> Told {
        Told { owner: !NOT_THE_OWNERS.contains(&kind), other: is_of_account(kind) || OF_ENTRY.contains(&kind) }
    }

    async fn others(&self, tx: &mut Tx, event: &EventRow, payload: &Map<String, Value>) -> Result<Vec<WorkspaceId>> {
        let Some(creator) = id(payload, "creator_id") else { return Ok(Vec::new()) };
        // That somebody was taken off a short list is not theirs to know.
        if payload.get("shortlisted") == Some(&Value::Bool(false)) {
            return Ok(Vec::new());
        }
        if is_of_account(&event.kind) {
            return Ok(vec![hub_of(AccountId::from_uuid(creator))]);
        }
        let claimed: Vec<Option<AccountId>> =
            creators::store::of_ids(tx, "claimed_by", &[CreatorId::from_uuid(creator)]).await?;
        Ok(claimed.into_iter().flatten().map(hub_of).collect())
    }
}

/// What is known of members, and what they write.
pub(super) struct Known;

#[async_trait]
impl Enrich for Known {
    async fn enrich(
        &self,
        tx: &mut Tx,
        hub: WorkspaceId,
        event: &EventRow,
        data: &mut Map<String, Value>,
    ) -> Result<()> {
        match event.kind.as_str() {
            "user.created" | "user.updated" => {
                let Some(member) = id(data, "user_id").map(MemberId::from_uuid) else { return Ok(()) };
                if let Some(member) = audience::members::get(tx, hub, member).await? {
                    data.insert("external_id".into(), json!(member.external_id));
                    data.insert("profile_data".into(), Value::Object(member.profile.0));
                }
            }
            "message.received" => {
                let Some(message) = id(data, "message_id").map(MessageId::from_uuid) else { return Ok(()) };
                if let Some(message) = messages::store::find(hub, tx, message).await? {
                    data.insert("text".into(), json!(message.body));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use webhooks::ports::Sides as _;

    use super::*;
    use crate::build::event_kinds;

    #[test]
    fn what_has_another_side_is_there_and_names_it() {
        let kinds = event_kinds();
        for named in OF_ENTRY.iter().chain(&OF_ACCOUNT).chain(&NOT_THE_OWNERS) {
            assert!(kinds.iter().any(|kind| kind.name == *named), "{named}");
        }
        for start in OF_ACCOUNTS {
            assert!(kinds.iter().any(|kind| kind.name.starts_with(start)), "{start}");
        }
        for kind in kinds.iter().filter(|kind| Sides.told(kind.name).other) {
            assert!(kind.schema().unwrap().to_string().contains("\"creator_id\""), "{}", kind.name);
        }
    }
}
