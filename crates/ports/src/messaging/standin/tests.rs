//! The stand-ins refuse what the providers refuse.

use std::collections::BTreeMap;

use super::*;
use crate::messaging::{Attachment, Button, Identity, MediaKind, Source, Template};

fn account() -> Account {
    Account { sender: "1".into(), token: "123456:stand-in".into(), ..Account::default() }
}

fn to(kind: IdentityKind, value: &str, content: Content) -> Outgoing {
    Outgoing {
        key: format!("key of {value}"),
        to: [Identity::new(kind, value)].into_iter().collect(),
        reply_to: None,
        content,
    }
}

fn text(words: &str) -> Content {
    Content::Text { text: words.into(), preview: false }
}

fn notice() -> Content {
    Content::Notice { title: "Coach".into(), body: "You have a message".into(), data: BTreeMap::new() }
}

#[tokio::test]
async fn whatsapp_says_by_the_number_what_happens() {
    let whatsapp = StandIn::new(Provider::WhatsApp);
    let phone = |number: &str, content| to(IdentityKind::Phone, number, content);
    let sent = whatsapp.send(&account(), &phone("+34600000001", text("Hola"))).await.unwrap();
    assert!(sent.id.starts_with("wamid.") && whatsapp.given()[0].id == sent.id);
    for (number, wanted) in [
        ("+1555131047", Decision::WindowClosed),
        ("+1555131026", Decision::Unreachable(IdentityKind::Phone)),
        ("+1555130429", Decision::Later(None)),
        ("+1555131050", Decision::OptOutMarketing),
        ("+1555131042", Decision::ChannelBroken),
    ] {
        let fault = whatsapp.send(&account(), &phone(number, text("Hola"))).await.unwrap_err();
        assert_eq!(fault.decision, wanted, "{number}");
    }
    let template = Template {
        name: "hello".into(),
        language: "es".into(),
        header: None,
        body: Vec::new(),
        replies: Vec::new(),
        text: "Hola".into(),
    };
    whatsapp.send(&account(), &phone("+1555131047", Content::Template(template))).await.unwrap();
    let button = Button { id: "a".into(), title: "A".into() };
    let many = |count| Content::Buttons { text: "?".into(), buttons: vec![button.clone(); count], list: String::new() };
    for (content, code) in [
        (text(&"x".repeat(4097)), "too_long"),
        (text(""), "empty"),
        (many(11), "buttons"),
        (many(0), "buttons"),
        (notice(), "unsupported"),
    ] {
        let fault = whatsapp.send(&account(), &phone("+34600000001", content)).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Rejected, Some(code)));
    }
    let expired = Account { token: "expired".into(), ..account() };
    let fault = whatsapp.send(&expired, &phone("+34600000001", text("x"))).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::ChannelBroken, Some("190")));
    assert_eq!(whatsapp.check(&expired).await.state, State::Faulty);
    assert_eq!(whatsapp.check(&account()).await.state, State::Works);
}

#[tokio::test]
async fn telegram_and_firebase_do_too() {
    let telegram = StandIn::new(Provider::Telegram);
    let chat = |chat: &str, content| to(IdentityKind::ChatId, chat, content);
    let sent = telegram.send(&account(), &chat("77", text(&"x".repeat(9000)))).await.unwrap();
    assert!(sent.id.starts_with("77:"));
    let gone = Decision::Unreachable(IdentityKind::ChatId);
    assert_eq!(telegram.send(&account(), &chat("4031", text("x"))).await.unwrap_err().decision, gone);
    assert_eq!(telegram.send(&account(), &chat("somebody", text("x"))).await.unwrap_err().decision, gone);
    let busy = telegram.send(&account(), &chat("4290", text("x"))).await.unwrap_err();
    assert_eq!(busy.decision, Decision::Later(Some(std::time::Duration::from_secs(5))));
    telegram.delete(&account(), &sent.id).await.unwrap();
    assert!(telegram.given().is_empty());
    let hook = Hook { url: "https://x.example".into(), secret: "s".into() };
    telegram.set_webhook(&account(), &hook).await.unwrap();
    assert_eq!(telegram.check(&account()).await.webhook.unwrap().url.as_deref(), Some("https://x.example"));
    telegram.remove_webhook(&account()).await.unwrap();
    assert!(telegram.hook(&account()).is_none());

    let firebase = StandIn::new(Provider::Firebase);
    let device = |device: &str, content| to(IdentityKind::Device, device, content);
    firebase.send(&account(), &device("phone", notice())).await.unwrap();
    let lost = firebase.send(&account(), &device("unregistered-1", notice())).await.unwrap_err();
    assert_eq!(lost.decision, Decision::Unreachable(IdentityKind::Device));
    assert_eq!(
        firebase.send(&account(), &device("phone", text("x"))).await.unwrap_err().code.as_deref(),
        Some("unsupported")
    );
}

#[tokio::test]
async fn files_are_given_back_within_their_bound() {
    let whatsapp = StandIn::new(Provider::WhatsApp);
    whatsapp.put_file("9", Media { bytes: b"abc".as_slice().into(), mime: None, file_name: None });
    assert_eq!(whatsapp.media(&account(), "9", 3).await.unwrap().bytes.len(), 3);
    assert_eq!(whatsapp.media(&account(), "9", 2).await.unwrap_err(), MediaFault::TooLarge(Some(3)));
    assert!(matches!(whatsapp.media(&account(), "8", 9).await.unwrap_err(), MediaFault::Gone(_)));
    let source = Source::Known("9".into());
    let file = Attachment { kind: MediaKind::Image, source, caption: Some("x".repeat(1025)) };
    let fault = whatsapp.send(&account(), &to(IdentityKind::Phone, "+34600000001", Content::Media(file))).await;
    assert_eq!(fault.unwrap_err().code.as_deref(), Some("too_long"));
}
