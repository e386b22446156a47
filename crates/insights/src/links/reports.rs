//! Reports of tracked links: whoever was led somewhere they should not be tells it here, and an administrator looks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::{Answer, Body, Caller, Done, MaybeBody, Named, Offsets, Page, Params, Peer, done};
use input::Input;
use kernel::{Day, Error, Id, Kind, Scope, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Link, LinkId};
use super::{store, visit};
use crate::Insights;

#[doc(hidden)]
#[derive(Debug)]
pub(super) enum ReportMarker {}
/// A report of a link.
pub(super) type ReportId = Id<ReportMarker>;

/// A report, as it is stored. Of whoever reports nothing is kept but what tells two of a day apart.
#[derive(Clone, Debug, db::Row)]
#[row(table = "link_reports")]
pub(super) struct Report {
    /// Its id.
    pub(super) id: ReportId,
    /// Of which link.
    pub(super) link_id: LinkId,
    /// On which day,
    pub(super) day: Day,
    /// and by whom, as a hash whose key is forgotten.
    pub(super) visitor: Vec<u8>,
    /// What is wrong with it.
    pub(super) reason: Option<String>,
    /// When.
    pub(super) created_at: Timestamp,
}

/// What is wrong with a link.
#[derive(Clone, Debug, Default, Input)]
#[input(name = "LinkReport")]
pub(super) struct ReportInput {
    /// What is wrong with it, in your own words.
    #[input(any_text(1_000), example = "It leads to a page that asks for my password")]
    reason: Option<String>,
}

/// Report a tracked link
///
/// For whoever followed a link and was led somewhere they should not be. Once a day counts; an administrator looks at it, and takes the
/// link down if it is so.
#[utoipa::path(post, path = "/t/{code}/report", tag = "Tracked links", security(()), request_body = Option<ReportInput>,
    params(("code" = String, Path, description = "The link's code")), responses(
    (status = 202, description = "Received", body = Done),
    (status = 404, description = "There is no such link, or it was taken down"),
))]
pub(super) async fn report(
    State(insights): State<Insights>,
    name: Named,
    peer: Peer,
    MaybeBody(Body { input, .. }): MaybeBody<ReportInput>,
) -> Answer<(StatusCode, Json<Done>)> {
    let (app, scope) = (insights.app(), Scope::system());
    let (clock, now) = (app.clock(), app.clock().now());
    let mut fresh = [0; 32];
    clock.fill(&mut fresh);
    let mut tx = app.write().await?;
    let link = store::by_code(scope, &mut tx, &name.0).await?.filter(|link| link.disabled_at.is_none());
    let link = link.ok_or_else(|| Error::new(Kind::NotFound, "There is no such link; is it complete?"))?;
    let day = Day::of(now);
    let salt = store::salt(scope, &mut tx, day, &fresh).await?;
    let visitor = visit::visitor(&salt, &link, &peer)?;
    let new = Report { id: clock.new_id(), link_id: link.id, day, visitor, reason: input.reason, created_at: now };
    if store::report(scope, &mut tx, &new).await? {
        tracing::warn!(link = %link.id, code = link.code, "a tracked link was reported");
    }
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, done("Thank you: somebody looks at the link")))
}

/// A report, with the link that it is of.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportedLink)]
struct Reported {
    id: ReportId,
    link_id: LinkId,
    code: String,
    /// Where the link leads.
    url: String,
    /// Whose it is.
    workspace_id: kernel::WorkspaceId,
    /// What is wrong with it, in the words of whoever reported it.
    reason: Option<String>,
    created_at: Timestamp,
    /// When the link was taken down; null while it leads on.
    disabled_at: Option<Timestamp>,
}

/// A page of reports.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportedLinkList)]
pub(super) struct ReportList {
    reports: Vec<Reported>,
    #[serde(flatten)]
    page: Page,
}

/// List reported links
///
/// What was reported of tracked links, the newest first. `DELETE /api/v1/analytics/links/{link_id}` takes one down.
#[utoipa::path(get, path = "/api/v1/analytics/link-reports", tag = "Tracked links", params(Offsets), responses(
    (status = 200, description = "A page of reports", body = ReportList),
    (status = 403, description = "Only administrators read them"),
))]
pub(super) async fn reports(
    State(insights): State<Insights>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<ReportList>> {
    if !caller.is_admin() {
        return Err(Error::new(Kind::Forbidden, "Reports of links are for administrators").into());
    }
    let (found, total) = store::reports(caller.scope(), &mut insights.app().read().await?, offsets).await?;
    let told = |(report, link): (Report, Link)| Reported {
        id: report.id,
        link_id: link.id,
        code: link.code,
        url: link.url,
        workspace_id: link.workspace_id,
        reason: report.reason,
        created_at: report.created_at,
        disabled_at: link.disabled_at,
    };
    Ok(Json(ReportList { reports: found.into_iter().map(told).collect(), page: offsets.page(total) }))
}
