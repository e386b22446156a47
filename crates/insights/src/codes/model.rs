//! What a promo code is.

use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{CampaignId, CreatorId, Id, Timestamp, WorkspaceId};
use serde_json::json;

#[doc(hidden)]
#[derive(Debug)]
pub enum PromoCodeMarker {}
/// A promo code.
pub type PromoCodeId = Id<PromoCodeMarker>;

/// A promo code, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "promo_codes")]
pub struct PromoCode {
    /// Its id.
    pub id: PromoCodeId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The campaign that its orders count for,
    pub campaign_id: CampaignId,
    /// and the creator.
    pub creator_id: CreatorId,
    /// As it was written.
    pub code: String,
    /// As it is compared.
    pub code_key: String,
    /// What it is worth, in words.
    pub discount: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it counts no order, if it was taken back.
    pub disabled_at: Option<Timestamp>,
}

/// A promo code as codes are compared: whatever the case.
pub(crate) fn key_of(code: &str) -> String {
    code.to_lowercase()
}

/// The rule of a field that is a promo code.
pub(crate) fn promo_code() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 1, "maxLength": 40, "pattern": r"^\S+$"}),
        |value, from_text| {
            let code = rule::text(40).read(value, from_text)?;
            if code.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
                return Err(Problem::new("wrong_format", "must have no spaces in it"));
            }
            Ok(code)
        },
    )
}

/// A promo code to be counted by.
#[derive(Clone, Debug, Input)]
pub(super) struct NewPromoCode {
    /// The creator whose orders it counts.
    #[input(id, alias = "influencer_id")]
    pub(super) creator_id: CreatorId,
    /// What people type in, whatever the case: no spaces.
    #[input(promo_code(), example = "ANA20")]
    pub(super) code: String,
    /// What it is worth, in words.
    #[input(text(200), example = "20 % off")]
    pub(super) discount: Option<String>,
}
