//! What is known of a creator who looks for work: the figures of the entries that they have claimed, or of their profile.

use creators::Creator;
use kernel::{CreatorId, Platform, Timestamp};
use mind::geo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::{FiguresSource, Network};

/// A creator's figures on one platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Where they are from.
    pub source: FiguresSource,
    /// Which platform they are of.
    pub platform: Option<Network>,
    /// The entry of the directory, if they are from there.
    pub influencer_id: Option<CreatorId>,
    /// Followers.
    pub followers: Option<u64>,
    /// Engagement in percent of the followers.
    pub engagement_rate: Option<f64>,
    /// What a piece costs, in minor units of a dollar.
    pub rate_minor: Option<i64>,
    /// Are they proved to be this person's?
    pub verified: bool,
    /// Where the creator lives: two letters.
    pub country: Option<String>,
    /// When they were last written, in microseconds.
    pub as_of: Option<i64>,
}

impl Figures {
    /// Of whom nothing is known.
    pub fn none() -> Self {
        Self {
            source: FiguresSource::None,
            platform: None,
            influencer_id: None,
            followers: None,
            engagement_rate: None,
            rate_minor: None,
            verified: false,
            country: None,
            as_of: None,
        }
    }
}

/// A creator's figures, as they are told.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatorFigures)]
pub struct FiguresBody {
    /// Where they are from.
    source: FiguresSource,
    /// When they were last written at that source.
    as_of: Option<Timestamp>,
    /// Which platform they are of.
    platform: Option<Network>,
    /// The entry of the directory, if they are from there.
    influencer_id: Option<CreatorId>,
    /// Followers.
    followers: Option<u64>,
    /// Engagement in percent of the followers.
    engagement_rate: Option<f64>,
    /// Are they proved to be this person's?
    verified: bool,
}

impl From<&Figures> for FiguresBody {
    fn from(of: &Figures) -> Self {
        Self {
            source: of.source,
            as_of: of.as_of.map(Timestamp::from_micros),
            platform: of.platform,
            influencer_id: of.influencer_id,
            followers: of.followers,
            engagement_rate: of.engagement_rate,
            verified: of.verified,
        }
    }
}

/// All that is known of an account that looks for work.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The entries of the directory that it has claimed.
    pub entries: Vec<Creator>,
    /// Followers on Instagram, as Instagram said when the account was made by it.
    pub instagram_followers: Option<u64>,
    /// When the account was made, which is when Instagram said so.
    pub since: Option<Timestamp>,
    /// Where the account is at home.
    pub country: Option<String>,
}

impl Known {
    /// The entry that stands for the account on these platforms: the one with the most followers.
    pub fn entry(&self, platforms: &[Network]) -> Option<&Creator> {
        let on_these = self.entries.iter().filter(|entry| platforms.contains(&entry.platform.into()));
        on_these.max_by_key(|entry| (entry.followers, std::cmp::Reverse(entry.id)))
    }

    /// The figures that count for an offer on these platforms. Figures of another platform prove nothing there.
    pub fn figures(&self, platforms: &[Network]) -> Figures {
        let home = self.country.clone();
        if let Some(entry) = self.entry(platforms) {
            return Figures {
                source: FiguresSource::Directory,
                platform: Some(entry.platform.into()),
                influencer_id: Some(entry.id),
                followers: Some(entry.followers),
                engagement_rate: entry.engagement_rate,
                rate_minor: entry.collaboration_rate.map(kernel::Amount::minor),
                verified: true,
                country: entry.country.as_deref().and_then(country_code).or(home),
                as_of: Some(entry.updated_at.micros()),
            };
        }
        match self.instagram_followers.filter(|_| platforms.contains(&Platform::Instagram.into())) {
            Some(followers) => Figures {
                source: FiguresSource::Profile,
                platform: Some(Network::Instagram),
                followers: Some(followers),
                verified: true,
                country: home,
                as_of: self.since.map(Timestamp::micros),
                ..Figures::none()
            },
            None => Figures { country: home, ..Figures::none() },
        }
    }
}

/// The two letters of a country, by whatever name.
pub fn country_code(name: &str) -> Option<String> {
    geo::country(name).map(|country| country.code().to_owned())
}
