//! Karma: its rules, and what somebody has earned.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member, Paged, Pages, Params};
use kernel::{CollaborationId, Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::StandingBody;
use crate::model::{
    CAP, CAP_DAYS, Earned, FALL_AFTER, FALL_BELOW, FULL_FEE, HALF_LIFE, NEWCOMERS_CAP, PAIR_DAYS, PAIR_WEIGHTS, POINT,
    RATER_PARTNERS, RATER_WEIGHT, RULES_VERSION, Rule, TIERS, Tier, Weights,
};
use crate::{Collaborations, standing, store};

/// A rule of karma.
#[derive(Serialize, ToSchema)]
pub(super) struct KarmaRule {
    /// Its name.
    rule: Rule,
    /// What it brings, before it is weighed.
    points: i64,
    /// When it applies.
    about: &'static str,
}

/// How gains are weighed and bounded. Losses count in full, but for those of ratings.
#[derive(Serialize, ToSchema)]
pub(super) struct KarmaWeighing {
    /// What the first, second, … collaboration of the same two counts, in percent; later ones count nothing.
    same_pair_percent: Vec<i64>,
    /// Within how many days.
    same_pair_days: i64,
    /// From which fee on a gain counts in full, in the currency of the fee; a smaller one counts its part, none nothing.
    full_fee: i64,
    /// What a rating counts, in percent, of somebody who has worked with few others,
    newcomers_rating_percent: i64,
    /// fewer than so many.
    newcomers_rating_partners: u64,
    /// The most points that are gained within `cap_days`.
    cap: i64,
    /// The most of them that come from others of tier 0.
    cap_from_tier_0: i64,
    /// Within how many days.
    cap_days: i64,
    /// After how many days points count half.
    half_life_days: i64,
    /// A tier is lost when the score stays below this part of what it asks for, in percent,
    falls_below_percent: i64,
    /// for so many days.
    falls_after_days: i64,
    /// What people earn who deal with themselves.
    own_dealings: i64,
}

/// The rules of karma.
#[derive(Serialize, ToSchema)]
pub(super) struct KarmaRules {
    version: i64,
    /// What brings and costs points.
    rules: Vec<KarmaRule>,
    /// How gains are weighed.
    weighing: KarmaWeighing,
    /// What each tier asks for and gives, the lowest first.
    tiers: Vec<Tier>,
}

/// Read the rules of karma
///
/// What brings and costs points, how they are weighed, and what each tier asks for and gives. Every entry of the ledger names the version
/// of the rules that it was written by.
#[utoipa::path(get, path = "/api/v1/karma/rules", tag = "Karma",
    responses((status = 200, description = "The rules", body = KarmaRules)))]
pub(super) async fn rules(_member: Member) -> Answer<Json<KarmaRules>> {
    let days = |micros: i64| micros / kernel::time::DAY;
    let rule = |rule: &Rule| KarmaRule { rule: *rule, points: rule.points(), about: rule.about() };
    Ok(Json(KarmaRules {
        version: RULES_VERSION,
        rules: Rule::ALL.iter().map(rule).collect(),
        weighing: KarmaWeighing {
            same_pair_percent: PAIR_WEIGHTS.to_vec(),
            same_pair_days: PAIR_DAYS,
            full_fee: FULL_FEE / 100,
            newcomers_rating_percent: RATER_WEIGHT,
            newcomers_rating_partners: RATER_PARTNERS,
            cap: CAP,
            cap_from_tier_0: NEWCOMERS_CAP,
            cap_days: CAP_DAYS,
            half_life_days: days(HALF_LIFE),
            falls_below_percent: FALL_BELOW,
            falls_after_days: days(FALL_AFTER),
            own_dealings: 0,
        },
        tiers: TIERS.to_vec(),
    }))
}

/// Something that was earned or lost.
#[derive(Serialize, ToSchema)]
pub(super) struct KarmaEntry {
    /// By which rule.
    rule: Rule,
    /// When it applies.
    about: &'static str,
    /// The version of the rules that it was written by.
    rules_version: i64,
    /// What the rule is worth.
    base: i64,
    /// What it brought, after it was weighed.
    #[schema(example = 7.5)]
    points: f64,
    /// How it was weighed.
    weights: Weights,
    collaboration_id: CollaborationId,
    at: Timestamp,
}

impl From<Earned> for KarmaEntry {
    fn from(of: Earned) -> Self {
        Self {
            rule: of.rule,
            about: of.rule.about(),
            rules_version: of.rules_version,
            base: of.base,
            points: of.points as f64 / POINT as f64,
            weights: of.weights.0,
            collaboration_id: of.collaboration_id,
            at: of.created_at,
        }
    }
}

/// What is missing to the next tier.
#[derive(Serialize, ToSchema)]
pub(super) struct NextTier {
    /// What it asks for and gives.
    tier: Tier,
    /// So many points of karma,
    karma_missing: i64,
    /// so many completed collaborations,
    completed_missing: u64,
    /// and so many others to work with.
    partners_missing: u64,
}

/// One's own karma.
#[derive(Serialize, ToSchema)]
pub(super) struct Karma {
    #[serde(flatten)]
    standing: StandingBody,
    /// With how many others one has worked.
    partners: u64,
    /// What brings the next tier; null at the top.
    next_tier: Option<NextTier>,
    /// When the tier is lost if the score stays as low as it is; null where it is not too low.
    tier_falls_at: Option<Timestamp>,
    /// A page of what was earned and lost, the newest first.
    history: Vec<KarmaEntry>,
    #[serde(flatten)]
    page: Paged,
}

/// Read my karma
///
/// One's own standing, what brings the next tier, and every change with its reason.
#[utoipa::path(get, path = "/api/v1/karma", tag = "Karma", params(Pages),
    responses((status = 200, description = "One's own karma", body = Karma)))]
pub(super) async fn own(
    State(of): State<Collaborations>,
    member: Member,
    Params(pages): Params<Pages>,
) -> Answer<Json<Karma>> {
    let (id, now) = (member.id, of.app().clock().now());
    let mut tx = of.app().read().await?;
    let found = standing(&mut tx, &[id], now).await?.remove(&id);
    let stands = found.ok_or_else(|| Error::internal("an account without a standing"))?;
    let (history, total) = store::history(&mut tx, id, pages).await?;
    let next_tier = stands.next_tier().map(|tier| NextTier {
        tier: *tier,
        karma_missing: (tier.karma - stands.karma(now)).max(0),
        completed_missing: tier.completed.saturating_sub(stands.completed),
        partners_missing: tier.partners.saturating_sub(stands.partners),
    });
    Ok(Json(Karma {
        standing: StandingBody::new(&stands, now),
        partners: stands.partners,
        next_tier,
        tier_falls_at: stands.below_since.map(|since| since.plus(FALL_AFTER)),
        history: history.into_iter().map(Into::into).collect(),
        page: pages.of(total),
    }))
}
