//! The pages and files of the chat, and how it looks.

use std::future::{Ready, ready};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use http_base::path::Two;
use http_base::routes;
use http_base::{Answer, Mode, Named, Rate, Routes};
use kernel::{Error, Kind};

use super::assets;
use super::entry::{Entry, web};
use super::shapes::ConfigurationBody;
use crate::Channels;
use crate::channels::{self, ChannelId};
use crate::members::Medium;

pub(super) fn router() -> Routes<Channels> {
    Routes::new()
        .with(routes!(loader, page, file, demo).rate(Rate::Free))
        .with(routes!(configuration).rate(Rate::Webhook))
}

/// Load the chat
///
/// The one script that a website has on its pages. Its tag names the channel in `data-channel`; docs/coaching.md shows it.
#[utoipa::path(get, path = "/widget.js", tag = "Widget", responses(
    (status = 200, description = "The script", body = String, content_type = "text/javascript"),
    (status = 304, description = "You have it")))]
#[expect(clippy::needless_pass_by_value, reason = "an extractor gives the headers away")]
fn loader(headers: HeaderMap) -> Ready<Response> {
    ready(assets::loader(&headers))
}

/// Show the page of the chat
///
/// What the iframe of the chat shows; only the pages of `allowed_origins` may embed it.
#[utoipa::path(get, path = "/widget/{channel_id}", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
async fn page(State(channels): State<Channels>, name: Named) -> Answer<Response> {
    let channel = web(&mut channels.app().read().await?, &name.0).await?;
    let allowed = channel.set().allowed_origins.as_deref().unwrap_or_default();
    Ok(assets::page(&assets::frame_ancestors(allowed))?)
}

/// Fetch a file of the chat's page
///
/// A version's files never change, and may be kept for as long as one likes.
#[utoipa::path(get, path = "/widget/files/{version}/{name}", tag = "Widget",
    params(("version" = String, Path, description = "The version that the page names"), ("name" = String, Path, description = "The file's name")),
    responses((status = 200, description = "The file", content((String = "text/javascript"), (String = "text/css")))))]
fn file(Two(version, name): Two) -> Ready<Answer<Response>> {
    ready(assets::file(&version, &name).ok_or_else(|| Error::not_found("File").into()))
}

/// Try the chat
///
/// In the demo: a website with the newest chat on it.
#[utoipa::path(get, path = "/widget-demo", tag = "Widget",
    responses((status = 200, description = "The page", body = String, content_type = "text/html"),
    (status = 404, description = "There is no demo here, or no chat", body = http_base::ErrorBody)))]
async fn demo(State(channels): State<Channels>) -> Answer<Response> {
    if !matches!(channels.app().mode(), Mode::Demo(_)) {
        return Err(Error::not_found("Page").into());
    }
    let newest = channels::store::newest(&mut channels.app().read().await?, Medium::Web).await?;
    let channel =
        newest.ok_or_else(|| Error::new(Kind::NotFound, "There is no chat yet; make a channel of the type web"))?;
    Ok(assets::demo_page(channels.app().public_url(), channel.id.uuid())?)
}

/// Show how the chat looks
///
/// For the pages that show it; no token is wanted.
#[utoipa::path(get, path = "/api/v1/widget/{channel_id}/configuration", tag = "Widget",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), ("Origin" = Option<String>, Header, description = "The page that asks")),
    responses((status = 200, description = "How it looks", body = ConfigurationBody),
    (status = 403, description = "This website may not use the chat", body = http_base::ErrorBody)))]
async fn configuration(State(channels): State<Channels>, name: Named, headers: HeaderMap) -> Answer<Response> {
    let entry = Entry::of(&channels, &mut channels.app().read().await?, &name.0, &headers).await?;
    let body = Json(ConfigurationBody::from(&entry.channel));
    let answer = ([(CACHE_CONTROL, HeaderValue::from_static("no-cache"))], body).into_response();
    Ok(entry.answer(answer))
}
