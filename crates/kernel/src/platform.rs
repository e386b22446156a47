//! The platforms that creators publish on.

/// A platform that creators publish on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, crate::Words)]
#[words(no_column, no_display)]
#[repr(u8)]
pub enum Platform {
    /// instagram.com
    Instagram,
    /// youtube.com
    #[word("youtube")]
    YouTube,
    /// tiktok.com
    #[word("tiktok")]
    TikTok,
    /// x.com, which was Twitter
    #[word("twitter", also = "x")]
    Twitter,
}

impl Platform {
    /// As it is shown to people: `YouTube`.
    pub const fn display(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::YouTube => "YouTube",
            Self::TikTok => "TikTok",
            Self::Twitter => "Twitter",
        }
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.display())
    }
}
