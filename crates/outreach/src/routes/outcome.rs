//! What comes of a conversation: updates of the creator's entry, the terms of a contract, an offer.

use axum::Json;
use axum::extract::State;
use campaigns::Campaign;
use creators::{Creator, CreatorChanges, Details};
use http_base::{Answer, Body, Caller, Named};
use input::{Fields, Input};
use kernel::{Amount, CampaignId, CreatorId, Error, OutreachId};
use mind::score::niche::canonical;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::mails;
use crate::negotiation::{self, Known, Offer};
use crate::store;
use crate::store::touches::{self, Touch, TouchId};
use crate::{Channel, Entry, Outreach, Suggestion, SuggestionStatus};

/// Which suggested updates are accepted, and which dismissed.
#[derive(Input)]
#[input(name = "SuggestionDecision", check = Decision::check)]
pub(super) struct Decision {
    /// The fields of the suggestions to accept.
    #[input(texts(20, 100), alias = "fields", default, example = ["collaboration_rate"])]
    accept: Vec<String>,
    /// The fields of the suggestions to dismiss.
    #[input(texts(20, 100), default, example = ["timeline_availability"])]
    dismiss: Vec<String>,
}

impl Decision {
    fn check(&self, fields: &mut Fields) {
        if self.accept.is_empty() && self.dismiss.is_empty() {
            fields.fault("accept", "missing", "is missing: name the suggested fields to accept, or those to dismiss");
        }
    }
}

/// The suggested updates after a decision.
#[derive(Serialize, ToSchema)]
#[schema(as = DecidedSuggestions)]
pub(super) struct Decided {
    /// The log entry.
    outreach_id: OutreachId,
    /// Every suggestion as it stands now.
    suggested_updates: Vec<Suggestion>,
}

/// Accept or dismiss suggested updates
///
/// Conversations are read for what they tell of the creator, which is offered as suggested updates. An accepted rate goes into the
/// creator's profile if your workspace added the creator. Otherwise, and where the profile has no such field, it becomes a note of
/// this log entry.
#[utoipa::path(post, path = "/api/v1/outreach/{log_id}/suggested-updates", tag = "Outreach", request_body = Decision,
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The suggestions as they are now", body = Decided),
    (status = 409, description = "There is no such suggestion, or it is decided already")))]
pub(super) async fn decide(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Decision>,
) -> Answer<Json<Decided>> {
    let (id, scope, app): (OutreachId, _, _) = (name.id("Outreach entry")?, caller.scope(), outreach.app());
    let now = app.clock().now();
    let mut tx = app.write().await?;
    let mut entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Outreach entry"))?;
    let mut all = entry.suggested();
    let mut creator = creators::store::by_id(scope, &mut tx, entry.creator_id).await?;
    let read_at = creator.as_ref().map_or(0, |creator| creator.seq);
    let mut changed = false;
    for field in input.accept.iter().chain(&input.dismiss) {
        let accepted = input.accept.contains(field);
        let found = all.iter_mut().find(|one| one.field == *field && one.status == SuggestionStatus::Open);
        let found = found.ok_or_else(|| Error::conflict(format!("There is no open suggestion for {field}")))?;
        found.status = match (accepted, rate_for(&caller, creator.as_ref(), found)) {
            (false, _) => SuggestionStatus::Dismissed,
            (true, Some(rate)) => {
                let details = Details { collaboration_rate: Some(Some(rate)), ..Details::default() };
                let fields = CreatorChanges { details, ..CreatorChanges::default() };
                changed |= creator.as_mut().is_some_and(|creator| creator.apply(fields, now));
                SuggestionStatus::Applied
            }
            (true, None) => {
                note(&mut entry, found);
                SuggestionStatus::Noted
            }
        };
    }
    entry.keep_suggestions(&all);
    store::save(scope, &mut tx, &mut entry, now).await?;
    let mut seq = None;
    if let Some(creator) = creator.as_mut().filter(|_| changed) {
        creators::store::update(scope, &mut tx, creator, read_at).await?;
        seq = Some(creator.seq);
    }
    tx.commit().await?;
    if let Some(seq) = seq {
        outreach.directory().catalogue().reach(seq).await?;
    }
    Ok(Json(Decided { outreach_id: id, suggested_updates: all }))
}

/// The rate that a suggestion puts into the directory: only the directory's own currency, and only by who may change the entry.
fn rate_for(caller: &Caller, creator: Option<&Creator>, suggestion: &Suggestion) -> Option<Amount> {
    let creator = creator.filter(|_| suggestion.field == "collaboration_rate")?;
    let own = creator.workspace_id.is_some() && creator.workspace_id == caller.workspace();
    if !own && !caller.is_admin() {
        return None;
    }
    let (amount, currency) = negotiation::rate(&suggestion.value)?;
    matches!(currency.as_deref(), None | Some("USD")).then_some(amount)
}

fn note(entry: &mut Entry, suggestion: &Suggestion) {
    let line = format!("{}: {}", suggestion.field.replace('_', " "), suggestion.value);
    entry.notes = Some(match entry.notes.take().filter(|notes| !notes.trim().is_empty()) {
        Some(notes) => format!("{notes}\n{line}"),
        None => line,
    });
}

/// The terms of a contract, as far as they are known.
#[derive(Serialize, ToSchema)]
pub(super) struct ContractDraft {
    /// The log entry that they come from.
    outreach_id: OutreachId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    /// The terms, as `POST /api/v1/contracts` takes them.
    #[schema(value_type = Object)]
    terms: Value,
    /// The rate that was named in the conversation, or else that of the creator's profile; null if there is neither.
    payment_amount: Option<Amount>,
    /// The currency that was named in the conversation, if one was.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Always empty: milestones are yours to set.
    #[schema(value_type = Vec<Object>)]
    payment_schedule: Vec<Value>,
    /// Where each of these comes from, in words.
    sources: Vec<String>,
    /// What is still open: `deliverables`, `deadlines`, `payment_amount`, `usage_rights`, `exclusivity`, `payment_schedule`.
    missing: Vec<&'static str>,
}

/// Draft a contract from a conversation
///
/// The terms that the conversation came to, ready for `POST /api/v1/contracts`. What nobody said is left open and listed. Nothing is
/// stored.
#[utoipa::path(get, path = "/api/v1/outreach/{log_id}/contract-draft", tag = "Outreach",
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The terms", body = ContractDraft)))]
pub(super) async fn contract_draft(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
) -> Answer<Json<ContractDraft>> {
    let id = name.id("Outreach entry")?;
    let mut tx = outreach.app().read().await?;
    let entry = store::find(caller.scope(), &mut tx, id).await?;
    let creator = creators::store::by_id(caller.scope(), &mut tx, entry.creator_id).await?;
    let (mut sources, mut missing) = (Vec::new(), Vec::new());
    let types: Vec<&str> =
        entry.preferred_content_types.as_deref().unwrap_or_default().split(',').map(str::trim).collect();
    let deliverables: Vec<Value> = types
        .into_iter()
        .filter(|kind| !kind.is_empty())
        .map(|kind| json!({"type": kind, "deadline": null, "requirements": []}))
        .collect();
    if deliverables.is_empty() {
        missing.push("deliverables");
    } else {
        sources.push("deliverables: what they like to make, as they said in the conversation".to_owned());
        missing.push("deadlines");
    }
    let named = entry.collaboration_rate.as_deref().and_then(negotiation::rate);
    let usual = creator.and_then(|creator| creator.collaboration_rate);
    let (payment_amount, currency) = match (named, usual) {
        (Some((amount, currency)), _) => {
            sources.push("payment_amount: the rate they named in the conversation".to_owned());
            (Some(amount), currency)
        }
        (None, Some(rate)) => {
            sources.push("payment_amount: the rate in their entry of the directory".to_owned());
            (Some(rate), None)
        }
        (None, None) => {
            missing.push("payment_amount");
            (None, None)
        }
    };
    missing.extend(["usage_rights", "exclusivity", "payment_schedule"]);
    let mut terms = json!({"deliverables": deliverables, "usage_rights": null, "exclusivity": null});
    if let Some(timeline) = &entry.timeline_availability {
        terms["availability"] = json!(timeline);
        sources.push("availability: in their own words".to_owned());
    }
    if let Some(restrictions) = &entry.brand_restrictions {
        terms["restrictions"] = json!(restrictions);
    }
    Ok(Json(ContractDraft {
        outreach_id: entry.id,
        campaign_id: entry.campaign_id,
        creator_id: entry.creator_id,
        terms,
        payment_amount,
        currency,
        payment_schedule: Vec::new(),
        sources,
        missing,
    }))
}

/// What an offer is made of.
#[derive(Input)]
#[input(name = "OfferInput")]
pub(super) struct OfferInput {
    /// The most that may be offered; never more than the campaign's budget, which it is if nothing is said.
    #[input(amount(false), alias = "budget", example = 1500)]
    cap: Option<Amount>,
    /// Dollars for 1,000 views; the published benchmark if nothing is said.
    #[input(number(0.01, 10_000.0), example = 25)]
    cpm: Option<f64>,
    /// Views that a post is expected to get; those that the creator usually gets if nothing is said.
    #[input(tally(), example = 40_000)]
    expected_views: Option<u64>,
}

/// An offer, as a draft of an email.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferDraft)]
pub(super) struct OfferBody {
    /// The log entry.
    outreach_id: OutreachId,
    #[serde(flatten)]
    offer: Offer,
    /// The draft in the history of the entry; `POST /api/v1/outreach/drafts/{touch_id}/send` sends it.
    touch_id: TouchId,
    /// The subject of the email.
    subject: String,
    /// The text of the email.
    message: String,
    /// Was it sent? Only where the setting `OUTREACH_AUTO_SEND` is on; otherwise a person sends it.
    sent: bool,
}

/// Draft an offer
///
/// What to offer, from the price of 1,000 views and the views that a post is expected to get; never above the cap, and with its
/// reasoning. It is a draft, which somebody sends; it is sent at once only where the setting `OUTREACH_AUTO_SEND` is on.
#[utoipa::path(post, path = "/api/v1/outreach/{log_id}/negotiation/offer", tag = "Outreach", request_body = OfferInput,
    params(("log_id" = String, Path, description = "The entry's id")),
    responses((status = 200, description = "The draft", body = OfferBody),
    (status = 409, description = "They have declined, or it is agreed already")))]
pub(super) async fn offer(
    State(outreach): State<Outreach>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<OfferInput>,
) -> Answer<Json<OfferBody>> {
    let (id, scope, app): (OutreachId, _, _) = (name.id("Outreach entry")?, caller.scope(), outreach.app());
    let (_, norms) = outreach.directory().norms().await?;
    let key = outreach.key().await?;
    let mut tx = app.write().await?;
    let entry = store::take(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Outreach entry"))?;
    if matches!(entry.stage, crate::Stage::Agreed | crate::Stage::Declined) {
        return Err(Error::conflict(format!("The entry is {}; there is nothing to negotiate", entry.stage)).into());
    }
    let (campaign, creator) = mails::pair(scope, &mut tx, &entry.campaign_id.to_string(), entry.creator_id).await?;
    let asked = entry.collaboration_rate.as_deref().and_then(negotiation::rate);
    let known = Known {
        platform: creator.platform,
        followers: creator.followers,
        avg_views: input.expected_views.or(creator.avg_views),
        niche: canonical(&creator.niche),
        cpm: input.cpm,
        asked: asked
            .filter(|(_, currency)| matches!(currency.as_deref(), None | Some("USD")))
            .map(|(amount, _)| amount),
        listed: creator.collaboration_rate,
        budget: campaign.total_budget,
        cap: input.cap,
    };
    let offer = negotiation::offer(norms.prices(), &known)?;
    let (subject, message) = words(&campaign, &creator, &offer);
    let draft = Touch {
        by_account: caller.account().map(|account| account.id),
        address: creator.email.clone(),
        subject: Some(subject.clone()),
        summary: Some(message.clone()),
        detail: json!({"offer": offer}).to_string(),
        ..Touch::new(app.clock().new_id(), &entry, Channel::Email, "out", "draft", app.clock().now())
    };
    touches::insert(scope, &mut tx, &draft).await?;
    let touch_id = draft.id;
    let mut sent = false;
    if outreach.settings().auto_send && creator.email.is_some() {
        let by = caller.account().map(|account| account.id);
        mails::send_drafted((&outreach, key), scope, &mut tx, draft, by, app.clock().new_id()).await?;
        sent = true;
    }
    tx.commit().await?;
    Ok(Json(OfferBody { outreach_id: id, offer, touch_id, subject, message, sent }))
}

fn words(campaign: &Campaign, creator: &Creator, offer: &Offer) -> (String, String) {
    let subject = format!("Our offer for {}", campaign.product_name);
    let message = format!(
        "Hi {},\n\nfor a piece about {} we can offer {}. Would that work for you?\n\n{}",
        creator.name,
        campaign.product_name,
        offer.amount().price(),
        campaign.brand_name
    );
    (subject, message)
}
