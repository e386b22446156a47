//! A creator as the directory describes one.

use kernel::{Amount, Platform, Timestamp, count};

/// A creator; what may honestly be unknown in a directory is unknown here for some.
#[derive(Clone, PartialEq, Debug)]
pub struct Creator {
    /// As it is shown: a person's name or the name of a channel.
    pub name: String,
    /// Always at `example.com` or `example.org`; no two are the same.
    pub email: Option<String>,
    /// Where they publish.
    pub platform: Platform,
    /// Followers or subscribers.
    pub followers: u64,
    /// Interactions per post in percent of the followers, with one decimal.
    pub engagement_rate: f64,
    /// In lower case, as A's model stores it: `fitness`, `vegan food`.
    pub niche: String,
    /// The first language they publish in, by its English name: `Spanish`.
    pub language: String,
    /// By its English name, as in document B: `US`, `UK`, `Spain`.
    pub country: String,
    /// Two sentences in the creator's own words, in the language they publish in (in a crowd: English or Spanish).
    pub about: String,
    /// The handle, with its `@`; no two are the same.
    pub channel_name: String,
    /// Views of a usual post.
    pub avg_views: Option<u64>,
    /// What one post costs.
    pub collaboration_rate: Option<Amount>,
    /// From 1 to 5, with one decimal; only of those who have worked with somebody.
    pub rating: Option<f64>,
    /// The address of a picture, which does not exist.
    pub profile_image: Option<String>,
    /// City and region: `Los Angeles, CA`.
    pub location: Option<String>,
    /// Who watches: `Fitness Enthusiasts`.
    pub audience_type: Option<String>,
    /// Every language they publish in, the first one first.
    pub languages: Vec<String>,
    /// Brands they have worked with.
    pub previous_brands: Vec<String>,
    /// When they came into the directory.
    pub created_at: Timestamp,
}

impl Creator {
    /// The followers in their short form: `125K`.
    pub fn followers_count(&self) -> String {
        count::short(self.followers)
    }
}
