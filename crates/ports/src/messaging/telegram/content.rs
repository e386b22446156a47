//! What a message of Telegram holds.

use serde_json::Value;

use crate::messaging::inbound::ContactCard;
use crate::messaging::{MediaKind, MediaPart, Place, Received};

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The content of a message object: the first of what it may hold.
pub(super) fn read(message: &Value) -> Received {
    if let Some(text) = text(&message["text"]) {
        return started(&text).unwrap_or(Received::Text(text));
    }
    media(message).or_else(|| place(message)).or_else(|| contact(message)).unwrap_or_else(|| unsupported(message))
}

/// `/start`, or `/start@OurBot payload`: Telegram sends it when somebody opens the bot.
fn started(text: &str) -> Option<Received> {
    let (command, payload) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let command = command.split('@').next().unwrap_or_default();
    let payload = payload.trim();
    (command == "/start").then(|| Received::Started { payload: (!payload.is_empty()).then(|| payload.to_owned()) })
}

fn media(message: &Value) -> Option<Received> {
    const KINDS: [(&str, MediaKind); 7] = [
        ("voice", MediaKind::Audio),
        ("audio", MediaKind::Audio),
        ("video", MediaKind::Video),
        ("video_note", MediaKind::Video),
        // Telegram shows a GIF as an animation and a document.
        ("animation", MediaKind::Video),
        ("sticker", MediaKind::Sticker),
        ("document", MediaKind::Document),
    ];
    // Of a picture there are several sizes, the largest last.
    let photo =
        message["photo"].as_array().and_then(|sizes| sizes.last()).map(|photo| ("photo", MediaKind::Image, photo));
    let other = || {
        KINDS.into_iter().find(|(name, _)| message[*name].is_object()).map(|(name, kind)| (name, kind, &message[name]))
    };
    let (name, kind, part) = photo.or_else(other)?;
    Some(Received::Media(MediaPart {
        kind,
        id: text(&part["file_id"])?,
        mime: text(&part["mime_type"]).or_else(|| (name == "photo").then(|| "image/jpeg".to_owned())),
        file_name: text(&part["file_name"]),
        caption: text(&message["caption"]),
        bytes: part["file_size"].as_u64(),
        sha256: None,
        is_voice: name == "voice",
    }))
}

fn place(message: &Value) -> Option<Received> {
    let venue = &message["venue"];
    let location = if venue.is_object() { &venue["location"] } else { &message["location"] };
    Some(Received::Location(Place {
        latitude: location["latitude"].as_f64()?,
        longitude: location["longitude"].as_f64()?,
        name: text(&venue["title"]),
        address: text(&venue["address"]),
    }))
}

fn contact(message: &Value) -> Option<Received> {
    let contact = &message["contact"];
    let names: Vec<String> = [&contact["first_name"], &contact["last_name"]].into_iter().filter_map(text).collect();
    let phone = text(&contact["phone_number"])?;
    Some(Received::Contacts(vec![ContactCard { name: names.join(" "), phones: vec![phone] }]))
}

/// Whatever else a message holds: the field that is not one that every message has.
fn unsupported(message: &Value) -> Received {
    const COMMON: [&str; 12] = [
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "sender_chat",
        "message_thread_id",
        "reply_to_message",
        "via_bot",
        "author_signature",
        "is_topic_message",
        "entities",
    ];
    let names = message.as_object().into_iter().flat_map(|fields| fields.keys());
    let kind = names.map(String::as_str).find(|name| !COMMON.contains(name) && !name.starts_with("forward"));
    Received::Unsupported { kind: kind.unwrap_or("unknown").to_owned(), says: None }
}
