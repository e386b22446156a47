//! What happens to contracts and deliverables.

use events::{Kind, event};
use kernel::{Amount, CampaignId, ContractId, CreatorId, WorkspaceId};

use crate::model::deliverables::DeliverableId;
use crate::model::{Contract, Deliverable, Method, Party, Status};

/// Everything that happens here.
pub const EVENTS: &[Kind] = &[
    Kind::of::<ContractCreated>(),
    Kind::of::<ContractUpdated>(),
    Kind::of::<ContractSent>(),
    Kind::of::<ContractTakenBack>(),
    Kind::of::<ContractSignature>(),
    Kind::of::<ContractSigned>(),
    Kind::of::<ContractDelivered>(),
    Kind::of::<ContractCompleted>(),
    Kind::of::<ContractCancelled>(),
    Kind::of::<ContractExpired>(),
    Kind::of::<AmendmentProposed>(),
    Kind::of::<AmendmentWithdrawn>(),
    Kind::of::<ContractAmended>(),
    Kind::of::<DeliverableSubmitted>(),
    Kind::of::<DeliverableApproved>(),
    Kind::of::<DeliverableSentBack>(),
    Kind::of::<DeliverableLate>(),
];

/// A contract, as it stands after what happened.
#[event(subject = contract_id)]
pub struct ContractFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The contract.
    pub contract_id: ContractId,
    /// For which campaign.
    pub campaign_id: CampaignId,
    /// With whom.
    pub creator_id: CreatorId,
    /// Where it stands.
    pub status: Status,
    /// Which of its texts counts.
    pub version: i64,
    /// What it pays in all.
    pub amount: Amount,
    /// In which currency (ISO 4217).
    #[schema(example = "USD")]
    pub currency: String,
}

impl From<&Contract> for ContractFacts {
    fn from(contract: &Contract) -> Self {
        Self {
            workspace_id: contract.workspace_id,
            contract_id: contract.id,
            campaign_id: contract.campaign_id,
            creator_id: contract.creator_id,
            status: contract.status,
            version: contract.version,
            amount: contract.total_amount.amount(),
            currency: contract.currency.to_string(),
        }
    }
}

/// A contract was drafted.
#[event("contract.created")]
pub struct ContractCreated(pub ContractFacts);

/// The draft of a contract was changed.
#[event("contract.updated")]
pub struct ContractUpdated(pub ContractFacts);

/// A contract was offered for signing: its text is fixed.
#[event("contract.sent")]
pub struct ContractSent(pub ContractFacts);

/// A contract that nobody had signed is a draft again.
#[event("contract.taken_back")]
pub struct ContractTakenBack(pub ContractFacts);

/// One side signed a contract, or an amendment to it.
#[event("contract.signature", of = contract)]
pub struct ContractSignature {
    /// The contract.
    #[serde(flatten)]
    pub contract: ContractFacts,
    /// Which side.
    pub party: Party,
    /// By what the signature was given.
    pub method: Method,
}

/// Both sides have signed a contract.
#[event("contract.signed")]
pub struct ContractSigned(pub ContractFacts);

/// Every deliverable of a contract has been approved.
#[event("contract.delivered")]
pub struct ContractDelivered(pub ContractFacts);

/// Everything was delivered and paid, or the business says so.
#[event("contract.completed")]
pub struct ContractCompleted(pub ContractFacts);

/// A contract was called off. Why stands in its trail.
#[event("contract.cancelled")]
pub struct ContractCancelled(pub ContractFacts);

/// A contract was not signed in time.
#[event("contract.expired")]
pub struct ContractExpired(pub ContractFacts);

/// A change of a signed contract was proposed.
#[event("contract.amendment_proposed", of = contract)]
pub struct AmendmentProposed {
    /// The contract.
    #[serde(flatten)]
    pub contract: ContractFacts,
    /// The version that it would have then.
    pub amendment: i64,
}

/// A proposed change of a signed contract was withdrawn.
#[event("contract.amendment_withdrawn", of = contract)]
pub struct AmendmentWithdrawn {
    /// The contract.
    #[serde(flatten)]
    pub contract: ContractFacts,
    /// The version that it would have had.
    pub amendment: i64,
}

/// Both sides have signed an amendment: the contract has another text.
#[event("contract.amended")]
pub struct ContractAmended(pub ContractFacts);

/// A deliverable of a contract, after what happened.
#[event(of = contract)]
pub struct DeliverableFacts {
    /// The contract.
    #[serde(flatten)]
    pub contract: ContractFacts,
    /// The deliverable.
    pub deliverable_id: DeliverableId,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(example = "youtube_video")]
    pub kind: String,
}

impl DeliverableFacts {
    /// Of this deliverable.
    pub fn of(contract: &Contract, deliverable: &Deliverable) -> Self {
        Self { contract: contract.into(), deliverable_id: deliverable.id, kind: deliverable.kind.clone() }
    }
}

/// A creator handed something in.
#[event("deliverable.submitted")]
pub struct DeliverableSubmitted(pub DeliverableFacts);

/// A deliverable was accepted.
#[event("deliverable.approved")]
pub struct DeliverableApproved(pub DeliverableFacts);

/// A deliverable was not accepted: it is awaited again.
#[event("deliverable.sent_back")]
pub struct DeliverableSentBack(pub DeliverableFacts);

/// A deliverable was not handed in by its deadline.
#[event("deliverable.late", of = contract)]
pub struct DeliverableLate {
    /// The contract.
    #[serde(flatten)]
    pub contract: ContractFacts,
    /// The deliverable.
    pub deliverable_id: DeliverableId,
}
