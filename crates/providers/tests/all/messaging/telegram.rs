//! Telegram's Bot API.

use std::time::Duration;

use ports::messaging::{
    Account, Attachment, Button, Content, Decision, Hook, IdentityKind, MediaFault, MediaKind, Messenger as _,
    Outgoing, Source, State, To, units,
};
use providers::messaging::TelegramSettings;
use providers::telegram::Telegram;
use serde_json::json;

use super::bot_api::{BotApi, TOKEN};
use super::{message, text};
use crate::stand_in::quick;

fn at(url: &str) -> Telegram {
    Telegram::new(&TelegramSettings { base_url: url.into(), limits: quick() }).unwrap()
}

fn account() -> Account {
    Account { token: TOKEN.into(), ..Account::default() }
}

fn to(chat: &str, content: Content) -> Outgoing {
    message(IdentityKind::ChatId, chat, content)
}

fn words(chat: &str, words: &str) -> Outgoing {
    text(IdentityKind::ChatId, chat, words)
}

#[tokio::test]
async fn words_are_shown_as_they_are() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let mut hello = words("77", "a < b && <b>not bold</b> &lt;");
    hello.reply_to = Some("77:5".into());
    let sent = telegram.send(&account(), &hello).await.unwrap();
    assert_eq!(sent.id, "77:1");
    let wanted = json!({"chat_id": 77, "text": "a &lt; b &amp;&amp; &lt;b&gt;not bold&lt;/b&gt; &amp;lt;", "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true}, "reply_parameters": {"message_id": 5, "allow_sending_without_reply": true}});
    assert_eq!(api.asked("sendMessage"), [wanted]);
    // An answer to a message of another chat is none.
    let mut other = words("78", "x");
    other.reply_to = Some("77:5".into());
    telegram.send(&account(), &other).await.unwrap();
    assert!(api.asked("sendMessage")[1]["reply_parameters"].is_null());
}

#[tokio::test]
async fn a_long_text_goes_out_in_parts_cut_at_sentences() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let sentence = "This & that < those, said the coach to the runner. ";
    let long = sentence.repeat(200).trim_end().to_owned();
    let buttons = vec![Button { id: "yes".into(), title: "Yes".into() }];
    let content = Content::Buttons { text: long.clone(), buttons, list: String::new() };
    let sent = telegram.send(&account(), &to("77", content)).await.unwrap();
    assert_eq!((sent.id.as_str(), sent.before.join(" ").as_str()), ("77:3", "77:1 77:2"));
    let asked = api.asked("sendMessage");
    assert!(asked.iter().all(|one| one["text"].as_str().unwrap().ends_with("runner.")));
    assert!(asked[0]["reply_markup"].is_null());
    assert_eq!(asked[2]["reply_markup"], json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}));

    // What did not go out is told, to be sent by itself.
    let api = BotApi::start().await;
    api.state.lock().unwrap().most = Some(1);
    let sent = at(&api.url).send(&account(), &words("77", &long)).await.unwrap();
    let unsent = sent.unsent.unwrap();
    assert_eq!((sent.id.as_str(), unsent.fault.decision), ("77:1", Decision::Later(Some(Duration::from_secs(2)))));
    assert!(units(&unsent.text) > 5000 && unsent.text.starts_with("This & that"));
}

#[tokio::test]
async fn after_a_429_the_whole_bot_is_quiet_for_as_long_as_it_says() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let fault = telegram.send(&account(), &words("4291", "x")).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Later(Some(Duration::from_secs(2))), Some("429")));
    let fault = telegram.send(&account(), &words("77", "x")).await.unwrap_err();
    assert!(matches!(fault.decision, Decision::Later(Some(wait)) if wait <= Duration::from_secs(3)), "{fault}");
    assert_eq!(api.asked("sendMessage").len(), 1, "nothing was asked while it was to be quiet");
    tokio::time::sleep(Duration::from_millis(2100)).await;
    telegram.send(&account(), &words("77", "x")).await.unwrap();
}

#[tokio::test]
async fn who_has_blocked_the_bot_is_not_reached() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    for (chat, says) in [("4030", "blocked by the user"), ("4031", "user is deactivated")] {
        let fault = telegram.send(&account(), &words(chat, "x")).await.unwrap_err();
        assert_eq!(fault.decision, Decision::Unreachable(IdentityKind::ChatId));
        assert!(fault.says.contains(says));
    }
    let nobody = Outgoing { to: To::default(), ..words("1", "x") };
    for message in [nobody, words("someone", "x"), words("77", " ")] {
        assert_eq!(telegram.send(&account(), &message).await.unwrap_err().decision, Decision::Rejected);
    }
    let long = Button { id: "x".repeat(65), title: "T".into() };
    let buttons = Content::Buttons { text: "x".into(), buttons: vec![long], list: String::new() };
    let fault = telegram.send(&account(), &to("77", buttons)).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("buttons"));
}

#[tokio::test]
async fn a_token_that_is_no_good_breaks_the_channel_and_is_not_shown() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let wrong = Account { token: "123456789:AAanother-secret_0123456789abcdef".into(), ..Account::default() };
    let fault = telegram.send(&wrong, &words("77", "x")).await.unwrap_err();
    assert_eq!((fault.decision, fault.says.as_str()), (Decision::ChannelBroken, "Unauthorized"));
    let standing = telegram.check(&wrong).await;
    assert_eq!((standing.state, standing.says.as_str()), (State::Faulty, "Unauthorized"));
    for token in ["", "no token", "12:short", "123/../:AAAAAAAAAAAAAAAAAAAAAAAA"] {
        let none = Account { token: token.into(), ..Account::default() };
        let fault = telegram.send(&none, &words("77", "x")).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (Decision::ChannelBroken, Some("bad_token")));
    }
    // Nobody there: the address, which holds the token, is told to nobody.
    let nobody = at("http://127.0.0.1:1");
    let fault = nobody.send(&account(), &words("77", "x")).await.unwrap_err();
    assert_eq!(fault.decision, Decision::Later(None));
    assert!(!format!("{fault:?}").contains("do-not-show-me"));
    api.state.lock().unwrap().next = vec![(502, format!("<html>bot{TOKEN}"))];
    let fault = telegram.send(&account(), &words("77", "x")).await.unwrap_err();
    assert_eq!(fault.decision, Decision::Unknown);
    assert!(!format!("{fault:?}").contains("do-not-show-me"));
}

#[tokio::test]
async fn the_webhook_is_set_by_us_and_the_check_tells_how_it_stands() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let standing = telegram.check(&account()).await;
    assert_eq!((standing.state, standing.name.as_deref()), (State::Works, Some("@coach_bot")));
    assert!(standing.notes.iter().any(|note| note.contains("connect the webhook")));
    let hook = Hook { url: "https://x.example/webhooks/telegram/1".into(), secret: "s3cret_token-1".into() };
    telegram.set_webhook(&account(), &hook).await.unwrap();
    let wanted = json!({"url": hook.url, "secret_token": "s3cret_token-1", "max_connections": 40,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"]});
    assert_eq!(api.state.lock().unwrap().hook, wanted);
    let webhook = telegram.check(&account()).await.webhook.unwrap();
    assert_eq!((webhook.url, webhook.pending), (Some(hook.url.clone()), 3));
    assert!(webhook.last_error.unwrap().contains("503") && webhook.last_error_at.is_some());
    let fault =
        telegram.set_webhook(&account(), &Hook { secret: "not allowed".into(), ..hook.clone() }).await.unwrap_err();
    assert_eq!(fault.code.as_deref(), Some("bad_secret"));
    // Telegram itself calls some ports of https alone; what it would refuse is not asked.
    let real = at("https://api.telegram.org");
    for url in ["http://x.example/1", "https://x.example:8000/1", "nowhere"] {
        let fault = real.set_webhook(&account(), &Hook { url: url.into(), ..hook.clone() }).await.unwrap_err();
        assert!(fault.says.contains("PUBLIC_BASE_URL"), "{fault}");
    }
    telegram.remove_webhook(&account()).await.unwrap();
    assert_eq!(telegram.check(&account()).await.webhook.unwrap().url, None);
}

#[tokio::test]
async fn files_go_out_and_come_in() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let file = |kind, mime: &str| {
        let source =
            Source::Bytes { bytes: b"%PDF-1".as_slice().into(), mime: mime.into(), file_name: "plan.pdf".into() };
        to("77", Content::Media(Attachment { kind, source, caption: Some("a < b".into()) }))
    };
    let sent = telegram.send(&account(), &file(MediaKind::Document, "application/pdf")).await.unwrap();
    let id = sent.media.unwrap();
    let asked = &api.asked("sendDocument")[0];
    assert_eq!((&asked["chat_id"], &asked["caption"]), (&json!(77), &json!("a &lt; b")));
    let again = Attachment { kind: MediaKind::Document, source: Source::Known(id.clone()), caption: None };
    telegram.send(&account(), &to("77", Content::Media(again))).await.unwrap();
    assert_eq!(api.asked("sendDocument")[1]["document"], json!(id));
    telegram.send(&account(), &file(MediaKind::Audio, "audio/ogg; codecs=opus")).await.unwrap();
    assert_eq!(api.asked("sendVoice").len(), 1);
    assert!(telegram.send(&account(), &file(MediaKind::Image, "image/png")).await.unwrap().media.is_some());

    let media = telegram.media(&account(), &id, 100).await.unwrap();
    assert_eq!((&media.bytes[..], media.file_name), (&b"%PDF-1"[..], Some(format!("{id}.pdf"))));
    assert_eq!(telegram.media(&account(), &id, 5).await.unwrap_err(), MediaFault::TooLarge(Some(6)));
    assert_eq!(telegram.media(&account(), "large", 5).await.unwrap_err(), MediaFault::TooLarge(None));
    assert!(matches!(telegram.media(&account(), "gone", 5).await.unwrap_err(), MediaFault::Gone(_)));
}

#[tokio::test]
async fn small_things_are_asked_as_they_are_documented() {
    let api = BotApi::start().await;
    let telegram = at(&api.url);
    let chat = words("77", "x").to;
    telegram.seen(&account(), &chat, "77:1", true).await.unwrap();
    telegram.seen(&account(), &chat, "77:1", false).await.unwrap();
    assert_eq!(api.asked("sendChatAction"), [json!({"chat_id": "77", "action": "typing"})]);
    for press in ["1", "old"] {
        telegram.acknowledge(&account(), press).await.unwrap();
    }
    for (message, fits) in [("77:5", true), ("77:404", true), ("77:48", false), ("wamid.1", false)] {
        assert_eq!(telegram.delete(&account(), message).await.is_ok(), fits, "{message}");
    }
}
