//! What a campaign is, how it moves, and what may be written of one.

use db::{Cell, FromColumn, Json, ToColumn, Value};
use input::rule;
use input::{Fields, Input};
use kernel::{CampaignId, CreatorId, Error, Money, Platform, Result, Timestamp, WorkspaceId};
use mind::text::fold;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A campaign, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "campaigns", key(id), fixed(code, workspace_id, influencer_count, created_at))]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The number of its code: `CAMP-001`.
    pub code: u64,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it is for.
    pub product_name: String,
    /// Who makes that.
    #[row(also = "brand_key", by = fold)]
    pub brand_name: String,
    /// More of what it is.
    pub product_description: Option<String>,
    /// Whom it should reach.
    pub target_audience: Option<String>,
    /// What people use it for.
    pub key_use_cases: Option<String>,
    /// What it should bring.
    pub campaign_goal: Option<String>,
    /// The niches it belongs to, in plain words.
    pub product_niche: Option<String>,
    /// What it may cost in all.
    pub total_budget: Money,
    /// Where it stands.
    pub status: Status,
    /// How many creators were selected; counted where they are.
    pub influencer_count: u64,
    /// Who must never be proposed.
    pub exclusions: Exclusions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exclusions {
    /// Platforms.
    #[serde(default)]
    pub excluded_platforms: Vec<String>,
    /// Niches, compared without regard to case and accents.
    #[serde(default)]
    pub excluded_niches: Vec<String>,
    /// Countries, by name or code.
    #[serde(default)]
    pub excluded_countries: Vec<String>,
    /// Creators who worked with one of these brands.
    #[serde(default)]
    pub excluded_brands: Vec<String>,
    /// Creators, by id.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub excluded_creators: Vec<CreatorId>,
}

impl Exclusions {
    /// The platforms, as what they are.
    pub fn platforms(&self) -> Vec<Platform> {
        self.excluded_platforms.iter().filter_map(|name| Platform::parse(name)).collect()
    }

    /// Reads the fields of exclusions; what is left out excludes nobody.
    pub fn read(fields: &mut Fields) -> Self {
        Self::change(fields, Self::default())
    }

    /// Reads the fields of exclusions over what was.
    fn change(fields: &mut Fields, was: Self) -> Self {
        let texts = |fields: &mut Fields, name: &str, was: Vec<String>| {
            fields.change(name, rule::texts(200, 100)).map_or(was, Option::unwrap_or_default)
        };
        let platforms = fields.change("excluded_platforms", rule::list(4, rule::platform()));
        let creators = fields.change("excluded_creators", rule::list(1000, rule::id()));
        Self {
            excluded_platforms: platforms.map_or(was.excluded_platforms, |listed| {
                listed.unwrap_or_default().into_iter().map(|platform| platform.word().to_owned()).collect()
            }),
            excluded_niches: texts(fields, "excluded_niches", was.excluded_niches),
            excluded_countries: texts(fields, "excluded_countries", was.excluded_countries),
            excluded_brands: texts(fields, "excluded_brands", was.excluded_brands),
            excluded_creators: creators.map_or(was.excluded_creators, Option::unwrap_or_default),
        }
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

/// A campaign, with A's fields and B's.
#[derive(Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignBody {
    id: CampaignId,
    #[schema(example = "Wireless Earbuds Pro")]
    product_name: String,
    #[schema(example = "TechCorp")]
    brand_name: String,
    product_description: Option<String>,
    target_audience: Option<String>,
    key_use_cases: Option<String>,
    campaign_goal: Option<String>,
    product_niche: Option<String>,
    total_budget: Money,
    status: Status,
    influencer_count: u64,
    #[schema(example = "CAMP-001")]
    campaign_code: String,
    #[serde(flatten)]
    exclusions: Exclusions,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Campaign> for CampaignBody {
    fn from(campaign: Campaign) -> Self {
        Self {
            id: campaign.id,
            product_name: campaign.product_name,
            brand_name: campaign.brand_name,
            product_description: campaign.product_description,
            target_audience: campaign.target_audience,
            key_use_cases: campaign.key_use_cases,
            campaign_goal: campaign.campaign_goal,
            product_niche: campaign.product_niche,
            total_budget: campaign.total_budget,
            status: campaign.status,
            influencer_count: campaign.influencer_count,
            campaign_code: code(campaign.code),
            exclusions: campaign.exclusions,
            created_at: campaign.created_at,
            updated_at: campaign.updated_at,
        }
    }
}

/// What is written of a campaign: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Clone, Debug)]
pub struct Changes {
    product_name: Option<String>,
    brand_name: Option<String>,
    product_description: Option<Option<String>>,
    target_audience: Option<Option<String>>,
    key_use_cases: Option<Option<String>>,
    campaign_goal: Option<Option<String>>,
    product_niche: Option<Option<String>>,
    total_budget: Option<Money>,
    status: Option<Status>,
    exclusions: serde_json::Map<String, serde_json::Value>,
}

const EXCLUSIONS: [&str; 5] =
    ["excluded_platforms", "excluded_niches", "excluded_countries", "excluded_brands", "excluded_creators"];

impl Input for Changes {
    fn read(fields: &mut Fields) -> Option<Self> {
        let status = fields.change_required(&["status"], rule::one_of(Status::WORDS)).and_then(Status::parse);
        // Read here for their faults, and again over what was when it is known.
        Exclusions::read(fields);
        let exclusions =
            EXCLUSIONS.iter().filter_map(|name| Some(((*name).to_owned(), fields.raw(name)?.clone()))).collect();
        Some(Self {
            product_name: fields.change_required(&["product_name"], rule::text(200)),
            brand_name: fields.change_required(&["brand_name", "brand"], rule::text(200)),
            product_description: fields.change("product_description", rule::any_text(10_000)),
            target_audience: fields.change("target_audience", rule::any_text(5_000)),
            key_use_cases: fields.change_as(&["key_use_cases", "key_usecases"], rule::text_or_list(5_000)),
            campaign_goal: fields.change("campaign_goal", rule::text_or_list(2_000)),
            product_niche: fields.change("product_niche", rule::text_or_list(500)),
            total_budget: fields.change_required(&["total_budget"], rule::amount(false)),
            status,
            exclusions,
        })
    }
}

/// A new campaign.
#[derive(Clone, Debug)]
pub struct NewCampaign(Changes);

impl Input for NewCampaign {
    fn read(fields: &mut Fields) -> Option<Self> {
        for names in [&["product_name"][..], &["brand_name", "brand"], &["total_budget"]] {
            if names.iter().all(|name| fields.raw(name).is_none()) {
                fields.fault(names[0], "missing", "is missing");
            }
        }
        Changes::read(fields).map(Self)
    }
}

impl Campaign {
    /// A new campaign: a draft, unless it says otherwise. The input has been read, so that what it must have is there.
    pub fn new(new: NewCampaign, id: CampaignId, workspace_id: WorkspaceId, now: Timestamp) -> Result<Self> {
        let changes = new.0;
        let missing = || Error::internal("a campaign was read that lacks what it must have");
        let mut campaign = Self {
            id,
            code: 0,
            workspace_id,
            product_name: changes.product_name.clone().ok_or_else(missing)?,
            brand_name: changes.brand_name.clone().ok_or_else(missing)?,
            product_description: None,
            target_audience: None,
            key_use_cases: None,
            campaign_goal: None,
            product_niche: None,
            total_budget: changes.total_budget.ok_or_else(missing)?,
            status: Status::Draft,
            influencer_count: 0,
            exclusions: Exclusions::default(),
            created_at: now,
            updated_at: now,
        };
        campaign.apply(changes, now)?;
        Ok(campaign)
    }

    /// Writes what changed over what was, if the campaign may move there.
    pub fn apply(&mut self, changes: Changes, now: Timestamp) -> Result<()> {
        if let Some(status) = changes.status {
            self.status = self.status.next(status)?;
        }
        let set = |field: &mut Option<String>, change: Option<Option<String>>| {
            if let Some(value) = change {
                *field = value;
            }
        };
        set(&mut self.product_description, changes.product_description);
        set(&mut self.target_audience, changes.target_audience);
        set(&mut self.key_use_cases, changes.key_use_cases);
        set(&mut self.campaign_goal, changes.campaign_goal);
        set(&mut self.product_niche, changes.product_niche);
        if let Some(name) = changes.product_name {
            self.product_name = name;
        }
        if let Some(name) = changes.brand_name {
            self.brand_name = name;
        }
        if let Some(budget) = changes.total_budget {
            self.total_budget = budget;
        }
        let mut fields = Fields::of_body(serde_json::Value::Object(changes.exclusions))?;
        self.exclusions = Exclusions::change(&mut fields, std::mem::take(&mut self.exclusions));
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
