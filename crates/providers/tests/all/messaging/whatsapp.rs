//! WhatsApp's Cloud API.

use std::time::{Duration, Instant};

use ports::messaging::{
    Account, Attachment, Button, Content, Decision, Hook, Identity, IdentityKind, Media, MediaFault, MediaKind,
    Messenger as _, Outgoing, Parameter, Source, State, Template, To,
};
use providers::messaging::WhatsAppSettings;
use providers::whatsapp::WhatsApp;
use serde_json::json;

use super::graph::{BUSINESS, Graph, NUMBER, SECRET, TOKEN};
use super::{message, text};
use crate::stand_in::quick;

fn at(url: &str) -> WhatsApp {
    WhatsApp::new(&WhatsAppSettings { base_url: url.into(), limits: quick(), ..WhatsAppSettings::default() }).unwrap()
}

fn account() -> Account {
    Account {
        sender: NUMBER.into(),
        business: Some(BUSINESS.into()),
        token: TOKEN.into(),
        app_secret: Some(SECRET.into()),
    }
}

fn to(phone: &str, content: Content) -> Outgoing {
    message(IdentityKind::Phone, phone, content)
}

fn hello(phone: &str) -> Outgoing {
    text(IdentityKind::Phone, phone, "Hola <b>& adiós</b>")
}

#[tokio::test]
async fn a_text_goes_to_the_number_or_to_the_user_id() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let mut words = hello("+34600000001");
    words.reply_to = Some("wamid.0".into());
    let sent = whatsapp.send(&account(), &words).await.unwrap();
    assert!(sent.id.starts_with("wamid.") && !sent.is_held);
    assert_eq!(sent.identities, [Identity::new(IdentityKind::Phone, "+34600000001")]);
    assert_eq!(
        graph.last(),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+34600000001", "type": "text",
            "text": {"body": "Hola <b>& adiós</b>", "preview_url": false}, "biz_opaque_callback_data": "msg-1",
            "context": {"message_id": "wamid.0"}})
    );
    let sent = whatsapp.send(&account(), &text(IdentityKind::Bsuid, "ES.13491208655302741918", "Hi")).await.unwrap();
    assert_eq!(sent.identities, [Identity::new(IdentityKind::Bsuid, "ES.13491208655302741918")]);
    assert_eq!((&graph.last()["recipient"], &graph.last()["to"]), (&json!("ES.13491208655302741918"), &json!(null)));
    // Where both are known, the number decides.
    let mut both = text(IdentityKind::Bsuid, "ES.1", "Hi");
    both.to.0.push(Identity::new(IdentityKind::Phone, "+34600000001"));
    whatsapp.send(&account(), &both).await.unwrap();
    assert_eq!((&graph.last()["to"], &graph.last()["recipient"]), (&json!("+34600000001"), &json!(null)));
    let nobody = Outgoing { to: To::default(), ..hello("+1") };
    assert_eq!(whatsapp.send(&account(), &nobody).await.unwrap_err().decision, Decision::Rejected);
}

#[tokio::test]
async fn buttons_become_a_list_where_they_are_many_and_templates_are_filled() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let buttons = |count: usize| Content::Buttons {
        text: "Which?".into(),
        buttons: (0..count)
            .map(|at| Button { id: format!("b{at}"), title: format!("Number {at} of quite a lot") })
            .collect(),
        list: "Choose".into(),
    };
    whatsapp.send(&account(), &to("+34600000001", buttons(3))).await.unwrap();
    let interactive = &graph.last()["interactive"];
    assert_eq!(interactive["type"], "button");
    let reply = json!({"type": "reply", "reply": {"id": "b2", "title": "Number 2 of quite a…"}});
    assert_eq!(interactive["action"]["buttons"][2], reply);
    whatsapp.send(&account(), &to("+34600000001", buttons(10))).await.unwrap();
    let action = &graph.last()["interactive"]["action"];
    assert_eq!((&action["button"], action["sections"][0]["rows"].as_array().unwrap().len()), (&json!("Choose"), 10));
    for wrong in [buttons(0), buttons(11)] {
        let fault = whatsapp.send(&account(), &to("+34600000001", wrong)).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Rejected, Some("buttons")));
    }

    let template = Template {
        name: "check_in".into(),
        language: "es".into(),
        header: Some("Hola".into()),
        body: vec![
            Parameter { name: None, text: "Ana".into() },
            Parameter { name: Some("plan".into()), text: "10 km".into() },
        ],
        replies: vec![(0, "go".into())],
        text: "Hola Ana".into(),
    };
    whatsapp.send(&account(), &to("+34600000001", Content::Template(template.clone()))).await.unwrap();
    let wanted = json!({"name": "check_in", "language": {"code": "es"}, "components": [
        {"type": "header", "parameters": [{"type": "text", "text": "Hola"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "parameter_name": "plan", "text": "10 km"}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "go"}]}]});
    assert_eq!(graph.last()["template"], wanted);
    let held = Template { name: "new_one".into(), ..template };
    assert!(whatsapp.send(&account(), &to("+34600000001", Content::Template(held))).await.unwrap().is_held);
}

#[tokio::test]
async fn what_is_too_long_is_not_even_asked() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let most = whatsapp.bounds().text;
    whatsapp.send(&account(), &text(IdentityKind::Phone, "+34600000001", &"é".repeat(most))).await.unwrap();
    for (words, code) in
        [("é".repeat(most + 1), "too_long"), ("😀".repeat(most / 2 + 1), "too_long"), (" ".into(), "empty")]
    {
        let fault = whatsapp.send(&account(), &text(IdentityKind::Phone, "+34600000001", &words)).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Rejected, Some(code)));
    }
    assert_eq!(graph.state.lock().unwrap().posted.len(), 1);
}

#[tokio::test]
async fn each_error_of_the_table_is_a_decision() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    for (code, wanted) in [
        (131_047, Decision::WindowClosed),
        (131_026, Decision::Unreachable(IdentityKind::Phone)),
        (131_050, Decision::OptOutMarketing),
        (131_049, Decision::NotBefore24h),
        (131_056, Decision::LaterThisPerson(Some(Duration::from_secs(6)))),
        (130_429, Decision::Later(None)),
        (131_031, Decision::ChannelBroken),
        (132_001, Decision::TemplateFault),
        (131_062, Decision::NeedsPhone),
        (131_009, Decision::Rejected),
    ] {
        let fault = whatsapp.send(&account(), &hello(&format!("+1555{code}"))).await.unwrap_err();
        assert_eq!(fault.decision, wanted, "{code}");
        assert_eq!(fault.code, Some(code.to_string()));
        assert_eq!(fault.says, format!("(#{code}) Words of {code}: Details of {code}"));
    }
    assert_eq!(graph.state.lock().unwrap().posted.len(), 10, "what sends is asked once");
}

#[tokio::test]
async fn a_key_that_is_no_good_breaks_the_channel_and_is_not_shown() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let wrong = Account { token: "EAAGexpired-secret-key".into(), ..account() };
    let fault = whatsapp.send(&wrong, &hello("+34600000001")).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::ChannelBroken, Some("190")));
    assert!(fault.says.contains("Session has expired") && fault.says.contains("[key]"), "{fault}");
    assert!(!format!("{fault:?}").contains("expired-secret"));
    let standing = whatsapp.check(&wrong).await;
    assert_eq!((standing.state, standing.code.as_deref()), (State::Faulty, Some("190")));
    assert!(!format!("{standing:?}").contains("expired-secret"));
    for sender in ["", "+34 600", "../me"] {
        let fault = whatsapp.send(&Account { sender: sender.into(), ..account() }, &hello("+1")).await.unwrap_err();
        assert_eq!((fault.decision, fault.code.as_deref()), (Decision::ChannelBroken, Some("no_sender")));
    }
    let other = Account { sender: "1".into(), ..account() };
    let fault = whatsapp.send(&other, &hello("+34600000001")).await.unwrap_err();
    assert_eq!(fault.decision, Decision::ChannelBroken);
    let unfit = Account { token: "a\nb".into(), ..account() };
    assert_eq!(whatsapp.send(&unfit, &hello("+34600000001")).await.unwrap_err().decision, Decision::ChannelBroken);
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_told_apart_from_what_never_left() {
    let nobody = at("http://127.0.0.1:1");
    let fault = nobody.send(&account(), &hello("+34600000001")).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Later(None), Some("unreachable")));
    assert_eq!(nobody.check(&account()).await.state, State::Unknown);

    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    for (status, headers, body, wanted) in [
        (502, vec![], "<html>", Decision::Unknown),
        (504, vec![], "", Decision::Unknown),
        (503, vec![("retry-after", "7")], "", Decision::Later(Some(Duration::from_secs(7)))),
        (
            429,
            vec![("retry-after", "9")],
            r#"{"error": {"code": 80007, "message": "slow"}}"#,
            Decision::Later(Some(Duration::from_secs(9))),
        ),
        (500, vec![], r#"{"error": {"code": 2, "message": "Service temporarily unavailable"}}"#, Decision::Later(None)),
        (302, vec![("location", "http://elsewhere.example")], "", Decision::ChannelBroken),
        (200, vec![], "{}", Decision::Unknown),
        (200, vec![], "not JSON", Decision::Unknown),
    ] {
        graph.state.lock().unwrap().next = vec![(status, headers, body.into())];
        let fault = whatsapp.send(&account(), &hello("+34600000001")).await.unwrap_err();
        assert_eq!(fault.decision, wanted, "{status} {body}: {fault}");
        assert!(graph.state.lock().unwrap().posted.is_empty(), "asked once");
    }
}

#[tokio::test]
async fn files_are_uploaded_and_fetched() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let file = |kind, mime: &str, caption: Option<&str>| {
        let source =
            Source::Bytes { bytes: b"%PDF-1".as_slice().into(), mime: mime.into(), file_name: "plan.pdf".into() };
        to("+34600000001", Content::Media(Attachment { kind, source, caption: caption.map(str::to_owned) }))
    };
    let document = file(MediaKind::Document, "application/pdf", Some("Tuyo"));
    let sent = whatsapp.send(&account(), &document).await.unwrap();
    let id = sent.media.unwrap();
    assert_eq!(graph.last()["document"], json!({"id": id, "caption": "Tuyo", "filename": "plan.pdf"}));
    let again = Attachment { kind: MediaKind::Document, source: Source::Known(id.clone()), caption: None };
    whatsapp.send(&account(), &to("+34600000001", Content::Media(again))).await.unwrap();
    assert_eq!(graph.last()["document"], json!({"id": id}));
    let sound = file(MediaKind::Audio, "audio/ogg", Some("x"));
    assert_eq!(whatsapp.send(&account(), &sound).await.unwrap_err().code.as_deref(), Some("caption"));
    let program = file(MediaKind::Document, "application/x-msdownload", None);
    assert!(whatsapp.send(&account(), &program).await.unwrap_err().says.contains("one of the following types"));

    let wanted = Media { bytes: b"%PDF-1".as_slice().into(), mime: Some("application/pdf".into()), file_name: None };
    assert_eq!(whatsapp.media(&account(), &id, 100).await.unwrap(), wanted);
    assert_eq!(whatsapp.media(&account(), &id, 5).await.unwrap_err(), MediaFault::TooLarge(Some(6)));
    for id in ["1", "../secret", ""] {
        assert!(matches!(whatsapp.media(&account(), id, 100).await.unwrap_err(), MediaFault::Gone(_)), "{id}");
    }
    // The key goes to Meta's own addresses alone.
    for elsewhere in ["http://elsewhere.example", "https://fbsbx.com.example", "http://lookaside.fbsbx.com", "file://"]
    {
        graph.state.lock().unwrap().files_at = Some(elsewhere.into());
        assert!(
            matches!(whatsapp.media(&account(), &id, 100).await.unwrap_err(), MediaFault::Spoilt(_)),
            "{elsewhere}"
        );
    }
}

#[tokio::test]
async fn a_check_says_how_the_number_stands() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    let standing = whatsapp.check(&account()).await;
    assert_eq!((standing.state, standing.name.as_deref()), (State::Works, Some("Jasper's Market")));
    assert_eq!((standing.number.as_deref(), standing.quality.as_deref()), (Some("+1 555-078-3881"), Some("GREEN")));
    let notes = standing.notes.join("\n");
    assert!(notes.contains("not verified") && notes.contains("No app is told"), "{notes}");

    let hook = Hook { url: "https://x.example/webhooks/whatsapp/1".into(), secret: "verify-me".into() };
    whatsapp.set_webhook(&account(), &hook).await.unwrap();
    let wanted = json!({"override_callback_uri": "https://x.example/webhooks/whatsapp/1", "verify_token": "verify-me"});
    assert_eq!(graph.state.lock().unwrap().hook, Some(wanted));
    let standing = whatsapp.check(&account()).await;
    assert_eq!(standing.webhook.unwrap().url.as_deref(), Some("https://x.example/webhooks/whatsapp/1"));
    assert_eq!(standing.notes.len(), 1);

    let wrong = Account { app_secret: Some("another-secret-of-an-app".into()), ..account() };
    let standing = whatsapp.check(&wrong).await;
    assert_eq!(standing.state, State::Faulty);
    assert!(
        standing.says.contains("app_secret") && standing.says.contains("Invalid appsecret_proof"),
        "{}",
        standing.says
    );
    let none = whatsapp.check(&Account { app_secret: None, ..account() }).await;
    assert!(none.state == State::Works && none.notes.iter().any(|note| note.contains("app_secret")));
}

#[tokio::test]
async fn what_was_read_is_shown_and_what_cannot_be_done_says_so() {
    let graph = Graph::start().await;
    let whatsapp = at(&graph.url);
    whatsapp.seen(&account(), &To::default(), "wamid.1", true).await.unwrap();
    let wanted = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}});
    assert_eq!(graph.last(), wanted);
    assert_eq!(whatsapp.delete(&account(), "wamid.1").await.unwrap_err().decision, Decision::Rejected);
    whatsapp.acknowledge(&account(), "1").await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let server = crate::stand_in::StandIn::start(|_, _| crate::stand_in::never()).await;
    let mut limits = quick();
    limits.total = Duration::from_millis(300);
    let settings = WhatsAppSettings { base_url: server.url.clone(), limits, ..WhatsAppSettings::default() };
    let began = Instant::now();
    let fault = WhatsApp::new(&settings).unwrap().send(&account(), &hello("+34600000001")).await.unwrap_err();
    assert_eq!((fault.decision, fault.code.as_deref()), (Decision::Unknown, Some("timed_out")));
    assert!(began.elapsed() < Duration::from_secs(3));
}
