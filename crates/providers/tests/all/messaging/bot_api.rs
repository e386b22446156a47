//! A stand-in for Telegram's Bot API on a socket.
//!
//! One bot. It takes JSON, forms and files as the Bot API does, reads HTML as strictly, and refuses in Telegram's words: a chat that
//! begins with 403 has blocked the bot, one that begins with 429 is limited.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

pub(crate) const TOKEN: &str = "123456789:AAdo-not-show-me_0123456789abcdef";

#[derive(Default)]
pub(crate) struct State {
    /// What was asked: method and parameters.
    pub(crate) asked: Vec<(String, Value)>,
    /// The webhook, as it was set.
    pub(crate) hook: Value,
    /// Files, by their ids.
    pub(crate) files: HashMap<String, Vec<u8>>,
    /// What the next requests are answered with.
    pub(crate) next: Vec<(u16, String)>,
    /// From which message on the bot is limited.
    pub(crate) most: Option<i64>,
    count: i64,
}

/// A running stand-in; it ends with the test's runtime.
pub(crate) struct BotApi {
    pub(crate) url: String,
    pub(crate) state: Arc<Mutex<State>>,
}

impl BotApi {
    pub(crate) async fn start() -> Self {
        Self::on("127.0.0.1:0").await
    }

    pub(crate) async fn on(address: &str) -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Arc::clone(&state);
        let handler = move |request: Request| answer(Arc::clone(&kept), request);
        let app = Router::new().fallback(handler).layer(axum::extract::DefaultBodyLimit::disable());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, state }
    }

    /// What was asked of one method so far.
    pub(crate) fn asked(&self, method: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|(name, _)| name == method).map(|(_, body)| body.clone()).collect()
    }
}

fn done(result: &Value) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], json!({"ok": true, "result": result}).to_string())
        .into_response()
}

fn refused(code: u16, description: &str) -> Response {
    let mut body = json!({"ok": false, "error_code": code, "description": description});
    if code == 429 {
        body["parameters"] = json!({"retry_after": 2});
    }
    (StatusCode::from_u16(code).unwrap(), [(header::CONTENT_TYPE, "application/json")], body.to_string())
        .into_response()
}

async fn answer(state: Arc<Mutex<State>>, request: Request) -> Response {
    let next = {
        let mut state = state.lock().unwrap();
        if state.next.is_empty() { None } else { Some(state.next.remove(0)) }
    };
    if let Some((status, body)) = next {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let path = request.uri().path().replace("%3A", ":");
    let bot = format!("/bot{TOKEN}/");
    if let Some(file) = path.strip_prefix(&format!("/file{bot}")) {
        let id = file.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        return match state.lock().unwrap().files.get(id) {
            Some(bytes) => {
                ([(header::CONTENT_TYPE, "application/octet-stream")], Body::from(bytes.clone())).into_response()
            }
            None => refused(404, "Not Found"),
        };
    }
    let Some(method) = path.strip_prefix(&bot).map(str::to_owned) else { return refused(401, "Unauthorized") };
    let asked = parameters(request, &state).await;
    let mut state = state.lock().unwrap();
    state.asked.push((method.clone(), asked.clone()));
    call(&mut state, &method, &asked)
}

/// The parameters, in whichever form they come. A file becomes its id.
async fn parameters(request: Request, state: &Mutex<State>) -> Value {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    if kind.starts_with("multipart/") {
        let mut form = Multipart::from_request(request, &()).await.unwrap();
        let mut found = Map::new();
        while let Some(field) = form.next_field().await.unwrap() {
            let name = field.name().unwrap_or_default().to_owned();
            if field.file_name().is_some() {
                let bytes = field.bytes().await.unwrap().to_vec();
                let mut state = state.lock().unwrap();
                let id = format!("file{}", state.files.len());
                state.files.insert(id.clone(), bytes);
                found.insert(name, json!(id));
            } else {
                let text = field.text().await.unwrap();
                found.insert(name.clone(), if name == "caption" { json!(text) } else { read(&text) });
            }
        }
        return Value::Object(found);
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(&body).unwrap_or_default();
    }
    let form = if body.is_empty() { query.into_bytes() } else { body.to_vec() };
    let pairs = form_urlencoded::parse(&form);
    pairs
        .map(|(name, text)| (name.to_string(), if name == "text" { json!(text) } else { read(&text) }))
        .collect::<Map<_, _>>()
        .into()
}

/// What HTML shows: entities as what they are, the tags that Telegram knows as nothing. Anything else is refused.
fn shown(html: &str) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), html);
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let known = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
            ("&quot;", "\""),
            ("<b>", ""),
            ("</b>", ""),
            ("<i>", ""),
            ("</i>", ""),
        ];
        match known.iter().find(|(mark, _)| tail.starts_with(mark)) {
            Some((mark, means)) => {
                out.push_str(means);
                rest = &tail[mark.len()..];
            }
            None if tail.starts_with('&') => {
                out.push('&');
                rest = &tail[1..];
            }
            None => {
                return Err(format!(
                    "Bad Request: can't parse entities: Unsupported start tag at byte offset {}",
                    html.len() - tail.len()
                ));
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn call(state: &mut State, method: &str, asked: &Value) -> Response {
    match method {
        "getMe" | "getme" => {
            done(&json!({"id": 123_456_789, "is_bot": true, "first_name": "Coach", "username": "coach_bot",
            "can_join_groups": false, "can_read_all_group_messages": false, "supports_inline_queries": false}))
        }
        "setWebhook" => {
            let secret = asked["secret_token"].as_str().unwrap_or_default();
            if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
                return refused(400, "Bad Request: secret token contains unallowed characters");
            }
            state.hook = asked.clone();
            done(&json!(true))
        }
        "deleteWebhook" => {
            state.hook = json!({});
            done(&json!(true))
        }
        "getWebhookInfo" => {
            let url = state.hook["url"].as_str().unwrap_or_default();
            let mut info = json!({"url": url, "has_custom_certificate": false, "pending_update_count": 3, "max_connections": 40,
                "last_error_date": 1_764_324_000, "last_error_message": "Wrong response from the webhook: 503 Service Unavailable"});
            if let Some(allowed) = state.hook.get("allowed_updates") {
                info["allowed_updates"] = allowed.clone();
            }
            done(&info)
        }
        "answerCallbackQuery" if asked["callback_query_id"] == "old" => {
            refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        }
        "deleteMessage" if asked["message_id"] == 404 => refused(400, "Bad Request: message to delete not found"),
        "deleteMessage" if asked["message_id"] == 48 => {
            refused(400, "Bad Request: message can't be deleted for everyone")
        }
        "sendChatAction" | "answerCallbackQuery" | "deleteMessage" => done(&json!(true)),
        "getFile" => match asked["file_id"].as_str() {
            Some("large") => refused(400, "Bad Request: file is too big"),
            Some(id) if state.files.contains_key(id) => {
                let size = state.files[id].len();
                done(
                    &json!({"file_id": id, "file_unique_id": id, "file_size": size, "file_path": format!("documents/{id}.pdf")}),
                )
            }
            _ => refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        },
        name if name.starts_with("send") => send(state, name, asked),
        _ => refused(404, "Not Found"),
    }
}

fn send(state: &mut State, method: &str, asked: &Value) -> Response {
    let chat = asked["chat_id"].as_i64().or_else(|| asked["chat_id"].as_str().and_then(|chat| chat.parse().ok()));
    let Some(chat) = chat else { return refused(400, "Bad Request: chat not found") };
    match chat.to_string() {
        chat if chat.starts_with("4031") => return refused(403, "Forbidden: user is deactivated"),
        chat if chat.starts_with("403") => return refused(403, "Forbidden: bot was blocked by the user"),
        chat if chat.starts_with("429") => return refused(429, "Too Many Requests: retry after 2"),
        _ => {}
    }
    if state.most.is_some_and(|most| state.count >= most) {
        return refused(429, "Too Many Requests: retry after 2");
    }
    let (field, most) = if method == "sendMessage" { ("text", 4096) } else { ("caption", 1024) };
    let text = asked[field].as_str().unwrap_or_default();
    let text = match shown(text) {
        Ok(text) if asked["parse_mode"] == "HTML" => text,
        Err(fault) if asked["parse_mode"] == "HTML" => return refused(400, &fault),
        _ => text.to_owned(),
    };
    if method == "sendMessage" && text.trim().is_empty() {
        return refused(400, "Bad Request: message text is empty");
    }
    if text.encode_utf16().count() > most {
        return refused(
            400,
            if field == "text" {
                "Bad Request: message is too long"
            } else {
                "Bad Request: message caption is too long"
            },
        );
    }
    for button in
        asked["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten()
    {
        if button["callback_data"].as_str().is_some_and(|data| !(1..=64).contains(&data.len())) {
            return refused(400, "Bad Request: BUTTON_DATA_INVALID");
        }
    }
    state.count += 1;
    let mut message = json!({"message_id": state.count, "date": 1_764_324_000, "chat": {"id": chat, "type": "private", "first_name": "Bo"},
        "from": {"id": 123_456_789, "is_bot": true, "first_name": "Coach", "username": "coach_bot"}, field: text});
    let part = |name: &str| json!({"file_id": asked[name], "file_unique_id": asked[name], "file_size": 6});
    match method {
        "sendPhoto" => {
            message["photo"] = json!([
                {"file_id": "small", "file_unique_id": "s", "width": 1, "height": 1},
                {"file_id": asked["photo"], "file_unique_id": "l", "width": 2, "height": 2},
            ]);
        }
        "sendDocument" => message["document"] = part("document"),
        "sendVoice" => message["voice"] = part("voice"),
        _ => {}
    }
    done(&message)
}
