//! How applications are told.

use std::collections::HashMap;

use collaborations::{ContractWish, Standing};
use db::Tx;
use http_base::Paged;
use kernel::{AccountId, Amount, ApplicationId, CollaborationId, Currency, OfferId, Result, Scope, Timestamp};
use mind::score::number;
use serde::Serialize;
use utoipa::ToSchema;

use super::{PartyBody, People};
use crate::Marketplace;
use crate::model::{
    Application, ApplicationStatus, Category, Class, ContentSpecs, FiguresBody, Fit, Network, Offer, OfferStatus,
    OfferVersion, Rank,
};
use crate::store::offers;

/// The offer of an application, in short.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferOfApplication)]
pub(crate) struct OfferInShort {
    id: OfferId,
    /// What is asked for, in a line.
    title: String,
    /// What a creator gets at least.
    budget_min: Amount,
    /// What a creator gets at most.
    budget_max: Amount,
    currency: Currency,
    /// Where the offer stands.
    status: OfferStatus,
    /// Its version now.
    version: i64,
    /// Until when content has to be handed in.
    content_deadline: Option<Timestamp>,
}

impl From<&Offer> for OfferInShort {
    fn from(offer: &Offer) -> Self {
        Self {
            id: offer.id,
            title: offer.title.clone(),
            budget_min: offer.budget_min,
            budget_max: offer.budget_max,
            currency: offer.currency,
            status: offer.status,
            version: offer.version,
            content_deadline: offer.content_deadline,
        }
    }
}

/// What an offer asked for in the version that the creator applied to.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferVersion)]
pub(crate) struct VersionBody {
    /// Which version it was.
    version: i64,
    /// What was asked for, in a line.
    title: String,
    /// More of it.
    description: String,
    /// What it was about.
    category: Category,
    /// Where the content is published.
    platforms: Vec<Network>,
    /// What a creator gets at least.
    budget_min: Amount,
    /// What a creator gets at most.
    budget_max: Amount,
    currency: Currency,
    /// What the content has to meet.
    content_specs: ContentSpecs,
    /// Until when content has to be handed in.
    content_deadline: Option<Timestamp>,
    /// Whether the collaboration has a contract.
    contract: ContractWish,
    /// How often a creator may hand in again after a rejection.
    max_revisions: u32,
    /// What the business may do with the content, in words.
    usage_rights: Option<String>,
    /// Since when it asked for that.
    created_at: Timestamp,
}

impl From<OfferVersion> for VersionBody {
    fn from(of: OfferVersion) -> Self {
        Self {
            version: of.version,
            title: of.title,
            description: of.description,
            category: of.category,
            platforms: of.platforms.0,
            budget_min: of.budget_min,
            budget_max: of.budget_max,
            currency: of.currency,
            content_specs: of.content_specs.0,
            content_deadline: of.content_deadline,
            contract: of.contract,
            max_revisions: of.max_revisions,
            usage_rights: of.usage_rights,
            created_at: of.created_at,
        }
    }
}

/// Another fee that the business asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = CounterOffer)]
pub(crate) struct CounterBody {
    /// How much, in the offer's currency.
    #[schema(example = 1200)]
    fee: Amount,
    /// What the business says.
    message: Option<String>,
    /// Until when the creator may answer; after that the application stands as it was.
    expires_at: Timestamp,
}

/// Where an application stands among others, and why. Each part is in percent.
#[derive(Serialize, ToSchema)]
#[schema(as = ApplicationRank)]
pub(crate) struct RankBody {
    /// 0.5 · match + 0.2 · price + 0.2 · reliability + 0.1 · class, as it was when the creator applied.
    score: f64,
    /// The match; 50 where it is not known.
    #[serde(rename = "match")]
    fit: f64,
    /// The fee against the budget: 100 up to `budget_min`, 50 at `budget_max`, 0 from twice that.
    price: f64,
    /// How often they kept what was agreed, as of now; 50 where nothing was due yet.
    reliability: f64,
    /// 100 for an influencer, 50 for a regular.
    class: f64,
    /// The same in sentences.
    reasons: Vec<String>,
}

/// An application.
#[derive(Serialize, ToSchema)]
#[schema(as = Application)]
pub(crate) struct ApplicationBody {
    id: ApplicationId,
    offer_id: OfferId,
    /// The offer, in short.
    offer: OfferInShort,
    /// Which version of the offer the creator applied to.
    offer_version: i64,
    /// Does the offer ask for something else by now?
    is_outdated: bool,
    /// What the offer asked for then; in lists null.
    offer_as_applied: Option<VersionBody>,
    /// The account that applied.
    creator_id: AccountId,
    /// Who applied.
    creator: PartyBody,
    /// The account that made the offer.
    business_id: AccountId,
    /// Who made the offer.
    business: PartyBody,
    /// Where it stands.
    status: ApplicationStatus,
    /// What the creator says.
    message: Option<String>,
    /// Links to what they have made.
    media_attachments: Vec<String>,
    /// What they want for it; null asks for `budget_min`.
    proposed_fee: Option<Amount>,
    currency: Currency,
    /// Which class of the requirements they met.
    class: Class,
    /// Their figures, as they were when they applied.
    figures: FiguresBody,
    /// How well they fit, as it was when they applied; null where too little was known.
    #[serde(rename = "match")]
    fit: Option<Fit>,
    /// Is it on the business's short list?
    is_shortlisted: bool,
    /// Another fee that the business asked for, while it may be answered.
    counter: Option<CounterBody>,
    /// Its place among the others; for the business only.
    rank: Option<RankBody>,
    /// What is paid, once it was accepted.
    agreed_fee: Option<Amount>,
    /// Why it was rejected.
    rejection_reason: Option<String>,
    /// When it was decided.
    decided_at: Option<Timestamp>,
    /// What it led to.
    collaboration_id: Option<CollaborationId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A page of applications.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicationList {
    #[serde(flatten)]
    pub(crate) page: Paged,
    /// The applications of this page.
    pub(crate) applications: Vec<ApplicationBody>,
}

/// Applications as they are told to this caller, who may see them.
pub(crate) async fn application_bodies(
    market: &Marketplace,
    tx: &mut Tx,
    found: Vec<Application>,
    scope: Scope,
) -> Result<Vec<ApplicationBody>> {
    let now = market.app().clock().now();
    let parties = found.iter().flat_map(|one| [one.business_id, one.creator_id]);
    let people = People::of(tx, parties, now).await?;
    let mut ids: Vec<OfferId> = found.iter().map(|one| one.offer_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let offers: HashMap<OfferId, Offer> =
        offers::by_ids(tx, &ids).await?.into_iter().map(|offer| (offer.id, offer)).collect();
    let bodies = found.into_iter().filter_map(|one| {
        let offer = offers.get(&one.offer_id)?;
        Some(ApplicationBody::new(one, offer, &people, scope))
    });
    Ok(bodies.collect())
}

/// One application with all that there is to it.
pub(crate) async fn application_body(
    market: &Marketplace,
    tx: &mut Tx,
    application: Application,
    scope: Scope,
) -> Result<ApplicationBody> {
    let version = offers::version(tx, application.offer_id, application.offer_version).await?;
    let mut bodies = application_bodies(market, tx, vec![application], scope).await?;
    let body = bodies.pop().ok_or_else(|| kernel::Error::internal("one application makes one body"))?;
    Ok(ApplicationBody { offer_as_applied: version.map(Into::into), ..body })
}

impl ApplicationBody {
    fn new(of: Application, offer: &Offer, people: &People, scope: Scope) -> Self {
        let counter = of.counter(people.now).map(|counter| CounterBody {
            fee: counter.fee,
            message: of.counter_message.clone(),
            expires_at: counter.until,
        });
        let rank = scope.person().is_none().then(|| RankBody::new(&of, offer, people));
        Self {
            offer: offer.into(),
            is_outdated: of.offer_version < offer.version,
            offer_as_applied: None,
            creator: people.party(of.creator_id),
            business: people.party(of.business_id),
            figures: (&of.figures.0).into(),
            fit: of.scores().map(|scores| Fit::new(scores, Vec::new())),
            counter,
            rank,
            id: of.id,
            offer_id: of.offer_id,
            offer_version: of.offer_version,
            creator_id: of.creator_id,
            business_id: of.business_id,
            status: of.status,
            message: of.message,
            media_attachments: of.media_attachments.0,
            proposed_fee: of.proposed_fee,
            currency: of.currency,
            class: of.class,
            is_shortlisted: of.is_shortlisted,
            agreed_fee: of.agreed_fee,
            rejection_reason: of.rejection_reason,
            decided_at: of.decided_at,
            collaboration_id: of.collaboration_id,
            created_at: of.created_at,
            updated_at: of.updated_at,
        }
    }
}

impl RankBody {
    fn new(of: &Application, offer: &Offer, people: &People) -> Self {
        let reliability = people.standings.get(&of.creator_id).and_then(Standing::reliability);
        let budget = (offer.budget_min.minor(), offer.budget_max.minor());
        let fee = of.proposed_fee.map(Amount::minor);
        let rank = Rank::new(of.scores(), (fee, budget), reliability, of.class == Class::Influencer);
        let fit = match of.scores() {
            Some(scores) => format!("Fits the offer by {}%", number(scores.total())),
            None => "Too little is known to tell how well they fit".to_owned(),
        };
        let price = match of.proposed_fee {
            Some(fee) => format!(
                "Asks for {}; the offer pays {} to {} {}",
                fee.to_number(),
                offer.budget_min.to_number(),
                offer.budget_max.to_number(),
                offer.currency
            ),
            None => "Names no fee: takes the lower end of the budget".to_owned(),
        };
        let kept = match reliability {
            Some(percent) => format!("Kept {percent}% of what was agreed"),
            None => "Has had nothing to keep yet".to_owned(),
        };
        Self {
            score: of.rank as f64 / 100.0,
            fit: number(rank.fit),
            price: number(rank.price),
            reliability: number(rank.reliability),
            class: number(rank.class),
            reasons: vec![fit, price, kept, format!("Met the requirements as {}", of.class)],
        }
    }
}
