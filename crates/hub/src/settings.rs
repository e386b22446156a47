//! How a workspace's figures are counted.

use audience::calendar::{self, Calendar};
use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Member, Routes, routes};
use input::Input;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;

pub(crate) fn router() -> Routes<Hub> {
    Routes::new().with(routes!(show, change))
}

/// How figures are counted.
#[derive(Serialize, ToSchema)]
struct AnalyticsSettings {
    /// The time zone in which days begin and end.
    #[schema(example = "Europe/Madrid")]
    time_zone: String,
    /// Since when days are counted in it; null while none was chosen, and days are those of UTC.
    since: Option<Timestamp>,
}

impl From<Calendar> for AnalyticsSettings {
    fn from(calendar: Calendar) -> Self {
        Self { time_zone: calendar.time_zone().to_owned(), since: calendar.since() }
    }
}

/// How figures are to be counted.
#[derive(Input)]
struct NewAnalyticsSettings {
    /// The time zone in which days begin and end from now on: a name of the time zone database.
    #[input(audience::time_zone(), example = "Europe/Madrid")]
    time_zone: String,
}

/// Show how figures are counted
///
/// The time zone in which the days of all figures begin and end.
#[utoipa::path(get, path = "/api/v1/analytics/settings", tag = "Analytics", responses(
    (status = 200, description = "The settings", body = AnalyticsSettings)))]
async fn show(State(hub): State<Hub>, member: Member) -> Answer<Json<AnalyticsSettings>> {
    let mut tx = hub.app().read().await?;
    Ok(Json(calendar::of(&mut tx, member.hub()).await?.into()))
}

/// Set the time zone of figures
///
/// Everything that happens from now on counts on the day that it is in this time zone. Earlier days stay as they were counted.
#[utoipa::path(put, path = "/api/v1/analytics/settings", tag = "Analytics", request_body = NewAnalyticsSettings, responses((status = 200, description = "The settings, as they are now", body = AnalyticsSettings)))]
async fn change(
    State(hub): State<Hub>,
    member: Member,
    Body { input, .. }: Body<NewAnalyticsSettings>,
) -> Answer<Json<AnalyticsSettings>> {
    let mut tx = hub.app().write().await?;
    let calendar = calendar::set(&mut tx, member.hub(), &input.time_zone).await?;
    tx.commit().await?;
    Ok(Json(calendar.into()))
}
