//! Ratings: given blind, replied to, reported; and public profiles.

use axum::Json;
use axum::extract::State;
use events::TxExt as _;
use http_base::{Answer, Body, Done, Member, Named, Paged, Pages, Params, done};
use kernel::{AccountId, CollaborationId, Error, Timestamp, UserType};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::shapes::{StandingBody, seen_ratings};
use crate::events::{RatingReplied, RatingReported};
use crate::model::{RateInput, Rating, ReplyInput, ReportInput, Side, Status};
use crate::ops::{self, Act};
use crate::store::{self, Shown};
use crate::{Collaborations, standing};

/// A rating was given.
#[derive(Serialize, ToSchema)]
pub(super) struct Rated {
    id: CollaborationId,
    status: Status,
    message: &'static str,
    /// What the business gave the creator; null before it is shown to you.
    creator_rating: Option<i64>,
    /// What the creator gave the business; null before it is shown to you.
    business_rating: Option<i64>,
}

/// Rate a collaboration
///
/// Each side once, after the approval. Neither sees the other's rating before both are in, or 14 days have passed; with both the
/// collaboration is completed. A rating never changes afterwards.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/rate", tag = "Ratings", request_body = RateInput,
    params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Rated", body = Rated),
        (status = 403, description = "You have no side in it"),
        (status = 409, description = "The content is not approved, or you have rated it already")))]
pub(super) async fn rate(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<RateInput>,
) -> Answer<Json<Rated>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    ops::rate(&act, &mut tx, &mut found, input).await?;
    let all = store::ratings_of(&mut tx, &found).await?;
    tx.commit().await?;
    let seen = seen_ratings(act.scope, &found, &all);
    let given = |side| seen.iter().find(|one| one.side == side).map(|one| one.rating);
    Ok(Json(Rated {
        id: found.id,
        status: found.status,
        message: "Rating submitted",
        creator_rating: given(Side::Business),
        business_rating: given(Side::Creator),
    }))
}

/// The rating that whoever asks was given, if it is shown.
fn received(act: &Act<'_>, of: &crate::model::Collaboration, all: Vec<Rating>) -> kernel::Result<Rating> {
    let side = act.side(of)?;
    let found = all.into_iter().find(|one| one.side == side.other() && one.shown_at.is_some());
    found.ok_or_else(|| Error::conflict("The other side's rating is not shown yet"))
}

/// Reply to a rating
///
/// Once, to the rating that you were given, when it is shown.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/rating/reply", tag = "Ratings",
    request_body = ReplyInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Replied", body = Done),
        (status = 409, description = "The rating is not shown yet, or you have replied already")))]
pub(super) async fn reply(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<ReplyInput>,
) -> Answer<Json<Done>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    let all = store::ratings_of(&mut tx, &found).await?;
    let mut rating = received(&act, &found, all)?;
    if rating.reply.is_some() {
        return Err(Error::conflict("You have replied to this rating already; a reply stays as it is").into());
    }
    (rating.reply, rating.replied_at) = (Some(input.reply), Some(act.now));
    store::save_rating(&mut tx, &rating).await?;
    act.record(&mut tx, &found, "rating_replied", json!({"side": rating.side.other()})).await?;
    tx.event(RatingReplied { collaboration: (&found).into(), by: rating.side.other() });
    act.save(&mut tx, &mut found).await?;
    tx.commit().await?;
    Ok(done("Your reply stands beside the rating"))
}

/// Report a rating
///
/// The feedback that you were given, when it is shown. Moderators read it; it stays until they decide.
#[utoipa::path(post, path = "/api/v1/collaborations/{collaboration_id}/rating/report", tag = "Ratings",
    request_body = ReportInput, params(("collaboration_id" = String, Path, description = "The collaboration's id")),
    responses((status = 200, description = "Reported", body = Done),
        (status = 409, description = "The rating is not shown yet, or you have reported it already")))]
pub(super) async fn report(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<ReportInput>,
) -> Answer<Json<Done>> {
    let act = Act::new(&of, &member.caller());
    let mut tx = of.app().write().await?;
    let mut found = act.lock(&mut tx, name.id("Collaboration")?).await?;
    let all = store::ratings_of(&mut tx, &found).await?;
    let mut rating = received(&act, &found, all)?;
    if rating.reported_at.is_some() {
        return Err(Error::conflict("You have reported this rating already").into());
    }
    (rating.reported_at, rating.report_reason) = (Some(act.now), Some(input.reason));
    store::save_rating(&mut tx, &rating).await?;
    act.record(&mut tx, &found, "rating_reported", json!({"side": rating.side.other()})).await?;
    tx.event(RatingReported { collaboration: (&found).into(), by: rating.side.other() });
    act.save(&mut tx, &mut found).await?;
    tx.commit().await?;
    Ok(done("The rating was reported"))
}

/// A rating in a profile.
#[derive(Serialize, ToSchema)]
pub(super) struct ProfileRating {
    rating: i64,
    feedback: Option<String>,
    reply: Option<String>,
    /// Which side gave it.
    by: Side,
    /// What it was for, in a line.
    offer_title: String,
    /// In which category it was.
    #[schema(example = "FASHION")]
    category: String,
    formats: Vec<String>,
    at: Timestamp,
}

impl From<Shown> for ProfileRating {
    fn from(of: Shown) -> Self {
        Self {
            rating: of.rating,
            feedback: of.feedback,
            reply: of.reply,
            by: of.side,
            offer_title: of.offer_title,
            category: of.category,
            formats: of.formats.0,
            at: of.shown_at,
        }
    }
}

/// What was completed in a category.
#[derive(Serialize, ToSchema)]
pub(super) struct CompletedWork {
    /// The category.
    #[schema(example = "FASHION")]
    category: String,
    /// How many in it.
    completed: u64,
}

/// A figure of a creator, with where and when it came from.
#[derive(Serialize, ToSchema)]
pub(super) struct ProfileFigures {
    #[schema(example = "instagram")]
    platform: &'static str,
    followers: u64,
    engagement_rate: Option<f64>,
    /// `directory`: an entry that the creator has claimed. `instagram`: what Instagram told when they logged in by it.
    source: &'static str,
    /// When it was last changed; null where that is not known.
    as_of: Option<Timestamp>,
}

/// What everybody with an account sees of somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct Profile {
    id: AccountId,
    username: String,
    user_type: UserType,
    #[schema(example = "ES")]
    country: Option<String>,
    is_verified: bool,
    /// Since when there is this account.
    member_since: Timestamp,
    /// How they stand: karma, tier, ratings.
    profile: StandingBody,
    /// What they have completed, by category, the most first.
    completed_work: Vec<CompletedWork>,
    /// A creator's own figures.
    figures: Vec<ProfileFigures>,
    /// A page of the ratings that they were given, the newest first.
    ratings: Vec<ProfileRating>,
    #[serde(flatten)]
    page: Paged,
}

/// Read a profile
///
/// What everybody with an account sees of a creator or a business: their tier, the plain mean of their ratings with its count, what they
/// have completed, and a creator's figures with source and date. Never an address. What an administrator has hidden is seen by its owner and
/// by administrators alone.
#[utoipa::path(get, path = "/api/v1/profiles/{user_id}", tag = "Ratings",
    params(("user_id" = String, Path, description = "The account's id"), Pages),
    responses((status = 200, description = "The profile", body = Profile)))]
pub(super) async fn profile(
    State(of): State<Collaborations>,
    member: Member,
    name: Named,
    Params(pages): Params<Pages>,
) -> Answer<Json<Profile>> {
    let id: AccountId = name.id("Profile")?;
    let now = of.app().clock().now();
    let mut tx = of.app().read().await?;
    let person = accounts::store::people(&mut tx, [id]).await?.remove(&id);
    let person = person.filter(|one| one.erased_at.is_none() && one.user_type != UserType::Admin);
    let sees_all = member.0.id == id || member.0.user_type == UserType::Admin;
    let person = person.filter(|one| sees_all || one.profile_hidden_at.is_none());
    let person = person.ok_or_else(|| Error::not_found("Profile"))?;
    let mut standings = standing(&mut tx, &[id], now).await?;
    let stands = standings.remove(&id).ok_or_else(|| Error::internal("an account without a standing"))?;
    let (ratings, total) = store::shown_ratings(&mut tx, id, pages).await?;
    let side = if person.user_type == UserType::Creator { Side::Creator } else { Side::Business };
    let work = store::completed_by_category(&mut tx, id, side).await?;
    let mut figures = Vec::new();
    if side == Side::Creator {
        let claims: Vec<_> = creators::store::claims(&mut tx, id).await?.into_iter().map(|(id, _)| id).collect();
        for one in creators::store::by_ids(kernel::Scope::system(), &mut tx, &claims).await? {
            if one.visibility == creators::model::Visibility::Shared {
                figures.push(ProfileFigures {
                    platform: one.platform.word(),
                    followers: one.followers,
                    engagement_rate: one.engagement_rate,
                    source: "directory",
                    as_of: Some(one.updated_at),
                });
            }
        }
        if let Some(followers) = person.instagram_followers {
            let (platform, source) = ("instagram", "instagram");
            figures.push(ProfileFigures { platform, followers, engagement_rate: None, source, as_of: None });
        }
    }
    Ok(Json(Profile {
        id,
        username: person.username,
        user_type: person.user_type,
        country: person.country,
        is_verified: person.is_verified,
        member_since: person.created_at,
        profile: StandingBody::new(&stands, now),
        completed_work: work.into_iter().map(|(category, completed)| CompletedWork { category, completed }).collect(),
        figures,
        ratings: ratings.into_iter().map(Into::into).collect(),
        page: pages.of(total),
    }))
}
