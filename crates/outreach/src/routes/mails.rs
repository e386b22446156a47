//! Mails to creators, by hand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use campaigns::Campaign;
use creators::Creator;
use db::Tx;
use http_base::idempotency::{Begun, IdempotencyKey, Once};
use http_base::{Answer, Body, Caller, Named};
use input::{Fields, Input};
use kernel::{CreatorId, Error, OutreachId, Result, Scope};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Pair;
use crate::letter::{self, Values, mail_text, subject_line};
use crate::sending::{self, Letter};
use crate::store;
use crate::store::templates::{self, TemplateId};
use crate::store::touches::{self, TouchId};
use crate::{MessageType, Outreach};

/// What an email says: a subject and a text, or a template.
#[derive(Input)]
#[input(before = Wording::check)]
pub(super) struct Wording {
    /// The subject: one line, in which variables such as `{{brand_name}}` are filled in. Required unless a template is named.
    #[input(subject_line(), example = "Working with {{brand_name}}?")]
    subject: Option<String>,
    /// The text, in which variables such as `{{first_name|there}}` are filled in. Required unless a template is named.
    #[input(mail_text(), alias = "body", example = "Hi {{first_name|there}}, …")]
    message: Option<String>,
    /// Take subject and text from this template; `subject` and `message` are then not read.
    #[input(id)]
    template_id: Option<TemplateId>,
}

impl Wording {
    fn check(fields: &mut Fields) {
        if fields.has("template_id") {
            return fields.ignore(&["subject", "message", "body"]);
        }
        for names in [&["subject"][..], &["message", "body"]] {
            if !names.iter().any(|name| fields.has(name)) {
                fields.fault(names[0], "missing", "is missing");
            }
        }
    }
}

/// An email to a creator.
#[derive(Input)]
#[input(name = "NewEmail")]
pub(super) struct NewMail {
    #[input(flatten)]
    pair: Pair,
    #[input(flatten)]
    wording: Wording,
}

/// An email was queued.
#[derive(Serialize, ToSchema)]
#[schema(as = QueuedEmail)]
pub(super) struct Sent {
    /// Always true: it is queued. Whether it could be sent is told by the log entry.
    success: bool,
    /// The log entry that the email belongs to.
    outreach_id: OutreachId,
    /// The email in the history of that entry.
    touch_id: TouchId,
    /// Always `pending`: it is sent in the background.
    email_status: &'static str,
    /// The same in a sentence.
    message: String,
}

fn sent(entry: OutreachId, touch: TouchId, to: &str) -> Sent {
    let message = format!("The mail to {to} is queued; GET /api/v1/outreach/{entry} tells when it has left");
    Sent { success: true, outreach_id: entry, touch_id: touch, email_status: "pending", message }
}

/// The address of a creator, or a refusal that says where it is missing.
pub(super) fn address(creator: &Creator) -> Result<String> {
    creator.email.clone().ok_or_else(|| {
        Error::invalid_field(
            "creator_id",
            format!("{} has no e-mail address in the directory; add one there", creator.name),
        )
    })
}

/// The subject and the text, with their variables.
pub(super) async fn wording(scope: Scope, tx: &mut Tx, wording: Wording) -> Result<(String, String)> {
    let Some(id) = wording.template_id else {
        // Both are there: without a template they must be.
        return Ok((wording.subject.unwrap_or_default(), wording.message.unwrap_or_default()));
    };
    let template = templates::by_id(scope, tx, id).await?.ok_or_else(|| Error::not_found("Template"))?;
    Ok((template.subject, template.body))
}

/// The campaign and the creator of these names.
pub(super) async fn pair(scope: Scope, tx: &mut Tx, campaign: &str, creator: CreatorId) -> Result<(Campaign, Creator)> {
    let campaign = campaigns::find(scope, tx, campaign).await?;
    let creator = creators::store::by_id(scope, tx, creator).await?;
    Ok((campaign, creator.ok_or_else(|| Error::not_found("Creator"))?))
}

/// Send an email
///
/// The email is logged and queued at once, and sent in the background; variables are filled in from the campaign and the creator.
/// With an `Idempotency-Key` header the same request sends one email, however often it is made.
#[utoipa::path(post, path = "/api/v1/outreach/email", tag = "Outreach mail", request_body = NewMail,
    params(IdempotencyKey),
    responses((status = 200, description = "Queued", body = Sent),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "The address is suppressed (unsubscribed, bounced, …), or the Idempotency-Key was used for another email")))]
pub(super) async fn send(
    State(outreach): State<Outreach>,
    caller: Caller,
    once: Once,
    Body { input, sent: asked }: Body<NewMail>,
) -> Answer<Response> {
    let key = outreach.key().await?;
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    let mut tx = outreach.app().write().await?;
    let ticket = match once.begin(&mut tx, &caller, &asked, clock.now()).await? {
        Begun::Answered(answer) => return Ok(answer),
        Begun::Go(ticket) => ticket,
    };
    let (campaign, creator) = pair(scope, &mut tx, &input.pair.campaign_id, input.pair.creator_id).await?;
    let to = address(&creator)?;
    let (subject, message) = wording(scope, &mut tx, input.wording).await?;
    let values = Values::of(&campaign, &creator);
    let (subject, text) = (letter::fill("subject", &subject, &values)?, letter::fill("message", &message, &values)?);
    let mut entry = store::for_mail(scope, &mut tx, clock, &campaign, creator.id).await?;
    let earlier = touches::last_mail(scope, &mut tx, entry.id).await?;
    let letter = Letter {
        to: to.clone(),
        subject,
        text,
        in_reply_to: None,
        message_type: if earlier.is_some() { MessageType::FollowUp } else { MessageType::Outreach },
        by: caller.account().map(|account| account.id),
        detail: json!({}),
    };
    let touch =
        sending::queue((&outreach, key), scope, &mut tx, (&campaign, &mut entry), letter, clock.new_id()).await?;
    let answer = ticket.keep(&mut tx, StatusCode::OK, &sent(entry.id, touch.id, &to)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Send a drafted email
///
/// Sends a draft that the server wrote, such as an offer, as it is. A draft is sent once.
#[utoipa::path(post, path = "/api/v1/outreach/drafts/{touch_id}/send", tag = "Outreach mail",
    params(("touch_id" = String, Path, description = "The draft's id in the history of its log entry")),
    responses((status = 200, description = "Queued", body = Sent),
    (status = 409, description = "It was sent already, or the address is suppressed")))]
pub(super) async fn send_draft(State(outreach): State<Outreach>, caller: Caller, name: Named) -> Answer<Json<Sent>> {
    let id = name.id("Draft")?;
    let key = outreach.key().await?;
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    let mut tx = outreach.app().write().await?;
    let draft = touches::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Draft"))?;
    let by = caller.account().map(|account| account.id);
    let (entry, touch, to) = send_drafted((&outreach, key), scope, &mut tx, draft, by, clock.new_id()).await?;
    tx.commit().await?;
    Ok(Json(sent(entry, touch, &to)))
}

/// Turns a draft into a queued mail.
pub(super) async fn send_drafted(
    (outreach, key): (&Outreach, &crate::token::Key),
    scope: Scope,
    tx: &mut Tx,
    draft: touches::Touch,
    by: Option<kernel::AccountId>,
    id: TouchId,
) -> Result<(OutreachId, TouchId, String)> {
    let gone = || Error::conflict("This draft was sent already");
    let used = touches::Touch { status: "drafted".into(), ..draft.clone() };
    if draft.status != "draft" || !touches::update(scope, tx, &used, "draft").await? {
        return Err(gone());
    }
    let mut entry =
        store::take(scope, tx, draft.outreach_id).await?.ok_or_else(|| Error::not_found("Outreach entry"))?;
    let (campaign, creator) = pair(scope, tx, &entry.campaign_id.to_string(), entry.creator_id).await?;
    let to = address(&creator)?;
    let letter = Letter {
        to: to.clone(),
        subject: draft.subject.unwrap_or_default(),
        text: draft.summary.unwrap_or_default(),
        in_reply_to: touches::last_mail(scope, tx, entry.id).await?.and_then(|last| last.message_id),
        message_type: MessageType::FollowUp,
        by,
        detail: json!({"draft_id": draft.id}),
    };
    let touch = sending::queue((outreach, key), scope, tx, (&campaign, &mut entry), letter, id).await?;
    Ok((entry.id, touch.id, to))
}
