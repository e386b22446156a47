//! Bodies of WhatsApp's webhook, in the forms in which they come.

use kernel::Timestamp;
use serde_json::{Value, json};

use super::parse;
use crate::messaging::inbound::ContactCard;
use crate::messaging::standin::bodies::{Person, whatsapp, whatsapp_message, whatsapp_status};
use crate::messaging::{
    Decision, Identity, IdentityKind, Inbound, Item, MediaKind, MediaPart, Place, Received, ReceivedMessage, Stage,
};

const ANA: Person<'_> = Person { wa_id: Some("34600000001"), user_id: Some("ES.13491208655302741918"), name: "Ana" };

fn at() -> Timestamp {
    "2026-11-28T10:00:00Z".parse().unwrap()
}

fn items(change: &Value) -> Vec<Item> {
    parse(whatsapp("102290129340398", "106540352242922", change).to_string().as_bytes()).unwrap()
}

fn only(change: &Value) -> Item {
    let mut all = items(change);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn written(holds: &Value) -> ReceivedMessage {
    match only(&whatsapp_message(ANA, "wamid.1", at(), holds)).what {
        Inbound::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_tells_who_when_and_what() {
    let item = only(&whatsapp_message(ANA, "wamid.1", at(), &json!({"type": "text", "text": {"body": "Hola"}})));
    assert_eq!((item.key.as_str(), item.at), ("wamid.1", Some(at())));
    assert_eq!((item.account.as_deref(), item.business.as_deref()), (Some("106540352242922"), Some("102290129340398")));
    let Inbound::Message(message) = &item.what else { panic!("{item:?}") };
    assert_eq!(message.content, Received::Text("Hola".into()));
    assert_eq!(message.from.name.as_deref(), Some("Ana"));
    let wanted = [
        Identity::new(IdentityKind::Phone, "+34600000001"),
        Identity::new(IdentityKind::Bsuid, "ES.13491208655302741918"),
    ];
    assert_eq!(message.from.identities, wanted);
    // It can be kept, and is the same when it is read again.
    let kept = serde_json::to_string(&item).unwrap();
    assert_eq!(serde_json::from_str::<Item>(&kept).unwrap(), item);
}

#[test]
fn who_has_a_username_may_have_no_number() {
    let nameless = Person { wa_id: None, ..ANA };
    let change = whatsapp_message(nameless, "wamid.1", at(), &json!({"type": "text", "text": {"body": "x"}}));
    let Inbound::Message(message) = only(&change).what else { panic!("{change}") };
    assert_eq!(message.from.identities, [Identity::new(IdentityKind::Bsuid, "ES.13491208655302741918")]);
    // The id may stand with the contact alone, and so may the parent's.
    let mut change = whatsapp_message(ANA, "wamid.1", at(), &json!({"type": "text", "text": {"body": "x"}}));
    change["messages"][0].as_object_mut().unwrap().remove("from_user_id");
    change["contacts"][0]["parent_user_id"] = json!("US.ENT.11815799212886844830");
    change["contacts"][0]["profile"]["username"] = json!("@ana.corre");
    let Inbound::Message(message) = only(&change).what else { panic!("{change}") };
    let kinds: Vec<_> = message.from.identities.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [IdentityKind::Phone, IdentityKind::Bsuid, IdentityKind::ParentBsuid]);
    assert_eq!(message.from.username.as_deref(), Some("ana.corre"));
}

#[test]
fn every_kind_of_content_is_read() {
    let pressed = |id: &str, title: &str| Received::Pressed { id: id.into(), title: title.into(), press: None };
    let unsupported =
        |kind: &str, says: Option<&str>| Received::Unsupported { kind: kind.into(), says: says.map(str::to_owned) };
    let file = MediaPart {
        kind: MediaKind::Document,
        id: "9".into(),
        mime: Some("application/pdf".into()),
        file_name: Some("plan.pdf".into()),
        caption: Some("Mine".into()),
        bytes: None,
        sha256: Some("4654+8g=".into()),
        is_voice: false,
    };
    let place = |name: Option<&str>| {
        Received::Location(Place { latitude: 40.5, longitude: -3.5, name: name.map(str::to_owned), address: None })
    };
    for (holds, wanted) in [
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}}),
            pressed("yes", "Yes"),
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "b", "title": "B", "description": "d"}}}),
            pressed("b", "B"),
        ),
        (json!({"type": "button", "button": {"payload": "p", "text": "Go"}}), pressed("p", "Go")),
        (json!({"type": "button", "button": {"text": "Go"}}), pressed("Go", "Go")),
        (
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{\"a\":1}"}}}),
            Received::Form("{\"a\":1}".into()),
        ),
        (
            json!({"type": "document", "document": {"caption": "Mine", "filename": "plan.pdf", "mime_type": "application/pdf", "sha256": "4654+8g=", "id": "9"}}),
            Received::Media(file.clone()),
        ),
        (
            json!({"type": "audio", "audio": {"mime_type": "audio/ogg; codecs=opus", "id": "9", "voice": true}}),
            Received::Media(MediaPart {
                kind: MediaKind::Audio,
                mime: Some("audio/ogg; codecs=opus".into()),
                file_name: None,
                caption: None,
                sha256: None,
                is_voice: true,
                ..file
            }),
        ),
        (json!({"type": "location", "location": {"latitude": 40.5, "longitude": -3.5}}), place(None)),
        (
            json!({"type": "location", "location": {"latitude": 40.5, "longitude": -3.5, "name": "Gym"}}),
            place(Some("Gym")),
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo B"}, "phones": [{"phone": "+1 555"}, {"wa_id": "1556"}]}]}),
            Received::Contacts(vec![ContactCard { name: "Bo B".into(), phones: vec!["+1 555".into(), "1556".into()] }]),
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "😮"}}),
            Received::Reaction { to: "wamid.0".into(), emoji: Some("😮".into()) },
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": ""}}),
            Received::Reaction { to: "wamid.0".into(), emoji: None },
        ),
        (
            json!({"type": "unsupported", "unsupported": {"type": "poll"}, "errors": [{"code": 131_051, "title": "Message type unknown", "error_data": {"details": "Message type is currently not supported."}}]}),
            unsupported("poll", Some("Message type is currently not supported.")),
        ),
        (json!({"type": "order", "order": {"catalog_id": "1"}}), unsupported("order", None)),
        (json!({"type": "image", "image": {}}), unsupported("image", None)),
        (json!({"type": "image"}), unsupported("image", None)),
        (json!({}), unsupported("unknown", None)),
    ] {
        assert_eq!(written(&holds).content, wanted, "{holds}");
    }
}

#[test]
fn replies_forwards_and_advertisements_are_told() {
    let text = |extra: Value| {
        let mut holds = json!({"type": "text", "text": {"body": "x"}});
        holds.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        written(&holds)
    };
    assert_eq!(text(json!({"context": {"from": "1", "id": "wamid.0"}})).reply_to.as_deref(), Some("wamid.0"));
    assert!(text(json!({"context": {"frequently_forwarded": true}})).is_forwarded);
    let referral = text(
        json!({"referral": {"source_type": "ad", "source_id": "A", "source_url": "https://fb.me/1", "headline": "Run"}}),
    );
    assert_eq!(referral.referral.unwrap().kind.as_deref(), Some("ad"));
}

#[test]
fn changes_and_removals_name_the_first_message() {
    let edit = json!({"type": "edit", "edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "new"}}}});
    let item = only(&whatsapp_message(ANA, "wamid.2", at(), &edit));
    let Inbound::Edited(edited) = item.what else { panic!("{edit}") };
    assert_eq!(
        (item.key.as_str(), edited.id.as_str(), edited.content),
        ("wamid.2", "wamid.0", Received::Text("new".into()))
    );
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.0"}});
    let Inbound::Removed(removed) = only(&whatsapp_message(ANA, "wamid.3", at(), &revoke)).what else { panic!() };
    assert_eq!((removed.id.as_str(), removed.from.identities.len()), ("wamid.0", 2));
}

#[test]
fn a_person_may_be_known_by_something_else_from_now_on() {
    let moved = |holds: Value| match only(&json!({"messages": [holds]})).what {
        Inbound::Moved(moved) => moved,
        other => panic!("{other:?}"),
    };
    let number = moved(json!({"from": "34600000001", "id": "wamid.4", "timestamp": "1753851315", "type": "system",
        "system": {"body": "Ana changed from 34600000001 to 34600000002", "wa_id": "34600000002", "type": "user_changed_number", "user_id": "ES.2"}}));
    assert_eq!(number.from, [Identity::new(IdentityKind::Phone, "+34600000001")]);
    let new = [Identity::new(IdentityKind::Phone, "+34600000002"), Identity::new(IdentityKind::Bsuid, "ES.2")];
    assert_eq!(number.to, new);
    let id = moved(
        json!({"from": "34600000001", "from_user_id": "ES.1", "id": "wamid.5", "timestamp": "1753851315", "type": "system",
        "system": {"body": "x", "user_id": "ES.2", "type": "user_changed_user_id"}}),
    );
    assert_eq!((id.from.len(), id.to), (2, vec![Identity::new(IdentityKind::Bsuid, "ES.2")]));
    let other = only(
        &json!({"messages": [{"from": "1", "id": "w", "type": "system", "system": {"type": "customer_identity_changed"}}]}),
    );
    assert_eq!(other.what, Inbound::Other { kind: "system customer_identity_changed".into() });
}

#[test]
fn statuses_tell_how_far_what_it_costs_and_why_not() {
    let status = |word: &str, error: Option<&Value>| {
        let item = only(&whatsapp_status("wamid.9", "key-1", "34600000001", word, at(), error));
        match item.what {
            Inbound::Status(status) => (item.key, *status),
            other => panic!("{other:?}"),
        }
    };
    for (word, stage) in
        [("sent", Stage::Sent), ("delivered", Stage::Delivered), ("read", Stage::Read), ("played", Stage::Read)]
    {
        let (key, told) = status(word, None);
        assert_eq!((key, told.stage, told.key.as_deref()), (format!("wamid.9:{word}"), stage, Some("key-1")));
        let pricing = told.pricing.unwrap();
        assert!(pricing.is_billable && pricing.kind.as_deref() == Some("regular"));
    }
    let error = json!({"code": 131_047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}});
    let (_, told) = status("failed", Some(&error));
    let fault = told.fault.unwrap();
    assert_eq!(
        (told.stage, fault.decision, fault.code.as_deref()),
        (Stage::Failed, Decision::WindowClosed, Some("131047"))
    );
    assert!(Stage::Sent < Stage::Delivered && Stage::Delivered < Stage::Read && Stage::Read < Stage::Failed);
    assert_eq!(Stage::Read.word(), "read");
    // The price list of 2025 told it otherwise.
    let mut old = whatsapp_status("wamid.9", "k", "1", "sent", at(), None);
    old["statuses"][0]["pricing"] = json!({"pricing_model": "CBP", "category": "service", "billable": false});
    let Inbound::Status(old) = only(&old).what else { panic!() };
    assert!(!old.pricing.unwrap().is_billable);
}

#[test]
fn a_body_holds_many_and_all_are_told_in_order() {
    let text = json!({"type": "text", "text": {"body": "x"}});
    let mut one = whatsapp("B", "P", &whatsapp_message(ANA, "wamid.1", at(), &text));
    let two = whatsapp("B", "P", &whatsapp_status("wamid.2", "k", "34600000001", "read", at(), None));
    let news = json!({"value": {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_X"}]}, "field": "account_update"});
    let template = json!({"value": {"event": "REJECTED", "message_template_name": "hi", "message_template_language": "en", "reason": "INVALID_FORMAT"}, "field": "message_template_status_update"});
    let stop = json!({"value": {"user_preferences": [{"wa_id": "16505551234", "detail": "User requested to stop", "value": "stop", "timestamp": 1_731_705_721}]}, "field": "user_preferences"});
    let call = json!({"value": {"calls": [{"id": "wacid.1"}]}, "field": "calls"});
    let failure = json!({"value": {"errors": [{"code": 130_429, "title": "Rate limit hit"}]}, "field": "messages"});
    one["entry"][0]["changes"].as_array_mut().unwrap().extend([two["entry"][0]["changes"][0].clone(), news]);
    one["entry"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "B2", "time": 1, "changes": [template, stop, call, failure]}));
    let all = parse(one.to_string().as_bytes()).unwrap();
    let kinds: Vec<&str> = all
        .iter()
        .map(|item| match &item.what {
            Inbound::Message(_) => "message",
            Inbound::Status(_) => "status",
            Inbound::OutOfBand(news) => news.says.as_str(),
            Inbound::Template(news) => news.event.as_str(),
            Inbound::Preference(one) if !one.wants_marketing => "stop",
            Inbound::Other { kind } => kind.as_str(),
            _ => "?",
        })
        .collect();
    assert_eq!(
        kinds,
        ["message", "status", "ACCOUNT_RESTRICTION RESTRICTED_X", "REJECTED", "stop", "calls", "Rate limit hit"]
    );
    let mut keys: Vec<_> = all.iter().map(|item| item.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all.len());
    // Told again, they are known again.
    assert_eq!(parse(one.to_string().as_bytes()).unwrap(), all);
}

#[test]
fn what_the_owner_writes_by_their_own_phone_is_told_apart() {
    let echoes = json!([
        {"from": "15550783881", "to": "34600000001", "to_user_id": "ES.1", "id": "wamid.e", "timestamp": "1697043223", "type": "text", "text": {"body": "Mine"}},
        {"from": "15550783881", "to": "34600000001", "id": "wamid.f", "timestamp": "1697043223", "type": "revoke", "revoke": {"original_message_id": "wamid.e"}}]);
    let mut body = whatsapp("B", "P", &json!({"message_echoes": echoes}));
    body["entry"][0]["changes"][0]["field"] = json!("smb_message_echoes");
    let all = parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(all.len(), 1);
    let Inbound::Echo(echo) = &all[0].what else { panic!("{all:?}") };
    assert_eq!((echo.id.as_str(), echo.to.len(), &echo.content), ("wamid.e", 2, &Received::Text("Mine".into())));
}

#[test]
fn what_is_no_webhook_of_whatsapp_s_is_nothing() {
    for body in
        ["", "null", "[]", "{}", "{\"object\": \"page\", \"entry\": []}", "{\"object\": \"whatsapp_business_account\"}"]
    {
        assert!(parse(body.as_bytes()).is_none(), "{body}");
    }
    let group =
        whatsapp_message(ANA, "wamid.1", at(), &json!({"type": "text", "text": {"body": "x"}, "group_id": "g"}));
    assert_eq!(only(&group).what, Inbound::Other { kind: "group".into() });
    // NUL and half a surrogate pair are gone, an emoji family stays.
    let body =
        whatsapp("B", "P", &whatsapp_message(ANA, "w", at(), &json!({"type": "text", "text": {"body": "a👨‍👩‍👧XYZ"}})));
    let body = body.to_string().replace("XYZ", "\\u0000\\ud83d\\u200f");
    let all = parse(body.as_bytes()).unwrap();
    let Inbound::Message(message) = &all[0].what else { panic!("{all:?}") };
    assert_eq!(message.content, Received::Text("a👨‍👩‍👧\u{fffd}\u{200f}".into()));
}

proptest::proptest! {
    #[test]
    fn whatever_a_body_holds_nothing_breaks(
        field in "messages|statuses|errors|contacts|user_preferences",
        name in "type|id|from|system|errors|text|status",
        value in "\\PC{0,20}",
        number in proptest::num::i64::ANY,
    ) {
        for odd in [json!(value), json!(number), json!(null), json!([value]), json!({"type": value, "a": number})] {
            for change in [json!({&field: [{&name: odd}]}), json!({&field: {&name: odd}}), json!({&field: odd})] {
                proptest::prop_assert!(!items(&change).is_empty());
            }
        }
    }
}
