use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::folded;

/// Where a creator publishes: the four of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Instagram.
    Instagram,
    /// YouTube.
    Youtube,
    /// TikTok.
    Tiktok,
    /// X, still `twitter` in the directory.
    Twitter,
}

impl Platform {
    /// Every platform.
    pub const ALL: [Self; 4] = [Self::Instagram, Self::Youtube, Self::Tiktok, Self::Twitter];

    /// As the directory spells it: `"youtube"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Youtube => "youtube",
            Self::Tiktok => "tiktok",
            Self::Twitter => "twitter",
        }
    }

    /// As it spells itself: `"YouTube"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Youtube => "YouTube",
            Self::Tiktok => "TikTok",
            Self::Twitter => "Twitter",
        }
    }

    /// The platform of that name, without regard to case: also `"X"`, `"IG"`, `"YT"`, `"tik tok"`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match folded(name.trim()).as_ref() {
            "instagram" | "insta" | "ig" => Self::Instagram,
            "youtube" | "you tube" | "yt" => Self::Youtube,
            "tiktok" | "tik tok" | "tik-tok" | "tt" => Self::Tiktok,
            "twitter" | "x" | "x/twitter" | "twitter/x" | "x (twitter)" | "twitter (x)" => Self::Twitter,
            _ => return None,
        })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
