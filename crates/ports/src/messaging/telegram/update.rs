//! Telegram's updates.

use kernel::{Timestamp, time};
use serde_json::Value;

use super::{content, message_id};
use crate::messaging::{Edited, Identity, IdentityKind, Inbound, Item, Reach, Received, ReceivedMessage, Sender};

/// What an update tells; nothing for a body that is no JSON or no update. Groups and channels are [`Inbound::Other`]: only talks between
/// a person and the bot are conversations.
pub fn parse(body: &[u8]) -> Option<Item> {
    let update: Value = crate::json::parse(body).ok()?;
    let number = update["update_id"].as_i64()?;
    let (at, what) = read(&update);
    Some(Item { key: format!("update:{number}"), account: None, business: None, at, what })
}

fn read(update: &Value) -> (Option<Timestamp>, Inbound) {
    let names = ["message", "edited_message", "callback_query", "my_chat_member"];
    let Some(name) = names.into_iter().find(|name| update[*name].is_object()) else {
        let kind = update.as_object().and_then(|fields| fields.keys().find(|name| *name != "update_id"));
        return (None, Inbound::Other { kind: kind.cloned().unwrap_or_else(|| "empty update".into()) });
    };
    let part = &update[name];
    let at = moment(&part["date"]);
    let what = match name {
        "message" => message(part),
        "edited_message" => edited(part),
        "callback_query" => pressed(part),
        _ => reach(part),
    };
    let other = || Inbound::Other { kind: name.to_owned() };
    // A button tells no time of its own, and what was changed was changed later.
    let at = if name == "edited_message" { moment(&part["edit_date"]).or(at) } else { at };
    (at, what.unwrap_or_else(other))
}

/// The chat, if it is a talk with one person.
fn private(chat: &Value) -> Option<i64> {
    (chat["type"] == "private").then(|| chat["id"].as_i64()).flatten()
}

fn sender(user: &Value, chat: i64) -> Sender {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let names: Vec<String> = [&user["first_name"], &user["last_name"]].into_iter().filter_map(text).collect();
    Sender {
        identities: vec![Identity::new(IdentityKind::ChatId, chat.to_string())],
        name: (!names.is_empty()).then(|| names.join(" ")),
        username: text(&user["username"]),
        language: text(&user["language_code"]),
    }
}

fn message(part: &Value) -> Option<Inbound> {
    let chat = private(&part["chat"])?;
    let id = part["message_id"].as_i64()?;
    let reply = part["reply_to_message"]["message_id"].as_i64();
    Some(Inbound::Message(Box::new(ReceivedMessage {
        id: message_id(chat, id),
        from: sender(&part["from"], chat),
        content: content::read(part),
        reply_to: reply.map(|reply| message_id(chat, reply)),
        is_forwarded: part["forward_origin"].is_object() || part["forward_date"].is_i64(),
        referral: None,
    })))
}

fn edited(part: &Value) -> Option<Inbound> {
    let chat = private(&part["chat"])?;
    let id = message_id(chat, part["message_id"].as_i64()?);
    Some(Inbound::Edited(Box::new(Edited { id, from: sender(&part["from"], chat), content: content::read(part) })))
}

/// A button below a message of ours.
fn pressed(part: &Value) -> Option<Inbound> {
    let message = &part["message"];
    let chat = private(&message["chat"])?;
    let press = part["id"].as_str()?.to_owned();
    let id = part["data"].as_str()?.to_owned();
    let rows = message["reply_markup"]["inline_keyboard"].as_array().map_or(&[][..], Vec::as_slice);
    let buttons = rows.iter().filter_map(Value::as_array).flatten();
    let title =
        buttons.filter(|button| button["callback_data"] == id.as_str()).find_map(|button| button["text"].as_str());
    Some(Inbound::Message(Box::new(ReceivedMessage {
        // It is no message of the chat, so it has a name of its own.
        id: format!("{chat}:press:{press}"),
        from: sender(&part["from"], chat),
        content: Received::Pressed { title: title.unwrap_or(&id).to_owned(), id, press: Some(press) },
        reply_to: message["message_id"].as_i64().map(|id| message_id(chat, id)),
        is_forwarded: false,
        referral: None,
    })))
}

/// Somebody blocked the bot, or let it in again.
fn reach(part: &Value) -> Option<Inbound> {
    let chat = private(&part["chat"])?;
    let is_open = match part["new_chat_member"]["status"].as_str()? {
        "kicked" | "left" => false,
        "member" | "administrator" | "creator" | "restricted" => true,
        _ => return None,
    };
    Some(Inbound::Reach(Reach { who: sender(&part["from"], chat), is_open }))
}

fn moment(told: &Value) -> Option<Timestamp> {
    let seconds = told.as_i64().filter(|seconds| (1..100_000_000_000).contains(seconds))?;
    Some(Timestamp::from_micros(seconds * time::SECOND))
}
