//! The closed lists of the marketplace.

use kernel::Platform;
use serde::Serialize;
use utoipa::ToSchema;

/// What an offer is about: the six niches of the directory, and those that the trade names beside them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "OfferCategory")]
pub enum Category {
    /// Training and sport for oneself.
    #[word("FITNESS")]
    Fitness,
    /// Devices and software.
    #[word("TECHNOLOGY", also = "TECH")]
    Technology,
    /// Make-up, skin and hair.
    #[word("BEAUTY")]
    Beauty,
    /// Cooking, eating and drinking.
    #[word("FOOD")]
    Food,
    /// Journeys and places.
    #[word("TRAVEL")]
    Travel,
    /// Clothes and accessories.
    #[word("FASHION")]
    Fashion,
    /// Everyday life.
    #[word("LIFESTYLE")]
    Lifestyle,
    /// Games.
    #[word("GAMING")]
    Gaming,
    /// Health and well-being.
    #[word("HEALTH")]
    Health,
    /// Sport to be watched.
    #[word("SPORTS")]
    Sports,
    /// Music.
    #[word("MUSIC")]
    Music,
    /// Films, series and shows.
    #[word("ENTERTAINMENT")]
    Entertainment,
    /// What makes one laugh.
    #[word("COMEDY")]
    Comedy,
    /// Art and design.
    #[word("ART")]
    Art,
    /// Photography.
    #[word("PHOTOGRAPHY")]
    Photography,
    /// Books.
    #[word("BOOKS")]
    Books,
    /// Learning and schools.
    #[word("EDUCATION")]
    Education,
    /// Science.
    #[word("SCIENCE")]
    Science,
    /// Companies and careers.
    #[word("BUSINESS")]
    Business,
    /// Money.
    #[word("FINANCE")]
    Finance,
    /// Flats and houses.
    #[word("HOME")]
    Home,
    /// Making things oneself.
    #[word("DIY")]
    Diy,
    /// Gardens and plants.
    #[word("GARDEN")]
    Garden,
    /// Children and parents.
    #[word("PARENTING")]
    Parenting,
    /// Animals at home.
    #[word("PETS")]
    Pets,
    /// Cars and motorcycles.
    #[word("AUTOMOTIVE")]
    Automotive,
    /// Living without waste.
    #[word("SUSTAINABILITY")]
    Sustainability,
    /// Weddings and other feasts.
    #[word("WEDDINGS")]
    Weddings,
    /// Anything else.
    #[word("OTHER")]
    Other,
}

impl Category {
    /// The same as a niche of the directory, in words whose meaning can be compared.
    pub const fn niche(self) -> &'static str {
        match self {
            Self::Fitness => "fitness",
            Self::Technology => "technology",
            Self::Beauty => "beauty",
            Self::Food => "food",
            Self::Travel => "travel",
            Self::Fashion => "fashion",
            Self::Lifestyle => "lifestyle",
            Self::Gaming => "gaming",
            Self::Health => "health and wellness",
            Self::Sports => "sports",
            Self::Music => "music",
            Self::Entertainment => "entertainment",
            Self::Comedy => "comedy",
            Self::Art => "art",
            Self::Photography => "photography",
            Self::Books => "books",
            Self::Education => "education",
            Self::Science => "science",
            Self::Business => "business",
            Self::Finance => "finance",
            Self::Home => "home decor",
            Self::Diy => "diy crafts",
            Self::Garden => "gardening",
            Self::Parenting => "parenting",
            Self::Pets => "pets",
            Self::Automotive => "cars",
            Self::Sustainability => "sustainability",
            Self::Weddings => "weddings",
            // Says nothing of what it is about: its title and its description do.
            Self::Other => "",
        }
    }
}

/// A platform, as document D spells it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "OfferPlatform")]
pub enum Network {
    /// instagram.com
    #[word("INSTAGRAM")]
    Instagram,
    /// tiktok.com
    #[word("TIKTOK")]
    TikTok,
    /// youtube.com
    #[word("YOUTUBE")]
    YouTube,
    /// x.com, which was Twitter
    #[word("TWITTER", also = "X")]
    Twitter,
}

impl From<Network> for Platform {
    fn from(network: Network) -> Self {
        match network {
            Network::Instagram => Self::Instagram,
            Network::TikTok => Self::TikTok,
            Network::YouTube => Self::YouTube,
            Network::Twitter => Self::Twitter,
        }
    }
}

impl From<Platform> for Network {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Instagram => Self::Instagram,
            Platform::TikTok => Self::TikTok,
            Platform::YouTube => Self::YouTube,
            Platform::Twitter => Self::Twitter,
        }
    }
}

/// What a piece of content is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ContentFormat")]
pub enum Format {
    /// A picture or a text in the feed.
    #[word("POST")]
    Post,
    /// Several pictures in one post.
    #[word("CAROUSEL")]
    Carousel,
    /// A short video of Instagram.
    #[word("REEL")]
    Reel,
    /// What is gone after a day.
    #[word("STORY")]
    Story,
    /// A video.
    #[word("VIDEO")]
    Video,
    /// A short video of YouTube.
    #[word("SHORT")]
    Short,
    /// A live broadcast.
    #[word("LIVE")]
    Live,
    /// Several posts that follow each other.
    #[word("THREAD")]
    Thread,
    /// A review.
    #[word("REVIEW")]
    Review,
    /// An unboxing.
    #[word("UNBOXING")]
    Unboxing,
    /// Content that the business publishes itself.
    #[word("UGC")]
    Ugc,
}

impl Format {
    /// Where there is such a thing.
    pub const fn networks(self) -> &'static [Network] {
        use Network::{Instagram, TikTok, Twitter, YouTube};
        match self {
            Self::Post => &[Instagram, YouTube, Twitter],
            Self::Carousel | Self::Story => &[Instagram, TikTok],
            Self::Reel => &[Instagram],
            Self::Video => &[TikTok, YouTube, Twitter],
            Self::Short => &[YouTube],
            Self::Thread => &[Twitter],
            Self::Live | Self::Review | Self::Unboxing | Self::Ugc => &[Instagram, TikTok, YouTube, Twitter],
        }
    }
}

/// Who publishes the content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, kernel::Words)]
#[words(name = "ContentPublisher", no_column)]
pub enum PostedBy {
    /// The creator, to their own followers.
    #[default]
    #[word("CREATOR")]
    Creator,
    /// The business.
    #[word("BRAND", also = "BUSINESS")]
    Brand,
}

impl From<PostedBy> for mind::brief::PostedBy {
    fn from(by: PostedBy) -> Self {
        match by {
            PostedBy::Creator => Self::Creator,
            PostedBy::Brand => Self::Brand,
        }
    }
}

/// Where an offer stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "OfferStatus")]
pub enum OfferStatus {
    /// Being written: its business alone sees it.
    #[word("DRAFT")]
    Draft,
    /// Published.
    #[word("ACTIVE")]
    Active,
    /// Over.
    #[word("ARCHIVED")]
    Archived,
}

/// Why an offer takes no applications.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClosedReason {
    /// It is a draft.
    NotPublished,
    /// It is over.
    Archived,
    /// An administrator has hidden it.
    Hidden,
    /// The account of its business is suspended.
    BusinessSuspended,
    /// Its business has paused it.
    Paused,
    /// The deadline for applications has passed.
    DeadlinePassed,
    /// As many were accepted as were wanted.
    PlacesFilled,
}

impl ClosedReason {
    /// The same as a sentence for whoever wants to apply.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotPublished => "The offer is not published yet",
            Self::Archived => "The offer is archived and takes no applications any more",
            Self::Hidden => "The offer was hidden by an administrator and takes no applications",
            Self::BusinessSuspended => "The business of this offer is suspended; its offers take no applications",
            Self::Paused => "The offer is paused by its business; try again later",
            Self::DeadlinePassed => "The deadline for applications has passed",
            Self::PlacesFilled => "All places of the offer are taken",
        }
    }
}

/// A class of creators that an offer tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "CreatorClass")]
pub enum Class {
    /// Who meets `requirements.influencer`.
    #[word("INFLUENCER")]
    Influencer,
    /// Who meets `requirements.regular`.
    #[word("REGULAR")]
    Regular,
}

/// Where an application stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "ApplicationStatus")]
pub enum ApplicationStatus {
    /// It waits for the business; or for the creator, if the business asked for another fee.
    #[word("APPLIED")]
    Applied,
    /// The two work together.
    #[word("ACCEPTED")]
    Accepted,
    /// The business does not want it.
    #[word("REJECTED")]
    Rejected,
    /// The creator took it back.
    #[word("WITHDRAWN")]
    Withdrawn,
}

/// Where a creator's figures are from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "FiguresSource", no_column)]
pub enum FiguresSource {
    /// The entry of the directory that the account has claimed.
    #[word("DIRECTORY")]
    Directory,
    /// The platform by which the account logs in.
    #[word("PROFILE")]
    Profile,
    /// Nothing is known on the platforms of the offer.
    #[word("NONE")]
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_many_in_upper_case_and_say_what_they_are_about() {
        assert!(Category::ALL.len() >= 26);
        for category in Category::ALL {
            let word = category.word();
            assert_eq!(word, word.to_uppercase());
            assert_eq!(Category::parse(&word.to_lowercase()), Some(category));
            assert_eq!(category.niche().is_empty(), category == Category::Other);
        }
        assert_eq!(Category::parse("tech"), Some(Category::Technology));
    }

    #[test]
    fn networks_are_platforms() {
        for network in Network::ALL {
            assert_eq!(Network::from(Platform::from(network)), network);
        }
        assert!(Format::ALL.iter().all(|format| !format.networks().is_empty()));
    }
}
