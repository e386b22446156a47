//! What a campaign is, how it moves, and what may be written of one.

use db::{Cell, FromColumn, Json, ToColumn, Value};
use input::{Input, set};
use kernel::{Amount, CampaignId, CreatorId, Error, Platform, Result, Timestamp, WorkspaceId};
use mind::text::fold;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// A campaign.
#[derive(Clone, Debug, Serialize, ToSchema, db::Row)]
#[row(table = "campaigns", key(id), fixed(code, workspace_id, influencer_count, created_at))]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Its code, which stands for the id wherever a campaign is named.
    #[serde(rename = "campaign_code", serialize_with = "shown_code")]
    #[schema(value_type = String, example = "CAMP-001")]
    pub code: u64,
    /// The workspace that it belongs to.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The product or service that is advertised.
    #[schema(example = "Wireless Earbuds Pro")]
    pub product_name: String,
    /// The brand that makes it.
    #[row(also = "brand_key", by = fold)]
    #[schema(example = "TechCorp")]
    pub brand_name: String,
    /// What the product is and does.
    pub product_description: Option<String>,
    /// The audience that the campaign should reach.
    pub target_audience: Option<String>,
    /// What people use the product for.
    pub key_use_cases: Option<String>,
    /// What the campaign should achieve.
    pub campaign_goal: Option<String>,
    /// The niches that the product belongs to, in plain words.
    pub product_niche: Option<String>,
    /// What the campaign may cost in all.
    pub total_budget: Amount,
    /// Where the campaign stands.
    pub status: Status,
    /// How many creators have been selected for it.
    pub influencer_count: u64,
    /// Who must never be proposed for it.
    #[serde(flatten)]
    pub exclusions: Exclusions,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Where a campaign stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "CampaignStatus")]
pub enum Status {
    /// Being prepared.
    Draft,
    /// Running.
    Active,
    /// Halted for now.
    Paused,
    /// Over, for good.
    Completed,
}

impl Status {
    /// May it move there? What has begun is no draft again, and what is over stays over.
    pub fn next(self, to: Self) -> Result<Self> {
        match (self, to) {
            (from, to) if from == to => Ok(to),
            (Self::Completed, _) => {
                Err(Error::conflict("The campaign is completed and cannot be opened again; make a new one"))
            }
            (_, Self::Draft) => Err(Error::conflict(format!(
                "The campaign is {} and cannot be a draft again; pause it instead",
                self.word()
            ))),
            (_, to) => Ok(to),
        }
    }
}

/// Who must never be proposed for a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Input)]
#[serde(default)]
#[input(change = ExclusionChanges, no_schema)]
pub struct Exclusions {
    /// Platforms whose creators are never proposed.
    #[input(list(4, platform()), default, clears)]
    pub excluded_platforms: Vec<Platform>,
    /// Niches whose creators are never proposed, compared without regard to case and accents.
    #[input(texts(200, 100), default, clears)]
    pub excluded_niches: Vec<String>,
    /// Countries, by name or code, whose creators are never proposed.
    #[input(texts(200, 100), default, clears)]
    pub excluded_countries: Vec<String>,
    /// Brands: whoever worked with one of them is never proposed.
    #[input(texts(200, 100), default, clears)]
    pub excluded_brands: Vec<String>,
    /// Creators who are never proposed, by id.
    #[input(list(1000, id()), default, clears)]
    pub excluded_creators: Vec<CreatorId>,
}

impl Exclusions {
    fn apply(&mut self, changes: ExclusionChanges) {
        set(&mut self.excluded_platforms, changes.excluded_platforms);
        set(&mut self.excluded_niches, changes.excluded_niches);
        set(&mut self.excluded_countries, changes.excluded_countries);
        set(&mut self.excluded_brands, changes.excluded_brands);
        set(&mut self.excluded_creators, changes.excluded_creators);
    }
}

impl FromColumn for Exclusions {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(exclusions)| exclusions)
    }
}

impl ToColumn for Exclusions {
    fn to_value(&self) -> Value {
        Json(self).to_value()
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

/// The id or the code that names a campaign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name {
    /// A UUID.
    Id(CampaignId),
    /// `CAMP-001`.
    Code(u64),
}

impl Name {
    /// Reads either; nothing if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((head, digits)) = text.split_at_checked(5)
            && head.eq_ignore_ascii_case("CAMP-")
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return digits.parse().ok().map(Self::Code);
        }
        text.parse().ok().map(Self::Id)
    }
}

/// The code as it is shown: `CAMP-001`.
pub fn code(number: u64) -> String {
    format!("CAMP-{number:03}")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn shown_code<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&code(*number))
}

/// A new campaign.
#[derive(Clone, Debug, Input)]
#[input(change = CampaignChanges)]
pub struct NewCampaign {
    /// The product or service that is advertised.
    #[input(text(200), example = "FitBand Pro")]
    product_name: String,
    /// The brand that makes it.
    #[input(text(200), alias = "brand", example = "TechFit")]
    brand_name: String,
    /// What the product is and does.
    #[input(any_text(10_000))]
    product_description: Option<String>,
    /// The audience that the campaign should reach.
    #[input(any_text(5_000), example = "Amateur runners aged 25 to 40")]
    target_audience: Option<String>,
    /// What people use the product for: a text, or a list of texts, which is joined with commas.
    #[input(text_or_list(5_000), alias = "key_usecases")]
    key_use_cases: Option<String>,
    /// What the campaign should achieve.
    #[input(text_or_list(2_000), example = "Brand awareness")]
    campaign_goal: Option<String>,
    /// The niches that the product belongs to, in plain words.
    #[input(text_or_list(500), example = "Fitness Technology")]
    product_niche: Option<String>,
    /// What the campaign may cost in all.
    #[input(amount(false), example = 25_000)]
    total_budget: Amount,
    /// Where the campaign stands. One that has begun cannot be a draft again; one that is completed stays so.
    #[input(word, default = Status::Draft)]
    status: Status,
    #[input(flatten, change = ExclusionChanges)]
    exclusions: Exclusions,
}

impl Campaign {
    /// A new campaign. It gets its code when it is stored.
    pub fn new(new: NewCampaign, id: CampaignId, workspace_id: WorkspaceId, now: Timestamp) -> Self {
        Self {
            id,
            code: 0,
            workspace_id,
            product_name: new.product_name,
            brand_name: new.brand_name,
            product_description: new.product_description,
            target_audience: new.target_audience,
            key_use_cases: new.key_use_cases,
            campaign_goal: new.campaign_goal,
            product_niche: new.product_niche,
            total_budget: new.total_budget,
            status: new.status,
            influencer_count: 0,
            exclusions: new.exclusions,
            created_at: now,
            updated_at: now,
        }
    }

    /// Writes what changed over what was, if the campaign may move there.
    pub fn apply(&mut self, changes: CampaignChanges, now: Timestamp) -> Result<()> {
        if let Some(status) = changes.status {
            self.status = self.status.next(status)?;
        }
        set(&mut self.product_name, changes.product_name);
        set(&mut self.brand_name, changes.brand_name);
        set(&mut self.product_description, changes.product_description);
        set(&mut self.target_audience, changes.target_audience);
        set(&mut self.key_use_cases, changes.key_use_cases);
        set(&mut self.campaign_goal, changes.campaign_goal);
        set(&mut self.product_niche, changes.product_niche);
        set(&mut self.total_budget, changes.total_budget);
        self.exclusions.apply(changes.exclusions);
        self.updated_at = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_codes_name_a_campaign() {
        assert_eq!(Name::parse("CAMP-001"), Some(Name::Code(1)));
        assert_eq!(Name::parse(" camp-1234 "), Some(Name::Code(1234)));
        assert!(matches!(Name::parse("0190a000-0000-7000-8000-000000000000"), Some(Name::Id(_))));
        for text in ["", "CAMP-", "CAMP-x", "CAMP--1", "CAMP-99999999999999999999", "ü", "CAMPé-1"] {
            assert_eq!(Name::parse(text), None, "{text}");
        }
        assert_eq!((code(7), code(1234)), ("CAMP-007".into(), "CAMP-1234".into()));
    }

    #[test]
    fn what_is_over_stays_over() {
        use Status::{Active, Completed, Draft, Paused};
        for (from, to, may) in [
            (Draft, Active, true),
            (Draft, Completed, true),
            (Active, Paused, true),
            (Paused, Active, true),
            (Active, Completed, true),
            (Active, Draft, false),
            (Paused, Draft, false),
            (Completed, Active, false),
            (Completed, Completed, true),
        ] {
            assert_eq!(from.next(to).is_ok(), may, "{from:?} to {to:?}");
        }
    }
}
