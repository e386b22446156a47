//! Who must not be called.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Body, Caller, Named, Offsets, Page, Params};
use input::rule;
use input::{Fields, Input};
use kernel::{AccountId, Error, Kind, Timestamp};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::model::{DoNotCall, DoNotCallId};
use crate::{Calls, phone, store};

/// A number that must not be called.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallBody {
    id: DoNotCallId,
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// Why.
    reason: String,
    /// Does it hold for everybody on this server, not for your workspace alone?
    everybody: bool,
    created_at: Timestamp,
    /// Who wrote it down; null if the person said so on the phone.
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

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallList {
    do_not_call: Vec<DoNotCallBody>,
    #[serde(flatten)]
    page: Page,
}

/// Which numbers are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query that `ListQuery` reads")]
pub(super) struct NumberQuery {
    /// Only this number: then what holds for everybody is told, too.
    phone_number: Option<String>,
}

pub(super) struct ListQuery {
    number: Option<String>,
    offsets: Offsets,
}

impl Input for ListQuery {
    fn read(fields: &mut Fields) -> Option<Self> {
        let number = fields.optional("phone_number", phone::number());
        Some(Self { number, offsets: Offsets::read(fields)? })
    }
}

/// List who must not be called
///
/// The newest first. Numbers of people who told everybody to stop are found by their number alone.
#[utoipa::path(get, path = "/api/v1/outreach/do-not-call", tag = "Outreach calls", params(NumberQuery, Offsets),
    responses((status = 200, description = "A page of the list", body = DoNotCallList)))]
pub(super) async fn list(
    State(calls): State<Calls>,
    caller: Caller,
    Params(query): Params<ListQuery>,
) -> Answer<Json<DoNotCallList>> {
    let mut tx = calls.app().read().await?;
    let (rows, total) = store::do_not_call(caller.scope(), &mut tx, query.number.as_deref(), query.offsets).await?;
    let do_not_call = rows.into_iter().map(DoNotCallBody::from).collect();
    Ok(Json(DoNotCallList { do_not_call, page: query.offsets.page(total) }))
}

/// A number that must not be called.
#[derive(ToSchema)]
pub(super) struct DoNotCallInput {
    #[schema(example = "+14155550123")]
    phone_number: String,
    /// Why.
    reason: String,
    /// Is nobody on this server to call it? Only an administrator says so.
    #[schema(default = false)]
    everybody: bool,
}

impl Input for DoNotCallInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let phone_number = fields.required("phone_number", phone::number());
        let reason = fields.required("reason", rule::text(1_000));
        let everybody = fields.optional("everybody", rule::flag()).unwrap_or(false);
        Some(Self { phone_number: phone_number?, reason: reason?, everybody })
    }
}

/// Put a number on the do-not-call list
///
/// To put it there again changes nothing.
#[utoipa::path(post, path = "/api/v1/outreach/do-not-call", tag = "Outreach calls", request_body = DoNotCallInput, responses(
    (status = 200, description = "It is on the list", body = DoNotCallBody),
    (status = 403, description = "You have no workspace that calls, or are no administrator"),
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

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Removed {
    /// What was done.
    message: String,
}

/// Take a number off the do-not-call list
#[utoipa::path(delete, path = "/api/v1/outreach/do-not-call/{entry_id}", tag = "Outreach calls",
    params(("entry_id" = String, Path, description = "The entry's id")), responses(
    (status = 200, description = "It may be called again, if there is a consent", body = Removed),
    (status = 403, description = "It holds for everybody, and you are no administrator"),
))]
pub(super) async fn remove(State(calls): State<Calls>, caller: Caller, name: Named) -> Answer<Json<Removed>> {
    let id = name.id("Entry of the do-not-call list")?;
    let mut tx = calls.app().write().await?;
    let entry = store::remove_do_not_call(caller.scope(), &mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(Removed { message: format!("{} was taken off the list", entry.phone_number) }))
}
