//! Collaborations and what hangs on them, as they are told.

use std::collections::{BTreeMap, HashMap};

use accounts::store::Public;
use db::Tx;
use kernel::{
    AccountId, Amount, ApplicationId, CollaborationId, ContractId, Currency, Error, OfferId, Result, Scope,
    SubmissionId, Timestamp,
};
use mind::brief::Report;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::model::{
    By, Collaboration, ContentFile, ContractWish, Decision, Dispute, DisputeId, FileId, Rating, Side, Standing,
    Statement, Status, Submission, SubmissionStatus, Waits, tier_of,
};
use crate::store::{self, Entry};

/// What collaborations have made of somebody. It is public.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = CollaboratorStanding)]
pub(super) struct StandingBody {
    /// The tier, from 0.
    tier_level: u64,
    /// What it is called.
    #[schema(example = "PRO")]
    tier_name: &'static str,
    karma_score: i64,
    /// The mean of the ratings, 1 to 5; null without any.
    #[schema(example = 4.8)]
    rating: Option<f64>,
    /// Of how many ratings that is the mean.
    rating_count: u64,
    completed_collaborations: u64,
    /// How often what was agreed was kept in time, in percent; null where nothing was due yet.
    reliability: Option<u64>,
}

impl StandingBody {
    pub(super) fn new(of: &Standing, now: Timestamp) -> Self {
        Self {
            tier_level: of.tier,
            tier_name: tier_of(of.tier).name,
            karma_score: of.karma(now),
            rating: of.rating(),
            rating_count: of.rating_count,
            completed_collaborations: of.completed,
            reliability: of.reliability(),
        }
    }
}

/// One of the two.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Collaborator)]
pub(super) struct PersonBody {
    id: AccountId,
    username: String,
    profile: StandingBody,
}

/// Names and standings of everybody that some rows name: two statements for all of them.
pub(super) struct People {
    names: HashMap<AccountId, Public>,
    standings: HashMap<AccountId, Standing>,
    now: Timestamp,
}

impl People {
    pub(super) async fn of(tx: &mut Tx, ids: impl IntoIterator<Item = AccountId>, now: Timestamp) -> Result<Self> {
        let ids: Vec<AccountId> = ids.into_iter().collect();
        let names = accounts::store::people(tx, ids.iter().copied()).await?;
        Ok(Self { names, standings: store::standing(tx, &ids, now).await?, now })
    }

    pub(super) fn person(&self, id: AccountId) -> PersonBody {
        let username = self.names.get(&id).filter(|one| one.erased_at.is_none());
        let standing = self.standings.get(&id).map_or_else(
            || StandingBody::new(&Standing::of(id, self.now), self.now),
            |one| StandingBody::new(one, self.now),
        );
        PersonBody {
            id,
            username: username.map_or_else(|| "erased".to_owned(), |one| one.username.clone()),
            profile: standing,
        }
    }
}

/// The offer that a collaboration came of, as it was agreed on.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationOffer)]
pub(super) struct OfferBody {
    id: OfferId,
    title: String,
    #[schema(example = "FASHION")]
    category: String,
}

/// A collaboration.
#[derive(Serialize, ToSchema)]
#[schema(as = Collaboration)]
pub(super) struct CollaborationBody {
    id: CollaborationId,
    offer: OfferBody,
    creator: PersonBody,
    business: PersonBody,
    status: Status,
    /// What is paid; null where the work is not paid in money.
    agreed_fee: Option<Amount>,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// The agreed day.
    scheduled_date: Option<Timestamp>,
    /// Another day, proposed by one side.
    proposed_date: Option<Timestamp>,
    /// Which side proposed it.
    proposed_by: Option<Side>,
    /// Until when the other side may answer; then the agreed day stays.
    proposed_until: Option<Timestamp>,
    /// What is awaited; null when it is over.
    waits_for: Option<Waits>,
    /// Of which side; null where it is both, or an administrator.
    waits_on: Option<Side>,
    /// Until when. What follows then stands in the documentation.
    deadline: Option<Timestamp>,
    /// Until when content has to be handed in.
    content_due: Option<Timestamp>,
    /// Was content late?
    is_late: bool,
    /// Whether a contract was wanted.
    contract: ContractWish,
    /// The contract.
    contract_id: Option<ContractId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl CollaborationBody {
    pub(super) fn new(of: &Collaboration, people: &People) -> Self {
        let waits = of.waits();
        Self {
            id: of.id,
            offer: OfferBody { id: of.offer_id, title: of.offer_title.clone(), category: of.category.clone() },
            creator: people.person(of.creator_id),
            business: people.person(of.business_id),
            status: of.status,
            agreed_fee: of.fee,
            currency: of.currency,
            scheduled_date: of.scheduled_date,
            proposed_date: of.proposed_date,
            proposed_by: of.proposed_by,
            proposed_until: of.proposed_until,
            waits_for: waits.map(|(waits, _)| waits),
            waits_on: waits.and_then(|(_, side)| side),
            deadline: of.deadline_at,
            content_due: of.content_due,
            is_late: of.late_at.is_some(),
            contract: of.contract_wish,
            contract_id: of.contract_id,
            created_at: of.created_at,
            updated_at: of.updated_at,
        }
    }
}

/// A rating, as far as whoever asks may see it.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationRating)]
pub(super) struct RatingBody {
    /// Which side gave it.
    by: Side,
    rating: i64,
    feedback: Option<String>,
    reply: Option<String>,
    replied_at: Option<Timestamp>,
    /// Since when it is shown to the other side; null while only you see it.
    shown_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<&Rating> for RatingBody {
    fn from(of: &Rating) -> Self {
        Self {
            by: of.side,
            rating: of.rating,
            feedback: of.feedback.clone(),
            reply: of.reply.clone(),
            replied_at: of.replied_at,
            shown_at: of.shown_at,
            created_at: of.created_at,
        }
    }
}

/// The ratings that this scope may see: its own, and all that are shown.
pub(super) fn seen_ratings(scope: Scope, of: &Collaboration, all: &[Rating]) -> Vec<Rating> {
    let own = of.side_of(scope);
    let seen = |one: &&Rating| one.shown_at.is_some() || own == Some(one.side);
    all.iter().filter(seen).cloned().collect()
}

/// A submission.
#[derive(Serialize, ToSchema)]
#[schema(as = Submission)]
pub(super) struct SubmissionBody {
    id: SubmissionId,
    collaboration_id: CollaborationId,
    creator_id: AccountId,
    /// Its number, from 1.
    version: i64,
    status: SubmissionStatus,
    content_urls: Vec<String>,
    /// The captions, each by the platform that it is for.
    captions: BTreeMap<String, String>,
    #[schema(example = "INSTAGRAM")]
    platform: String,
    format: Option<String>,
    /// Whether the platform's own label for advertising is on, as the creator says.
    ad_label: bool,
    platform_post_id: Option<String>,
    note: Option<String>,
    /// Did it come after its deadline?
    is_late: bool,
    submitted_at: Timestamp,
    /// The same as `submitted_at`.
    created_at: Timestamp,
    reviewed_at: Option<Timestamp>,
    /// The account that decided; null before that, and where it was approved by itself.
    reviewed_by: Option<AccountId>,
    reviewer_notes: Option<String>,
    /// The requirements that are not met, as the reviewer says.
    requirements: Vec<String>,
    /// Why it was approved although a check had failed.
    override_reason: Option<String>,
    /// From 0 to 100; null before the content was checked.
    #[schema(example = 87.5)]
    ai_score: Option<f64>,
    /// What the check has found; null before.
    ai_analysis: Option<Report>,
}

impl SubmissionBody {
    pub(super) fn new(of: Submission) -> Result<Self> {
        let ai_score = of.score();
        let analysis = of.analysis.map(|report| serde_json::from_value(Value::Object(report.0)));
        Ok(Self {
            id: of.id,
            collaboration_id: of.collaboration_id,
            creator_id: of.creator_id,
            version: of.version,
            status: of.status,
            content_urls: of.content_urls.0,
            captions: of.captions.0,
            platform: of.platform.word().to_uppercase(),
            format: of.format,
            ad_label: of.ad_label,
            platform_post_id: of.platform_post_id,
            note: of.note,
            is_late: of.is_late,
            submitted_at: of.submitted_at,
            created_at: of.submitted_at,
            reviewed_at: of.reviewed_at,
            reviewed_by: of.reviewed_by,
            reviewer_notes: of.reviewer_notes,
            requirements: of.requirements.0,
            override_reason: of.override_reason,
            ai_score,
            ai_analysis: analysis.transpose().map_err(Error::internal)?,
        })
    }
}

/// A file of content.
#[derive(Serialize, ToSchema)]
#[schema(as = ContentFile)]
pub(super) struct FileBody {
    id: FileId,
    name: String,
    /// What its bytes say it is.
    #[schema(example = "image/jpeg")]
    media_type: String,
    bytes: u64,
    /// The submission that it belongs to; null before it was handed in.
    submission_id: Option<SubmissionId>,
    /// Where it is downloaded.
    url: String,
    created_at: Timestamp,
}

impl FileBody {
    pub(super) fn new(of: ContentFile, public_url: &str) -> Self {
        let base = public_url.trim_end_matches('/');
        Self {
            url: format!("{base}/api/v1/collaborations/{}/files/{}", of.collaboration_id, of.id),
            id: of.id,
            name: of.name,
            media_type: of.media_type,
            bytes: of.bytes,
            submission_id: of.submission_id,
            created_at: of.created_at,
        }
    }
}

/// A statement in a dispute.
#[derive(Serialize, ToSchema)]
#[schema(as = DisputeStatementBody)]
pub(super) struct StatementBody {
    /// Of which side; null of an administrator.
    by: Option<Side>,
    text: String,
    created_at: Timestamp,
}

impl From<Statement> for StatementBody {
    fn from(of: Statement) -> Self {
        Self { by: of.side, text: of.text, created_at: of.created_at }
    }
}

/// A dispute.
#[derive(Serialize, ToSchema)]
#[schema(as = Dispute)]
pub(super) struct DisputeBody {
    id: DisputeId,
    collaboration_id: CollaborationId,
    opened_by: By,
    reason: String,
    /// Where the collaboration stood when it was opened.
    was: Status,
    opened_at: Timestamp,
    /// Until when both may write statements.
    statements_until: Timestamp,
    /// Until when it is decided at the latest: then by the record.
    decide_by: Timestamp,
    /// Null until it is decided.
    decision: Option<Decision>,
    /// With `split`: what of the fee the creator gets.
    creator_gets: Option<Amount>,
    decided_by: Option<By>,
    decided_at: Option<Timestamp>,
    /// Why it was decided so.
    note: Option<String>,
    statements: Vec<StatementBody>,
}

impl DisputeBody {
    pub(super) fn new(of: Dispute, statements: Vec<Statement>) -> Self {
        Self {
            id: of.id,
            collaboration_id: of.collaboration_id,
            opened_by: of.opened_by,
            reason: of.reason,
            was: of.was,
            opened_at: of.opened_at,
            statements_until: of.statements_until,
            decide_by: of.decide_by,
            decision: of.decision,
            creator_gets: of.creator_gets,
            decided_by: of.decided_by,
            decided_at: of.decided_at,
            note: of.note,
            statements: statements.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationHappening)]
pub(super) struct EntryBody {
    #[schema(example = "scheduled")]
    kind: String,
    by: By,
    /// The account that did it; null where the server did.
    account_id: Option<AccountId>,
    /// What more is to be known.
    #[schema(value_type = Object, additional_properties)]
    detail: Value,
    at: Timestamp,
}

impl From<Entry> for EntryBody {
    fn from(of: Entry) -> Self {
        Self { kind: of.kind, by: of.actor, account_id: of.account_id, detail: of.detail.0, at: of.created_at }
    }
}

/// Where the money of a collaboration stands.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationMoney)]
pub(super) struct MoneyBody {
    /// Does this server move it? Only under a contract that both sides have signed.
    moved_by_us: bool,
    /// Where the contract stands; null where there is none.
    #[schema(example = "signed")]
    contract_status: Option<&'static str>,
    /// What of it was paid so far.
    paid: Amount,
    /// What went back, or is going back.
    refunded: Amount,
    /// What is due now.
    due: Amount,
    /// Does nothing of it move, because of a dispute?
    is_frozen: bool,
    /// When the last payment had gone through.
    paid_at: Option<Timestamp>,
    /// What is to be known of it, in words.
    message: &'static str,
}

impl MoneyBody {
    /// Does this server move it?
    pub(super) fn is_ours(&self) -> bool {
        self.moved_by_us
    }

    pub(super) async fn of(tx: &mut Tx, of: &Collaboration, now: Timestamp) -> Result<Self> {
        let nothing = Amount::default();
        let mut body = Self {
            moved_by_us: false,
            contract_status: None,
            paid: nothing,
            refunded: nothing,
            due: nothing,
            is_frozen: false,
            paid_at: of.paid_at,
            message: "There is no contract: the fee is settled between the two of you, and this server moves no money",
        };
        let Some(id) = of.contract_id else { return Ok(body) };
        let Some(contract) = deals::store::find(Scope::system(), tx, id).await? else { return Ok(body) };
        body.contract_status = Some(contract.status.word());
        body.message = "The contract is not signed by both sides: until then this server moves no money";
        if contract.signed_at.is_none() {
            return Ok(body);
        }
        body.moved_by_us = true;
        body.message = "The contract is signed: its payment becomes due when the content is approved";
        let (mut paid, mut refunded, mut due) = (0, 0, 0);
        for payment in payments::store::of_contract(Scope::system(), tx, id).await? {
            if payment.status == payments::Status::Completed {
                paid += payment.amount.minor();
            }
            refunded += payment.refunded.minor() + payment.refunding.minor();
            due += if payment.is_due(now) { payment.amount.minor() } else { 0 };
            body.is_frozen |= payment.frozen_at.is_some();
        }
        [body.paid, body.refunded, body.due] = [paid, refunded, due].map(Amount::from_minor);
        Ok(body)
    }
}

/// A collaboration with everything that belongs to it.
#[derive(Serialize, ToSchema)]
#[schema(as = CollaborationDetails)]
pub(super) struct DetailsBody {
    #[serde(flatten)]
    collaboration: CollaborationBody,
    application_id: ApplicationId,
    /// Which version of the offer was agreed on.
    offer_version: i64,
    #[schema(example = json!(["INSTAGRAM"]))]
    platforms: Vec<String>,
    #[schema(example = json!(["REEL"]))]
    formats: Vec<String>,
    required_hashtags: Vec<String>,
    required_mentions: Vec<String>,
    caption_requirements: String,
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
    cancel_reason: Option<String>,
    /// What the business gave the creator; null before it is shown.
    creator_rating: Option<i64>,
    /// What the creator gave the business; null before it is shown.
    business_rating: Option<i64>,
    ratings: Vec<RatingBody>,
    /// Every version of the content, the first one first.
    submissions: Vec<SubmissionBody>,
    files: Vec<FileBody>,
    dispute: Option<DisputeBody>,
    money: MoneyBody,
    /// Everything that happened, the first thing first.
    timeline: Vec<EntryBody>,
}

impl DetailsBody {
    pub(super) async fn new(
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
