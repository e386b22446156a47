//! A stand-in for WhatsApp's Cloud API on a socket.
//!
//! It takes what the Cloud API takes (v25.0, one number, one business account, one token) and refuses the rest in Meta's words: numbers that
//! end with six digits of the table of errors are refused with that error.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) const TOKEN: &str = "EAAGdo-not-show-me-0123456789";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const BUSINESS: &str = "102290129340398";

/// A status, headers and a body.
type Answer = (u16, Vec<(&'static str, &'static str)>, String);

#[derive(Default)]
pub(crate) struct State {
    /// The bodies that were posted to `/messages`, also those that were refused.
    pub(crate) posted: Vec<Value>,
    /// Files, by their ids.
    pub(crate) files: HashMap<String, (String, Vec<u8>)>,
    /// Where it tells what comes in.
    pub(crate) hook: Option<Value>,
    /// Are apps told of the account's messages?
    pub(crate) is_subscribed: bool,
    /// What the next requests are answered with, whatever they ask.
    pub(crate) next: Vec<Answer>,
    /// Files are said to be at this address.
    pub(crate) files_at: Option<String>,
    count: u32,
}

/// A running stand-in; it ends with the test's runtime.
pub(crate) struct Graph {
    pub(crate) url: String,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Graph {
    pub(crate) async fn start() -> Self {
        Self::on("127.0.0.1:0").await
    }

    pub(crate) async fn on(address: &str) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (kept, base) = (Arc::clone(&state), url.clone());
        let handler = move |request: Request| answer(Arc::clone(&kept), base.clone(), request);
        let app = Router::new().fallback(handler).layer(axum::extract::DefaultBodyLimit::disable());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, state }
    }

    pub(crate) fn last(&self) -> Value {
        self.state.lock().unwrap().posted.last().cloned().unwrap()
    }
}

fn told(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// A refusal as the Graph API writes it.
fn refused(status: u16, code: i64, message: &str, more: Value) -> Response {
    let mut error =
        json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"});
    if let (Some(error), Value::Object(more)) = (error.as_object_mut(), more) {
        error.extend(more);
    }
    told(status, &json!({"error": error}))
}

fn missing(id: &str) -> Response {
    let words = format!(
        "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
    );
    refused(400, 100, &words, json!({"error_subcode": 33, "type": "GraphMethodException"}))
}

async fn answer(state: Arc<Mutex<State>>, base: String, request: Request) -> Response {
    let next = {
        let mut state = state.lock().unwrap();
        if state.next.is_empty() { None } else { Some(state.next.remove(0)) }
    };
    if let Some((status, headers, body)) = next {
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        for (name, value) in headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        return response;
    }
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bearer.trim_start_matches("Bearer ") != TOKEN {
        let words =
            format!("Error validating access token: Session has expired on Sunday, 01-Nov-26 00:00:00 PDT. ({bearer})");
        return refused(401, 190, &words, json!({"error_subcode": 463}));
    }
    let path = request.uri().path().trim_matches('/').to_owned();
    let query: HashMap<String, String> = url_pairs(request.uri().query().unwrap_or_default()).into_iter().collect();
    if let Some(id) = path.strip_prefix("files/") {
        return match state.lock().unwrap().files.get(id) {
            Some((mime, bytes)) => ([(header::CONTENT_TYPE, mime.clone())], Body::from(bytes.clone())).into_response(),
            None => told(404, &json!({"error": {"message": "Not Found"}})),
        };
    }
    let Some((version, path)) = path.split_once('/') else { return missing(&path) };
    if version.trim_start_matches('v').parse::<f32>().is_err() {
        return refused(400, 2500, "Unknown path components", json!({}));
    }
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method().clone(), parts.as_slice()) {
        (Method::POST, [NUMBER, "messages"]) => {
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            match serde_json::from_slice(&body) {
                Ok(body) => message(&mut state.lock().unwrap(), &body),
                Err(_) => refused(400, 100, "(#100) The parameter messaging_product is required.", json!({})),
            }
        }
        (Method::POST, [NUMBER, "media"]) => upload(&state, request).await,
        (Method::GET, [NUMBER]) => number(&state.lock().unwrap(), &query),
        (Method::POST, [NUMBER]) => {
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            state.lock().unwrap().hook = Some(body["webhook_configuration"].clone());
            told(200, &json!({"success": true}))
        }
        (Method::POST, [BUSINESS, "subscribed_apps"]) => {
            state.lock().unwrap().is_subscribed = true;
            told(200, &json!({"success": true}))
        }
        (Method::GET, [BUSINESS, "subscribed_apps"]) => {
            let apps = json!([{"whatsapp_business_api_data": {"link": "https://x", "name": "App", "id": "1"}}]);
            let listed = state.lock().unwrap().is_subscribed;
            told(200, &json!({"data": if listed { apps } else { json!([]) }}))
        }
        (Method::GET, [id]) => file(&state.lock().unwrap(), &base, id),
        (_, [id, ..]) => missing(id),
        _ => missing(path),
    }
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",")))
        .collect()
}

fn message(state: &mut State, body: &Value) -> Response {
    state.posted.push(body.clone());
    let fault = |message: &str| refused(400, 100, &format!("(#100) {message}"), json!({}));
    if body["messaging_product"] != "whatsapp" {
        return fault("The parameter messaging_product is required.");
    }
    if body["status"] == "read" {
        return match body["message_id"].as_str() {
            Some(_) => told(200, &json!({"success": true})),
            None => fault("The parameter message_id is required."),
        };
    }
    let to = body["to"].as_str().or_else(|| body["recipient"].as_str());
    let Some(to) = to else {
        let data =
            json!({"error_data": {"messaging_product": "whatsapp", "details": "Either to or recipient is required."}});
        return refused(400, 131_008, "(#131008) Required parameter is missing", data);
    };
    let kind = body["type"].as_str().unwrap_or("text");
    let part = &body[kind];
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let most = |value: &Value, most: usize| (1..=most).contains(&length(value));
    match kind {
        "text" if !most(&part["body"], 4096) => {
            return fault("Param text['body'] must be at most 4096 characters long.");
        }
        "interactive" => {
            let buttons = part["action"]["buttons"].as_array().map_or(&[][..], Vec::as_slice);
            let rows = part["action"]["sections"][0]["rows"].as_array().map_or(&[][..], Vec::as_slice);
            let fits = most(&part["body"]["text"], 1024)
                && match part["type"].as_str() {
                    Some("button") => {
                        (1..=3).contains(&buttons.len()) && buttons.iter().all(|one| most(&one["reply"]["title"], 20))
                    }
                    Some("list") => {
                        (1..=10).contains(&rows.len())
                            && rows.iter().all(|one| most(&one["title"], 24))
                            && most(&part["action"]["button"], 20)
                    }
                    _ => true,
                };
            if !fits {
                let data = json!({"error_data": {"messaging_product": "whatsapp", "details": "Button title length invalid. Min length: 1, Max length: 20"}});
                return refused(400, 131_009, "(#131009) Parameter value is not valid", data);
            }
        }
        "image" | "video" | "audio" | "document" | "sticker"
            if part["link"].is_null() && !part["id"].as_str().is_some_and(|id| state.files.contains_key(id)) =>
        {
            return fault("Param media must be an uploaded media id or a link.");
        }
        _ => {}
    }
    let digits: String = to.chars().filter(char::is_ascii_digit).collect();
    let code: i64 = digits.get(digits.len().saturating_sub(6)..).and_then(|code| code.parse().ok()).unwrap_or(0);
    if (130_000..140_000).contains(&code) {
        let data = json!({"error_data": {"messaging_product": "whatsapp", "details": format!("Details of {code}")}});
        return refused(400, code, &format!("(#{code}) Words of {code}"), data);
    }
    state.count += 1;
    let mut contact = json!({"input": to});
    if body["to"].is_string() {
        contact["wa_id"] = json!(digits);
    } else {
        contact["user_id"] = json!(to);
    }
    let mut sent = json!({"id": format!("wamid.HBgL{:08}", state.count)});
    if kind == "template" {
        let held = part["name"] == "new_one";
        sent["message_status"] = json!(if held { "held_for_quality_assessment" } else { "accepted" });
    }
    told(200, &json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}))
}

async fn upload(state: &Mutex<State>, request: Request) -> Response {
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return refused(400, 100, "(#100) The parameter file is required.", json!({}));
    };
    let (mut product, mut file) = (String::new(), None);
    while let Some(field) = form.next_field().await.unwrap() {
        match field.name().unwrap_or_default() {
            "messaging_product" => product = field.text().await.unwrap(),
            "file" => {
                let mime = field.content_type().unwrap_or_default().to_owned();
                file = Some((mime, field.bytes().await.unwrap().to_vec()));
            }
            _ => {}
        }
    }
    let Some(file) = file.filter(|_| product == "whatsapp") else {
        return refused(400, 100, "(#100) The parameter messaging_product is required.", json!({}));
    };
    if file.0 == "application/x-msdownload" {
        let words = "(#100) Param file must be a file with one of the following types: audio/aac, …";
        return refused(400, 100, words, json!({}));
    }
    let mut state = state.lock().unwrap();
    let id = format!("{}", 9_000_000 + state.files.len());
    state.files.insert(id.clone(), file);
    told(200, &json!({"id": id}))
}

fn file(state: &State, base: &str, id: &str) -> Response {
    let Some((mime, bytes)) = state.files.get(id) else { return missing(id) };
    let at = state.files_at.as_deref().unwrap_or(base);
    told(
        200,
        &json!({"url": format!("{at}/files/{id}"), "mime_type": mime, "sha256": hex::encode(Sha256::digest(bytes)),
        "file_size": bytes.len(), "id": id, "messaging_product": "whatsapp"}),
    )
}

fn number(state: &State, query: &HashMap<String, String>) -> Response {
    if let Some(given) = query.get("appsecret_proof") {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(TOKEN.as_bytes());
        if *given != hex::encode(mac.finalize().into_bytes()) {
            return refused(
                400,
                100,
                "Invalid appsecret_proof provided in the API argument",
                json!({"type": "GraphMethodException"}),
            );
        }
    }
    let hook = state.hook.as_ref().map_or(json!({}), |hook| json!({"phone_number": hook["override_callback_uri"]}));
    told(
        200,
        &json!({"id": NUMBER, "display_phone_number": "+1 555-078-3881", "verified_name": "Jasper's Market",
        "quality_rating": "GREEN", "code_verification_status": "NOT_VERIFIED", "name_status": "APPROVED", "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"}, "webhook_configuration": hook, "status": "CONNECTED"}),
    )
}
