//! The platforms that creators publish on.

/// A platform, in the documents' words.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Platform {
    /// instagram.com
    Instagram,
    /// youtube.com
    YouTube,
    /// tiktok.com
    TikTok,
    /// x.com, which the documents call Twitter
    Twitter,
}

impl Platform {
    /// Every platform, in the order of the documents.
    pub const ALL: [Self; 4] = [Self::Instagram, Self::YouTube, Self::TikTok, Self::Twitter];

    /// In lower case, as A and B store it: `instagram`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::YouTube => "youtube",
            Self::TikTok => "tiktok",
            Self::Twitter => "twitter",
        }
    }

    /// As it is shown to people: `YouTube`.
    pub const fn display(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::YouTube => "YouTube",
            Self::TikTok => "TikTok",
            Self::Twitter => "Twitter",
        }
    }

    /// Finds a platform by its name, whatever the case; `x` is Twitter.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL
            .into_iter()
            .find(|platform| platform.name().eq_ignore_ascii_case(name))
            .or_else(|| name.eq_ignore_ascii_case("x").then_some(Self::Twitter))
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.display())
    }
}
