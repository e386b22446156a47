//! The routes of notifications.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use events::TxExt as _;
use http_base::routes;
use http_base::{Answer, MaybeBody, Member, Named, Newcomer, Params, Routes};
use input::Input;
use kernel::{AccountId, Error, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{NotificationBody, NotificationId, NotificationType};
use super::store::{self, Wanted};
use crate::Inbox;
use crate::events::NotificationsRead;
use crate::feed::{self, Entry, Move, Numbers};
use crate::pages::{PageBody, Paging};

pub(crate) fn router() -> Routes<Inbox> {
    Routes::new().with(routes!(list)).with(routes!(unread_count)).with(routes!(read)).with(routes!(read_all, delete))
}

/// Which notifications are wanted.
#[derive(Input)]
struct NotificationQuery {
    /// Only of this type.
    #[input(word(), name = "type")]
    kind: Option<NotificationType>,
    /// Only those that were read, or were not.
    #[input(flag())]
    is_read: Option<bool>,
    #[input(flatten)]
    paging: Paging,
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
struct NotificationList {
    #[serde(flatten)]
    page: PageBody,
    /// How many are unread in all.
    unread_count: u64,
    /// The notifications, newest first.
    notifications: Vec<NotificationBody>,
}

/// List notifications
///
/// One's own, newest first.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "Notifications", params(NotificationQuery), responses(
    (status = 200, description = "A page of notifications", body = NotificationList)))]
async fn list(
    State(inbox): State<Inbox>,
    member: Member,
    Params(query): Params<NotificationQuery>,
) -> Answer<Json<NotificationList>> {
    let wanted = Wanted { kind: query.kind, is_read: query.is_read };
    // The rows and their numbers are of one moment.
    let mut tx = inbox.app().db().snapshot().await?;
    let numbers = feed::numbers(&mut tx, member.id).await?;
    let rows = store::page(&mut tx, member.id, wanted, query.paging).await?;
    let total = match wanted {
        Wanted { kind: None, is_read: None } => numbers.notifications,
        Wanted { kind: None, is_read: Some(false) } => numbers.unread_notifications,
        Wanted { kind: None, is_read: Some(true) } => numbers.notifications - numbers.unread_notifications,
        _ => store::count(&mut tx, member.id, wanted).await?,
    };
    Ok(Json(NotificationList {
        page: query.paging.of(total),
        unread_count: numbers.unread_notifications,
        notifications: rows.into_iter().map(NotificationBody::from).collect(),
    }))
}

/// How many notifications are unread.
#[derive(Serialize, ToSchema)]
struct UnreadNotifications {
    /// How many.
    unread_count: u64,
}

/// Count unread notifications
///
/// Exact, and never counted anew.
#[utoipa::path(get, path = "/api/v1/notifications/unread-count", tag = "Notifications", responses(
    (status = 200, description = "How many are unread", body = UnreadNotifications)))]
async fn unread_count(State(inbox): State<Inbox>, member: Member) -> Answer<Json<UnreadNotifications>> {
    let mut tx = inbox.app().read().await?;
    Ok(Json(UnreadNotifications { unread_count: feed::unread(&mut tx, member.id).await? }))
}

/// Mark a notification as read
///
/// One that was read before is as it was.
#[utoipa::path(patch, path = "/api/v1/notifications/{notification_id}/read", tag = "Notifications",
    params(("notification_id" = NotificationId, Path, description = "The notification's id")),
    responses((status = 200, description = "The notification", body = NotificationBody)))]
async fn read(State(inbox): State<Inbox>, own: Newcomer, name: Named) -> Answer<Json<NotificationBody>> {
    let (account, id) = (own.account.id, name.id("Notification")?);
    let now = inbox.app().clock().now();
    let mut tx = inbox.app().write().await?;
    let is_new = store::read(&mut tx, account, id, now).await?;
    let row = store::by_id(&mut tx, account, id).await?.ok_or_else(|| Error::not_found("Notification"))?;
    if is_new {
        moved(&inbox, &mut tx, account, &Move { unread_notifications: -1, ..Move::default() }, now).await?;
        tx.commit().await?;
    }
    Ok(Json(row.into()))
}

/// Which notifications are marked as read.
#[derive(Input)]
struct ReadAll {
    /// Only of this type.
    #[input(word(), name = "type")]
    kind: Option<NotificationType>,
    /// Only those that were there until then: what came while one looked stays unread.
    #[input(moment())]
    until: Option<Timestamp>,
}

/// What was marked as read.
#[derive(Serialize, ToSchema)]
struct NotificationsMarked {
    /// How many were marked.
    marked: u64,
    /// How many are unread now.
    unread_count: u64,
}

/// Mark all notifications as read
///
/// All of one's own, or those of a type.
#[utoipa::path(post, path = "/api/v1/notifications/read-all", tag = "Notifications", request_body = Option<ReadAll>,
    responses((status = 200, description = "How many were marked", body = NotificationsMarked)))]
async fn read_all(
    State(inbox): State<Inbox>,
    own: Newcomer,
    MaybeBody(body): MaybeBody<ReadAll>,
) -> Answer<Json<NotificationsMarked>> {
    let (account, now) = (own.account.id, inbox.app().clock().now());
    let until = body.input.until.unwrap_or(now);
    let mut tx = inbox.app().write().await?;
    let marked = store::read_all(&mut tx, account, body.input.kind, until, now).await?;
    let by = i64::try_from(marked).map_err(Error::internal)?;
    let by = Move { unread_notifications: -by, ..Move::default() };
    let unread_count = match marked {
        0 => feed::unread(&mut tx, account).await?,
        _ => moved(&inbox, &mut tx, account, &by, now).await?.unread_notifications,
    };
    tx.commit().await?;
    Ok(Json(NotificationsMarked { marked, unread_count }))
}

/// Delete a notification
///
/// It is gone from the list; an unread one counts no more.
#[utoipa::path(delete, path = "/api/v1/notifications/{notification_id}", tag = "Notifications",
    params(("notification_id" = NotificationId, Path, description = "The notification's id")),
    responses((status = 204, description = "Deleted")))]
async fn delete(State(inbox): State<Inbox>, own: Newcomer, name: Named) -> Answer<StatusCode> {
    let (account, id) = (own.account.id, name.id("Notification")?);
    let now = inbox.app().clock().now();
    let mut tx = inbox.app().write().await?;
    let was_unread = store::delete(&mut tx, account, id).await?.ok_or_else(|| Error::not_found("Notification"))?;
    let by = Move { notifications: -1, unread_notifications: -i64::from(was_unread), ..Move::default() };
    moved(&inbox, &mut tx, account, &by, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves the numbers of an account, and tells its streams.
async fn moved(inbox: &Inbox, tx: &mut db::Tx, account: AccountId, by: &Move, now: Timestamp) -> Result<Numbers> {
    let by = Move { entries: vec![(Entry::Unread, None)], ..by.clone() };
    let numbers = feed::shift(tx, account, &by, now).await?;
    tx.event(NotificationsRead { workspace_id: None, account_id: account });
    inbox.hub().wake_after(tx, account);
    Ok(numbers)
}
