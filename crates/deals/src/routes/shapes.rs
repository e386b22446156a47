//! Contracts as they are answered.

use db::Tx;
use input::describe::finished;
use kernel::{AccountId, Amount, CampaignId, ContractId, CreatorId, Currency, Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::model::deliverables::DeliverableId;
use crate::model::{Contract, Deliverable, DeliverableStatus, Method, Party, SigningOrder, Status};
use crate::ops;
use crate::store::{self, Listed, Signature, Version};

fn deliverables_as_sent() -> RefOr<Schema> {
    finished(
        json!({"description": "As they were sent, or as they stand in the terms: a list, or an object of kinds.", "anyOf": [
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}}, {"type": "object"}]}),
    )
}

/// A contract: its terms, its money, and where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Contract)]
pub(super) struct ContractBody {
    id: ContractId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The same as `creator_id`.
    influencer_id: CreatorId,
    /// As they were sent.
    #[schema(value_type = Object)]
    terms: Map<String, Value>,
    /// As they were sent, or as they stand in the terms.
    #[schema(schema_with = deliverables_as_sent)]
    deliverables: Value,
    payment_amount: Amount,
    currency: Currency,
    /// As it was sent, with an amount in each line.
    #[schema(value_type = Vec<Object>)]
    payment_schedule: Vec<Value>,
    status: Status,
    /// Which of its texts counts, from 1.
    version: i64,
    signing_order: SigningOrder,
    signed_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    /// Until when it may be signed.
    expires_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    /// When it was cancelled or expired.
    ended_at: Option<Timestamp>,
    /// Where its PDF is.
    #[schema(example = "/api/v1/contracts/0190a000-0000-7000-8000-000000000000/pdf")]
    contract_url: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Contract> for ContractBody {
    fn from(contract: Contract) -> Self {
        let deliverables = contract.deliverables.map(|json| json.0);
        let deliverables = deliverables.or_else(|| contract.terms.0.get("deliverables").cloned());
        Self {
            id: contract.id,
            campaign_id: contract.campaign_id,
            creator_id: contract.creator_id,
            influencer_id: contract.creator_id,
            deliverables: deliverables
                .filter(|value| value.is_array() || value.is_object())
                .unwrap_or_else(|| json!([])),
            terms: contract.terms.0,
            payment_amount: contract.total_amount.amount(),
            currency: contract.currency,
            payment_schedule: contract.payment_schedule.0,
            status: contract.status,
            version: contract.version,
            signing_order: contract.signing_order,
            signed_at: contract.signed_at,
            sent_at: contract.sent_at,
            expires_at: contract.expires_at,
            completed_at: contract.completed_at,
            ended_at: contract.ended_at,
            contract_url: format!("/api/v1/contracts/{}/pdf", contract.id),
            created_at: contract.created_at,
            updated_at: contract.updated_at,
        }
    }
}

/// A contract that was written or changed.
#[derive(Serialize, ToSchema)]
#[schema(as = WrittenContract)]
pub(super) struct WrittenBody {
    #[serde(flatten)]
    contract: ContractBody,
    /// The characters of names and terms that the PDF cannot show as letters, for no font here has them: it shows these codes in
    /// their place. Told of drafts.
    #[schema(example = json!(["𒀀 (U+12000)"]))]
    unprintable: Vec<String>,
}

impl WrittenBody {
    /// A contract that was just written.
    pub(super) async fn new(tx: &mut Tx, contract: Contract) -> Result<Self> {
        let unprintable = if contract.status == Status::Draft {
            let (_, bytes) = ops::document(tx, &contract).await?;
            let missing = paper::missing(&bytes);
            missing.into_iter().map(|letter| format!("{letter} (U+{:04X})", u32::from(letter))).collect()
        } else {
            Vec::new()
        };
        Ok(Self { contract: contract.into(), unprintable })
    }
}

/// A contract in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ContractInList)]
pub(super) struct ListedBody {
    #[serde(flatten)]
    contract: ContractBody,
    /// What the campaign is for.
    campaign_title: String,
    creator_name: String,
}

impl From<Listed> for ListedBody {
    fn from((contract, campaign, creator): Listed) -> Self {
        Self {
            campaign_title: campaign.unwrap_or_else(|| "Campaign".into()),
            creator_name: creator.unwrap_or_else(|| "Creator".into()),
            contract: contract.into(),
        }
    }
}

#[derive(Serialize, ToSchema)]
struct CampaignOf {
    id: CampaignId,
    title: String,
}

#[derive(Serialize, ToSchema)]
struct CreatorOf {
    id: CreatorId,
    name: String,
}

/// A deliverable of a contract.
#[derive(Serialize, ToSchema)]
#[schema(as = Deliverable)]
pub(super) struct DeliverableBody {
    #[schema(value_type = String, format = Uuid)]
    id: DeliverableId,
    /// Its place in the contract's list, from 0: a line of the schedule may name it by that.
    position: i64,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(example = "youtube_video")]
    kind: String,
    /// How many of it.
    quantity: i64,
    /// What is asked of it.
    requirements: Vec<String>,
    /// The milestone of the schedule that becomes due with it.
    milestone: Option<String>,
    deadline: Option<Timestamp>,
    status: DeliverableStatus,
    /// Where it can be seen, once it was handed in.
    content_url: Option<String>,
    note: Option<String>,
    submitted_at: Option<Timestamp>,
    approved_at: Option<Timestamp>,
}

impl From<Deliverable> for DeliverableBody {
    fn from(one: Deliverable) -> Self {
        Self {
            id: one.id,
            position: one.position,
            kind: one.kind,
            quantity: one.quantity,
            requirements: one.requirements.0,
            milestone: one.milestone,
            deadline: one.deadline,
            status: one.status,
            content_url: one.content_url,
            note: one.note,
            submitted_at: one.submitted_at,
            approved_at: one.approved_at,
        }
    }
}

/// A signature.
#[derive(Serialize, ToSchema)]
#[schema(as = Signature)]
pub(super) struct SignatureBody {
    /// Under which text.
    version: i64,
    party: Party,
    /// `account`, `link` or `demo`; `attested` if the business states that this side agreed elsewhere.
    method: Method,
    /// The name that was typed in.
    name: Option<String>,
    /// The address that the link was mailed to.
    email: Option<String>,
    account_id: Option<AccountId>,
    /// From which address on the network.
    address: Option<String>,
    /// By which program.
    agent: Option<String>,
    /// The SHA-256 of the bytes that were signed; `/document` answers them.
    document_hash: String,
    signed_at: Timestamp,
}

impl SignatureBody {
    /// For which side it was given.
    pub(super) fn party(&self) -> Party {
        self.party
    }

    /// The name that was typed in.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl From<Signature> for SignatureBody {
    fn from(one: Signature) -> Self {
        Self {
            version: one.version,
            party: one.party,
            method: one.method,
            name: one.signer_name,
            email: one.signer_email,
            account_id: one.account_id,
            address: one.address,
            agent: one.agent,
            document_hash: one.document_hash,
            signed_at: one.signed_at,
        }
    }
}

kernel::word_schema!(VersionStatus, "Where a text of a contract stands.", "proposed" | "in_force" | "withdrawn");

/// One of the texts of a contract.
#[derive(Serialize, ToSchema)]
#[schema(as = ContractVersion)]
pub(super) struct VersionBody {
    pub(super) version: i64,
    /// `proposed`, `in_force` or `withdrawn`.
    #[schema(value_type = VersionStatus)]
    status: String,
    /// The SHA-256 of its bytes.
    document_hash: String,
    /// Why it was proposed.
    note: Option<String>,
    /// The fields that it gives the contract.
    #[schema(value_type = Object)]
    content: Map<String, Value>,
    created_at: Timestamp,
    /// When it came into force or was withdrawn.
    settled_at: Option<Timestamp>,
    signatures: Vec<SignatureBody>,
}

impl VersionBody {
    pub(super) fn new(version: Version, signatures: &[Signature]) -> Self {
        let own = signatures.iter().filter(|signature| signature.version == version.version);
        Self {
            signatures: own.cloned().map(Into::into).collect(),
            version: version.version,
            status: version.status,
            document_hash: version.document_hash,
            note: version.note,
            content: version.content.0,
            created_at: version.created_at,
            settled_at: version.settled_at,
        }
    }
}

/// A contract with all that hangs on it.
#[derive(Serialize, ToSchema)]
#[schema(as = ContractDetails)]
pub(super) struct DetailsBody {
    #[serde(flatten)]
    contract: ContractBody,
    campaign: CampaignOf,
    creator: CreatorOf,
    deliverables_status: Vec<DeliverableBody>,
    signatures: Vec<SignatureBody>,
    /// Who has not signed the text that is open for signing.
    awaits: Vec<Party>,
    /// Its texts, the first one first.
    versions: Vec<VersionBody>,
}

impl DetailsBody {
    /// All of a contract that was found in this scope.
    pub(super) async fn new(tx: &mut Tx, contract: Contract) -> Result<Self> {
        let (campaign, creator) = store::names(tx, &contract).await?;
        let deliverables = store::deliverables(tx, &contract).await?;
        let signatures = store::signatures(tx, &contract).await?;
        let versions = store::versions(tx, &contract).await?;
        let open = versions.iter().find(|version| version.status == "proposed").map(|version| version.version);
        let signed = |party: Party| signatures.iter().any(|one| Some(one.version) == open && one.party == party);
        let awaits =
            open.map_or_else(Vec::new, |_| Party::ALL.iter().copied().filter(|party| !signed(*party)).collect());
        Ok(Self {
            campaign: CampaignOf { id: contract.campaign_id, title: campaign.unwrap_or_else(|| "Campaign".into()) },
            creator: CreatorOf { id: contract.creator_id, name: creator.unwrap_or_else(|| "Creator".into()) },
            deliverables_status: deliverables.into_iter().map(Into::into).collect(),
            awaits,
            versions: versions.into_iter().map(|version| VersionBody::new(version, &signatures)).collect(),
            signatures: signatures.into_iter().map(Into::into).collect(),
            contract: contract.into(),
        })
    }
}
