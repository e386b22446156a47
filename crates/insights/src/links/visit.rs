//! Following a link.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use http_base::{Answer, Named, Peer};
use kernel::{Day, Error, Kind, Result, Scope};
use sha2::Sha256;

use super::agents::is_program;
use super::model::{Link, LinkDay};
use super::store;
use crate::Insights;
use crate::figures::{self, Deltas, Figures, Place};

/// Nobody waits longer than this for being counted.
const PATIENCE: Duration = Duration::from_secs(2);
/// So much of a hash tells the visitors of a day apart.
const VISITOR_BYTES: usize = 16;

/// Follow a tracked link
///
/// Counts who comes by and sends them on. The first click of a visitor and day is a click, the next ones are repeats; crawlers,
/// link previews, prefetching browsers and `HEAD` requests are told apart. Of a visitor nothing is kept but a hash of address and
/// browser, by a key that is forgotten after two days.
#[utoipa::path(get, path = "/t/{code}", tag = "Tracked links", security(()),
    params(("code" = String, Path, description = "The link's code")), responses(
    (status = 302, description = "Where it leads"),
    (status = 404, description = "There is no such link, or it was taken down"),
))]
pub(super) async fn follow(
    State(insights): State<Insights>,
    name: Named,
    peer: Peer,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let mut tx = insights.app().read().await?;
    let link = store::by_code(Scope::system(), &mut tx, &name.0).await?;
    drop(tx);
    let link = link.ok_or_else(|| Error::new(Kind::NotFound, "There is no such link; is it complete?"))?;
    if link.disabled_at.is_some() {
        return Err(Error::new(Kind::NotFound, "This link was taken down by whoever made it").into());
    }
    let program = is_program(&method, &headers, peer.agent.as_deref());
    // Whatever becomes of the figures, whoever follows a link gets where it leads.
    match tokio::time::timeout(PATIENCE, count(&insights, &link, &peer, program)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(link = %link.id, %error, "a click was not counted"),
        Err(_) => tracing::warn!(link = %link.id, "a click was not counted in time"),
    }
    let target = HeaderValue::from_str(&link.url).map_err(Error::internal)?;
    let head = [(LOCATION, target), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::FOUND, head).into_response())
}

async fn count(insights: &Insights, link: &Link, peer: &Peer, program: bool) -> Result<()> {
    let (app, scope) = (insights.app(), Scope::system());
    let day = Day::of(app.clock().now());
    let mut fresh = [0; 32];
    app.clock().fill(&mut fresh);
    let mut tx = app.write().await?;
    figures::lock(scope, &mut tx, link.workspace_id).await?;
    let is_click = !program && {
        let salt = store::salt(scope, &mut tx, day, &fresh).await?;
        let visitor = visitor(&salt, link, peer)?;
        store::is_new_visitor(scope, &mut tx, link.id, day, &visitor).await?
    };
    let (clicks, repeats, bots) = (i64::from(is_click), i64::from(!program && !is_click), i64::from(program));
    store::count(scope, &mut tx, link.id, LinkDay { day, clicks, repeats, bots }).await?;
    let mut deltas = Deltas::default();
    let place = Place { campaign: link.campaign_id, creator: link.creator_id, day: day.0, currency: String::new() };
    deltas.add(place, Figures { link_clicks: clicks, link_repeats: repeats, bot_clicks: bots, ..Figures::default() });
    figures::apply(&mut tx, link.workspace_id, deltas).await?;
    tx.commit().await
}

/// Whom the link knows again on the day of this key: the same visitor is another one to every other link, and on every other day.
pub(super) fn visitor(salt: &[u8], link: &Link, peer: &Peer) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).map_err(Error::internal)?;
    mac.update(link.id.uuid().as_bytes());
    match peer.address {
        Some(IpAddr::V4(address)) => mac.update(&address.octets()),
        // Of an IPv6 address what stays the same: the rest of it changes by itself.
        Some(IpAddr::V6(address)) => mac.update(&address.octets()[..8]),
        None => {}
    }
    mac.update(&[0]);
    mac.update(peer.agent.as_deref().unwrap_or_default().as_bytes());
    Ok(mac.finalize().into_bytes()[..VISITOR_BYTES].to_vec())
}
