//! What the document says is taken is taken, and what it says is not taken is refused, by name: for every field of every request.

mod samples;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Method;
use db::Engine;
use kernel::UserType;
use serde_json::{Value, json};
use testkit::{Client, Form, Reply};

use crate::authorisation::{Kind, Town, by, someone, table};
use crate::document::{Route, routes};
use crate::world::{encoded, text};
use samples::{Schemas, Variant, is_required, parts};

/// Rules between fields, and those that depend on what is there: no schema tells them, the description does. By route, with the fields
/// that they may name.
const BETWEEN: &[(&str, &[&str])] = &[
    ("POST /api/ai/similaritysearch", &["product_name", "min_followers"]),
    ("POST /api/v1/ai/similaritysearch", &["product_name", "min_followers"]),
    ("POST /api/v1/admin/disputes/{dispute_id}/decide", &["creator_gets"]),
    ("POST /api/v1/analytics/campaigns/{campaign_id}/metrics", &["post_id", "views"]),
    ("POST /api/v1/analytics/campaigns/{campaign_id}/metrics/csv", &["file"]),
    ("POST /api/v1/analytics/conversions", &["code", "link_code", "ordered_at"]),
    ("POST /api/v1/analytics/conversions/csv", &["file"]),
    ("POST /api/v1/auth/change-password", &["new_password"]),
    ("POST /api/v1/auth/identities", &["access_token", "redirect_uri"]),
    ("POST /api/v1/auth/login/oauth", &["access_token", "redirect_uri", "user_type"]),
    ("POST /api/v1/auth/register/email", &["password"]),
    ("POST /api/v1/auth/register/instagram", &["access_token", "redirect_uri"]),
    ("POST /api/v1/auth/reset-password", &["password"]),
    ("POST /api/v1/auth/signup", &["password"]),
    (
        "POST /api/v1/channels",
        &[
            "configuration.phone_number",
            "configuration.access_token",
            "configuration.webhook_verify_token",
            "configuration.bot_token",
            "phone_number",
            "access_token",
            "webhook_verify_token",
            "bot_token",
        ],
    ),
    ("GET /api/v1/channels/{channel_id}/analytics", &["end_date"]),
    ("POST /api/v1/contracts", &["payment_schedule", "due_date", "deliverables", "deadline", "end_date"]),
    ("PUT /api/v1/contracts/{contract_id}", &["payment_schedule", "due_date", "deliverables", "deadline", "end_date"]),
    ("GET /api/v1/creators", &["sort", "offset"]),
    ("POST /api/v1/creators/search", &["offset"]),
    ("POST /api/v1/creators/{creator_id}/corrections", &["name"]),
    ("POST /api/v1/creators", &["followers_count", "followers_count_numeric"]),
    ("PUT /api/v1/creators/{creator_id}", &["followers_count", "followers_count_numeric"]),
    ("POST /api/v1/knowledge-bases", &["settings", "chunk_overlap", "maybe"]),
    ("PUT /api/v1/knowledge-bases/{knowledge_base_id}", &["settings", "chunk_overlap", "maybe"]),
    ("POST /api/v1/messages", &["content", "attachments"]),
    ("PUT /api/v1/notifications/preferences", &["time_zone"]),
    ("PUT /api/v1/analytics/settings", &["time_zone"]),
    ("POST /api/v1/users", &["external_id", "timezone", "tags.0", "profile_data"]),
    ("PUT /api/v1/users/{user_id}", &["timezone", "profile_data"]),
    ("GET /api/v1/users", &["tag"]),
    ("POST /api/v1/users/{user_id}/identities", &["value"]),
    ("DELETE /api/v1/users/{user_id}/identities", &["value"]),
    ("POST /api/v1/users/{user_id}/merge", &["user_id"]),
    ("POST /api/v1/users/{user_id}/tags", &["tags.0"]),
    ("POST /api/v1/users/import", &["file"]),
    ("GET /api/v1/offers", &["country"]),
    ("POST /api/v1/offers", &["budget_min", "countries.0", "content_deadline", "formats.0"]),
    ("PATCH /api/v1/offers/{offer_id}", &["budget_min", "countries.0", "content_deadline", "formats.0"]),
    ("POST /api/v1/offers/{offer_id}/applications/reject", &["application_ids"]),
    ("POST /api/v1/outreach/consents", &["given_at"]),
    ("POST /api/v1/outreach/email", &["subject", "message"]),
    ("POST /api/v1/outreach/sequences", &["subject"]),
    ("POST /api/v1/outreach/templates/preview", &["subject", "message"]),
    ("POST /api/v1/outreach/{log_id}/suggested-updates", &["accept"]),
    ("POST /api/v1/proactive-engine/preview", OF_RULES),
    ("POST /api/v1/proactive-engine/rules", OF_RULES),
    ("PUT /api/v1/proactive-engine/rules/{rule_id}", OF_RULES),
    ("POST /api/v1/programs", &["flow_definition"]),
    ("PUT /api/v1/programs/{program_id}", &["flow_definition"]),
    ("POST /api/v1/programs/{program_id}/simulate", &["member.timezone", "after_minutes", "text", "until"]),
    ("POST /api/v1/reports", &["details"]),
    ("POST /api/v1/submissions", &["content_urls"]),
    ("POST /api/v1/voice-call/outbound-call", &["campaign_id", "creator_id"]),
    ("POST /api/v1/webhooks", &["url", "events"]),
    ("PUT /api/v1/webhooks/{webhook_id}", &["url", "events"]),
    ("POST /reset-password", &["password"]),
];

/// What a trigger and an action must say depends on their type.
const OF_RULES: &[&str] = &[
    "threshold_hours",
    "message_template",
    "time",
    "program_id",
    "tag",
    "field",
    "channel",
    "below",
    "at_least",
    "revision",
];

/// A field that is judged as a whole, by rules of its own: its faults stand at ids in it, and not at places.
const AS_A_WHOLE: &str = "flow_definition";

/// Uploads that are not read before what they belong to is found.
const FOUND_FIRST: &[&str] = &[
    "POST /api/v1/collaborations/{collaboration_id}/files",
    "POST /api/v1/knowledge-bases/{knowledge_base_id}/documents",
];

/// Fields that hold whatever JSON was agreed: more is taken than what is described of them.
const FREE_JSON: [&str; 3] = ["terms", "deliverables", "payment_schedule"];

/// Someone for every kind of route, and what was found so far.
struct Reading {
    town: Town,
    admin: String,
    schemas: Schemas,
    /// Each once.
    wrong: BTreeSet<String>,
    sent: usize,
    people: usize,
}

impl Reading {
    async fn new() -> (Self, Vec<Route>) {
        let town = Box::pin(Town::of(Engine::Sqlite)).await;
        let admin = someone(&town.world, "admin", UserType::Admin).await.token;
        let document = town.world.client.get("/openapi.json").await.ok();
        let routes = routes(&town.world).await;
        let own = Self { town, admin, schemas: Schemas::of(&document), wrong: BTreeSet::new(), sent: 0, people: 0 };
        (own, routes)
    }

    /// Whoever is let in. Some of a person's own routes end their log-ins, so each is asked by a new one.
    async fn caller(&mut self, route: &Route) -> Client {
        let kinds = table();
        let kind = kinds.get(&route.label()).unwrap_or_else(|| panic!("{} has no row", route.label())).kind;
        let token = match kind {
            Kind::Public | Kind::Token | Kind::Webhook => return self.town.world.client.clone(),
            Kind::Creator | Kind::Fresh => self.town.creator.token.clone(),
            Kind::Admin => self.admin.clone(),
            Kind::Own => {
                self.people += 1;
                someone(&self.town.world, &format!("passing_{}", self.people), UserType::Business).await.token
            }
            _ => self.town.owner.token.clone(),
        };
        by(&self.town.world, &token)
    }

    /// The path with things of the first tenant. What is said of a contract's text is judged when it is put into one.
    async fn path(&self, route: &Route) -> String {
        if route.label() != "PUT /api/v1/contracts/{contract_id}" {
            return self.town.path(route);
        }
        let draft = json!({"campaign_id": self.town.campaign, "creator_id": self.town.entry, "payment_amount": 1200});
        let owner = by(&self.town.world, &self.town.owner.token);
        format!("/api/v1/contracts/{}", text(&owner.post("/api/v1/contracts", &draft).await.ok(), "id"))
    }

    /// Judges the answer to a value with something at this place, or without it.
    fn judge(&mut self, route: &Route, place: &[String], taken: bool, sent: &str, reply: &Reply) {
        self.sent += 1;
        let label = route.label();
        let is_page = reply.header("content-type").starts_with("text/html");
        let of_free_json = place.first().is_some_and(|first| FREE_JSON.contains(&first.as_str()));
        let one_of_many = !parts(&self.schemas.followed(&body_of(route))).is_empty();
        let whole = |of: String| if of.starts_with(AS_A_WHOLE) { AS_A_WHOLE.to_owned() } else { of };
        let place = whole(place.join("."));
        let faults = match reply.status {
            // A page says in words what is wrong.
            422 if is_page => vec![place.clone()],
            422 => reply.faults().into_iter().map(whole).collect(),
            _ => Vec::new(),
        };
        let below = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'));
        let touches = |fault: &String| *fault == place || below(fault, &place) || below(&place, fault);
        let may = BETWEEN.iter().filter(|(own, _)| *own == label).flat_map(|(_, fields)| *fields);
        let may: Vec<&str> = may.copied().collect();
        let explained = |fault: &String| may.iter().any(|own| fault == own || fault.ends_with(&format!(".{own}")));
        let wrong = match reply.status {
            415 | 500 => Some(format!("is answered {}", reply.status)),
            422 if taken => {
                let others: Vec<_> = faults.into_iter().filter(|fault| !explained(fault)).collect();
                (!others.is_empty()).then(|| format!("is documented as taken, and refused for {}", others.join(", ")))
            }
            404 if FOUND_FIRST.contains(&label.as_str()) => None,
            422 if faults.iter().any(touches) || place.is_empty() || one_of_many => None,
            422 => Some(format!("is refused for {} alone", faults.join(", "))),
            // Where there are pages, a mailed link that is broken is told as a whole.
            400 if !route.operation["responses"]["400"]["content"]["text/html"].is_null() => None,
            _ if !taken && !of_free_json => Some(format!("is documented as refused, but answered {}", reply.status)),
            _ => None,
        };
        if let Some(wrong) = wrong {
            let sent: String = sent.chars().take(300).collect();
            let said: String = reply.text().chars().take(300).collect();
            self.wrong.insert(format!("{label} {place} {wrong}: {sent}: {said}"));
        }
    }

    fn told(self, least: usize) {
        let mut told = String::new();
        for wrong in &self.wrong {
            let _ = writeln!(told, "  {wrong}");
        }
        assert!(self.wrong.is_empty(), "{} of {} are not as documented:\n{told}", self.wrong.len(), self.sent);
        assert!(self.sent >= least, "{}", self.sent);
    }
}

/// Does the route read what is sent, whoever sends it? What a provider did not sign is refused before it is read.
fn reads(route: &Route) -> bool {
    table().get(&route.label()).is_none_or(|row| row.kind != Kind::Webhook)
}

fn body_of(route: &Route) -> Value {
    route.operation["requestBody"]["content"]["application/json"]["schema"].clone()
}

/// Everything of a schema that can be sent: with one thing in it, with all and with nothing that may be left out.
fn all_of(schemas: &mut Schemas, schema: &Value) -> Vec<Variant> {
    let mut all = schemas.variants(schema);
    let mut known = HashSet::new();
    all.retain(|variant| known.insert(format!("{variant:?}")));
    all.push((Vec::new(), schemas.least(schema)));
    all.push((Vec::new(), schemas.most(schema)));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_json_body_is_read_as_documented() {
    let (mut reading, routes) = Box::pin(Reading::new()).await;
    for route in routes.iter().filter(|route| route.takes_json() && reads(route)) {
        let schema = body_of(route);
        for (place, body) in all_of(&mut reading.schemas, &schema) {
            let taken = reading.schemas.takes(&schema, &body);
            let client = reading.caller(route).await;
            let reply = client.json(route.method.clone(), &reading.path(route).await, &body).await;
            reading.judge(route, &place, taken, &body.to_string(), &reply);
        }
    }
    reading.told(5_000);
}

/// A value as it stands in a query or a form; nothing, if it cannot.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Is the text taken where the schema takes this value? A number is its digits, or what people write for it.
fn takes_text(schemas: &mut Schemas, schema: &Value, value: &Value, text: &str) -> bool {
    // A sign before a number, and digits for yes and no, are taken as well.
    if schema["type"] == "boolean" && ["0", "1"].contains(&text) {
        return true;
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let thousands = digits.strip_suffix('K').filter(|digits| digits.parse::<u32>().is_ok());
    let text = &thousands.map_or_else(|| digits.to_owned(), |digits| format!("{digits}000"));
    schemas.takes(schema, value)
        || schemas.takes(schema, &json!(text))
        || serde_json::from_str(text).is_ok_and(|value: Value| schemas.takes(schema, &value))
}

fn pairs_of(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

/// A table that every route which takes tables can read, whatever it says of its rows.
const TABLE: &str = "name,platform,niche,followers_count\nAna,instagram,art,1\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_is_read_as_documented() {
    let (mut reading, routes) = Box::pin(Reading::new()).await;
    for route in routes.iter().filter(|route| reads(route)) {
        let none = Vec::new();
        let parameters = route.operation["parameters"].as_array().unwrap_or(&none);
        let own: Vec<_> = parameters.iter().filter(|parameter| parameter["in"] == "query").cloned().collect();
        let mut least = Vec::new();
        for parameter in own.iter().filter(|parameter| parameter["required"] == true) {
            let value = reading.schemas.least(&parameter["schema"]);
            least.push((parameter["name"].as_str().unwrap().to_owned(), as_text(&value).unwrap()));
        }
        for parameter in &own {
            let (name, schema) = (parameter["name"].as_str().unwrap().to_owned(), &parameter["schema"]);
            let rest: Vec<_> = least.iter().filter(|(own, _)| *own != name).cloned().collect();
            let mut sent = vec![(rest.clone(), parameter["required"] != true)];
            for (_, value) in reading.schemas.variants(schema) {
                let Some(text) = as_text(&value) else { continue };
                let taken = takes_text(&mut reading.schemas, schema, &value, &text);
                sent.push(([rest.clone(), vec![(name.clone(), text)]].concat(), taken));
            }
            for (pairs, taken) in sent {
                let query = pairs_of(&pairs);
                let path = format!("{}?{query}", reading.town.path(route));
                let client = reading.caller(route).await;
                let reply = match &route.operation["requestBody"]["content"] {
                    Value::Null => client.ask(route.method.clone(), &path, None, Body::empty()).await,
                    content if content.get("multipart/form-data").is_some() => {
                        client.upload(&path, &Form::new().file("file", "table.csv", TABLE)).await
                    }
                    _ => client.json(route.method.clone(), &path, &json!({})).await,
                };
                reading.judge(route, std::slice::from_ref(&name), taken, &query, &reply);
            }
        }
    }
    reading.told(1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_is_read_as_documented() {
    let (mut reading, routes) = Box::pin(Reading::new()).await;
    for media_type in ["application/x-www-form-urlencoded", "multipart/form-data"] {
        for route in routes.iter().filter(|route| reads(route)) {
            let Some(content) = route.operation["requestBody"]["content"].get(media_type) else { continue };
            let schema = content["schema"].clone();
            for (place, form) in reading.schemas.variants(&schema) {
                form_is_read(&mut reading, route, media_type, &schema, &place, &form).await;
            }
        }
    }
    reading.told(50);
}

async fn form_is_read(
    reading: &mut Reading,
    route: &Route,
    media_type: &str,
    schema: &Value,
    place: &[String],
    form: &Value,
) {
    let [name] = place else { return };
    let whole = reading.schemas.followed(schema);
    let Some(property) = whole["properties"].get(name) else { return };
    let is_file = property["format"] == "binary";
    let taken = match form.get(name) {
        None => !is_required(&whole, name),
        // What stands in a file is another matter.
        Some(_) if is_file => return,
        Some(value) => {
            let Some(text) = as_text(value) else { return };
            takes_text(&mut reading.schemas, property, value, &text)
        }
    };
    let files: Vec<_> = whole["properties"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, own)| own["format"] == "binary")
        .map(|(name, _)| name)
        .collect();
    let texts: Vec<_> = form
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !files.contains(name))
        .filter_map(|(name, value)| Some((name.clone(), as_text(value)?)))
        .collect();
    let path = reading.town.path(route);
    let client = reading.caller(route).await;
    let reply = if media_type == "multipart/form-data" {
        let mut sent = Form::new();
        for (name, text) in &texts {
            sent = sent.text(name, text);
        }
        for name in files.into_iter().filter(|name| form.get(*name).is_some()) {
            sent = sent.file(name, "file.csv", "a,b\n1,2\n");
        }
        client.upload(&path, &sent).await
    } else {
        client.raw(Method::POST, &path, media_type, pairs_of(&texts)).await
    };
    reading.judge(route, place, taken, &form.to_string(), &reply);
}
