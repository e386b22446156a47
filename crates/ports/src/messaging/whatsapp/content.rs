//! What a message of WhatsApp holds.

use serde_json::Value;

use super::{list, text};
use crate::messaging::inbound::ContactCard;
use crate::messaging::{MediaKind, MediaPart, Place, Received};

/// The content of a message object, by its `type`.
pub(super) fn read(message: &Value) -> Received {
    let kind = text(&message["type"]).unwrap_or("unknown");
    let part = &message[kind];
    known(kind, part).unwrap_or_else(|| unsupported(kind, message))
}

fn known(kind: &str, part: &Value) -> Option<Received> {
    Some(match kind {
        "text" => Received::Text(part["body"].as_str()?.to_owned()),
        "button" => {
            let title = text(&part["text"]).unwrap_or_default().to_owned();
            Received::Pressed { id: text(&part["payload"]).unwrap_or(&title).to_owned(), title, press: None }
        }
        "interactive" => interactive(part)?,
        "image" => media(MediaKind::Image, part)?,
        "video" => media(MediaKind::Video, part)?,
        "audio" | "voice" => media(MediaKind::Audio, part)?,
        "document" => media(MediaKind::Document, part)?,
        "sticker" => media(MediaKind::Sticker, part)?,
        "location" => Received::Location(Place {
            latitude: part["latitude"].as_f64()?,
            longitude: part["longitude"].as_f64()?,
            name: text(&part["name"]).map(str::to_owned),
            address: text(&part["address"]).map(str::to_owned),
        }),
        "contacts" => Received::Contacts(list(part).iter().map(card).collect()),
        "reaction" => Received::Reaction {
            to: text(&part["message_id"])?.to_owned(),
            emoji: text(&part["emoji"]).map(str::to_owned),
        },
        _ => return None,
    })
}

fn interactive(part: &Value) -> Option<Received> {
    Some(match text(&part["type"])? {
        reply @ ("button_reply" | "list_reply") => {
            let reply = &part[reply];
            let title = text(&reply["title"]).unwrap_or_default().to_owned();
            Received::Pressed { id: text(&reply["id"])?.to_owned(), title, press: None }
        }
        "nfm_reply" => Received::Form(text(&part["nfm_reply"]["response_json"])?.to_owned()),
        _ => return None,
    })
}

fn media(kind: MediaKind, part: &Value) -> Option<Received> {
    let told = |name: &str| text(&part[name]).map(str::to_owned);
    Some(Received::Media(MediaPart {
        kind,
        id: told("id")?,
        mime: told("mime_type"),
        file_name: told("filename"),
        caption: told("caption"),
        bytes: part["file_size"].as_u64(),
        sha256: told("sha256"),
        is_voice: part["voice"].as_bool().unwrap_or(false),
    }))
}

fn card(contact: &Value) -> ContactCard {
    let phones =
        list(&contact["phones"]).iter().filter_map(|phone| text(&phone["phone"]).or_else(|| text(&phone["wa_id"])));
    ContactCard {
        name: text(&contact["name"]["formatted_name"])
            .or_else(|| text(&contact["name"]["first_name"]))
            .unwrap_or_default()
            .to_owned(),
        phones: phones.map(str::to_owned).collect(),
    }
}

/// What we cannot read, or WhatsApp does not hand on.
fn unsupported(kind: &str, message: &Value) -> Received {
    let inner = text(&message[kind]["type"]).filter(|_| matches!(kind, "unsupported" | "interactive" | "unknown"));
    let error = &message["errors"][0];
    let says = [&error["error_data"]["details"], &error["message"], &error["title"]].into_iter().find_map(text);
    Received::Unsupported { kind: inner.unwrap_or(kind).to_owned(), says: says.map(str::to_owned) }
}
