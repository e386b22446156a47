//! Members as they are told.

use db::Tx;
use kernel::{Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::model::{BadgeId, Channel, Interaction, InteractionId, InteractionKind, Member, MemberId};
use crate::ports::{Enrolment, ProgramId};
use crate::store::badges::Earned;
use crate::{Audience, store};

/// Interactions that are shown with a member.
const RECENT: u32 = 20;

/// A member of the audience.
#[derive(Serialize, ToSchema)]
#[schema(as = AudienceUser)]
pub(super) struct UserBody {
    /// Their id.
    pub(super) id: MemberId,
    /// What they are called on their channel.
    #[schema(example = "customer-1042")]
    pub(super) external_id: String,
    /// Where they came from first.
    pub(super) channel: Channel,
    /// What is known of them: open fields, of which `name` and `email` are searched.
    #[schema(value_type = Object, example = json!({"name": "John Doe", "goals": ["lose weight"]}))]
    pub(super) profile_data: Map<String, Value>,
    /// When they were added.
    pub(super) created_at: Timestamp,
    /// When they did something last: wrote, answered, tapped, or opened the widget. Null if they never did.
    pub(super) last_active_at: Option<Timestamp>,
    /// Did they do something within the last 30 days, or were they added then?
    pub(super) is_active: bool,
    /// From 0 to 1: half for the days of the last fourteen on which they did something (seven are all), three tenths for the share of
    /// questions of the last 30 days that they answered, two tenths for their progress in programs; what there is none of is left out. Null
    /// before they did something for the first time.
    #[schema(example = 0.75, minimum = 0, maximum = 1)]
    pub(super) engagement_score: Option<f64>,
    /// How many enrolments in programs they have.
    pub(super) program_enrollments: u64,
    /// How many interactions there were, of either side.
    pub(super) total_interactions: u64,
    /// Their time zone.
    #[schema(example = "America/New_York")]
    pub(super) timezone: Option<String>,
    /// Their language.
    #[schema(example = "en")]
    pub(super) language: Option<String>,
    /// What the coach sorts them by.
    #[schema(example = json!(["vip"]))]
    pub(super) tags: Vec<String>,
    /// Have they said that they want to be written to on no channel?
    pub(super) opted_out: bool,
}

impl UserBody {
    pub(super) fn of(member: Member, program_enrollments: u64, tags: Vec<String>) -> Self {
        Self {
            engagement_score: member.engagement_score(),
            id: member.id,
            external_id: member.external_id,
            channel: member.channel,
            profile_data: member.profile.0,
            created_at: member.created_at,
            last_active_at: member.last_active_at,
            is_active: member.is_active,
            program_enrollments,
            total_interactions: member.interactions,
            timezone: member.timezone,
            language: member.language,
            tags,
            opted_out: member.opted_out,
        }
    }
}

/// Some members: their tags and enrolments in a statement each.
pub(super) async fn told(audience: &Audience, tx: &mut Tx, members: Vec<Member>) -> Result<Vec<UserBody>> {
    let Some(workspace) = members.first().map(|member| member.workspace_id) else { return Ok(Vec::new()) };
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let tags = store::tags::of_all(tx, workspace, &ids).await?;
    let counts = audience.enrolments().counts(tx, workspace, &ids).await?;
    let one = |(place, member): (usize, Member)| {
        let own = tags.iter().filter(|row| row.member_id == member.id).map(|row| row.label.clone());
        let own = own.collect();
        UserBody::of(member, counts.get(place).copied().unwrap_or_default(), own)
    };
    Ok(members.into_iter().enumerate().map(one).collect())
}

/// An enrolment of a member in a program.
#[derive(Serialize, ToSchema)]
#[schema(as = UserEnrollment)]
pub(super) struct EnrolmentBody {
    /// The program.
    program_id: ProgramId,
    /// What it is called.
    #[schema(example = "Weight Loss Journey")]
    program_name: String,
    /// How the enrolment stands.
    #[schema(example = "active")]
    status: String,
    /// How far the member is, from 0 to 1.
    progress: f64,
    /// Since when they are enrolled.
    enrolled_at: Timestamp,
}

impl From<Enrolment> for EnrolmentBody {
    fn from(of: Enrolment) -> Self {
        let Enrolment { program_id, program_name, status, progress, enrolled_at } = of;
        Self { program_id, program_name, status, progress, enrolled_at }
    }
}

/// Something that happened with a member.
#[derive(Serialize, ToSchema)]
#[schema(as = UserInteraction)]
pub(super) struct InteractionBody {
    /// Its id.
    id: InteractionId,
    /// What happened.
    interaction_type: InteractionKind,
    /// When.
    created_at: Timestamp,
    /// On which channel.
    channel: Channel,
}

impl From<Interaction> for InteractionBody {
    fn from(row: Interaction) -> Self {
        Self { id: row.id, interaction_type: row.kind, created_at: row.at, channel: row.channel }
    }
}

/// A badge that a member has.
#[derive(Serialize, ToSchema)]
#[schema(as = UserBadge)]
pub(super) struct EarnedBody {
    /// Which badge.
    badge_id: BadgeId,
    /// What it is called.
    #[schema(example = "First Week Complete")]
    badge_name: String,
    /// When they earned it.
    earned_at: Timestamp,
}

impl From<Earned> for EarnedBody {
    fn from(row: Earned) -> Self {
        Self { badge_id: row.badge_id, badge_name: row.name, earned_at: row.earned_at }
    }
}

/// A member with everything that their page shows.
#[derive(Serialize, ToSchema)]
#[schema(as = AudienceUserDetails)]
pub(super) struct UserDetails {
    /// Their id.
    id: MemberId,
    /// What they are called on their channel.
    external_id: String,
    /// Where they came from first.
    channel: Channel,
    /// What is known of them.
    #[schema(value_type = Object)]
    profile_data: Map<String, Value>,
    /// When they were added.
    created_at: Timestamp,
    /// When what is known of them was changed last.
    updated_at: Timestamp,
    /// When they did something last; null if they never did.
    last_active_at: Option<Timestamp>,
    /// Did they do something within the last 30 days, or were they added then?
    is_active: bool,
    /// Their time zone.
    #[schema(example = "America/New_York")]
    timezone: Option<String>,
    /// Their language.
    #[schema(example = "en")]
    language: Option<String>,
    /// From 0 to 1, as in the list; null before they did something for the first time.
    #[schema(minimum = 0, maximum = 1)]
    engagement_score: Option<f64>,
    /// How many interactions there were.
    total_interactions: u64,
    /// What the coach sorts them by.
    tags: Vec<String>,
    /// Have they said that they want to be written to on no channel?
    opted_out: bool,
    /// Their enrolments in programs, the newest first.
    program_enrollments: Vec<EnrolmentBody>,
    /// What happened with them last, the newest first.
    recent_interactions: Vec<InteractionBody>,
    /// The badges that they have, the newest first.
    badges_earned: Vec<EarnedBody>,
}

/// A member with everything that their page shows.
pub(super) async fn details(audience: &Audience, tx: &mut Tx, member: Member) -> Result<UserDetails> {
    let tags = store::tags::of(tx, &member).await?;
    let enrolments = audience.enrolments().of(tx, &member).await?;
    let recent = store::interactions::newest(tx, &member, None, RECENT).await?;
    let badges = store::badges::of(tx, &member).await?;
    Ok(UserDetails {
        engagement_score: member.engagement_score(),
        id: member.id,
        external_id: member.external_id,
        channel: member.channel,
        profile_data: member.profile.0,
        created_at: member.created_at,
        updated_at: member.updated_at,
        last_active_at: member.last_active_at,
        is_active: member.is_active,
        timezone: member.timezone,
        language: member.language,
        total_interactions: member.interactions,
        tags: tags.into_iter().map(|row| row.label).collect(),
        opted_out: member.opted_out,
        program_enrollments: enrolments.into_iter().map(Into::into).collect(),
        recent_interactions: recent.into_iter().map(Into::into).collect(),
        badges_earned: badges.into_iter().map(Into::into).collect(),
    })
}
