//! Telegram's updates, in the forms in which they come.

use kernel::Timestamp;
use serde_json::{Value, json};

use super::{escape, message_id, of_message_id, parse};
use crate::messaging::standin::bodies::{telegram_message, telegram_press, telegram_reach};
use crate::messaging::{Identity, IdentityKind, Inbound, Item, MediaKind, Received, ReceivedMessage};

fn at() -> Timestamp {
    "2026-11-28T10:00:00Z".parse().unwrap()
}

fn read(update: &Value) -> Item {
    parse(update.to_string().as_bytes()).unwrap()
}

fn written(holds: &Value) -> ReceivedMessage {
    match read(&telegram_message(1, 77, 5, "Bo", at(), holds)).what {
        Inbound::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_of_messages_go_both_ways() {
    assert_eq!(of_message_id(&message_id(-100_123, 7)), Some((-100_123, 7)));
    assert!(of_message_id("wamid.x").is_none() && of_message_id("1:").is_none());
    assert_eq!(escape("a < b && c > \"d\""), "a &lt; b &amp;&amp; c &gt; \"d\"");
}

#[test]
fn a_message_tells_who_when_and_what() {
    let item =
        read(&telegram_message(8, 77, 5, "Bo", at(), &json!({"text": "Hi", "reply_to_message": {"message_id": 4}})));
    assert_eq!((item.key.as_str(), item.at), ("update:8", Some(at())));
    let Inbound::Message(message) = item.what else { panic!() };
    assert_eq!((message.id.as_str(), message.reply_to.as_deref()), ("77:5", Some("77:4")));
    assert_eq!(message.from.identities, [Identity::new(IdentityKind::ChatId, "77")]);
    assert_eq!((message.from.name.as_deref(), message.from.language.as_deref()), (Some("Bo"), Some("en")));
    assert_eq!(message.content, Received::Text("Hi".into()));
}

#[test]
fn every_kind_of_content_is_read() {
    let started = |payload: Option<&str>| Received::Started { payload: payload.map(str::to_owned) };
    for (text, wanted) in [
        ("/start", started(None)),
        ("/start ref_1", started(Some("ref_1"))),
        ("/start@OurBot", started(None)),
        ("/starting", Received::Text("/starting".into())),
    ] {
        assert_eq!(written(&json!({"text": text})).content, wanted);
    }
    for (holds, kind, id, is_voice) in [
        (
            json!({"photo": [{"file_id": "s"}, {"file_id": "l", "file_size": 9}], "caption": "c"}),
            MediaKind::Image,
            "l",
            false,
        ),
        (json!({"voice": {"file_id": "v", "mime_type": "audio/ogg"}}), MediaKind::Audio, "v", true),
        (json!({"animation": {"file_id": "a"}, "document": {"file_id": "d"}}), MediaKind::Video, "a", false),
        (json!({"document": {"file_id": "d", "file_name": "x.pdf"}}), MediaKind::Document, "d", false),
        (json!({"sticker": {"file_id": "k", "emoji": "😀"}}), MediaKind::Sticker, "k", false),
        (json!({"video_note": {"file_id": "n"}}), MediaKind::Video, "n", false),
    ] {
        let Received::Media(file) = written(&holds).content else { panic!("{holds}") };
        assert_eq!((file.kind, file.id.as_str(), file.is_voice), (kind, id, is_voice));
    }
    let Received::Location(place) =
        written(&json!({"venue": {"title": "Gym", "address": "1 St", "location": {"latitude": 1.5, "longitude": 2.5}}, "location": {"latitude": 1.5, "longitude": 2.5}})).content
    else {
        panic!()
    };
    assert_eq!((place.latitude, place.name.as_deref()), (1.5, Some("Gym")));
    let Received::Contacts(cards) =
        written(&json!({"contact": {"phone_number": "+1", "first_name": "Al", "last_name": "B"}})).content
    else {
        panic!()
    };
    assert_eq!(cards[0].name, "Al B");
    let poll = written(&json!({"poll": {"id": "1"}})).content;
    assert_eq!(poll, Received::Unsupported { kind: "poll".into(), says: None });
    assert!(written(&json!({"text": "x", "forward_origin": {"type": "user"}})).is_forwarded);
}

#[test]
fn changes_presses_and_blocks_are_told() {
    let mut update = telegram_message(9, 77, 5, "Bo", at(), &json!({"text": "new", "edit_date": 1_764_324_001}));
    let message = update.as_object_mut().unwrap().remove("message").unwrap();
    update["edited_message"] = message;
    let Inbound::Edited(edited) = read(&update).what else { panic!() };
    assert_eq!((edited.id.as_str(), edited.content), ("77:5", Received::Text("new".into())));

    let Inbound::Message(press) = read(&telegram_press(10, 77, 5, "Bo", "yes", "Yes, please")).what else { panic!() };
    let wanted = Received::Pressed { id: "yes".into(), title: "Yes, please".into(), press: Some("10".into()) };
    assert_eq!((press.content, press.reply_to.as_deref(), press.id.as_str()), (wanted, Some("77:5"), "77:press:10"));

    for (status, open) in [("kicked", false), ("member", true)] {
        let Inbound::Reach(reach) = read(&telegram_reach(11, 77, "Bo", at(), status)).what else { panic!() };
        assert_eq!((reach.is_open, reach.who.identities[0].value.as_str()), (open, "77"));
    }
}

#[test]
fn groups_and_what_we_did_not_ask_for_are_no_conversation() {
    let mut group = telegram_message(12, 77, 5, "Bo", at(), &json!({"text": "x"}));
    group["message"]["chat"] = json!({"id": -100, "type": "supergroup", "title": "G"});
    assert_eq!(read(&group).what, Inbound::Other { kind: "message".into() });
    assert_eq!(read(&json!({"update_id": 1, "poll": {"id": "x"}})).what, Inbound::Other { kind: "poll".into() });
    for body in ["", "[]", "{}", "{\"message\": {}}", "{\"update_id\": \"1\"}"] {
        assert!(parse(body.as_bytes()).is_none(), "{body}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_an_update_holds_nothing_breaks(
        name in "message|edited_message|callback_query|my_chat_member",
        field in "chat|from|text|photo|message|data|new_chat_member|date",
        value in "\\PC{0,20}",
        number in proptest::num::i64::ANY,
    ) {
        for odd in [json!(value), json!(number), json!(null), json!([value]), json!({"id": number, "type": "private"})] {
            let mut part = json!({"chat": {"id": 1, "type": "private"}, "message_id": 1, "id": "1", "data": "d"});
            part[&field] = odd;
            let read = parse(json!({"update_id": 1, &name: part}).to_string().as_bytes());
            proptest::prop_assert!(read.is_some());
        }
    }
}
