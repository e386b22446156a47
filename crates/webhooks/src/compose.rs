//! What is sent: document E's body, and `type` as Standard Webhooks calls the event.

use db::{EventRow, Tx};
use kernel::{Error, Result, Timestamp, WorkspaceId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Webhooks;
use crate::model::Subscription;

/// The largest body that is sent, in bytes: receivers that follow Standard Webhooks take up to 20 KB.
const LARGEST: usize = 20_000;

/// Something to be sent.
pub(crate) struct Composed {
    /// The body, to the byte.
    pub(crate) body: String,
    /// The member whom it tells of.
    pub(crate) member_id: Option<Uuid>,
}

/// A body. `creator_id` is the hub that is told: a creator's account, or the workspace of a business.
pub(crate) fn body(event: &str, at: Timestamp, hub: WorkspaceId, data: &Map<String, Value>, is_test: bool) -> String {
    let mut body = json!({"type": event, "event": event, "timestamp": at, "data": data, "creator_id": hub});
    if is_test {
        body["test"] = json!(true);
    }
    body.to_string()
}

/// Only the ids of a payload.
pub(crate) fn ids(payload: &Map<String, Value>) -> Map<String, Value> {
    let is_id = |name: &str| name.ends_with("_id") || name.ends_with("_ids");
    payload.iter().filter(|(name, _)| is_id(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The payload of an event.
pub(crate) fn payload(event: &EventRow) -> Result<Map<String, Value>> {
    serde_json::from_str(&event.payload).map_err(Error::internal)
}

/// What this subscription is told of an event.
pub(crate) async fn compose(
    webhooks: &Webhooks,
    tx: &mut Tx,
    to: &Subscription,
    event: &EventRow,
    payload: &Map<String, Value>,
) -> Result<Composed> {
    let member_id = payload.get("user_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let hub = to.workspace_id;
    let said = |data: &Map<String, Value>| body(&event.kind, event.created_at, hub, data, false);
    if to.thin {
        return Ok(Composed { body: said(&ids(payload)), member_id });
    }
    let mut data = payload.clone();
    webhooks.enrich().enrich(tx, hub, event, &mut data).await?;
    let mut whole = said(&data);
    if whole.len() > LARGEST {
        let mut fewer = ids(payload);
        fewer.insert("is_cut".into(), json!(true));
        whole = said(&fewer);
    }
    Ok(Composed { body: whole, member_id })
}

/// A body that says no more than ids, in place of one that told of a member.
pub(crate) fn without_person(body: &str) -> String {
    let Ok(mut told) = serde_json::from_str::<Value>(body) else { return "{}".to_owned() };
    let kept = told["data"].as_object().map(ids).unwrap_or_default();
    told["data"] = Value::Object(kept);
    told.to_string()
}
