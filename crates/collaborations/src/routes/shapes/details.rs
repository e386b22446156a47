//! A collaboration with everything that belongs to it.

use db::Tx;
use kernel::{ApplicationId, Result, Scope, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    CollaborationBody, DisputeBody, EntryBody, FileBody, MoneyBody, People, RatingBody, SubmissionBody, seen_ratings,
};
use crate::model::{By, Collaboration, Side};
use crate::store;

/// A collaboration with everything that belongs to it.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationDetails)]
pub(in crate::routes) struct DetailsBody {
    #[serde(flatten)]
    collaboration: CollaborationBody,
    /// The application that it came of.
    application_id: ApplicationId,
    /// Which version of the offer was agreed on.
    offer_version: i64,
    #[schema(example = json!(["INSTAGRAM"]))]
    platforms: Vec<String>,
    #[schema(example = json!(["REEL"]))]
    formats: Vec<String>,
    required_hashtags: Vec<String>,
    required_mentions: Vec<String>,
    /// Rules of the caption in words.
    caption_requirements: String,
    /// Until when content has to be handed in; null without a deadline.
    content_deadline: Option<Timestamp>,
    /// How often the creator may hand in again after a rejection.
    max_revisions: u32,
    usage_rights: Option<String>,
    /// The side of whoever asks; null for an administrator.
    your_side: Option<Side>,
    approved_at: Option<Timestamp>,
    /// Was the content approved because nobody reviewed it in time?
    approved_by_silence: bool,
    completed_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    cancelled_by: Option<By>,
    /// Why it was called off; null if it was not.
    cancel_reason: Option<String>,
    /// What the business gave the creator; null before it is shown.
    creator_rating: Option<i64>,
    /// What the creator gave the business; null before it is shown.
    business_rating: Option<i64>,
    /// The ratings that you may see.
    ratings: Vec<RatingBody>,
    /// Every version of the content, the first one first.
    submissions: Vec<SubmissionBody>,
    /// The files that were uploaded for it.
    files: Vec<FileBody>,
    /// The dispute; null if there was none.
    dispute: Option<DisputeBody>,
    /// What the fee is, and where it stands.
    money: MoneyBody,
    /// Everything that happened, the first thing first.
    timeline: Vec<EntryBody>,
}

impl DetailsBody {
    pub(in crate::routes) async fn new(
        scope: Scope,
        tx: &mut Tx,
        of: Collaboration,
        now: Timestamp,
        public_url: &str,
    ) -> Result<Self> {
        let people = People::of(tx, [of.creator_id, of.business_id], now).await?;
        let all = store::ratings_of(tx, &of).await?;
        let ratings = seen_ratings(scope, &of, &all);
        let given = |side| ratings.iter().find(|one| one.side == side).map(|one| one.rating);
        let dispute = match store::dispute_of(tx, &of).await? {
            Some(dispute) => {
                let statements = store::statements(tx, &dispute).await?;
                Some(DisputeBody::new(dispute, statements))
            }
            None => None,
        };
        let submissions = store::submissions(tx, &of).await?.into_iter().map(SubmissionBody::new);
        let files = store::files(tx, &of).await?.into_iter().filter(|file| store::sees_file(scope, &of, file));
        Ok(Self {
            collaboration: CollaborationBody::new(&of, &people),
            application_id: of.application_id,
            offer_version: of.offer_version,
            platforms: of.platforms.0.iter().map(|one| one.word().to_uppercase()).collect(),
            formats: of.formats.0.clone(),
            required_hashtags: of.brief.0.required_hashtags.clone(),
            required_mentions: of.brief.0.required_mentions.clone(),
            caption_requirements: of.brief.0.caption_requirements.clone(),
            content_deadline: of.content_deadline,
            max_revisions: of.max_revisions,
            usage_rights: of.usage_rights.clone(),
            your_side: of.side_of(scope),
            approved_at: of.approved_at,
            approved_by_silence: of.approved_by_silence,
            completed_at: of.completed_at,
            cancelled_at: of.cancelled_at,
            cancelled_by: of.cancelled_by,
            cancel_reason: of.cancel_reason.clone(),
            creator_rating: given(Side::Business),
            business_rating: given(Side::Creator),
            ratings: ratings.iter().map(Into::into).collect(),
            submissions: submissions.collect::<Result<_>>()?,
            files: files.map(|file| FileBody::new(file, public_url)).collect(),
            dispute,
            money: MoneyBody::of(tx, &of, now).await?,
            timeline: store::timeline(tx, &of).await?.into_iter().map(Into::into).collect(),
        })
    }
}
