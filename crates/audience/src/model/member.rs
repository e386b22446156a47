//! A member of an audience.

use db::Json;
use kernel::{Id, Timestamp, WorkspaceId, time};
use serde_json::{Map, Value};

use super::{name_of, score, search_text};

#[doc(hidden)]
#[derive(Debug)]
pub enum MemberMarker {}
/// A member of an audience: what document E calls a user.
pub type MemberId = Id<MemberMarker>;

/// Where a member is reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(name = "AudienceChannel")]
pub enum Channel {
    /// The widget on a web page.
    Web,
    /// WhatsApp.
    Whatsapp,
    /// Telegram.
    Telegram,
    /// An app of the coach's.
    Mobile,
}

/// For so long somebody counts as active after what they did last, or after they were added.
pub(crate) const ACTIVE_FOR: i64 = 30 * time::DAY;

/// A member, as one is stored.
#[derive(Clone, Debug, PartialEq, db::Row)]
#[row(table = "audience_members", key(id), fixed(workspace_id, channel, created_at), compare(revision))]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Whose audience they are in: [`kernel::Account::hub`].
    pub workspace_id: WorkspaceId,
    /// Where they came from first.
    pub channel: Channel,
    /// What the coach, or the channel, calls them: unique on the channel.
    pub external_id: String,
    /// What is known of them: open fields.
    pub profile: Json<Map<String, Value>>,
    /// Their name, as it stands in the profile.
    pub name: Option<String>,
    /// What a search finds them by: words, each after a space.
    pub search_text: String,
    /// Their time zone: a name of the time zone database.
    pub timezone: Option<String>,
    /// Their language: `en`, `pt-BR`.
    pub language: Option<String>,
    /// Did they do something within 30 days, or were they added then? A job sets it back.
    pub is_active: bool,
    /// When they did something last, or were added; it never falls.
    pub active_at: Timestamp,
    /// When they did something last, if they ever did; it never falls.
    pub last_active_at: Option<Timestamp>,
    /// The engagement score in millionths; -1 for none.
    pub score: i64,
    /// When the score is to be worked out again, if time alone changes it.
    pub score_due_at: Option<Timestamp>,
    /// The mean progress of active enrolments in millionths, if there are any.
    pub progress: Option<i64>,
    /// How many interactions there were.
    pub interactions: u64,
    /// Have they said that they want nothing at all?
    pub opted_out: bool,
    /// When they were added.
    pub created_at: Timestamp,
    /// When what is known of them changed last.
    pub updated_at: Timestamp,
    /// Counts up with each change of what is known of them.
    pub revision: i64,
}

/// What a new member begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seed {
    /// What they are called on the channel; made of their identities, if it is not given.
    pub external_id: Option<String>,
    /// Open fields; `name` is their name.
    pub profile: Map<String, Value>,
    /// Their time zone, if it is known.
    pub timezone: Option<String>,
    /// Their language, if it is known.
    pub language: Option<String>,
}

impl Seed {
    /// Somebody of whom a channel tells a name, or nothing.
    pub fn named(name: Option<&str>) -> Self {
        let name = name.map(|name| super::cleaned(name).trim().to_owned()).filter(|name| !name.is_empty());
        let profile = name.map(|name| ("name".to_owned(), Value::from(name))).into_iter().collect();
        Self { profile, ..Self::default() }
    }
}

impl Member {
    /// Somebody new.
    pub fn new(
        id: MemberId,
        workspace: WorkspaceId,
        channel: Channel,
        external_id: String,
        seed: Seed,
        now: Timestamp,
    ) -> Self {
        let name = name_of(&seed.profile);
        let mut member = Self {
            id,
            workspace_id: workspace,
            channel,
            external_id,
            profile: Json(seed.profile),
            name,
            search_text: String::new(),
            timezone: seed.timezone,
            language: seed.language,
            is_active: true,
            active_at: now,
            last_active_at: None,
            score: score::NONE,
            score_due_at: None,
            progress: None,
            interactions: 0,
            opted_out: false,
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        member.search_text = search_text(&member);
        member
    }

    /// Gives them another profile, and what follows from it.
    pub fn set_profile(&mut self, profile: Map<String, Value>) {
        self.name = name_of(&profile);
        self.profile = Json(profile);
        self.search_text = search_text(self);
    }

    /// Their engagement score, from 0 to 1, if they have done anything yet.
    pub fn engagement_score(&self) -> Option<f64> {
        score::told(self.score)
    }

    /// Are they active by what they did last?
    pub fn is_active_at(&self, now: Timestamp) -> bool {
        self.active_at.plus(ACTIVE_FOR) > now
    }
}

/// How a member is called, for a page of something else.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
pub struct Name {
    /// Who.
    pub id: MemberId,
    /// Their name, if it is known.
    pub name: Option<String>,
    /// What they are called on their channel.
    pub external_id: String,
    /// Their channel.
    pub channel: Channel,
}
