//! Mail that comes in: who may bring it, what it belongs to, what it does.

use outreach::Settings;
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::world::{World, text};

const JSON: &str = "application/json";
const RAW: &str = "message/rfc822";

async fn sent(world: &World) -> (String, String) {
    let mail = world.body(json!({"subject": "Hello", "message": "Would you?"}));
    let id = text(&world.client.post("/api/v1/outreach/email", &mail).await.ok()["outreach_id"]);
    world.run().await;
    let message_id = text(&world.touches(&id).await.last().unwrap()["message_id"]);
    (id, message_id)
}

fn statuses(touches: &[Value]) -> Vec<String> {
    touches.iter().map(|touch| text(&touch["status"])).collect()
}

#[both_engines]
async fn only_what_is_signed_comes_in(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let path = "/api/v1/outreach/inbound";
    world.anyone.post(path, &json!({})).await.refused(403);
    for header in ["t=1,v1=00", "v1=00", "nonsense", "t=99999999999999999999,v1="] {
        world.anyone.clone().with("x-influencerflow-signature", header).post(path, &json!({})).await.refused(403);
    }
    assert_eq!(world.bring(JSON, "{}").await.faults(), ["message_id"]);
    world.bring(JSON, "{\"half\": ").await.refused(400);
    world.bring(RAW, "no mail").await.refused(400);
    let stray = json!({"message_id": "<x@y>", "in_reply_to": "<nobody@influencerflow>", "text": "Hi"});
    assert_eq!(world.bring(JSON, &stray.to_string()).await.ok(), json!({"status": "unknown", "outreach_id": null}));
}

#[both_engines]
async fn a_reply_finds_its_entry_and_teaches(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let away = format!(
        "From: mia@example.com\r\nMessage-ID: <away@b>\r\nIn-Reply-To: {message_id}\r\nAuto-Submitted: auto-replied\r\n\
        Subject: Away\r\n\r\nI am on holiday.\r\n"
    );
    assert_eq!(world.bring(RAW, &away).await.ok()["status"], "auto_reply");
    assert_eq!(world.entry(&id).await["email_status"], "sent");
    let reply = format!(
        "From: Mia <mia@example.com>\r\nMessage-ID: <r1@b>\r\nReferences: <other@x> {message_id}\r\nSubject: Re: Hello\r\n\r\n\
        I'd love to! My rate is $1,500 per reel.\r\n\r\nOn Mon, x <us@example.com> wrote:\r\n> not interested\r\n"
    );
    for status in ["reply", "duplicate", "duplicate"] {
        assert_eq!(world.bring(RAW, &reply).await.ok(), json!({"status": status, "outreach_id": id}));
    }
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["status"], &entry["email_status"], &entry["stage"]),
        (&json!("replied"), &json!("replied"), &json!("negotiating"))
    );
    assert_eq!(
        (&entry["collaboration_rate"], &entry["interest_level"]),
        (&json!("1500 USD"), &json!("very_interested"))
    );
    assert_eq!(statuses(&world.touches(&id).await), ["kept", "auto_reply", "received"]);
    world.check_tallies().await;
}

#[both_engines]
async fn a_bounce_for_good_ends_it(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let bounce = |own: &str, status: &str| json!({"message_id": own, "in_reply_to": message_id, "bounce_status": status, "auto_submitted": "auto-replied"});
    assert_eq!(world.bring(JSON, &bounce("<b1@mx>", "4.2.2").to_string()).await.ok()["status"], "soft_bounce");
    assert_eq!(world.entry(&id).await["email_status"], "sent");
    assert_eq!(world.bring(JSON, &bounce("<b2@mx>", "5.1.1").to_string()).await.ok()["status"], "bounced");
    let entry = world.entry(&id).await;
    assert_eq!((&entry["status"], &entry["email_status"]), (&json!("bounced"), &json!("bounced")));
    assert_eq!(statuses(&world.touches(&id).await), ["bounced", "soft_bounce", "bounced"]);
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    assert_eq!(list["suppressions"][0]["reason"], "bounced");
    let mail = world.body(json!({"subject": "Hello", "message": "Again"}));
    world.client.post("/api/v1/outreach/email", &mail).await.refused(409);
    world.check_tallies().await;
}

#[both_engines]
async fn reports_of_every_kind_find_their_entry(fresh: FreshDb) {
    let prose = |own: &str, to: &str, said: &str, thread: &str| {
        format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: us@glow.example\r\nSubject: failure notice\r\nMessage-ID: <{own}@mx>\r\n\r\n\
             I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n<{to}>:\r\nRemote host said: {said}\r\n\r\n\
             --- Below this line is a copy of the message.\r\n\r\nReceived: by mx\r\nMessage-ID: {thread}\r\n\r\nHi\r\n"
        )
    };
    let notice = |thread: &str| {
        let told = json!({"notificationType": "Bounce",
            "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "mia@example.com", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]},
            "mail": {"messageId": "0100-ses", "headers": [{"name": "Message-ID", "value": thread}]}});
        format!(
            "From: no-reply@sns.amazonaws.com\r\nSubject: AWS Notification Message\r\nMessage-ID: <n1@ses>\r\nx-amz-sns-message-id: 1\r\n\r\n{told}\r\n"
        )
    };
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    for (own, to, said) in [
        ("b1", "mia@example.com", "550 Unknown user mia@example.com (in reply to end of DATA command)"),
        ("b2", "mia@example.com", "552 5.2.2 mailbox full"),
        ("b3", "assistant@agency.example", "550 5.1.1 no such user"),
    ] {
        let answer = world.bring(RAW, &prose(own, to, said, &message_id)).await.ok();
        assert_eq!(answer, json!({"status": "soft_bounce", "outreach_id": id}), "{said}");
    }
    assert_eq!((suppressed(&world).await, &world.entry(&id).await["email_status"]), (vec![], &json!("sent")));
    // An adapter passes it on in parts.
    let parts = json!({"message_id": "<b4@mx>", "from": "Mail Delivery System <MAILER-DAEMON@mx.example.net>", "to": "us@glow.example", "subject": "failure notice",
        "text": format!("<mia@example.com>:\n550 5.7.1 rejected by policy\n\n--- Below this line is a copy of the message.\n\nMessage-ID: {message_id}\n")});
    assert_eq!(world.bring(JSON, &parts.to_string()).await.ok(), json!({"status": "soft_bounce", "outreach_id": id}));
    let answer = world.bring(RAW, &notice(&message_id)).await.ok();
    assert_eq!(answer, json!({"status": "bounced", "outreach_id": id}));
    assert_eq!(suppressed(&world).await, ["bounced"]);
    world.check_tallies().await;
}

#[both_engines]
async fn whoever_writes_to_be_left_alone_is(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let reply = json!({"message_id": "<r1@b>", "references": message_id, "text": "No thanks. Please remove me from your list."});
    assert_eq!(world.bring(JSON, &reply.to_string()).await.ok()["status"], "reply");
    assert_eq!(world.entry(&id).await["stage"], "declined");
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    assert_eq!(list["suppressions"][0]["reason"], "unsubscribed");
}

async fn suppressed(world: &World) -> Vec<String> {
    let list = world.client.get("/api/v1/outreach/suppressions").await.ok();
    list["suppressions"].as_array().unwrap().iter().map(|row| text(&row["reason"])).collect()
}

/// What stands in the last mail to her: where answers go, the thread, from whom.
async fn sent_mail(world: &World) -> (String, String, String) {
    let mut tx = world.app.read().await.unwrap();
    let newest = http_base::Offsets { limit: 1, offset: 0 };
    let (mut mails, _) = mail::store::list(kernel::Scope::system(), &mut tx, None, newest).await.unwrap();
    let mail = mails.remove(0);
    (mail.reply_to.unwrap(), mail.headers, mail.sender_name.unwrap())
}

#[both_engines]
async fn only_own_words_decide(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    let pitch = "Would you make a reel for $500? If you are not interested, unsubscribe me says the link.";
    for (number, reply) in [
        format!("Yes, 800 USD\r\n\r\n________________________________\r\nFrom: TechFit <no-reply@x.example>\r\nSent: Monday\r\nTo: Mia\r\nSubject: Hello\r\n\r\n{pitch}"),
        format!("Yes, 800 USD\r\n\r\nVon: TechFit <no-reply@x.example>\r\nGesendet: Montag\r\nAn: Mia\r\nBetreff: Hello\r\n\r\n{pitch}"),
        format!("Yes, 800 USD\r\n\r\nEl lun, 2 mar 2026, TechFit <no-reply@x.example> escribió:\r\n\r\n{pitch}"),
    ]
    .iter()
    .enumerate()
    {
        let mail = json!({"message_id": format!("<r{number}@b>"), "in_reply_to": message_id, "from": "mia@example.com", "text": reply});
        assert_eq!(world.bring(JSON, &mail.to_string()).await.ok()["status"], "reply");
    }
    let html =
        "<div>Still yes!</div><div id=\"divRplyFwdMsg\">From: TechFit</div><p>not interested, unsubscribe me</p>";
    let mail = json!({"message_id": "<r9@b>", "in_reply_to": message_id, "from": "mia@example.com", "html": html});
    assert_eq!(world.bring(JSON, &mail.to_string()).await.ok()["status"], "reply");
    let entry = world.entry(&id).await;
    assert_eq!(
        (&entry["collaboration_rate"], &entry["interest_level"]),
        (&json!("800 USD"), &json!("very_interested"))
    );
    assert_eq!(suppressed(&world).await, Vec::<String>::new());
    let again = world.body(json!({"subject": "Next", "message": "Good"}));
    world.client.post("/api/v1/outreach/email", &again).await.ok();
}

#[both_engines]
async fn an_opt_out_is_a_sentence_that_asks(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (_, message_id) = sent(&world).await;
    let mail = |own: &str, said: &str| {
        json!({"message_id": own, "in_reply_to": message_id, "from": "Mia <agent@example.com>", "text": said})
            .to_string()
    };
    world.bring(JSON, &mail("<r1@b>", "I will tell my subscribers why they shouldn't unsubscribe.")).await.ok();
    assert_eq!(suppressed(&world).await, Vec::<String>::new());
    world.bring(JSON, &mail("<r2@b>", "No more emails please.")).await.ok();
    assert_eq!(suppressed(&world).await, ["unsubscribed", "unsubscribed"], "at the address that wrote, too");
}

#[both_engines]
async fn only_an_address_that_is_not_there_is_closed(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, message_id) = sent(&world).await;
    for (number, status, said) in [
        (1, "5.7.1", "550 5.7.1 rejected by policy"),
        (2, "5.2.2", "552 mailbox full"),
        (3, "5.7.26", "unauthenticated: SPF and DKIM failed"),
        (4, "4.4.1", "connection timed out"),
    ] {
        let bounce = json!({"message_id": format!("<b{number}@mx>"), "in_reply_to": message_id, "bounce_status": status, "bounce_diagnostic": said});
        assert_eq!(world.bring(JSON, &bounce.to_string()).await.ok()["status"], "soft_bounce", "{said}");
    }
    assert_eq!(world.entry(&id).await["email_status"], "sent");
    assert_eq!(suppressed(&world).await, Vec::<String>::new());
    // A report that names nothing but its receiver.
    let report = "From: MAILER-DAEMON@mx.example\r\nMessage-ID: <b9@mx>\r\nSubject: failure notice\r\n\r\n<mia@example.com>:\r\nno such user (#5.1.1)\r\n";
    assert_eq!(world.bring(RAW, report).await.ok(), json!({"status": "bounced", "outreach_id": id}));
    assert_eq!(suppressed(&world).await, ["bounced"]);
}

#[both_engines]
async fn a_thread_survives_relays_that_rewrite_ids(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (id, _) = sent(&world).await;
    let (reply_to, headers, name) = sent_mail(&world).await;
    assert!(reply_to.contains('+') && !reply_to.starts_with("no-reply"), "{reply_to}");
    assert_eq!(name, "TechFit");
    let headers: Vec<(String, String)> = serde_json::from_str(&headers).unwrap();
    let thread = &headers.iter().find(|(name, _)| name == "References").unwrap().1;
    let by_address = format!(
        "From: mia@example.com\r\nTo: TechFit <{}>\r\nSubject: Re: Hello\r\nIn-Reply-To: <ses@relay.example>\r\n\r\nYes!\r\n",
        reply_to.to_uppercase()
    );
    assert_eq!(
        world.bring(RAW, &by_address).await.ok(),
        json!({"status": "reply", "outreach_id": id}),
        "it has no Message-ID, either"
    );
    assert_eq!(world.bring(RAW, &by_address).await.ok()["status"], "duplicate");
    let by_thread =
        json!({"message_id": "<r2@b>", "references": format!("{thread}\r\n <ses@relay.example>"), "text": "And again"});
    assert_eq!(world.bring(JSON, &by_thread.to_string()).await.ok(), json!({"status": "reply", "outreach_id": id}));
    let forged = json!({"message_id": "<r3@b>", "to": reply_to.replacen('+', "+x", 1), "text": "Hi"});
    assert_eq!(world.bring(JSON, &forged.to_string()).await.ok()["status"], "unknown");
}

#[both_engines]
async fn what_belongs_to_nothing_is_kept_and_given_by_hand(fresh: FreshDb) {
    let path = "/api/v1/outreach/inbound/unmatched";
    let world = World::new(fresh).await;
    let (id, _) = sent(&world).await;
    let stray = json!({"message_id": "<x@y>", "from": "Mia <mia@example.com>", "subject": "Your offer", "text": "Yes, I'm interested! My rate is 700 USD."});
    for _ in 0..2 {
        assert_eq!(world.bring(JSON, &stray.to_string()).await.ok()["status"], "unknown");
    }
    let nobodys = json!({"message_id": "<z@y>", "from": "who@example.org", "text": "Hello?"});
    world.bring(JSON, &nobodys.to_string()).await.ok();
    let list = world.client.get(path).await.ok();
    assert_eq!((&list["total"], &list["emails"][0]["text"]), (&json!(1), &stray["text"]), "{list}");
    let kept = text(&list["emails"][0]["id"]);
    assert_eq!(world.stranger.get(path).await.ok()["total"], 0);
    let assign = format!("{path}/{kept}/assign");
    world.stranger.post(&assign, &json!({"outreach_id": id})).await.refused(404);
    let nowhere = world.clock.new_id::<()>().to_string();
    world.client.post(&assign, &json!({"outreach_id": nowhere})).await.refused(404);
    assert_eq!(
        world.client.post(&assign, &json!({"outreach_id": id})).await.ok(),
        json!({"status": "reply", "outreach_id": id})
    );
    world.client.post(&assign, &json!({"outreach_id": id})).await.refused(404);
    let entry = world.entry(&id).await;
    assert_eq!((&entry["email_status"], &entry["collaboration_rate"]), (&json!("replied"), &json!("700 USD")));
    assert_eq!(world.client.get(path).await.ok()["total"], 0);
    world.check_tallies().await;
}

#[both_engines]
async fn what_nobody_claims_is_forgotten(fresh: FreshDb) {
    let settings = Settings { unmatched_keep: std::time::Duration::from_hours(24 * 10), ..Settings::default() };
    let world = World::with(fresh, settings).await;
    sent(&world).await;
    let path = "/api/v1/outreach/inbound/unmatched";
    let bring = async |number: u32| {
        let stray = json!({"message_id": format!("<{number}@y>"), "from": "mia@example.com", "text": "Hello?"});
        assert_eq!(world.bring(JSON, &stray.to_string()).await.ok()["status"], "unknown");
    };
    // More than one bite of the deletion.
    for number in 0..201 {
        bring(number).await;
    }
    world.days(8).await;
    bring(1_000).await;
    world.days(1).await;
    assert_eq!(world.client.get(path).await.ok()["total"], 202);
    world.days(2).await;
    let left = world.client.get(path).await.ok();
    assert_eq!((&left["total"], &left["emails"][0]["message_id"]), (&json!(1), &json!("<1000@y>")), "{left}");
    // It may come again, and is kept again.
    bring(0).await;
    assert_eq!(world.client.get(path).await.ok()["total"], 2);
}

#[both_engines]
async fn a_suppression_holds_for_both_spellings(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let body = json!({"address": "zoe@xn--bcher-kva.example"});
    world.client.post("/api/v1/outreach/suppressions", &body).await.ok();
    let creator = world.add_creator("Zoe", "zoe@bücher.example").await;
    let mail =
        json!({"campaign_id": world.campaign, "creator_id": creator, "subject": "Hello", "message": "Would you?"});
    world.client.post("/api/v1/outreach/email", &mail).await.refused(409);
}
