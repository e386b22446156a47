//! The bodies of WhatsApp's webhook.

use kernel::{Timestamp, time};
use serde_json::Value;

use super::{content, errors, list, phone, text, user};
use crate::messaging::{
    Account, Echo, Edited, Identity, IdentityKind, Inbound, Item, Moved, OutOfBand, Preference, Pricing,
    ReceivedMessage, Referral, Removed, Sender, Stage, Status, TemplateNews,
};

/// Everything that a body tells, in its order: of each entry each change, of each change the messages, the statuses and the errors. What
/// we make nothing of is told as [`Inbound::Other`]; nothing for a body that is no JSON or no webhook of WhatsApp's.
pub fn parse(body: &[u8]) -> Option<Vec<Item>> {
    let body: Value = crate::json::parse(body).ok()?;
    if body["object"] != "whatsapp_business_account" {
        return None;
    }
    let mut items = Vec::new();
    for entry in body["entry"].as_array()? {
        for change in list(&entry["changes"]) {
            Change { entry, value: &change["value"], field: text(&change["field"]).unwrap_or("messages") }
                .read(&mut items);
        }
    }
    Some(items)
}

/// One change of one entry.
struct Change<'a> {
    entry: &'a Value,
    value: &'a Value,
    field: &'a str,
}

impl Change<'_> {
    fn read(&self, items: &mut Vec<Item>) {
        let before = items.len();
        match self.field {
            "messages" => {
                items.extend(list(&self.value["messages"]).iter().enumerate().map(|(at, one)| self.message(one, at)));
                items.extend(list(&self.value["statuses"]).iter().map(|one| self.status(one)));
                // Of a message that could not be handed on, the errors stand beside it.
                let alone = list(&self.value["messages"]).is_empty();
                items.extend(
                    list(&self.value["errors"])
                        .iter()
                        .enumerate()
                        .filter(|_| alone)
                        .map(|(at, one)| self.error(one, at)),
                );
            }
            "smb_message_echoes" => {
                items.extend(list(&self.value["message_echoes"]).iter().filter_map(|one| self.echo(one)));
            }
            "user_preferences" => {
                items.extend(
                    list(&self.value["user_preferences"]).iter().enumerate().map(|(at, one)| self.preference(one, at)),
                );
            }
            "message_template_status_update" | "message_template_quality_update" | "template_category_update" => {
                items.push(self.template());
            }
            "account_update"
            | "account_alerts"
            | "phone_number_quality_update"
            | "phone_number_name_update"
            | "account_review_update"
            | "business_capability_update"
            | "security" => items.push(self.account_news()),
            _ => {}
        }
        if items.len() == before {
            let key = self.key_of_all();
            items.push(self.item(key, self.entry_time(), Inbound::Other { kind: self.field.to_owned() }));
        }
    }

    fn item(&self, key: String, at: Option<Timestamp>, what: Inbound) -> Item {
        let of = |value: &Value| text(value).map(str::to_owned);
        Item { key, account: of(&self.value["metadata"]["phone_number_id"]), business: of(&self.entry["id"]), at, what }
    }

    fn entry_time(&self) -> Option<Timestamp> {
        moment(&self.entry["time"])
    }

    /// Of what has no id of its own: where, when and what it is.
    fn key_of_all(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let said = format!("{}|{}|{}|{}", self.entry["id"], self.entry["time"], self.field, self.value);
        format!("{}:{}", self.field, hex::encode(&Sha256::digest(said)[..16]))
    }

    /// The same of one of several in a change.
    fn key_of_one(&self, place: usize) -> String {
        format!("{}:{place}", self.key_of_all())
    }

    /// Who sent a message: what stands at the message, and what the list of contacts adds to it.
    fn sender(&self, message: &Value) -> Sender {
        let (from, user_id) = (text(&message["from"]), text(&message["from_user_id"]));
        let contacts = list(&self.value["contacts"]);
        let fits = |contact: &&Value| {
            let (wa_id, id) = (text(&contact["wa_id"]), text(&contact["user_id"]));
            (from.is_some() && wa_id == from) || (user_id.is_some() && id == user_id)
        };
        // Where the two are written differently, the only contact is meant: WhatsApp tells one message of one person at a time.
        let contact = contacts.iter().find(fits).or_else(|| contacts.first().filter(|_| contacts.len() == 1));
        let null = Value::Null;
        let contact = contact.unwrap_or(&null);
        let parent = text(&message["from_parent_user_id"]).or_else(|| text(&contact["parent_user_id"]));
        let identities = [
            from.or_else(|| text(&contact["wa_id"])).and_then(phone),
            user_id.or_else(|| text(&contact["user_id"])).and_then(|id| user(id, IdentityKind::Bsuid)),
            parent.and_then(|id| user(id, IdentityKind::ParentBsuid)),
        ];
        let profile = &contact["profile"];
        Sender {
            identities: identities.into_iter().flatten().collect(),
            name: text(&profile["name"]).map(str::to_owned),
            username: text(&profile["username"]).map(|name| name.trim_start_matches('@').to_owned()),
            language: None,
        }
    }

    fn message(&self, message: &Value, place: usize) -> Item {
        let id = text(&message["id"]).unwrap_or_default().to_owned();
        let key = if id.is_empty() { self.key_of_one(place) } else { id.clone() };
        let at = moment(&message["timestamp"]);
        let from = self.sender(message);
        let kind = text(&message["type"]).unwrap_or_default();
        let original = || text(&message[kind]["original_message_id"]).map(str::to_owned);
        let what = match (kind, original()) {
            _ if message["group_id"].is_string() => Inbound::Other { kind: "group".into() },
            ("system", _) => moved(message),
            ("edit", Some(id)) => {
                Inbound::Edited(Box::new(Edited { id, from, content: content::read(&message["edit"]["message"]) }))
            }
            ("revoke", Some(id)) => Inbound::Removed(Removed { id, from }),
            _ if id.is_empty() => Inbound::Other { kind: "message without id".into() },
            _ => Inbound::Message(Box::new(self.written(message, id, from))),
        };
        self.item(key, at, what)
    }

    fn written(&self, message: &Value, id: String, from: Sender) -> ReceivedMessage {
        let about = &message["context"];
        let mut content = content::read(message);
        // The reason why a message was not handed on may stand beside it.
        if let crate::messaging::Received::Unsupported { says: says @ None, .. } = &mut content {
            let error = &self.value["errors"][0];
            *says = text(&error["error_data"]["details"]).or_else(|| text(&error["message"])).map(str::to_owned);
        }
        let told = |name: &str| text(&message["referral"][name]).map(str::to_owned);
        ReceivedMessage {
            id,
            from,
            content,
            reply_to: text(&about["id"]).map(str::to_owned),
            is_forwarded: about["forwarded"] == true || about["frequently_forwarded"] == true,
            referral: message["referral"].is_object().then(|| Referral {
                kind: told("source_type"),
                id: told("source_id"),
                url: told("source_url"),
                headline: told("headline"),
            }),
        }
    }

    /// What the owner changes or takes back in their app is left: their new message follows, or their conversation is theirs by now.
    fn echo(&self, message: &Value) -> Option<Item> {
        let id = text(&message["id"]).filter(|_| !matches!(text(&message["type"]), Some("edit" | "revoke")))?;
        let to = people(&message["to"], &message["to_user_id"], &message["to_parent_user_id"]);
        let what = Echo { id: id.to_owned(), to, content: content::read(message) };
        Some(self.item(id.to_owned(), moment(&message["timestamp"]), Inbound::Echo(Box::new(what))))
    }

    fn status(&self, status: &Value) -> Item {
        let id = text(&status["id"]).unwrap_or_default().to_owned();
        let word = text(&status["status"]).unwrap_or_default();
        let key = format!("{id}:{word}");
        let at = moment(&status["timestamp"]);
        let stage = match word {
            "sent" => Stage::Sent,
            "delivered" => Stage::Delivered,
            // Sound that was listened to was seen before.
            "read" | "played" => Stage::Read,
            "failed" => Stage::Failed,
            _ => return self.item(key, at, Inbound::Other { kind: format!("status {word}") }),
        };
        if id.is_empty() || status["recipient_type"] == "group" {
            return self.item(key, at, Inbound::Other { kind: "status of a group".into() });
        }
        let to = people(&status["recipient_id"], &status["recipient_user_id"], &status["recipient_parent_user_id"]);
        let named_by = to.first().map_or(IdentityKind::Phone, |one| one.kind);
        let error = status["errors"].get(0).filter(|_| stage == Stage::Failed);
        let what = Status {
            id,
            key: text(&status["biz_opaque_callback_data"]).map(str::to_owned),
            stage,
            to,
            pricing: pricing(&status["pricing"]),
            fault: error.map(|error| errors::fault(error, named_by, &Account::default())),
        };
        self.item(key, at, Inbound::Status(Box::new(what)))
    }

    fn error(&self, error: &Value, place: usize) -> Item {
        let fault = errors::fault(error, IdentityKind::Phone, &Account::default());
        let what = OutOfBand { kind: "errors".into(), says: fault.says.clone(), fault: Some(fault) };
        self.item(self.key_of_one(place), self.entry_time(), Inbound::OutOfBand(what))
    }

    fn preference(&self, told: &Value, place: usize) -> Item {
        let what = Preference {
            who: people(&told["wa_id"], &told["user_id"], &told["parent_user_id"]),
            wants_marketing: told["value"] != "stop",
            says: text(&told["detail"]).map(str::to_owned),
        };
        self.item(self.key_of_one(place), moment(&told["timestamp"]), Inbound::Preference(what))
    }

    fn template(&self) -> Item {
        let value = self.value;
        let told = |name: &str| text(&value[name]).map(str::to_owned);
        let event = ["event", "new_quality_score", "new_category"].into_iter().find_map(told);
        let what = TemplateNews {
            name: told("message_template_name").unwrap_or_default(),
            language: told("message_template_language").unwrap_or_default(),
            event: event.unwrap_or_default(),
            reason: text(&value["rejection_info"]["reason"])
                .or_else(|| text(&value["reason"]))
                .filter(|reason| *reason != "NONE")
                .map(str::to_owned),
        };
        self.item(self.key_of_all(), self.entry_time(), Inbound::Template(what))
    }

    fn account_news(&self) -> Item {
        let value = self.value;
        let restricted = list(&value["restriction_info"]).iter().filter_map(|one| text(&one["restriction_type"]));
        let words = [
            &value["event"],
            &value["current_limit"],
            &value["violation_info"]["violation_type"],
            &value["ban_info"]["waba_ban_state"],
            &value["alert_info"]["alert_description"],
            &value["decision"],
        ];
        let says: Vec<&str> = words.into_iter().filter_map(text).chain(restricted).collect();
        let what = OutOfBand { kind: self.field.to_owned(), says: says.join(" "), fault: None };
        self.item(self.key_of_all(), self.entry_time(), Inbound::OutOfBand(what))
    }
}

/// What somebody is known by: their number, their id, and their id with the parent of several businesses.
fn people(wa_id: &Value, user_id: &Value, parent: &Value) -> Vec<Identity> {
    let known = [
        text(wa_id).and_then(phone),
        text(user_id).and_then(|id| user(id, IdentityKind::Bsuid)),
        text(parent).and_then(|id| user(id, IdentityKind::ParentBsuid)),
    ];
    known.into_iter().flatten().collect()
}

/// Somebody has another number, or another id.
fn moved(message: &Value) -> Inbound {
    let system = &message["system"];
    let kind = text(&system["type"]).unwrap_or_default();
    if !matches!(kind, "user_changed_number" | "customer_changed_number" | "user_changed_user_id") {
        return Inbound::Other { kind: format!("system {kind}") };
    }
    let old = [
        text(&system["customer"]).or_else(|| text(&message["from"])).and_then(phone),
        [&message["from_user_id"], &system["old_user_id"], &system["previous_user_id"]]
            .into_iter()
            .find_map(text)
            .and_then(|id| user(id, IdentityKind::Bsuid)),
    ];
    let new = [
        text(&system["wa_id"]).or_else(|| text(&system["new_wa_id"])).and_then(phone),
        text(&system["user_id"]).or_else(|| text(&system["new_user_id"])).and_then(|id| user(id, IdentityKind::Bsuid)),
        text(&system["parent_user_id"]).and_then(|id| user(id, IdentityKind::ParentBsuid)),
    ];
    Inbound::Moved(Moved {
        from: old.into_iter().flatten().collect(),
        to: new.into_iter().flatten().collect(),
        says: text(&system["body"]).map(str::to_owned),
    })
}

fn pricing(told: &Value) -> Option<Pricing> {
    let word = |name: &str| text(&told[name]).map(str::to_owned);
    let kind = word("type").or_else(|| word("pricing_type"));
    told.is_object().then(|| Pricing {
        is_billable: told["billable"].as_bool().unwrap_or(kind.as_deref() == Some("regular")),
        model: word("pricing_model"),
        category: word("category"),
        kind,
    })
}

/// Seconds since 1970, as text or number.
fn moment(told: &Value) -> Option<Timestamp> {
    let seconds = told.as_i64().or_else(|| told.as_str()?.trim().parse().ok())?;
    // Some fields tell milliseconds.
    let seconds = if seconds > 100_000_000_000 { seconds / 1000 } else { seconds };
    (0..100_000_000_000).contains(&seconds).then(|| Timestamp::from_micros(seconds * time::SECOND))
}
