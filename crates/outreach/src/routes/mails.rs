//! Mails to creators, by hand.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use creators::Creator;
use db::Tx;
use http_base::{Answer, Body, Caller, Named};
use input::rule;
use input::{Fields, Input};
use kernel::{CreatorId, Error, OutreachId, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::Pair;
use crate::letter::{self, Values};
use crate::sending::{self, Letter};
use crate::store::requests::{self, Request};
use crate::store::templates::{self, TemplateId};
use crate::store::touches::{self, TouchId};
use crate::store::{self, CampaignRef};
use crate::{MessageType, Outreach};

/// A mail to a creator.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `NewMail` reads")]
pub(super) struct EmailInput {
    /// The campaign's id or code.
    campaign_id: String,
    /// The creator; `influencer_id` is taken too.
    creator_id: String,
    /// The subject; may have variables such as `{{brand_name}}`.
    #[schema(example = "Working with {{brand_name}}?")]
    subject: String,
    /// The text; may have variables such as `{{first_name|there}}`.
    message: String,
    /// Take subject and text from this template instead.
    template_id: Option<String>,
}

#[derive(Clone)]
enum Texts {
    Written { subject: String, message: String },
    Template(TemplateId),
}

pub(super) struct NewMail {
    campaign: String,
    creator: CreatorId,
    texts: Texts,
}

impl Input for NewMail {
    fn read(fields: &mut Fields) -> Option<Self> {
        let pair = Pair::read(fields);
        let texts = if fields.has("template_id") {
            fields.optional("template_id", rule::id()).map(Texts::Template)
        } else {
            let subject = fields.required("subject", super::templates::subject());
            let message = fields.required_as(&["message", "body"], super::templates::text());
            subject.zip(message).map(|(subject, message)| Texts::Written { subject, message })
        };
        Some(Self { campaign: pair.campaign?, creator: pair.creator?, texts: texts? })
    }
}

/// A mail was queued.
#[derive(Serialize, ToSchema)]
pub(super) struct Sent {
    /// Always true: it is queued, and will be sent or its failure told in the entry.
    success: bool,
    /// The entry.
    outreach_id: OutreachId,
    /// The mail in its history.
    touch_id: TouchId,
    /// `pending`: it leaves in the background.
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

/// The campaign and the creator of these names.
pub(super) async fn pair(
    scope: Scope,
    tx: &mut Tx,
    campaign: &str,
    creator: CreatorId,
) -> Result<(CampaignRef, Creator)> {
    let campaign = store::campaign(scope, tx, campaign).await?;
    let creator = creators::store::by_id(scope, tx, creator).await?;
    Ok((campaign, creator.ok_or_else(|| Error::not_found("Creator"))?))
}

/// Send a mail to a creator
///
/// It is written into the log and queued at once, and sent in the background; variables are filled from the campaign and the
/// creator. With an `Idempotency-Key` header, the same request sends one mail however often it is sent.
#[utoipa::path(post, path = "/api/v1/outreach/email", tag = "Outreach mail", request_body = EmailInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 200 characters; the same key is the same mail")),
    responses((status = 200, description = "Queued", body = Sent),
    (status = 404, description = "There is no such campaign or creator"),
    (status = 409, description = "The address is suppressed (unsubscribed, bounced, …), or the Idempotency-Key was used for another mail")))]
pub(super) async fn send(
    State(outreach): State<Outreach>,
    caller: Caller,
    headers: HeaderMap,
    Body { input, .. }: Body<NewMail>,
) -> Answer<Json<Sent>> {
    let idempotency = idempotency_key(&headers)?;
    let key = outreach.key().await?;
    let (clock, scope) = (outreach.app().clock(), caller.scope());
    let mut tx = outreach.app().write().await?;
    let (campaign, creator) = pair(scope, &mut tx, &input.campaign, input.creator).await?;
    let to = address(&creator)?;
    let touch_id: TouchId = clock.new_id();
    let fingerprint = fingerprint(&campaign, &creator, &input.texts);
    let request =
        idempotency.as_deref().map(|key| Request { workspace: campaign.workspace_id, key, fingerprint: &fingerprint });
    if let Some(request) = &request {
        // The entry is not known yet; the claim holds the key until this transaction ends.
        let outcome = (OutreachId::from_uuid(touch_id.uuid()), touch_id);
        if let Some((entry, touch)) = requests::claim(scope, &mut tx, request, outcome, clock.now()).await? {
            return Ok(Json(sent(entry, touch, &to)));
        }
    }
    let (subject, message) = match input.texts {
        Texts::Written { subject, message } => (subject, message),
        Texts::Template(id) => {
            let template = templates::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Template"))?;
            (template.subject, template.body)
        }
    };
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
    let touch = sending::queue((&outreach, key), scope, &mut tx, (&campaign, &mut entry), letter, touch_id).await?;
    if let Some(request) = &request {
        requests::settle(scope, &mut tx, request, entry.id).await?;
    }
    tx.commit().await?;
    Ok(Json(sent(entry.id, touch.id, &to)))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok(key) if !key.is_empty() && key.len() <= 200 => Ok(Some(key.to_owned())),
        _ => Err(Error::new(kernel::Kind::BadRequest, "Idempotency-Key must be 1 to 200 plain characters")),
    }
}

fn fingerprint(campaign: &CampaignRef, creator: &Creator, texts: &Texts) -> String {
    let texts = match texts {
        Texts::Written { subject, message } => json!([subject, message]),
        Texts::Template(id) => json!([id]),
    };
    hex::encode(Sha256::digest(json!([campaign.id, creator.id, texts]).to_string()))
}

/// Send a draft
///
/// Sends what the server drafted (an offer) as it is. A draft is sent once.
#[utoipa::path(post, path = "/api/v1/outreach/drafts/{touch_id}/send", tag = "Outreach mail",
    params(("touch_id" = String, Path, description = "The draft in the history of its entry")),
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
