//! What a creator of the directory is, and what may be written of one.

use db::{Cell, FromColumn, Json, ToColumn, Value};
use input::rule::{self, Rule};
use input::{Fields, Input, set};
use kernel::{AccountId, Amount, CreatorId, Platform, Timestamp, WorkspaceId, count};
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::{folded, handle_key, handle_shown};
use crate::rights::Viewer;

/// An entry of the directory, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(table = "creators", key(id), fixed(workspace_id, claimed_by, created_at, withdrawn_at))]
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
    #[row(also = "name_key", from = Creator::name_key)]
    pub name: String,
    /// Where mail reaches them.
    #[row(also = "email_key", by = address_key)]
    pub email: Option<String>,
    /// Where they publish.
    pub platform: Platform,
    /// Their name there, usually with an @.
    #[row(also = "handle_key", from = Creator::handle_key)]
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
    pub collaboration_rate: Option<Amount>,
    /// From 1 to 5, as brands rated them.
    pub rating: Option<f64>,
    /// The address of a picture.
    pub profile_image: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who finds it.
    pub visibility: Visibility,
    /// When it was taken out of lists and searches, because others still work with it.
    pub withdrawn_at: Option<Timestamp>,
}

/// Who finds an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
pub enum Visibility {
    /// Everyone with an account.
    #[default]
    Shared,
    /// The workspace that added it, and nobody else.
    Private,
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

/// An entry of the creator directory.
#[derive(Serialize, ToSchema)]
#[schema(as = Creator)]
pub struct CreatorBody {
    /// Its id.
    id: CreatorId,
    /// The name that people know.
    #[schema(example = "Sarah Johnson")]
    name: String,
    /// The e-mail address that reaches the creator: shown to the workspace that added the entry, the creator who claimed it and
    /// administrators, null for everyone else. Outreach reaches the creator all the same.
    email: Option<String>,
    /// Whether your workspace added the entry.
    added_by_you: bool,
    /// `shared`, or `private`: found by the workspace that added it alone.
    visibility: Visibility,
    /// The platform that the creator publishes on.
    platform: Platform,
    /// The number of followers in short, as it was written.
    #[schema(example = "125K")]
    followers_count: String,
    /// The number of followers.
    #[schema(example = 125_000)]
    followers_count_numeric: u64,
    /// Engagement in percent of the followers.
    #[schema(example = 4.5)]
    engagement_rate: Option<f64>,
    /// What the creator publishes about, in plain words; any niche is possible.
    #[schema(example = "fitness")]
    niche: String,
    /// The language that the creator speaks most.
    language: Option<String>,
    /// The country that the creator lives in.
    country: Option<String>,
    /// How the creator describes what they do.
    about: Option<String>,
    /// The creator's handle on the platform.
    channel_name: Option<String>,
    /// Views of a usual post.
    avg_views: Option<u64>,
    /// What a post costs.
    collaboration_rate: Option<Amount>,
    /// From 0 to 5; null until somebody rated the creator.
    rating: Option<f64>,
    /// The address of a picture.
    profile_image: Option<String>,
    /// The place that the creator lives in, more closely than the country.
    location: Option<String>,
    /// The audience that the creator reaches.
    audience_type: Option<String>,
    /// All languages that the creator speaks.
    languages: Vec<String>,
    /// Brands that the creator has worked with.
    previous_brands: Vec<String>,
    /// When the entry was added.
    created_at: Timestamp,
    /// When the entry was last changed.
    updated_at: Timestamp,
}

impl CreatorBody {
    /// The entry, as far as this viewer may see it.
    pub fn new(creator: Creator, viewer: Viewer) -> Self {
        let (added_by_you, shown) = (viewer.added(&creator), viewer.sees_contact_of(&creator));
        Self {
            added_by_you,
            visibility: creator.visibility,
            languages: creator.all_languages(),
            id: creator.id,
            name: creator.name,
            email: creator.email.filter(|_| shown),
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
    pub fn shown(creator: Creator, viewer: Viewer) -> Self {
        let niche = creator.niche_shown();
        Self { niche, ..Self::new(creator, viewer) }
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

/// How an address is looked up.
#[expect(clippy::ref_option, reason = "the derive passes references to fields")]
fn address_key(email: &Option<String>) -> Option<String> {
    email.as_deref().map(folded)
}

/// A new entry of the creator directory.
#[derive(Clone, Debug, Input)]
#[input(change = CreatorChanges, before = NewCreator::needs_followers)]
pub struct NewCreator {
    /// The name that people know.
    #[input(text(200), example = "Sarah Johnson")]
    pub name: String,
    /// The platform that the creator publishes on.
    #[input(platform, example = "instagram")]
    pub platform: Platform,
    /// What the creator publishes about, in plain words; any niche is possible.
    #[input(text(100).map(|niche| lower_case(&niche)), example = "fitness")]
    pub niche: String,
    /// The rest.
    #[input(flatten)]
    pub details: Details,
}

/// What an entry says beyond who it is: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Clone, Debug, Default, Input)]
#[input(check = Details::followers_agree, no_schema)]
pub struct Details {
    /// The number of followers in short. A new entry needs this or `followers_count_numeric`; both may be given if they agree.
    #[input(short_count(), alias = "followers", example = "125K")]
    pub followers_count: Option<(String, u64)>,
    /// The number of followers.
    #[input(tally(), example = 125_000)]
    pub followers_count_numeric: Option<u64>,
    /// The e-mail address that reaches the creator. Many entries may share one, such as their agency's.
    #[input(email, example = "sarah@example.com")]
    pub email: Option<Option<String>>,
    /// The creator's handle on the platform, or a link to the profile. A handle stands in the directory once for each platform.
    #[input(trimmed(200), blank, alias = "handle", example = "@sarah.moves")]
    pub channel_name: Option<Option<String>>,
    /// Engagement in percent of the followers.
    #[input(number(0.0, 100.0), example = 4.5)]
    pub engagement_rate: Option<Option<f64>>,
    /// The language that the creator speaks most.
    #[input(trimmed(100), blank, example = "English")]
    pub language: Option<Option<String>>,
    /// Every other language that the creator speaks.
    #[input(texts(50, 100))]
    pub languages: Option<Option<Vec<String>>>,
    /// The country that the creator lives in, by name or code.
    #[input(trimmed(100), blank, example = "US")]
    pub country: Option<Option<String>>,
    /// The place that the creator lives in, more closely than the country.
    #[input(trimmed(200), blank)]
    pub location: Option<Option<String>>,
    /// How the creator describes what they do. Searches by meaning go by this text.
    #[input(any_text(10_000), blank, alias = "bio")]
    pub about: Option<Option<String>>,
    /// The audience that the creator reaches.
    #[input(trimmed(500), blank)]
    pub audience_type: Option<Option<String>>,
    /// Brands that the creator has worked with.
    #[input(texts(200, 200))]
    pub previous_brands: Option<Option<Vec<String>>>,
    /// Views of a usual post, as a number or in short (`15K`).
    #[input(short_count().map(|(_, number)| number))]
    pub avg_views: Option<Option<u64>>,
    /// What a post costs.
    #[input(amount(true), example = 850)]
    pub collaboration_rate: Option<Option<Amount>>,
    /// From 0 to 5, as brands rated the creator.
    #[input(number(0.0, 5.0))]
    pub rating: Option<Option<f64>>,
    /// The address of a picture.
    #[input(trimmed(2048), blank)]
    pub profile_image: Option<Option<String>>,
    /// Who finds the entry: everyone (`shared`), or your workspace alone (`private`).
    #[input(word, example = "shared")]
    pub visibility: Option<Visibility>,
}

/// A text of up to `most` characters that may be empty; surrounding space is dropped.
fn trimmed(most: usize) -> impl Rule<Output = String> {
    rule::any_text(most).map(|text| text.trim().to_owned())
}

impl NewCreator {
    fn needs_followers(fields: &mut Fields) {
        if !["followers_count", "followers", "followers_count_numeric"].iter().any(|name| fields.has(name)) {
            let message = "is missing: give followers_count (\"125K\") or followers_count_numeric";
            fields.fault("followers_count", "missing", message);
        }
    }
}

impl From<NewCreator> for CreatorChanges {
    fn from(new: NewCreator) -> Self {
        Self { name: Some(new.name), platform: Some(new.platform), niche: Some(new.niche), details: new.details }
    }
}

impl Details {
    /// Followers as written, and as a number.
    fn followers(&self) -> Option<(String, u64)> {
        match (&self.followers_count, self.followers_count_numeric) {
            (Some((shown, _)), Some(number)) => Some((shown.clone(), number)),
            (Some(both), None) => Some(both.clone()),
            (None, number) => number.map(|number| (count::short(number), number)),
        }
    }

    /// Followers cannot be cleared, and their two forms must not contradict each other.
    fn followers_agree(&self, fields: &mut Fields) {
        for name in ["followers_count", "followers_count_numeric"] {
            if fields.raw(name).is_some_and(serde_json::Value::is_null) && self.followers().is_none() {
                fields.fault(name, "wrong_type", "cannot be null; leave it out to keep it as it is");
            }
        }
        if let (Some((shown, read)), Some(number)) = (&self.followers_count, self.followers_count_numeric)
            && !count::agree(shown, number)
        {
            let message = format!("says {read}, but followers_count_numeric says {number}");
            fields.fault("followers_count", "disagrees", message);
        }
    }
}

fn lower_case(niche: &str) -> String {
    niche.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl Creator {
    /// A new entry; `None` if nothing says how many followers it has.
    pub fn new(new: NewCreator, id: CreatorId, workspace_id: Option<WorkspaceId>, now: Timestamp) -> Option<Self> {
        let (followers_shown, followers) = new.details.followers()?;
        let mut creator = Self {
            id,
            seq: 0,
            workspace_id,
            claimed_by: None,
            name: new.name,
            email: None,
            platform: new.platform,
            channel_name: None,
            followers_shown,
            followers,
            engagement_rate: None,
            niche: new.niche,
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
            visibility: Visibility::Shared,
            withdrawn_at: None,
        };
        creator.set_details(new.details);
        Some(creator)
    }

    /// How its handle is compared; nothing if it has none.
    pub fn handle_key(&self) -> Option<String> {
        self.channel_name.as_deref().and_then(|handle| handle_key(self.platform, handle))
    }

    /// How its name is compared, by which it is known where it has no handle.
    pub fn name_key(&self) -> Option<String> {
        self.handle_key().is_none().then(|| folded(&self.name))
    }

    /// Writes what changed over what was. Says whether anything did.
    pub fn apply(&mut self, changes: CreatorChanges, now: Timestamp) -> bool {
        let before = self.clone();
        set(&mut self.name, changes.name);
        set(&mut self.platform, changes.platform);
        set(&mut self.niche, changes.niche);
        self.set_details(changes.details);
        let differs = !self.says_the_same(&before);
        if differs {
            self.updated_at = now;
        }
        differs
    }

    fn set_details(&mut self, details: Details) {
        if let Some((shown, number)) = details.followers() {
            (self.followers_shown, self.followers) = (shown, number);
        }
        set(&mut self.email, details.email);
        let handle = details.channel_name.map(|handle| handle.and_then(|handle| handle_shown(self.platform, &handle)));
        set(&mut self.channel_name, handle);
        set(&mut self.engagement_rate, details.engagement_rate);
        set(&mut self.language, details.language);
        set(&mut self.languages, details.languages.map(|listed| Texts(listed.unwrap_or_default())));
        set(&mut self.country, details.country);
        set(&mut self.location, details.location);
        set(&mut self.about, details.about);
        set(&mut self.audience_type, details.audience_type);
        set(&mut self.previous_brands, details.previous_brands.map(|listed| Texts(listed.unwrap_or_default())));
        set(&mut self.avg_views, details.avg_views);
        set(&mut self.collaboration_rate, details.collaboration_rate);
        set(&mut self.rating, details.rating);
        set(&mut self.profile_image, details.profile_image);
        set(&mut self.visibility, details.visibility);
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.differences(other).is_empty()
    }

    /// The fields that say something else in another one, also those that not everyone is shown.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let said = |creator: &Self| {
            serde_json::to_value(CreatorBody::new(creator.clone(), Viewer::system())).unwrap_or_default()
        };
        let (own, others) = (said(self), said(other));
        let fields = own.as_object().into_iter().flatten();
        fields
            .filter(|(name, value)| *name != "updated_at" && others[*name] != **value)
            .map(|(name, _)| name.clone())
            .collect()
    }
}
