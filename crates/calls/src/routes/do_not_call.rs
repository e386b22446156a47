//! Who must not be called.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Offsets, Page, Params};
use input::Input;
use kernel::{AccountId, Error, Kind, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{DoNotCall, DoNotCallId};
use crate::phone::phone_number;
use crate::{Calls, store};

/// A number that must not be called.
#[derive(Serialize, ToSchema)]
#[schema(as = DoNotCallEntry)]
pub(super) struct DoNotCallBody {
    id: DoNotCallId,
    /// The number.
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// Why it must not be called.
    reason: String,
    /// Does it hold for everybody on this server, not for your workspace alone?
    everybody: bool,
    created_at: Timestamp,
    /// The account that added it; null if the person said so on the telephone.
    created_by: Option<AccountId>,
}

impl From<DoNotCall> for DoNotCallBody {
    fn from(entry: DoNotCall) -> Self {
        Self {
            id: entry.id,
            phone_number: entry.phone_number,
            reason: entry.reason,
            everybody: entry.workspace_id.is_none(),
            created_at: entry.created_at,
            created_by: entry.created_by,
        }
    }
}

/// A page of the do-not-call list.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallList {
    /// The numbers of this page, the newest first.
    do_not_call: Vec<DoNotCallBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which numbers are wanted.
#[derive(Input)]
pub(super) struct NumberQuery {
    /// Only this number; entries that hold for everybody are then among them.
    #[input(phone_number())]
    phone_number: Option<String>,
    #[input(flatten)]
    offsets: Offsets,
}

/// List the do-not-call list
///
/// The numbers that your workspace must not call, the newest first. Entries that hold for everybody are told only when their number is
/// asked for.
#[utoipa::path(get, path = "/api/v1/outreach/do-not-call", tag = "Outreach calls", params(NumberQuery),
    responses((status = 200, description = "A page of the list", body = DoNotCallList)))]
pub(super) async fn list(
    State(calls): State<Calls>,
    caller: Caller,
    Params(query): Params<NumberQuery>,
) -> Answer<Json<DoNotCallList>> {
    let mut tx = calls.app().read().await?;
    let (rows, total) =
        store::do_not_call(caller.scope(), &mut tx, query.phone_number.as_deref(), query.offsets).await?;
    let do_not_call = rows.into_iter().map(DoNotCallBody::from).collect();
    Ok(Json(DoNotCallList { do_not_call, page: query.offsets.page(total) }))
}

/// A number that must not be called.
#[derive(Input)]
#[input(name = "DoNotCallInput")]
pub(super) struct DoNotCallInput {
    /// The number, with its country code.
    #[input(phone_number(), example = "+14155550123")]
    phone_number: String,
    /// Why.
    #[input(text(1_000), example = "Asked not to be called")]
    reason: String,
    /// Is nobody on this server to call it? Only for administrators.
    #[input(flag, default = false)]
    everybody: bool,
}

/// Add a number to the do-not-call list
///
/// Adding it again changes nothing.
#[utoipa::path(post, path = "/api/v1/outreach/do-not-call", tag = "Outreach calls", request_body = DoNotCallInput, responses(
    (status = 200, description = "The entry of the list", body = DoNotCallBody),
    (status = 403, description = "You have no workspace that makes calls; or `everybody` is true and you are no administrator"),
))]
pub(super) async fn add(
    State(calls): State<Calls>,
    caller: Caller,
    Body { input, .. }: Body<DoNotCallInput>,
) -> Answer<Json<DoNotCallBody>> {
    if input.everybody && !caller.is_admin() {
        return Err(Error::new(Kind::Forbidden, "Only an administrator says what holds for everybody").into());
    }
    let workspace_id = if input.everybody { None } else { caller.workspace() };
    if workspace_id.is_none() && !input.everybody {
        let message = "Lists are kept by businesses; an administrator adds for everybody (\"everybody\": true)";
        return Err(Error::new(Kind::Forbidden, message).into());
    }
    let clock = calls.app().clock();
    let new = DoNotCall {
        id: clock.new_id(),
        workspace_id,
        phone_number: input.phone_number,
        reason: input.reason,
        created_at: clock.now(),
        created_by: caller.account().map(|account| account.id),
    };
    let (scope, first) = (caller.scope(), Offsets { limit: 100, offset: 0 });
    let mut tx = calls.app().write().await?;
    let entry = if store::add_do_not_call(scope, &mut tx, &new).await? {
        Some(new)
    } else {
        let (rows, _) = store::do_not_call(scope, &mut tx, Some(&new.phone_number), first).await?;
        rows.into_iter().find(|row| row.workspace_id == new.workspace_id)
    };
    tx.commit().await?;
    let entry = entry.ok_or_else(|| Error::internal("a number is on the list and is not found there"))?;
    Ok(Json(entry.into()))
}

/// Confirms what was done.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedNumber)]
pub(super) struct Removed {
    /// What was done, in a sentence.
    message: String,
}

/// Remove a number from the do-not-call list
///
/// It may then be called again, if there is a consent.
#[utoipa::path(delete, path = "/api/v1/outreach/do-not-call/{entry_id}", tag = "Outreach calls",
    params(("entry_id" = String, Path, description = "The entry's id")), responses(
    (status = 200, description = "Removed from the list", body = Removed),
    (status = 403, description = "It holds for everybody, and you are no administrator"),
))]
pub(super) async fn remove(State(calls): State<Calls>, caller: Caller, name: Named) -> Answer<Json<Removed>> {
    let id = name.id("Entry of the do-not-call list")?;
    let mut tx = calls.app().write().await?;
    let entry = store::remove_do_not_call(caller.scope(), &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(Removed { message: format!("{} was taken off the list", entry.phone_number) }))
}
