//! Corrections of who an entry says somebody is: proposed by whoever works with it, decided by the creator or an administrator.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use http_base::path::Two;
use http_base::{Answer, Body, Caller, Named, Offsets, Page, Params};
use input::{Fields, Input};
use kernel::{AccountId, CreatorId, Error, Kind, Platform, Result, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::entries::write;
use crate::model::CreatorChanges;
use crate::store::corrections::{self as store, Correction, CorrectionId};
use crate::{Creator, Directory, Viewer};

/// Corrections of one entry that may wait to be decided.
const MOST_OPEN: u64 = 50;

/// What an entry should say: at least one of its fields.
#[derive(Input)]
#[input(name = "CreatorCorrectionInput", check = Proposed::says_something)]
pub(super) struct Proposed {
    /// The name that people know.
    #[input(text(200), example = "Sarah Johnson")]
    name: Option<String>,
    /// The platform that the creator publishes on.
    #[input(platform)]
    platform: Option<Platform>,
    /// The creator's handle on the platform.
    #[input(text(200), example = "@sarah.moves")]
    channel_name: Option<String>,
    /// The e-mail address that reaches the creator.
    #[input(email, example = "sarah@example.com")]
    email: Option<String>,
    /// Why it should be so.
    #[input(any_text(1_000), blank)]
    note: Option<String>,
}

impl Proposed {
    fn says_something(&self, fields: &mut Fields) {
        if self.changes().is_empty()
            && !["name", "platform", "channel_name", "email"].iter().any(|name| fields.has(name))
        {
            fields.fault("name", "missing", "is missing: say what name, platform, channel_name or email should be");
        }
    }

    fn changes(&self) -> Map<String, Value> {
        let all = [
            ("name", self.name.clone()),
            ("platform", self.platform.map(|platform| platform.word().to_owned())),
            ("channel_name", self.channel_name.clone()),
            ("email", self.email.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))).collect()
    }
}

/// A correction of an entry.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatorCorrection)]
pub(super) struct CorrectionBody {
    /// Its id.
    id: CorrectionId,
    /// The entry.
    creator_id: CreatorId,
    /// What its fields should say.
    #[schema(value_type = Object)]
    changes: Value,
    /// Why.
    note: Option<String>,
    /// `open`, `accepted` or `rejected`.
    #[schema(example = "open")]
    status: String,
    /// Whether you proposed it.
    proposed_by_you: bool,
    /// When it was proposed.
    created_at: Timestamp,
    /// When it was decided.
    decided_at: Option<Timestamp>,
}

impl CorrectionBody {
    fn of(correction: Correction, me: Option<AccountId>) -> Self {
        Self {
            id: correction.id,
            creator_id: correction.creator_id,
            changes: serde_json::from_str(&correction.changes).unwrap_or(Value::Null),
            note: correction.note,
            status: correction.status,
            proposed_by_you: correction.proposed_by == me,
            created_at: correction.created_at,
            decided_at: correction.decided_at,
        }
    }
}

/// A page of corrections.
#[derive(Serialize, ToSchema)]
pub(super) struct CorrectionList {
    corrections: Vec<CorrectionBody>,
    #[serde(flatten)]
    page: Page,
}

fn me(caller: &Caller) -> Option<AccountId> {
    caller.account().map(|account| account.id)
}

async fn seen(tx: &mut db::Tx, caller: &Caller, name: &str) -> Result<Creator> {
    let id: Option<CreatorId> = name.parse().ok();
    let found = match id {
        Some(id) => crate::store::by_id(caller.scope(), tx, id).await?,
        None => None,
    };
    found.ok_or_else(|| Error::not_found("Creator"))
}

/// Propose a correction of a creator
///
/// Name, platform, handle and e-mail address of an entry that its creator claimed, or that several workspaces work with, are not changed by
/// one of them. The creator decides, or an administrator.
#[utoipa::path(post, path = "/api/v1/creators/{creator_id}/corrections", tag = "Creators", request_body = Proposed,
    params(("creator_id" = String, Path, description = "The creator's id")), responses(
    (status = 201, description = "It was proposed", body = CorrectionBody),
    (status = 409, description = "Many corrections of this entry wait to be decided"),
))]
pub(super) async fn propose(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<Proposed>,
) -> Answer<(StatusCode, Json<CorrectionBody>)> {
    let (app, clock) = (directory.app(), directory.app().clock());
    let mut tx = app.write().await?;
    let creator = seen(&mut tx, &caller, &name.0).await?;
    if store::count_open(&mut tx, creator.id).await? >= MOST_OPEN {
        return Err(Error::conflict("Many corrections of this entry wait to be decided; ask an administrator").into());
    }
    let correction = Correction {
        id: clock.new_id(),
        creator_id: creator.id,
        proposed_by: me(&caller),
        workspace_id: caller.workspace(),
        changes: Value::Object(input.changes()).to_string(),
        note: input.note,
        status: "open".into(),
        created_at: clock.now(),
        decided_at: None,
        decided_by: None,
    };
    store::insert(&mut tx, &correction).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(CorrectionBody::of(correction, me(&caller)))))
}

/// List the corrections of a creator
///
/// The creator and administrators see all of them; everyone else those of their own workspace.
#[utoipa::path(get, path = "/api/v1/creators/{creator_id}/corrections", tag = "Creators",
    params(("creator_id" = String, Path, description = "The creator's id"), Offsets),
    responses((status = 200, description = "A page of them, newest first", body = CorrectionList)))]
pub(super) async fn list(
    State(directory): State<Directory>,
    caller: Caller,
    name: Named,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<CorrectionList>> {
    let mut tx = directory.app().read().await?;
    let creator = seen(&mut tx, &caller, &name.0).await?;
    let viewer = Viewer::from(&caller.0);
    let own = me(&caller).filter(|_| !viewer.decides(&creator)).map(|account| (viewer, account));
    let (found, total) = store::list(&mut tx, creator.id, own, offsets).await?;
    let corrections = found.into_iter().map(|correction| CorrectionBody::of(correction, me(&caller))).collect();
    Ok(Json(CorrectionList { corrections, page: offsets.page(total) }))
}

/// What becomes of a correction.
#[derive(Input)]
#[input(name = "CreatorCorrectionDecision")]
pub(super) struct Decision {
    /// Whether the entry is to say what was proposed.
    #[input(flag)]
    accept: bool,
}

/// Decide a correction of a creator
///
/// By the creator who claimed the entry, or an administrator. What is accepted stands in the entry at once.
#[utoipa::path(post, path = "/api/v1/creators/{creator_id}/corrections/{correction_id}/decision", tag = "Creators", request_body = Decision,
    params(("creator_id" = String, Path, description = "The creator's id"), ("correction_id" = String, Path, description = "The correction's id")),
    responses(
    (status = 200, description = "The correction as it is now", body = CorrectionBody),
    (status = 403, description = "You are neither the creator nor an administrator"),
    (status = 409, description = "It was decided already, or another entry has this handle or address"),
))]
pub(super) async fn decide(
    State(directory): State<Directory>,
    caller: Caller,
    Two(creator_id, correction_id): Two,
    Body { input, .. }: Body<Decision>,
) -> Answer<Json<CorrectionBody>> {
    let (app, now) = (directory.app(), directory.app().clock().now());
    let mut tx = app.read().await?;
    let creator = seen(&mut tx, &caller, &creator_id).await?;
    if !Viewer::from(&caller.0).decides(&creator) {
        let message = "Who this is, is said by the creator who claimed the entry or an administrator";
        return Err(Error::new(Kind::Forbidden, message).into());
    }
    let id: CorrectionId = correction_id.parse().map_err(|_| Error::not_found("Correction"))?;
    let mut correction = store::find(&mut tx, creator.id, id).await?.ok_or_else(|| Error::not_found("Correction"))?;
    drop(tx);
    let status = if input.accept { "accepted" } else { "rejected" };
    let mut creator = creator;
    let (was, text_before) = (creator.seq, creator.profile_text());
    if input.accept {
        let changes: Value = serde_json::from_str(&correction.changes).map_err(Error::internal)?;
        creator.apply(Fields::of_body(changes)?.read::<CreatorChanges>()?, now);
    }
    let text = creator.profile_text();
    let vector = if text == text_before { None } else { Some(directory.vector_of(&text).await) };
    let mut tx = app.write().await?;
    if !store::decide(&mut tx, id, status, me(&caller), now).await? {
        return Err(Error::conflict("This correction was decided already").into());
    }
    if input.accept {
        write(&directory, caller.scope(), &mut tx, (&mut creator, was), (&text, vector)).await?;
    }
    tx.commit().await?;
    directory.catalogue().reach(creator.seq).await?;
    (correction.status, correction.decided_at) = (status.into(), Some(now));
    Ok(Json(CorrectionBody::of(correction, me(&caller))))
}
