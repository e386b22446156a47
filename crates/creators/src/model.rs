//! What a creator of the directory is, and what may be written of one.

use db::{Cell, FromColumn, Json, ToColumn, Value};
use input::rule::{self, Rule};
use input::{Fields, Input};
use kernel::{AccountId, CreatorId, Money, Platform, Timestamp, WorkspaceId, count};
use mind::text::fold;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry of the directory, as it is stored.
#[derive(Clone, Debug, db::Row)]
pub struct Creator {
    /// Its id.
    pub id: CreatorId,
    /// The version of the directory in which it was last changed.
    pub seq: i64,
    /// Who added it; nobody in particular if it came with the sample data or by the command line.
    pub workspace_id: Option<WorkspaceId>,
    /// The account of the person it is about, once they claimed it.
    pub claimed_by: Option<AccountId>,
    /// The name people know.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Where they publish.
    pub platform: Platform,
    /// Their name there, usually with an @.
    pub channel_name: Option<String>,
    /// Followers as they were written: `125K`.
    pub followers_shown: String,
    /// Followers.
    pub followers: u64,
    /// Engagement in percent of the followers.
    pub engagement_rate: Option<f64>,
    /// What it is about, in lower case.
    pub niche: String,
    /// The language they speak most.
    pub language: Option<String>,
    /// Every other language they speak.
    pub languages: Texts,
    /// Where they live.
    pub country: Option<String>,
    /// The place, more closely.
    pub location: Option<String>,
    /// What they say of themselves.
    pub about: Option<String>,
    /// Whom they reach.
    pub audience_type: Option<String>,
    /// Brands they have worked with.
    pub previous_brands: Texts,
    /// Views of a usual piece.
    pub avg_views: Option<u64>,
    /// What a piece costs.
    pub collaboration_rate: Option<Money>,
    /// From 1 to 5, as brands rated them.
    pub rating: Option<f64>,
    /// The address of a picture.
    pub profile_image: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A list of texts; stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl FromColumn for Texts {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Json::from_cell(cell).map(|Json(texts)| Self(texts))
    }
}

impl ToColumn for Texts {
    fn to_value(&self) -> Value {
        Json(&self.0).to_value()
    }
    fn null() -> Value {
        Value::Text(None)
    }
}

/// A's creator: the answer to creating and changing one.
#[derive(Serialize, ToSchema)]
#[schema(as = Creator)]
pub struct CreatorBody {
    id: CreatorId,
    #[schema(example = "Sarah Johnson")]
    name: String,
    email: Option<String>,
    platform: Platform,
    /// Followers in short, as they were written.
    #[schema(example = "125K")]
    followers_count: String,
    /// Followers.
    #[schema(example = 125_000)]
    followers_count_numeric: u64,
    /// Engagement in percent of the followers.
    #[schema(example = 4.5)]
    engagement_rate: Option<f64>,
    /// What it is about, in lower case; an open list.
    #[schema(example = "fitness")]
    niche: String,
    language: Option<String>,
    country: Option<String>,
    about: Option<String>,
    channel_name: Option<String>,
    /// Views of a usual piece.
    avg_views: Option<u64>,
    /// What a piece costs.
    collaboration_rate: Option<Money>,
    /// From 0 to 5; null until somebody rated.
    rating: Option<f64>,
    profile_image: Option<String>,
    location: Option<String>,
    audience_type: Option<String>,
    languages: Vec<String>,
    previous_brands: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Creator> for CreatorBody {
    fn from(creator: Creator) -> Self {
        Self {
            languages: creator.all_languages(),
            id: creator.id,
            name: creator.name,
            email: creator.email,
            platform: creator.platform,
            followers_count: creator.followers_shown,
            followers_count_numeric: creator.followers,
            engagement_rate: creator.engagement_rate,
            niche: creator.niche,
            language: creator.language,
            country: creator.country,
            about: creator.about,
            channel_name: creator.channel_name,
            avg_views: creator.avg_views,
            collaboration_rate: creator.collaboration_rate,
            rating: creator.rating,
            profile_image: creator.profile_image,
            location: creator.location,
            audience_type: creator.audience_type,
            previous_brands: creator.previous_brands.0,
            created_at: creator.created_at,
            updated_at: creator.updated_at,
        }
    }
}

impl CreatorBody {
    /// The same with the niche as lists show it: `Fitness`.
    pub fn shown(creator: Creator) -> Self {
        let niche = creator.niche_shown();
        Self { niche, ..Self::from(creator) }
    }
}

impl Creator {
    /// The language they speak most, and every other.
    pub fn all_languages(&self) -> Vec<String> {
        let mut all: Vec<String> = self.language.iter().cloned().collect();
        all.extend(self.languages.0.iter().filter(|other| Some(*other) != self.language.as_ref()).cloned());
        all
    }

    /// The niche as it is shown to people: `Fitness`, `Vegan Food`.
    pub fn niche_shown(&self) -> String {
        title_case(&self.niche)
    }

    /// What the embedding is made of.
    pub fn profile_text(&self) -> String {
        let about = self.about.as_deref().filter(|about| !about.trim().is_empty());
        // A name says little that is true of a niche ("Rose Garden"), but more than nothing does.
        let said = about.or(Some(self.name.as_str()));
        mind::score::profile_text(&self.niche, said, self.audience_type.as_deref())
    }
}

/// Words with a capital at the head of each.
pub fn title_case(words: &str) -> String {
    let mut shown = String::with_capacity(words.len());
    let mut at_head = true;
    for letter in words.chars() {
        if at_head {
            shown.extend(letter.to_uppercase());
        } else {
            shown.push(letter);
        }
        at_head = letter.is_whitespace() || matches!(letter, '-' | '/' | '&');
    }
    shown
}

/// How a name, a handle or an address is compared: folded, and a handle without its @.
pub fn identity(text: &str) -> String {
    fold(text.trim().trim_start_matches('@'))
}

/// What a new entry is made of, from a body or from a row of a table.
#[derive(Clone, Debug)]
pub struct NewCreator {
    /// Its fields.
    pub fields: Changes,
}

/// What is written of an entry: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// See [`Creator::name`].
    pub name: Option<String>,
    /// See [`Creator::email`].
    pub email: Option<Option<String>>,
    /// See [`Creator::platform`].
    pub platform: Option<Platform>,
    /// See [`Creator::channel_name`].
    pub channel_name: Option<Option<String>>,
    /// Followers as written, and as a number.
    pub followers: Option<(String, u64)>,
    /// See [`Creator::engagement_rate`].
    pub engagement_rate: Option<Option<f64>>,
    /// See [`Creator::niche`].
    pub niche: Option<String>,
    /// See [`Creator::language`].
    pub language: Option<Option<String>>,
    /// See [`Creator::languages`].
    pub languages: Option<Vec<String>>,
    /// See [`Creator::country`].
    pub country: Option<Option<String>>,
    /// See [`Creator::location`].
    pub location: Option<Option<String>>,
    /// See [`Creator::about`].
    pub about: Option<Option<String>>,
    /// See [`Creator::audience_type`].
    pub audience_type: Option<Option<String>>,
    /// See [`Creator::previous_brands`].
    pub previous_brands: Option<Vec<String>>,
    /// See [`Creator::avg_views`].
    pub avg_views: Option<Option<u64>>,
    /// See [`Creator::collaboration_rate`].
    pub collaboration_rate: Option<Option<Money>>,
    /// See [`Creator::rating`].
    pub rating: Option<Option<f64>>,
    /// See [`Creator::profile_image`].
    pub profile_image: Option<Option<String>>,
}

const FOLLOWERS: [&str; 2] = ["followers_count", "followers"];

impl Input for Changes {
    fn read(fields: &mut Fields) -> Option<Self> {
        let followers = read_followers(fields);
        Some(Self {
            name: fields.change_required(&["name"], rule::text(200)),
            email: fields.change("email", rule::email()),
            platform: fields.change_required(&["platform"], rule::platform()),
            channel_name: fields.change_as(&["channel_name", "handle"], rule::any_text(200)).map(said),
            followers,
            engagement_rate: fields.change("engagement_rate", rule::number(0.0, 100.0)),
            niche: fields.change_required(&["niche"], rule::text(100)).map(|niche| lower_case(&niche)),
            language: fields.change("language", rule::any_text(100)).map(said),
            languages: fields.change("languages", rule::texts(50, 100)).map(Option::unwrap_or_default),
            country: fields.change("country", rule::any_text(100)).map(said),
            location: fields.change("location", rule::any_text(200)).map(said),
            about: fields.change_as(&["about", "bio"], rule::any_text(10_000)).map(unless_blank),
            audience_type: fields.change("audience_type", rule::any_text(500)).map(said),
            previous_brands: fields.change("previous_brands", rule::texts(200, 200)).map(Option::unwrap_or_default),
            avg_views: fields.change("avg_views", views()),
            collaboration_rate: fields.change("collaboration_rate", rule::amount(true)),
            rating: fields.change("rating", rule::number(0.0, 5.0)),
            profile_image: fields.change("profile_image", rule::any_text(2048)).map(said),
        })
    }
}

impl Input for NewCreator {
    fn read(fields: &mut Fields) -> Option<Self> {
        for name in ["name", "platform", "niche"] {
            if !fields.has(name) && fields.raw(name).is_none() {
                fields.fault(name, "missing", "is missing");
            }
        }
        if !["followers_count", "followers", "followers_count_numeric"].iter().any(|name| fields.has(name)) {
            fields.fault(
                "followers_count",
                "missing",
                "is missing: give followers_count (\"125K\") or followers_count_numeric",
            );
        }
        Changes::read(fields).map(|fields| Self { fields })
    }
}

/// A text of nothing but space says nothing: the field is clear.
fn unless_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// An empty text says nothing: the field is clear.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn lower_case(niche: &str) -> String {
    niche.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A count that a person may have written in short, as B shows it (`"15K"`).
fn views() -> impl Rule<Output = u64> {
    rule::short_count().map(|(_, number)| number)
}

/// Either form of the followers, or both if they agree.
fn read_followers(fields: &mut Fields) -> Option<(String, u64)> {
    let shown = fields.optional_as(&FOLLOWERS, rule::short_count());
    let number = fields.optional("followers_count_numeric", rule::tally());
    for name in ["followers_count", "followers_count_numeric"] {
        if fields.raw(name).is_some_and(serde_json::Value::is_null) && shown.is_none() && number.is_none() {
            fields.fault(name, "wrong_type", "cannot be null; leave it out to keep it as it is");
        }
    }
    match (shown, number) {
        (Some((shown, read)), Some(number)) => {
            if !count::agree(&shown, number) {
                fields.fault(
                    "followers_count",
                    "disagrees",
                    format!("says {read}, but followers_count_numeric says {number}"),
                );
            }
            Some((shown, number))
        }
        (Some(both), None) => Some(both),
        (None, Some(number)) => Some((count::short(number), number)),
        (None, None) => None,
    }
}

impl Creator {
    /// A new entry. The input has been read, so that what it must have is there.
    pub fn new(new: NewCreator, id: CreatorId, workspace_id: Option<WorkspaceId>, now: Timestamp) -> Option<Self> {
        let fields = new.fields;
        let (followers_shown, followers) = fields.followers.clone()?;
        let mut creator = Self {
            id,
            seq: 0,
            workspace_id,
            claimed_by: None,
            name: fields.name.clone()?,
            email: None,
            platform: fields.platform?,
            channel_name: None,
            followers_shown,
            followers,
            engagement_rate: None,
            niche: fields.niche.clone()?,
            language: None,
            languages: Texts::default(),
            country: None,
            location: None,
            about: None,
            audience_type: None,
            previous_brands: Texts::default(),
            avg_views: None,
            collaboration_rate: None,
            rating: None,
            profile_image: None,
            created_at: now,
            updated_at: now,
        };
        creator.apply(fields, now);
        Some(creator)
    }

    /// Writes what changed over what was. Says whether anything did.
    pub fn apply(&mut self, changes: Changes, now: Timestamp) -> bool {
        let before = self.clone();
        let set = |field: &mut Option<String>, change: Option<Option<String>>| {
            if let Some(value) = change {
                *field = value;
            }
        };
        set(&mut self.email, changes.email);
        set(&mut self.channel_name, changes.channel_name);
        set(&mut self.language, changes.language);
        set(&mut self.country, changes.country);
        set(&mut self.location, changes.location);
        set(&mut self.about, changes.about);
        set(&mut self.audience_type, changes.audience_type);
        set(&mut self.profile_image, changes.profile_image);
        self.name = changes.name.unwrap_or_else(|| before.name.clone());
        self.platform = changes.platform.unwrap_or(before.platform);
        self.niche = changes.niche.unwrap_or_else(|| before.niche.clone());
        if let Some((shown, number)) = changes.followers {
            (self.followers_shown, self.followers) = (shown, number);
        }
        self.engagement_rate = changes.engagement_rate.unwrap_or(before.engagement_rate);
        self.avg_views = changes.avg_views.unwrap_or(before.avg_views);
        self.collaboration_rate = changes.collaboration_rate.unwrap_or(before.collaboration_rate);
        self.rating = changes.rating.unwrap_or(before.rating);
        if let Some(languages) = changes.languages {
            self.languages = Texts(languages);
        }
        if let Some(brands) = changes.previous_brands {
            self.previous_brands = Texts(brands);
        }
        let differs = !self.says_the_same(&before);
        if differs {
            self.updated_at = now;
        }
        differs
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let said = |creator: &Self| serde_json::to_value(CreatorBody::from(creator.clone())).ok();
        said(self) == said(other)
    }
}
