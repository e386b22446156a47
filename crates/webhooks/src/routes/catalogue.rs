//! Which events there are.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member as Asking, Pages, Pagination, Params, Routes, routes};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::catalogue::Entry;
use crate::{Webhooks, compose};

pub(super) fn router() -> Routes<Webhooks> {
    Routes::new().with(routes!(list))
}

/// An event that webhooks can be told of.
#[derive(Serialize, ToSchema)]
struct WebhookEvent {
    /// Its name.
    #[schema(example = "user.created")]
    event: String,
    /// What it means.
    description: String,
    /// Is the hub told whose it is: the workspace of a business, or a creator's own?
    to_owner: bool,
    /// Is the other side of the deal told as well?
    to_other_side: bool,
    /// The JSON schema of `data`. More may stand in it than the schema says, such as `profile_data` of a member.
    #[schema(value_type = Object)]
    schema: Value,
    /// A body as it is sent.
    #[schema(value_type = Object)]
    example: Value,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
struct WebhookEventList {
    /// The events of this page, by name.
    events: Vec<WebhookEvent>,
    /// Where it stands.
    pagination: Pagination,
}

/// List the events of webhooks
///
/// Every event that a webhook can be told of, with the schema of its data and an example.
#[utoipa::path(get, path = "/api/v1/webhooks/events", tag = "Webhooks", operation_id = "list_webhook_events", params(Pages), responses(
    (status = 200, description = "A page of events", body = WebhookEventList)))]
async fn list(
    State(webhooks): State<Webhooks>,
    asking: Asking,
    Params(pages): Params<Pages>,
) -> Answer<Json<WebhookEventList>> {
    let entries = webhooks.catalogue().entries();
    let shown = |entry: &Entry| {
        let data = entry.example.as_object().cloned().unwrap_or_default();
        let body = compose::body(entry.name, webhooks.app().clock().now(), asking.hub(), &data, false);
        WebhookEvent {
            event: entry.name.to_owned(),
            description: entry.about.to_owned(),
            to_owner: entry.to_owner,
            to_other_side: entry.to_other,
            schema: entry.schema.clone(),
            example: serde_json::from_str(&body).unwrap_or(json!({})),
        }
    };
    let page = entries.iter().skip(pages.offset() as usize).take(pages.limit as usize);
    let events = page.map(shown).collect();
    Ok(Json(WebhookEventList { events, pagination: pages.pagination(entries.len() as u64) }))
}
