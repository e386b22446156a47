//! The message as it is written: read back by a parser that is not the one that wrote it.

use kernel::WorkspaceId;
use mail::NewMail;
use mail_parser::{HeaderValue, Message, MessageParser};
use proptest::prelude::*;
use testkit::{FreshDb, fresh_db};

use crate::{Office, Told, to};

async fn written(mails: Vec<NewMail>) -> (Vec<String>, Vec<Vec<u8>>) {
    let told = Told::new(&[]);
    let fresh: FreshDb = fresh_db(db::Engine::Sqlite).await;
    let office = Office::new(fresh, told.clone()).await;
    let mut ids = Vec::new();
    for mail in mails {
        ids.push(office.queue(mail).await.message_id);
        office.run().await;
    }
    let seen = told.seen.lock().unwrap().clone();
    (ids, seen)
}

fn text<'a>(message: &'a Message<'_>, name: &'static str) -> &'a str {
    match message.header(name) {
        Some(HeaderValue::Text(text)) => text,
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test]
async fn it_is_whole_and_says_who_when_and_what() {
    let workspace: WorkspaceId = crate::mock().new_id();
    let mail = NewMail {
        workspace: Some(workspace),
        to: "Zoë Ñandú <zoe@creator.example>".into(),
        reply_to: Some("Jörg <joerg@brand.example>".into()),
        subject:
            "Zusammenarbeit: Übergröße für 25–45-jährige, 日本語 🎉, and so on until the line is far too long for one"
                .into(),
        text: "Hallo Zoë,\n\n.ein Punkt am Anfang\nund Grüße".into(),
        html: Some("<p>Hallo Zoë</p>".into()),
        headers: vec![
            ("List-Unsubscribe".into(), "<https://app.example/unsubscribe/abc>".into()),
            ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
            ("References".into(), "<first@app.example> <second@app.example>".into()),
        ],
        in_reply_to: Some("second@app.example".into()),
        about: None,
        ..NewMail::default()
    };
    let (ids, seen) = written(vec![mail]).await;
    let raw = String::from_utf8(seen[0].clone()).unwrap();
    assert!(raw.is_ascii(), "eight bits are encoded: {raw}");
    assert!(raw.lines().all(|line| line.len() <= 998) && !raw.replace("\r\n", "").contains(['\r', '\n']), "{raw}");
    let message = MessageParser::default().parse(seen[0].as_slice()).unwrap();
    let from = message.from().and_then(|from| from.first()).unwrap();
    assert_eq!((from.name(), from.address()), (Some("Möbel & Mehr"), Some("post@shop.example")));
    let to = message.to().and_then(|to| to.first()).unwrap();
    assert_eq!((to.name(), to.address()), (Some("Zoë Ñandú"), Some("zoe@creator.example")));
    assert_eq!(message.reply_to().and_then(|to| to.first()).unwrap().name(), Some("Jörg"));
    assert!(
        message.subject().unwrap().starts_with("Zusammenarbeit: Übergröße für 25–45-jährige, 日本語 🎉, and so on")
    );
    assert_eq!(message.date().unwrap().to_rfc3339(), "2026-01-15T10:30:00Z");
    assert_eq!(format!("<{}>", message.message_id().unwrap()), ids[0]);
    assert!(ids[0].ends_with("@shop.example>"), "{}", ids[0]);
    assert_eq!(message.in_reply_to().as_text(), Some("second@app.example"));
    assert_eq!(message.references().as_text_list().map(<[_]>::len), Some(2));
    assert!(raw.contains("\r\nMIME-Version: 1.0\r\n"));
    assert_eq!(text(&message, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(raw.contains("List-Unsubscribe: <https://app.example/unsubscribe/abc>"));
    assert!(message.header("Auto-Submitted").is_none());
    assert_eq!(
        message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(),
        "Hallo Zoë,\n\n.ein Punkt am Anfang\nund Grüße"
    );
    assert_eq!(message.body_html(0).unwrap().trim_end(), "<p>Hallo Zoë</p>");
}

#[tokio::test]
async fn the_servers_own_mail_says_that_no_person_wrote_it() {
    let (_, seen) =
        written(vec![NewMail { in_reply_to: Some("<a@b.example>".into()), ..to("anna@example.com") }]).await;
    let message = MessageParser::default().parse(seen[0].as_slice()).unwrap();
    assert_eq!(text(&message, "Auto-Submitted"), "auto-generated");
    assert_eq!(message.references().as_text(), Some("a@b.example"), "a thread of one");
    assert!(message.body_text(0).unwrap().contains("token=abc123"));
}

/// What has ever ended a header, and what has not.
fn nasty() -> impl Strategy<Value = String> {
    let parts = [
        "\r\n",
        "\n",
        "\r",
        "Bcc: evil@evil.example",
        "\0",
        "\u{2028}",
        "\u{85}",
        " ",
        "ü",
        "=?utf-8?q?",
        "\t",
        "a",
        ",",
        "<",
        ">",
        "\"",
        ";",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..12).prop_map(|parts| parts.concat())
}

/// The headers that a mail of ours may have.
const KNOWN: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "auto-submitted",
    "content-transfer-encoding",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is written into a mail, it has one receiver and the headers that it should have.
    #[test]
    fn nobody_slips_a_header_in(texts in prop::collection::vec((nasty(), nasty(), nasty(), nasty()), 12)) {
        let mails = texts.iter().map(|(subject, text, header, thread)| NewMail {
            subject: subject.clone(),
            text: text.clone(),
            html: Some(text.clone()),
            headers: vec![("List-Unsubscribe".into(), header.clone()), ("References".into(), thread.clone())],
            in_reply_to: Some(thread.clone()),
            ..to("anna@example.com")
        });
        let mails = mails.collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (ids, seen) = runtime.block_on(written(mails));
        prop_assert_eq!(seen.len(), texts.len(), "nothing of it is too much for it");
        for (id, raw) in ids.iter().zip(&seen) {
            let message = MessageParser::default().parse(raw.as_slice()).unwrap();
            prop_assert!(message.bcc().is_none() && message.cc().is_none());
            prop_assert_eq!(message.to().unwrap().iter().count(), 1);
            let named = format!("<{}>", message.message_id().unwrap());
            prop_assert_eq!(&named, id);
            for header in message.headers() {
                let name = header.name().to_ascii_lowercase();
                prop_assert!(KNOWN.contains(&name.as_str()), "{name} was slipped in:\n{}", String::from_utf8_lossy(raw));
            }
        }
    }
}

#[test]
fn the_writer_is_not_the_reader() {
    // A parser that took anything for a message would make the tests above say nothing.
    let message = MessageParser::default().parse(b"Subject: a\r\nBcc: b@c.example\r\n\r\nx".as_slice()).unwrap();
    assert!(message.bcc().is_some());
}
