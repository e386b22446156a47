//! A row of post metrics: what one post gained on one day.

use input::{Fields, Input};
use kernel::{Amount, CampaignId, CreatorId, Currency, Day, Platform, Timestamp, WorkspaceId};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::store::Campaign;
use crate::Figures;
use crate::batch::{Dated, FIRST};
use crate::figures::Place;

/// More than there are people, and few enough that a million of them still add up.
const MOST: i64 = 1_000_000_000_000;
/// The longest name of a post, in characters: it is part of a key.
const LONGEST_POST: usize = 300;

/// A row, as it is stored and told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, db::Row)]
#[schema(as = PostMetric)]
#[row(table = "post_metrics", key(campaign_id, creator_id, post, day), fixed(workspace_id, created_at))]
pub struct Metric {
    /// For which campaign,
    #[serde(skip)]
    pub campaign_id: CampaignId,
    /// and whose that is.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// Who posted.
    pub creator_id: CreatorId,
    /// The post, by its platform's name for it or by its address.
    #[serde(rename = "post_id")]
    pub post: String,
    /// Where the post is.
    pub post_url: Option<String>,
    /// On which platform.
    pub platform: Option<Platform>,
    /// The day in UTC that the figures were gained on.
    #[serde(rename = "date")]
    pub day: Day,
    /// Views.
    pub views: i64,
    /// Likes.
    pub likes: i64,
    /// Comments.
    pub comments: i64,
    /// Shares.
    pub shares: i64,
    /// Saves.
    pub saves: i64,
    /// Clicks.
    pub clicks: i64,
    /// Conversions.
    pub conversions: i64,
    /// Accounts reached; null where nobody said.
    pub reach: Option<i64>,
    /// What it brought; null where nobody said.
    pub revenue: Option<Amount>,
    /// The currency of the revenue; null where there is none.
    #[serde(serialize_with = "null_if_empty")]
    #[schema(value_type = Option<String>, example = "USD")]
    pub currency: String,
    /// How it came in: `api` or `csv`.
    pub source: String,
    /// When it came in first.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// In the table a currency is empty where there is no revenue: it is part of what sums are told apart by.
fn null_if_empty<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    Some(text).filter(|text| !text.is_empty()).serialize(to)
}

/// What names a row within its campaign.
pub(super) type Key = (CreatorId, String, Day);

impl Metric {
    /// What names it within its campaign.
    pub(super) fn key(&self) -> Key {
        (self.creator_id, self.post.clone(), self.day)
    }

    /// Does it say the same as another one, however and whenever either came in?
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let bare = |row: &Self| Self {
            source: String::new(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            ..row.clone()
        };
        bare(self) == bare(other)
    }

    /// What it adds to the sums.
    pub fn figures(&self) -> Figures {
        Figures {
            metric_rows: 1,
            views: self.views,
            likes: self.likes,
            comments: self.comments,
            shares: self.shares,
            saves: self.saves,
            clicks: self.clicks,
            conversions: self.conversions,
            reach: self.reach.unwrap_or_default(),
            reach_rows: self.reach.is_some().into(),
            revenue: self.revenue.unwrap_or_default().minor(),
            revenue_rows: self.revenue.is_some().into(),
            ..Figures::default()
        }
    }

    /// Where it adds that.
    pub fn place(&self) -> Place {
        Place { campaign: self.campaign_id, creator: self.creator_id, day: self.day.0, currency: self.currency.clone() }
    }
}

/// What one post gained on one day. At least one figure must be given; counts that are left out are 0.
#[derive(Clone, Debug, Input)]
#[input(name = "NewPostMetric", before = something_is_given, check = NewMetric::check)]
pub(super) struct NewMetric {
    /// The creator of the post, of the directory.
    #[input(id, alias = "influencer_id")]
    pub(super) creator_id: CreatorId,
    /// The platform's name for the post. Without it the post is named by its address.
    #[input(reference(LONGEST_POST), name = "post_id", alias = "post", example = "CxYz123")]
    pub(super) post: Option<String>,
    /// Where the post is; must be given if `post_id` is not.
    #[input(url, example = "https://www.instagram.com/p/CxYz123/")]
    post_url: Option<String>,
    /// The platform of the post.
    #[input(platform)]
    platform: Option<Platform>,
    /// The day in UTC that the figures were gained on, or a time on it. From 2005-01-01 to tomorrow.
    #[input(day_from(FIRST), name = "date", alias = "day", example = "2026-01-15")]
    pub(super) day: Day,
    /// How often it was seen.
    #[input(whole(0, MOST), default = 0, example = 15_000)]
    views: i64,
    /// How many liked it.
    #[input(whole(0, MOST), default = 0)]
    likes: i64,
    /// How many commented on it.
    #[input(whole(0, MOST), default = 0)]
    comments: i64,
    /// How often it was shared.
    #[input(whole(0, MOST), default = 0)]
    shares: i64,
    /// How often it was saved.
    #[input(whole(0, MOST), default = 0)]
    saves: i64,
    /// How often its link was followed.
    #[input(whole(0, MOST), default = 0)]
    clicks: i64,
    /// How many bought, signed up or did whatever else was wanted.
    #[input(whole(0, MOST), default = 0)]
    conversions: i64,
    /// Accounts reached; left out it is unknown, not 0.
    #[input(whole(0, MOST))]
    reach: Option<i64>,
    /// What it brought, with no more decimals than its currency has; left out it is unknown, not 0.
    #[input(amount(true))]
    revenue: Option<Amount>,
    /// The currency of the revenue (ISO 4217).
    #[input(currency(), default = Currency::USD)]
    currency: Currency,
}

const FIGURES: [&str; 9] =
    ["views", "likes", "comments", "shares", "saves", "clicks", "conversions", "reach", "revenue"];

/// A row says which post it is of, and some figure.
fn something_is_given(fields: &mut Fields) {
    if !["post_id", "post", "post_url"].iter().any(|name| fields.has(name)) {
        fields.fault("post_id", "missing", "is missing; give it, or a post_url");
    }
    if !FIGURES.iter().any(|name| fields.has(name)) {
        let message = format!("is missing, and every other figure too; give one of {}", FIGURES.join(", "));
        fields.fault("views", "missing", message);
    }
}

impl NewMetric {
    fn check(&mut self, fields: &mut Fields) {
        if let (None, Some(url)) = (&self.post, &self.post_url) {
            self.post = post_of(url);
            if self.post.is_none() {
                fields.fault("post_url", "too_long", "is too long to name a post by; give a post_id as well");
            }
        }
        if self.revenue.is_some_and(|revenue| !self.currency.fits(revenue)) {
            let message = format!("must be a whole number of {}, which has no decimals", self.currency);
            fields.fault("revenue", "wrong_format", message);
        }
    }

    /// The row of this campaign, coming in now by this way.
    pub(super) fn stored(self, campaign: Campaign, source: &str, now: Timestamp) -> Metric {
        Metric {
            campaign_id: campaign.id,
            workspace_id: campaign.workspace,
            creator_id: self.creator_id,
            post: self.post.unwrap_or_default(),
            day: self.day,
            post_url: self.post_url,
            platform: self.platform,
            views: self.views,
            likes: self.likes,
            comments: self.comments,
            shares: self.shares,
            saves: self.saves,
            clicks: self.clicks,
            conversions: self.conversions,
            reach: self.reach,
            revenue: self.revenue,
            currency: self.revenue.map_or_else(String::new, |_| self.currency.code().to_owned()),
            source: source.to_owned(),
            created_at: now,
            updated_at: now,
        }
    }
}

impl Dated for NewMetric {
    const LIST: &'static str = "metrics";
    const NAMES: &'static [&'static str] = &["date", "day"];

    fn day(&self) -> Day {
        self.day
    }
}

/// The name of a post that only its address is known of: the address without what may differ from one copy to the next. Nothing if
/// that is too long for a name.
fn post_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (host, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let host = host.to_ascii_lowercase();
    let name = format!("{}{}", host.strip_prefix("www.").unwrap_or(&host), path.trim_end_matches('/'));
    (name.chars().count() <= LONGEST_POST).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn read(change: &serde_json::Value) -> kernel::Result<Metric> {
        let mut row = json!({"creator_id": "0190a000-0000-7000-8000-000000000000", "post_id": "p1", "date": "2026-01-15", "views": 5});
        for (name, value) in change.as_object().unwrap() {
            row[name] = value.clone();
        }
        let row: NewMetric = Fields::of_body(row)?.read()?;
        let campaign =
            Campaign { id: CampaignId::from_uuid(Uuid::nil()), workspace: WorkspaceId::from_uuid(Uuid::nil()) };
        Ok(row.stored(campaign, "api", Timestamp::from_micros(7)))
    }

    #[test]
    fn a_post_is_named_by_its_address_where_it_has_no_other_name() {
        let named = |url: &str| read(&json!({"post_id": null, "post_url": url})).unwrap().post;
        for url in ["https://www.instagram.com/p/AbC/", "http://Instagram.com/p/AbC#top", "https://instagram.com/p/AbC"]
        {
            assert_eq!(named(url), "instagram.com/p/AbC", "{url}");
        }
        assert_eq!(named("https://youtube.com/watch?v=Xy"), "youtube.com/watch?v=Xy");
        assert_eq!(named("https://x.com?a=1"), "x.com?a=1");
        assert_eq!(read(&json!({"post_url": "https://x.com/1"})).unwrap().post, "p1");
        let long = format!("https://x.com/{}", "a".repeat(400));
        assert!(read(&json!({"post_id": null, "post_url": long})).unwrap_err().message().contains("post_id"));
    }

    #[test]
    fn money_is_of_its_currency_or_of_none() {
        let row = read(&json!({"revenue": 12.5})).unwrap();
        assert_eq!((row.revenue, row.currency.as_str()), (Some(Amount::from_minor(1250)), "USD"));
        assert_eq!(read(&json!({"currency": "EUR"})).unwrap().currency, "");
        assert_eq!(read(&json!({"revenue": 0, "currency": "jpy"})).unwrap().currency, "JPY");
        for change in [
            json!({"revenue": 1.5, "currency": "JPY"}),
            json!({"revenue": -1}),
            json!({"revenue": 0.001}),
            json!({"revenue": 1, "currency": "KWD"}),
            json!({"revenue": "1"}),
        ] {
            assert!(read(&change).is_err(), "{change}");
        }
    }

    #[test]
    fn what_is_no_row() {
        for change in [
            json!({"creator_id": "x"}),
            json!({"creator_id": null}),
            json!({"post_id": null}),
            json!({"post_id": " "}),
            json!({"date": "2004-12-31"}),
            json!({"date": null}),
            json!({"date": 20_260_115}),
            json!({"views": null}),
            json!({"views": -1}),
            json!({"views": 1.5}),
            json!({"views": 1_000_000_000_001_i64}),
            json!({"likes": "many"}),
            json!({"platform": "myspace"}),
            json!({"post_url": "ftp://x"}),
            json!({"reach": -1}),
        ] {
            assert!(read(&change).is_err(), "{change}");
        }
        assert_eq!(read(&json!({"views": null, "likes": 0})).unwrap().views, 0);
    }
}
