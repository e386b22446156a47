//! What the providers would tell, for tests and the demo: bodies of their webhooks as they document them, and their signatures.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{Timestamp, time};
use serde_json::{Value, json};
use sha2::Sha256;

/// Somebody on WhatsApp, for bodies.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Their number in digits, without a plus; nothing for who is known by their user id alone.
    pub wa_id: Option<&'a str>,
    /// Their business-scoped user id.
    pub user_id: Option<&'a str>,
    /// What they call themselves.
    pub name: &'a str,
}

fn seconds(at: Timestamp) -> i64 {
    at.micros() / time::SECOND
}

/// A body of WhatsApp around what a change holds.
pub fn whatsapp(business: &str, phone_number_id: &str, change: &Value) -> Value {
    let mut value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550000000", "phone_number_id": phone_number_id}});
    if let (Some(value), Some(change)) = (value.as_object_mut(), change.as_object()) {
        value.extend(change.clone());
    }
    json!({"object": "whatsapp_business_account", "entry": [{"id": business, "changes": [{"value": value, "field": "messages"}]}]})
}

/// A change in which somebody writes; `holds` is `{"type": "text", "text": {"body": "…"}}` or any other content.
pub fn whatsapp_message(from: Person<'_>, id: &str, at: Timestamp, holds: &Value) -> Value {
    let mut message = json!({"id": id, "timestamp": seconds(at).to_string()});
    let mut contact = json!({"profile": {"name": from.name}});
    for (value, in_message, in_contact) in [(from.wa_id, "from", "wa_id"), (from.user_id, "from_user_id", "user_id")] {
        if let Some(value) = value {
            message[in_message] = json!(value);
            contact[in_contact] = json!(value);
        }
    }
    if let (Some(message), Some(holds)) = (message.as_object_mut(), holds.as_object()) {
        message.extend(holds.clone());
    }
    json!({"contacts": [contact], "messages": [message]})
}

/// A change in which a message of ours is `sent`, `delivered`, `read` or `failed`, with the error if it is.
pub fn whatsapp_status(id: &str, key: &str, wa_id: &str, word: &str, at: Timestamp, error: Option<&Value>) -> Value {
    let mut status = json!({"id": id, "status": word, "timestamp": seconds(at).to_string(), "recipient_id": wa_id,
        "biz_opaque_callback_data": key});
    match error {
        Some(error) => status["errors"] = json!([error]),
        None => {
            status["pricing"] =
                json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"});
        }
    }
    json!({"statuses": [status]})
}

/// The header `X-Hub-Signature-256` of a body.
pub fn hub_signature(secret: &str, body: &[u8]) -> String {
    // An HMAC takes keys of every length.
    let signed = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    });
    format!("sha256={}", signed.unwrap_or_default())
}

/// An update of Telegram in which somebody writes to the bot; `holds` is `{"text": "…"}` or any other content.
pub fn telegram_message(update: i64, chat: i64, message: i64, name: &str, at: Timestamp, holds: &Value) -> Value {
    let mut body = json!({"message_id": message, "date": seconds(at),
        "from": {"id": chat, "is_bot": false, "first_name": name, "language_code": "en"},
        "chat": {"id": chat, "type": "private", "first_name": name}});
    if let (Some(body), Some(holds)) = (body.as_object_mut(), holds.as_object()) {
        body.extend(holds.clone());
    }
    json!({"update_id": update, "message": body})
}

/// An update in which somebody presses a button below the bot's message.
pub fn telegram_press(update: i64, chat: i64, message: i64, name: &str, data: &str, title: &str) -> Value {
    json!({"update_id": update, "callback_query": {"id": format!("{update}"), "chat_instance": "1", "data": data,
        "from": {"id": chat, "is_bot": false, "first_name": name},
        "message": {"message_id": message, "date": 1, "chat": {"id": chat, "type": "private", "first_name": name}, "text": "…",
            "reply_markup": {"inline_keyboard": [[{"text": title, "callback_data": data}]]}}}})
}

/// An update in which somebody blocks the bot (`kicked`), or lets it in again (`member`).
pub fn telegram_reach(update: i64, chat: i64, name: &str, at: Timestamp, status: &str) -> Value {
    let user = json!({"id": chat, "is_bot": false, "first_name": name});
    let bot = json!({"id": 1, "is_bot": true, "first_name": "Bot", "username": "stand_in_bot"});
    json!({"update_id": update, "my_chat_member": {"chat": {"id": chat, "type": "private", "first_name": name}, "from": user,
        "date": seconds(at), "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, "until_date": 0}}})
}
