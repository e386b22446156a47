//! What the server's own description says of its routes.

use axum::http::Method;
use serde_json::{Map, Value};

use crate::world::{World, text};

/// The id of nothing.
pub(crate) const NOTHING: &str = "0190a000-0000-7000-8000-000000000000";

/// A route, as `/openapi.json` tells of it.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) operation: Value,
}

/// Every route of the document.
pub(crate) async fn routes(world: &World) -> Vec<Route> {
    let document = world.client.get("/openapi.json").await.ok();
    let paths: &Map<String, Value> = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let operations = item.as_object().unwrap().iter().map(|(method, operation)| Route {
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            operation: operation.clone(),
        });
        operations.collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

impl Route {
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Does it take a body of JSON?
    pub(crate) fn takes_json(&self) -> bool {
        self.operation["requestBody"]["content"].get("application/json").is_some()
    }

    /// Does it ask for no token?
    pub(crate) fn is_public(&self) -> bool {
        ["/", "/health", "/api/v1/health", "/api/v1/info"].contains(&self.path.as_str())
    }

    /// Whom it is for: the word in `authorisation.txt`, whose own test tells of routes that are not there.
    pub(crate) fn kind(&self) -> &'static str {
        self.row().next().unwrap_or_default().trim()
    }

    /// The words of its row in `authorisation.txt`.
    fn row(&self) -> impl Iterator<Item = &'static str> + use<> {
        let unnamed = |path: &str| {
            let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
            parts.collect::<Vec<_>>().join("/")
        };
        let rows = include_str!("authorisation.txt").lines().filter_map(|line| line.split_once(" | "));
        let own = unnamed(&self.label());
        rows.into_iter().find(|(label, _)| unnamed(label) == own).map_or("", |(_, words)| words).split(" | ")
    }

    /// Does it take somebody who has an account, or something that was sent to them? The demo's administrator has neither.
    pub(crate) fn wants_a_person(&self) -> bool {
        ["self", "owner", "creator", "fresh", "token", "webhook"].contains(&self.kind())
            || self.row().nth(1) == Some("person")
    }

    /// Does it let in whoever asks, because a token is what one comes for (logging in), or something else says who asks?
    pub(crate) fn lets_everybody_in(&self) -> bool {
        let wanted = self.operation["security"].as_array().unwrap_or_else(|| panic!("{}: whom?", self.label()));
        wanted.is_empty() || wanted.iter().any(|one| one.as_object().is_some_and(Map::is_empty))
    }

    /// The path with names of things that are there.
    pub(crate) fn filled(&self, there: &There) -> String {
        self.path
            .replace("{creator_id}", &there.creator)
            .replace("{campaign_id}", &there.campaign)
            .replace("{log_id}", &there.outreach)
            .replace("{brand_name}", "TechFit")
            .split('/')
            .map(|part| if part.starts_with('{') { NOTHING } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// Things that are there, by which paths are filled.
pub(crate) struct There {
    pub(crate) creator: String,
    pub(crate) campaign: String,
    pub(crate) outreach: String,
}

impl There {
    /// The first creator and the first campaign of the demo, and an entry that was opened for them.
    pub(crate) async fn of(world: &World) -> Self {
        let creator = text(&world.client.get("/api/v1/creators?limit=1").await.ok()["creators"][0], "id");
        let campaign = text(&world.campaign(serde_json::json!({})).await, "id");
        let path = format!("/api/v1/campaigns/{campaign}/select-influencer");
        let selection = world.client.post(&path, &serde_json::json!({"influencer_id": creator})).await.ok();
        Self { creator, campaign, outreach: text(&selection, "outreach_id") }
    }
}
