//! What is to be delivered, as contracts list it.

use input::Fields;
use kernel::{ContractId, Day, Id, Timestamp};
use serde_json::{Map, Value};

use super::{DeliverableStatus, Json};

/// The most deliverables of a contract.
pub const MOST: usize = 200;

#[doc(hidden)]
#[derive(Debug)]
pub enum DeliverableMarker {}
/// Something that a contract promises.
pub type DeliverableId = Id<DeliverableMarker>;

#[doc(hidden)]
#[derive(Debug)]
pub enum LinkMarker {}
/// A one-time link for signing.
pub type LinkId = Id<LinkMarker>;

/// A deliverable, as it is stored.
#[derive(Clone, Debug, db::Row)]
#[row(
    table = "contract_deliverables",
    key(id),
    fixed(contract_id, position, kind, quantity, requirements, milestone, deadline)
)]
pub struct Deliverable {
    /// Its id.
    pub id: DeliverableId,
    /// Of which contract.
    pub contract_id: ContractId,
    /// Its place in the contract's list, from 0.
    pub position: i64,
    /// What it is: `youtube_video`.
    pub kind: String,
    /// How many of it.
    pub quantity: i64,
    /// What is asked of it.
    pub requirements: Json<Vec<String>>,
    /// The milestone of the schedule that it makes due; where none is said, whichever waits for delivery.
    pub milestone: Option<String>,
    /// Until when.
    pub deadline: Option<Timestamp>,
    /// Where it stands.
    pub status: DeliverableStatus,
    /// Where it can be seen, once it was handed in.
    pub content_url: Option<String>,
    /// What was said with the last move.
    pub note: Option<String>,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// When it was accepted.
    pub approved_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A deliverable, as a contract's text asks for it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = ContractDocumentDeliverable)]
pub struct Wanted {
    /// What it is.
    pub kind: String,
    /// How many of it.
    pub quantity: i64,
    /// What is asked of it.
    pub requirements: Vec<String>,
    /// The milestone that it makes due.
    pub milestone: Option<String>,
    /// Until when, in microseconds since 1970.
    pub deadline: Option<i64>,
}

/// A moment (RFC 3339), or the end of a day.
pub fn moment_or_day(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?.trim();
    text.parse().ok().or_else(|| Day::written(text).map(Day::last_second))
}

/// The first of these fields that is a text with something in it.
pub fn text_of(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let texts = names.iter().filter_map(|name| object.get(*name)?.as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

fn requirements(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .filter(|item| !item.trim().is_empty())
            .collect(),
        Some(Value::Object(object)) => object.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect(),
        _ => Vec::new(),
    }
}

/// A value of somebody's JSON in words.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.into(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            object.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect::<Vec<_>>().join("; ")
        }
    }
}

fn one(kind: Option<&str>, value: &Value) -> Wanted {
    let mut wanted = Wanted {
        kind: kind.unwrap_or("content").to_owned(),
        quantity: 1,
        requirements: vec![],
        milestone: None,
        deadline: None,
    };
    match value {
        Value::Object(object) => {
            if let Some(kind) = text_of(object, &["type", "kind", "name", "title"]) {
                wanted.kind = kind;
            }
            let quantity = ["quantity", "count"].iter().find_map(|name| object.get(*name)?.as_i64());
            wanted.quantity = quantity.unwrap_or(1).clamp(1, 10_000);
            wanted.requirements = requirements(object.get("requirements").or_else(|| object.get("description")));
            wanted.milestone = text_of(object, &["milestone"]);
            let deadline = ["deadline", "due_date"].iter().find_map(|name| object.get(*name));
            wanted.deadline = deadline.and_then(moment_or_day).map(Timestamp::micros);
        }
        Value::Number(number) => wanted.quantity = number.as_i64().unwrap_or(1).clamp(1, 10_000),
        Value::String(text) if kind.is_none() => text.trim().clone_into(&mut wanted.kind),
        other => wanted.requirements = requirements(Some(other)),
    }
    wanted
}

/// What is to be delivered: the list in `terms.deliverables` (B), else `deliverables` as a list or as an object (A), in which each field is
/// a kind and its value how many of it, or what is asked of it.
pub fn wanted(terms: &Map<String, Value>, deliverables: Option<&Value>) -> Vec<Wanted> {
    let given = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => items.iter().map(|item| one(None, item)).collect(),
        Some(Value::Object(object)) => match object.get("items").or_else(|| object.get("deliverables")) {
            Some(Value::Array(items)) => items.iter().map(|item| one(None, item)).collect(),
            _ => object.iter().map(|(kind, value)| one(Some(kind), value)).collect(),
        },
        Some(Value::String(text)) if !text.trim().is_empty() => vec![one(None, &Value::String(text.clone()))],
        _ => Vec::<Wanted>::new(),
    };
    let listed = given(terms.get("deliverables"));
    if listed.is_empty() { given(deliverables) } else { listed }
}

/// The end of a contract, if its terms name one.
pub fn end(terms: &Map<String, Value>) -> Option<Timestamp> {
    ["end_date", "ends_at", "end"].iter().find_map(|name| terms.get(*name)).and_then(moment_or_day)
}

/// Checks what is to be delivered. A deadline that `before` had too may be in the past; a new one may not.
pub fn check(fields: &mut Fields, terms: &Map<String, Value>, deliverables: Option<&Value>) {
    let listed = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let (place, items) = match (listed(terms.get("deliverables")), listed(deliverables)) {
        (Some(items), _) => ("terms.deliverables", items),
        (None, Some(items)) => ("deliverables", items),
        (None, None) => ("deliverables", Vec::new()),
    };
    if items.len() > MOST {
        fields.fault(place, "too_long", format!("must have at most {MOST} items"));
    }
    for (at, item) in items.iter().enumerate().take(MOST) {
        match item {
            Value::Object(object) => {
                for name in ["deadline", "due_date"] {
                    if object.get(name).is_some_and(|value| !value.is_null() && moment_or_day(value).is_none()) {
                        let message = "must be a time such as 2026-01-15T10:30:00Z or a day such as 2026-01-15";
                        fields.fault(&format!("{place}.{at}.{name}"), "wrong_format", message);
                    }
                }
                let kind = text_of(object, &["type", "kind", "name", "title"]);
                if kind.is_none_or(|kind| kind.chars().count() > 200) {
                    fields.fault(
                        &format!("{place}.{at}.type"),
                        "missing",
                        "must say in 1 to 200 characters what is to be delivered",
                    );
                }
            }
            Value::String(text) if !text.trim().is_empty() => {}
            _ => fields.fault(&format!("{place}.{at}"), "wrong_type", "must be an object with a type, or a text"),
        }
    }
    for name in ["start_date", "starts_at", "start", "end_date", "ends_at", "end"] {
        // Free words ("after launch") stay words; only what looks like a date is taken for one.
        let text = terms.get(name).and_then(Value::as_str).unwrap_or_default();
        if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('-') && moment_or_day(&terms[name]).is_none()
        {
            fields.fault(&format!("terms.{name}"), "wrong_format", "must be a day such as 2026-01-15, or a time");
        }
    }
    let start = ["start_date", "starts_at", "start"].iter().find_map(|name| terms.get(*name)).and_then(moment_or_day);
    let Some(end) = end(terms) else { return };
    if start.is_some_and(|start| start > end) {
        fields.fault("terms.start_date", "out_of_range", "must not be after the end of the contract");
    }
    for (at, wanted) in wanted(terms, deliverables).iter().enumerate() {
        if wanted.deadline.is_some_and(|deadline| deadline > end.micros()) {
            let name = format!("{place}.{at}.deadline");
            fields.fault(&name, "out_of_range", format!("must not be after the end of the contract ({})", end.date()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(terms: &Value, deliverables: &Value) -> Vec<(String, i64)> {
        let found = wanted(terms.as_object().unwrap(), Some(deliverables));
        found.into_iter().map(|one| (one.kind, one.quantity)).collect()
    }

    #[test]
    fn either_document_s_way_is_read() {
        let video = [("youtube_video".to_owned(), 1)];
        assert_eq!(of(&json!({"deliverables": [{"type": "youtube_video"}]}), &json!(null)), video);
        assert_eq!(of(&json!({}), &json!([{"type": "youtube_video"}])), video);
        assert_eq!(of(&json!({}), &json!({"items": [{"type": "youtube_video"}]})), video);
        assert_eq!(
            of(&json!({}), &json!({"reel": 2, "story": {"quantity": 3}})),
            [("reel".into(), 2), ("story".into(), 3)]
        );
        assert_eq!(of(&json!({"deliverables": ["one reel"]}), &json!({})), [("one reel".into(), 1)]);
        assert!(of(&json!({}), &json!(null)).is_empty());
    }

    #[test]
    fn a_day_is_meant_to_its_end() {
        assert_eq!(moment_or_day(&json!("2026-01-15")).unwrap().to_string(), "2026-01-15T23:59:59Z");
        assert!(moment_or_day(&json!("2026-13-15")).is_none() && moment_or_day(&json!(7)).is_none());
    }
}
