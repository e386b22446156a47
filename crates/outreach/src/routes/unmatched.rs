//! Mail that came in and belongs to no mail of ours: to be looked at, given to an entry by hand, or thrown away.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Body, Caller, Done, Named, Offsets, Page, Params, done};
use input::Input;
use kernel::{Error, OutreachId, Timestamp};
use mail::incoming::Incoming;
use serde::Serialize;
use utoipa::ToSchema;

use super::workspace;
use crate::store::unmatched::{self, Unmatched, UnmatchedId};
use crate::{Outreach, inbound};

/// An email that belongs to no email that was sent from here.
#[derive(Serialize, ToSchema)]
#[schema(as = UnmatchedEmail)]
pub(super) struct UnmatchedBody {
    id: UnmatchedId,
    /// What it is: `reply`, `auto_reply`, `receipt`, `bounced`, `soft_bounce`, `complaint` or `report`.
    #[schema(example = "reply")]
    kind: String,
    /// From whom it is, or whom a report is about; null where nobody is named.
    #[schema(example = "mia@example.com")]
    address: Option<String>,
    /// The addresses that it was sent to.
    to: Vec<String>,
    subject: Option<String>,
    /// The text; that of the HTML where there is no other.
    text: Option<String>,
    /// Its Message-ID.
    message_id: String,
    created_at: Timestamp,
}

impl From<Unmatched> for UnmatchedBody {
    fn from(found: Unmatched) -> Self {
        let mail: Incoming = serde_json::from_str(&found.mail).unwrap_or_default();
        let html = || mail.html.as_deref().map(|html| mind::reply::Letter::of_html(html).text());
        Self {
            id: found.id,
            kind: found.kind,
            address: Some(found.address).filter(|address| !address.is_empty()),
            text: mail.text.clone().or_else(html),
            to: mail.to,
            subject: found.subject,
            message_id: found.message_id,
            created_at: found.created_at,
        }
    }
}

/// A page of emails that belong to none that was sent from here.
#[derive(Serialize, ToSchema)]
#[schema(as = UnmatchedEmailList)]
pub(super) struct UnmatchedList {
    /// The emails of this page, the newest first.
    emails: Vec<UnmatchedBody>,
    #[serde(flatten)]
    page: Page,
}

/// List unmatched emails
///
/// What came in and answers no email that was sent from here, the newest first: that from people to whom only your workspace has
/// written; administrators see all of it.
#[utoipa::path(get, path = "/api/v1/outreach/inbound/unmatched", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of emails", body = UnmatchedList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<UnmatchedList>> {
    if !caller.is_admin() {
        workspace(&caller)?;
    }
    let mut tx = app.read().await?;
    let (found, total) = unmatched::list(caller.scope(), &mut tx, offsets).await?;
    let emails = found.into_iter().map(UnmatchedBody::from).collect();
    Ok(Json(UnmatchedList { emails, page: offsets.page(total) }))
}

/// The log entry that an email belongs to.
#[derive(Input)]
#[input(name = "AssignEmail")]
pub(super) struct AssignInput {
    /// The log entry.
    #[input(id)]
    outreach_id: OutreachId,
}

/// What became of an email that was assigned.
#[derive(Serialize, ToSchema)]
#[schema(as = AssignedEmail)]
pub(super) struct Assigned {
    /// What it was, as in the answer to an email that is received.
    #[schema(example = "reply")]
    status: &'static str,
    /// The log entry that it belongs to now.
    outreach_id: OutreachId,
}

/// Assign an unmatched email
///
/// The email is read as if it had named this log entry: a reply is a reply to it, and ends its sequences.
#[utoipa::path(post, path = "/api/v1/outreach/inbound/unmatched/{unmatched_id}/assign", tag = "Outreach mail", request_body = AssignInput,
    params(("unmatched_id" = String, Path, description = "The email's id in the list")),
    responses((status = 200, description = "The email is in the history of the log entry", body = Assigned),
    (status = 404, description = "There is no such email or log entry")))]
pub(super) async fn assign(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<AssignInput>,
) -> Answer<Json<Assigned>> {
    let id = name.id("Unmatched email")?;
    let done = inbound::assign(&outreach, caller.scope(), id, input.outreach_id).await?;
    Ok(Json(Assigned { status: done.word(), outreach_id: input.outreach_id }))
}

/// Delete an unmatched email
///
/// It is nobody's answer, and is gone.
#[utoipa::path(delete, path = "/api/v1/outreach/inbound/unmatched/{unmatched_id}", tag = "Outreach mail",
    params(("unmatched_id" = String, Path, description = "The email's id in the list")),
    responses((status = 200, description = "Deleted", body = Done)))]
pub(super) async fn delete(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Unmatched email")?;
    let mut tx = app.write().await?;
    if !unmatched::delete(caller.scope(), &mut tx, id).await? {
        return Err(Error::not_found("Unmatched email").into());
    }
    tx.commit().await?;
    Ok(done("The email is deleted"))
}
