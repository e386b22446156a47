//! The text that is signed: frozen when a contract is sent, stored as it is, and named by its hash.

use campaigns::Campaign;
use creators::Creator;
use kernel::{Amount, ContractId, Currency, Error, Money, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{Line, SigningOrder, Text, Wanted, deliverables, schedule};

/// One side, as the text names it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ContractDocumentParty)]
pub struct PartyText {
    /// The name.
    pub name: String,
    /// Where mail reaches them, where that is known.
    pub email: Option<String>,
    /// More that tells who is meant: a channel.
    pub known_as: Option<String>,
}

/// What both sides sign. It names everything that counts and nothing that changes by itself; its bytes are its JSON.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ContractDocument)]
pub struct Document {
    /// The contract.
    pub contract_id: ContractId,
    /// Which of its texts, from 1.
    pub version: i64,
    /// Who pays.
    pub business: PartyText,
    /// Who delivers.
    pub creator: PartyText,
    /// The campaign's code.
    pub campaign_code: String,
    /// What it is for.
    pub campaign: String,
    /// In which currency.
    pub currency: String,
    /// What is paid in all, in hundredths.
    pub total: i64,
    /// The terms, as they were written.
    #[schema(value_type = Object)]
    pub terms: Map<String, Value>,
    /// What is to be delivered.
    pub deliverables: Vec<Wanted>,
    /// What is paid when.
    pub schedule: Vec<Line>,
    /// Who signs before whom.
    pub signing_order: SigningOrder,
    /// Why there is another text than the one before.
    pub note: Option<String>,
}

impl Document {
    /// Draws up the text.
    pub fn new(
        (id, version, order): (ContractId, i64, SigningOrder),
        campaign: &Campaign,
        creator: &Creator,
        text: &Text,
        note: Option<String>,
    ) -> Self {
        let wanted = deliverables::wanted(&text.terms, text.deliverables.as_ref());
        Self {
            contract_id: id,
            version,
            business: PartyText { name: campaign.brand_name.clone(), email: None, known_as: None },
            creator: PartyText {
                name: creator.name.clone(),
                // A draft is no way to an address that its workspace does not have.
                email: creator.email.clone().filter(|_| creator.workspace_id == Some(campaign.workspace_id)),
                known_as: creator
                    .channel_name
                    .as_ref()
                    .map(|channel| format!("{channel} on {}", creator.platform.word())),
            },
            campaign_code: campaigns::model::code(campaign.code),
            campaign: campaign.product_name.clone(),
            currency: text.amount.currency().code().to_owned(),
            total: text.amount.minor(),
            terms: text.terms.clone(),
            schedule: schedule::lines(&text.schedule, &wanted),
            deliverables: wanted,
            signing_order: order,
            note,
        }
    }

    /// Its bytes and the SHA-256 of them, in hexadecimal.
    pub fn frozen(&self) -> Result<(String, String)> {
        let bytes = serde_json::to_string(self).map_err(Error::internal)?;
        let hash = hash(bytes.as_bytes());
        Ok((bytes, hash))
    }

    /// Reads frozen bytes.
    pub fn thawed(bytes: &str) -> Result<Self> {
        serde_json::from_str(bytes).map_err(Error::internal)
    }

    /// What is paid in all.
    pub fn total(&self) -> Money {
        self.money(Amount::from_minor(self.total))
    }

    /// So much of its currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money::new(amount, Currency::parse(&self.currency).unwrap_or(Currency::USD))
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
