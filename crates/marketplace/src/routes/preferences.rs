//! Whether somebody wants to hear of new offers.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Member, Routes, routes};
use input::Input;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Marketplace;
use crate::store::recommendations;

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new().with(routes!(get, set))
}

/// What somebody wants to hear of.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferPreferences)]
struct PreferencesBody {
    /// Are they told of new offers that fit them well?
    recommendations: bool,
}

/// What you want to hear of.
#[derive(Input)]
#[input(name = "SetOfferPreferences")]
struct SetPreferences {
    /// To be told of new offers that fit you well: two a day and six a week at most.
    #[input(flag())]
    recommendations: bool,
}

/// Get your preferences of offers
///
/// What a creator is told of new offers.
#[utoipa::path(get, path = "/api/v1/offers/me/preferences", tag = "Offers",
    responses((status = 200, description = "What you want to hear of", body = PreferencesBody)))]
async fn get(State(market): State<Marketplace>, member: Member) -> Answer<Json<PreferencesBody>> {
    super::creator(&member)?;
    let mut tx = market.app().read().await?;
    let recommendations = recommendations::wants(member.scope(), &mut tx, member.id).await?;
    Ok(Json(PreferencesBody { recommendations }))
}

/// Set your preferences of offers
///
/// What a creator wants to be told of new offers, from now on.
#[utoipa::path(put, path = "/api/v1/offers/me/preferences", tag = "Offers", request_body = SetPreferences,
    responses((status = 200, description = "What you want to hear of now", body = PreferencesBody)))]
async fn set(
    State(market): State<Marketplace>,
    member: Member,
    Body { input, .. }: Body<SetPreferences>,
) -> Answer<Json<PreferencesBody>> {
    super::creator(&member)?;
    let mut tx = market.app().write().await?;
    let (wants, now) = (input.recommendations, market.app().clock().now());
    recommendations::set_wants(member.scope(), &mut tx, member.id, wants, now).await?;
    tx.commit().await?;
    Ok(Json(PreferencesBody { recommendations: wants }))
}
