//! The routes of live updates.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use db::{Position, Tx};
use futures::stream::{self, Stream, StreamExt as _};
use http_base::routes;
use http_base::{Answer, Anyone, Params, Reader, Routes};
use input::Input;
use kernel::{Account, Error, Kind, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::hub::{Place, Told};
use super::seen::Seen;
use super::{frames, reader, tickets};
use crate::{Inbox, feed};

/// The largest number of feed entries, and of conversation events, that a stream receives when it resumes. After more it starts again.
const MOST_MISSED: u32 = 1_000;
/// The place in the feed that a client has.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

pub(crate) fn router() -> Routes<Inbox> {
    Routes::new().with(routes!(live)).with(routes!(ticket))
}

/// A ticket for a stream.
#[derive(Serialize, ToSchema)]
struct LiveTicket {
    /// It opens one stream, once.
    ticket: String,
    /// Where: `GET` it with `EventSource`.
    #[schema(example = "/api/v1/live?ticket=5f2c")]
    url: String,
    /// Until when it is good.
    expires_at: Timestamp,
}

/// Make a ticket for a live stream
///
/// A browser's `EventSource` sends no `Authorization`. The ticket opens one stream within 30 seconds, and nothing else; the stream ends
/// with the log-in that made the ticket.
#[utoipa::path(post, path = "/api/v1/live/tickets", tag = "Live", responses(
    (status = 201, description = "The ticket", body = LiveTicket)))]
async fn ticket(State(inbox): State<Inbox>, caller: Reader) -> Answer<Response> {
    let account = caller.account().ok_or_else(wanted)?;
    let mut tx = inbox.app().write().await?;
    let (ticket, expires_at) = tickets::make(&mut tx, inbox.app().clock(), account).await?;
    tx.commit().await?;
    let url = format!("/api/v1/live?ticket={ticket}");
    let body = Json(LiveTicket { ticket, url, expires_at });
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response())
}

/// How a stream is opened.
#[derive(Input)]
struct LiveQuery {
    /// A ticket, in place of the `Authorization` header.
    #[input(text(200))]
    ticket: Option<String>,
    /// The id of the last event that was seen, in place of the header `Last-Event-ID`.
    #[input(text(80))]
    last_event_id: Option<String>,
}

/// Follow what is new
///
/// Server-sent events, for as long as the log-in lasts. `hello` comes first, with what is unread. Then come `notification`, `message`, `read` (somebody has
/// read what one wrote), `unread` (the numbers) and `conversation` (a message, a new handler or an escalation in a conversation with the audience), each
/// with an id; and, without one, `typing` (a member of the audience started or stopped typing) and `changed`: something of one's workspace is another than before. A
/// stream that is opened with the id of the last event goes on behind it. `reset` says that what was missed is not kept: fetch lists anew. A
/// comment comes every 15 seconds. `closed` is the last, with the reason: `signed_out`, `changed` (the account is another one now; open a stream again)
/// or `stopping`.
#[utoipa::path(get, path = "/api/v1/live", tag = "Live",
    params(LiveQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses((status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
    (status = 401, description = "A token is wanted, or a ticket that is good", body = http_base::ErrorBody),
    (status = 429, description = "Too many streams of this account are open", body = http_base::ErrorBody)))]
async fn live(
    State(inbox): State<Inbox>,
    caller: Anyone,
    headers: HeaderMap,
    Params(query): Params<LiveQuery>,
) -> Answer<Response> {
    let account = match (caller.account(), &query.ticket) {
        (Some(account), _) => account.clone(),
        (None, Some(ticket)) => by_ticket(&inbox, ticket).await?,
        (None, None) => return Err(wanted().into()),
    };
    let given = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()).or(query.last_event_id.as_deref());
    let settings = inbox.settings();
    let (place, needs_reader) = inbox.hub().take(&account, settings.streams_of_account, settings.streams)?;
    if needs_reader {
        tokio::spawn(reader::run(inbox.clone()));
    }
    let first = begin(&inbox, &account, given, &place).await?;
    let body = Body::from_stream(pieces(place, first, settings.heartbeat).map(Ok::<_, std::convert::Infallible>));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // A proxy that collected what comes would hold it back.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

fn wanted() -> Error {
    let message = "Authentication is required: send a bearer token in the Authorization header, or a ticket of POST /api/v1/live/tickets";
    Error::new(Kind::Unauthenticated, message)
}

async fn by_ticket(inbox: &Inbox, ticket: &str) -> Result<Account> {
    let mut tx = inbox.app().write().await?;
    let proof = tickets::take(&mut tx, ticket, inbox.app().clock().now()).await?;
    tx.commit().await?;
    let account = match proof {
        Some(proof) => inbox.doors().accounts(&[proof]).await?.into_iter().next().flatten(),
        None => None,
    };
    account.ok_or_else(|| Error::new(Kind::Unauthenticated, "The ticket is not good any more; ask for another one"))
}

/// Determines the start position of a stream and its first events. The reader of all streams sends the missed feed entries.
async fn begin(inbox: &Inbox, account: &Account, last: Option<&str>, place: &Place) -> Result<Bytes> {
    let mut tx = inbox.app().read().await?;
    let numbers = feed::numbers(&mut tx, account.id).await?;
    let end = tx.end_of_events().await?;
    let now = Seen { feed: numbers.seq, log: end };
    let missed = match last {
        Some(last) => missed(inbox, &mut tx, account, last, now).await?,
        None => None,
    };
    let (first, begins) = match (last, missed) {
        (_, Some((seen, missed))) => {
            let mut first = frames::hello(seen, numbers, true)?;
            for (log, event) in missed {
                frames::place(Seen { log, ..seen }, &event, &mut first);
            }
            (first, Seen { log: end, ..seen })
        }
        (None, None) => (frames::hello(now, numbers, false)?, now),
        (Some(_), None) => ([&frames::hello(now, numbers, false)?, frames::RESET].concat(), now),
    };
    drop(tx);
    place.begin(begins);
    Ok(first.into())
}

/// Returns the position of this id with the conversation events since then. Returns nothing if the id is unknown, if missed events were deleted, or
/// if there are too many.
async fn missed(
    inbox: &Inbox,
    tx: &mut Tx,
    account: &Account,
    last: &str,
    now: Seen,
) -> Result<Option<(Seen, Vec<(Position, Bytes)>)>> {
    let Some(seen) = Seen::parse(last).filter(|seen| seen.feed <= now.feed && seen.log <= now.log) else {
        return Ok(None);
    };
    let oldest = feed::oldest(tx, account.id).await?;
    let keeps = seen.feed == now.feed || oldest.is_some_and(|oldest| seen.feed >= oldest - 1);
    if !keeps || now.feed - seen.feed > i64::from(MOST_MISSED) || !tx.keeps_events_after(seen.log).await? {
        return Ok(None);
    }
    let kinds = inbox.talks().kinds();
    let events = tx.events_between(account.hub(), (seen.log, now.log), kinds, MOST_MISSED + 1).await?;
    if events.len() > MOST_MISSED as usize {
        return Ok(None);
    }
    let told = reader::of_talks(inbox, tx, events).await?.into_iter();
    let placed = told.filter_map(|(_, told)| match told {
        Told::Placed(log, event) => Some((log, event)),
        Told::Hint(_) => None,
    });
    Ok(Some((seen, placed.collect())))
}

/// What goes out: the first, then what comes, and a heartbeat where nothing does.
fn pieces(place: Place, first: Bytes, heartbeat: Duration) -> impl Stream<Item = Bytes> + Send {
    let rest = stream::unfold(place, move |mut place| async move {
        match tokio::time::timeout(heartbeat, place.queue.recv()).await {
            Ok(Some(piece)) => Some((piece, place)),
            Ok(None) => None,
            Err(_) => Some((frames::HEARTBEAT, place)),
        }
    });
    stream::once(std::future::ready(first)).chain(rest)
}
