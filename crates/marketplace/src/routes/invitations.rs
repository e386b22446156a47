//! Invitations: a business asks creators of the directory to apply.

use std::fmt::Write as _;

use axum::Json;
use axum::extract::State;
use creators::Creator;
use db::Tx;
use events::TxExt as _;
use http_base::{Answer, Body, Member, Named, Paged, Pages, Params, Routes, routes};
use input::Input;
use kernel::{AccountId, CreatorId, Error, Kind, OfferId, Result, Scope, Timestamp, time};
use outreach::{Letters, NewLetter};
use serde::Serialize;
use utoipa::ToSchema;

use super::decide::own_to_read;
use super::offers::own;
use crate::Marketplace;
use crate::events::OfferInvited;
use crate::model::Offer;
use crate::ops::{self, refuse_own_people, usernames};
use crate::store::invitations::{self, How, Invitation};

pub(super) fn router() -> Routes<Marketplace> {
    Routes::new().with(routes!(invite, list))
}

/// Whom to invite.
#[derive(Input)]
#[input(name = "NewInvitations")]
struct NewInvitations {
    /// Entries of the directory: 50 at most.
    #[input(list(50, id()), alias = "creator_ids", missing = "is missing: give ids of the directory")]
    influencer_ids: Vec<CreatorId>,
    /// What you have to say to them.
    #[input(text(2_000))]
    message: Option<String>,
}

/// What became of an invitation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum InvitationFate {
    /// They are told.
    Invited,
    /// They were invited before.
    AlreadyInvited,
    /// They cannot be, or do not want to be: see the reason.
    NotInvited,
}

/// What became of one invitation.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferInvitationResult)]
struct ResultBody {
    /// The entry of the directory.
    influencer_id: CreatorId,
    /// What became of it.
    fate: InvitationFate,
    /// How they are told; null if they are not.
    how: Option<How>,
    /// Why they are not.
    reason: Option<String>,
}

/// What became of invitations.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferInvitationResults)]
struct ResultsBody {
    /// How many are told now.
    invited: u64,
    /// One for each, in their order.
    invitations: Vec<ResultBody>,
}

/// What an invitation is made with.
struct Inviting<'a> {
    offer: &'a Offer,
    brand: &'a str,
    member: &'a Member,
    message: Option<&'a str>,
    letters: &'a Letters<'a>,
    link: String,
    now: Timestamp,
}

/// Invite creators
///
/// Asks creators of the directory to apply. Who has an account is told there, others by mail, under the rules of outreach: nobody on the suppression list, and with one click
/// out of it. An offer that is not public is shown to whom it invites. Nobody is invited twice.
#[utoipa::path(post, path = "/api/v1/offers/{offer_id}/invitations", tag = "Offers", request_body = NewInvitations,
    params(("offer_id" = String, Path, description = "The offer's id")), responses(
    (status = 200, description = "What became of each", body = ResultsBody),
    (status = 403, description = "It belongs to another business"),
    (status = 404, description = "There is no such offer, or no such entry of the directory"),
    (status = 409, description = "The offer takes no applications"),
    (status = 429, description = "As many were invited as a day allows"),
))]
async fn invite(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Body { input, .. }: Body<NewInvitations>,
) -> Answer<Json<ResultsBody>> {
    let workspace = super::business(&member)?;
    let id: OfferId = name.id("Offer")?;
    let (app, now) = (market.app(), market.app().clock().now());
    let letters = market.outreach().letters().await?;
    let mut ids = input.influencer_ids;
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let mut tx = app.write().await?;
    let offer = own(&mut tx, &member, id).await?;
    if let Some(reason) = ops::closed(&mut tx, &offer, now).await? {
        return Err(Error::conflict(reason.sentence()).into());
    }
    let entries = creators::store::by_ids(member.scope(), &mut tx, &ids).await?;
    if entries.len() < ids.len() {
        return Err(Error::not_found("Creator").into());
    }
    let most = market.settings().invitations_per_day;
    let already = invitations::since(member.scope(), &mut tx, workspace, now.plus(-time::DAY)).await?;
    if already + ids.len() as u64 > most {
        let message =
            format!("{already} creators were invited within 24 hours, and {most} are allowed; go on tomorrow");
        return Err(Error::new(Kind::RateLimited(3_600), message).into());
    }
    let names = usernames(&mut tx, [offer.business_id]).await?;
    let brand = names.get(&offer.business_id).map_or("A business", String::as_str);
    let inviting = Inviting {
        offer: &offer,
        brand,
        member: &member,
        message: input.message.as_deref(),
        letters: &letters,
        link: format!("{}/api/v1/offers/{}", app.public_url(), offer.id),
        now,
    };
    let mut results = Vec::with_capacity(entries.len());
    for entry in &entries {
        results.push(one(&mut tx, &inviting, entry).await?);
    }
    tx.commit().await?;
    let invited = results.iter().filter(|one| one.fate == InvitationFate::Invited).count() as u64;
    Ok(Json(ResultsBody { invited, invitations: results }))
}

/// Invites one creator, or says why not.
async fn one(tx: &mut Tx, with: &Inviting<'_>, entry: &Creator) -> Result<ResultBody> {
    let (influencer_id, offer) = (entry.id, with.offer);
    let not = |reason: String| ResultBody {
        influencer_id,
        fate: InvitationFate::NotInvited,
        how: None,
        reason: Some(reason),
    };
    let how = match (entry.claimed_by, &entry.email) {
        (Some(account), _) => {
            if let Err(own) = refuse_own_people(tx, offer, account).await {
                return Ok(not(own.message().to_owned()));
            }
            How::Notification
        }
        (None, Some(_)) => How::Mail,
        (None, None) => return Ok(not("They have no account and no e-mail address in the directory".to_owned())),
    };
    let new = Invitation {
        offer_id: offer.id,
        influencer_id,
        workspace_id: offer.workspace_id,
        account_id: entry.claimed_by,
        message: with.message.map(str::to_owned),
        how,
        invited_by: with.member.id,
        created_at: with.now,
    };
    // Whether they get mail is known before they count as invited.
    if let (How::Mail, Some(address)) = (how, &entry.email)
        && !invitations::is_invited(tx, offer, influencer_id).await?
        && let Some(reason) = with.letters.write(Scope::system(), tx, letter(with, entry, address)).await?
    {
        return Ok(not(format!("They get no mail of yours: {reason}")));
    }
    if !invitations::insert(with.member.scope(), tx, &new).await? {
        let fate = InvitationFate::AlreadyInvited;
        return Ok(ResultBody { influencer_id, fate, how: Some(how), reason: None });
    }
    tx.event(OfferInvited { offer: offer.into(), influencer_id, creator_id: entry.claimed_by });
    Ok(ResultBody { influencer_id, fate: InvitationFate::Invited, how: Some(how), reason: None })
}

/// The mail to somebody who has no account.
fn letter(with: &Inviting<'_>, entry: &Creator, address: &str) -> NewLetter {
    let (offer, brand) = (with.offer, with.brand);
    let mut text = format!(
        "Hello {},\n\n{brand} invites you to apply to their offer \"{}\".\n\nBudget: {} to {} {}\n",
        entry.name,
        offer.title,
        offer.budget_min.to_number(),
        offer.budget_max.to_number(),
        offer.currency
    );
    if let Some(deadline) = offer.application_deadline {
        let _ = writeln!(text, "Apply until: {deadline}");
    }
    if let Some(message) = with.message {
        let _ = writeln!(text, "\n{message}");
    }
    let _ = write!(
        text,
        "\nThe offer: {}\nTo apply, sign up as a creator with this e-mail address: your entry of the directory is then yours.",
        with.link
    );
    NewLetter {
        workspace: offer.workspace_id,
        brand: brand.to_owned(),
        to: address.to_owned(),
        subject: format!("{brand} invites you: {}", offer.title),
        text,
    }
}

/// An invitation.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferInvitation)]
struct InvitationBody {
    /// The entry of the directory.
    influencer_id: CreatorId,
    /// Its name.
    name: Option<String>,
    /// Their account, if they have one.
    creator_id: Option<AccountId>,
    /// How they were told.
    how: How,
    /// What the business said.
    message: Option<String>,
    created_at: Timestamp,
}

/// A page of invitations.
#[derive(Serialize, ToSchema)]
#[schema(as = OfferInvitationList)]
struct InvitationsBody {
    #[serde(flatten)]
    page: Paged,
    /// The invitations of this page.
    invitations: Vec<InvitationBody>,
}

/// List an offer's invitations
///
/// Whom the business has invited to its offer, the newest first.
#[utoipa::path(get, path = "/api/v1/offers/{offer_id}/invitations", tag = "Offers",
    params(("offer_id" = String, Path, description = "The offer's id"), Pages), responses(
    (status = 200, description = "A page of invitations", body = InvitationsBody),
    (status = 403, description = "It belongs to another business"),
))]
async fn list(
    State(market): State<Marketplace>,
    member: Member,
    name: Named,
    Params(page): Params<Pages>,
) -> Answer<Json<InvitationsBody>> {
    let mut tx = market.app().read().await?;
    let offer = own_to_read(&mut tx, &member, name.id("Offer")?).await?;
    let (found, total) = invitations::list(&mut tx, &offer, page).await?;
    let mut names = creators::store::names(&mut tx, found.iter().map(|one| one.influencer_id)).await?;
    let invitations = found.into_iter().map(|one| InvitationBody {
        influencer_id: one.influencer_id,
        name: names.remove(&one.influencer_id),
        creator_id: one.account_id,
        how: one.how,
        message: one.message,
        created_at: one.created_at,
    });
    Ok(Json(InvitationsBody { page: page.of(total), invitations: invitations.collect() }))
}
