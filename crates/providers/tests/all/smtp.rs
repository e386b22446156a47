//! Mail by SMTP, over real connections to a server that misbehaves as real ones do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ports::mailer::{Delivery, Mailer, RECEIVER_REFUSED, Ready, Refusal};
use providers::smtp::{Encryption, SmtpMailer, SmtpSettings};

use crate::smtp_server::{Act, SmtpServer};

const READY: Ready<'static> = Ready {
    from: "no-reply@example.com",
    to: "anna@example.com",
    message: b"From: no-reply@example.com\r\nTo: anna@example.com\r\n\r\nHello\r\n.dot\r\n",
};

fn settings(server: &SmtpServer) -> SmtpSettings {
    SmtpSettings {
        port: server.address.port(),
        encryption: Encryption::None,
        time: Duration::from_millis(400),
        ..SmtpSettings::new("127.0.0.1")
    }
}

async fn send(server: &SmtpServer) -> Result<Delivery, Refusal> {
    SmtpMailer::new(&settings(server)).unwrap().send(READY).await
}

#[tokio::test]
async fn a_message_arrives_as_it_was() {
    let server = SmtpServer::start(|_| Act::Go).await;
    assert_eq!(send(&server).await, Ok(Delivery::Sent));
    let taken = server.taken();
    assert_eq!((taken[0].from.as_str(), taken[0].to.as_str()), ("no-reply@example.com", "anna@example.com"));
    // The end of a message has a line of its own.
    assert_eq!(taken[0].message.trim_end().as_bytes(), READY.message.trim_ascii_end());
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = SmtpServer::start(|_| Act::Go).await;
    let mailer = SmtpMailer::new(&settings(&server)).unwrap();
    for _ in 0..20 {
        assert_eq!(mailer.send(READY).await, Ok(Delivery::Sent));
    }
    assert_eq!((server.count(), server.connections()), (20, 1));
}

#[tokio::test]
async fn what_may_pass_is_for_later_and_what_will_not_is_not() {
    for (at, says, later) in [
        ("HELLO", "421 too busy", true),
        ("MAIL", "451 try again", true),
        ("RCPT", "450 greylisted", true),
        ("RCPT", "452 mailbox full", true),
        (".", "451 could not store it", true),
        ("RCPT", "550 no such user", false),
        ("RCPT", "553 not allowed", false),
        ("MAIL", "530 log in first", true),
        ("DATA", "554 no", false),
        (".", "552 too large", false),
    ] {
        let server = SmtpServer::start(move |step| if step.starts_with(at) { Act::Say(says) } else { Act::Go }).await;
        let refused = send(&server).await.unwrap_err();
        let (is_later, why) = match &refused {
            Refusal::Later(why) => (true, why),
            Refusal::Never(why) => (false, why),
        };
        assert_eq!(is_later, later, "{at} {says}: {why}");
        assert!(why.contains(&says[4..]), "the server's words are told: {why}");
        assert_eq!(server.count(), 0);
    }
}

#[tokio::test]
async fn a_receiver_who_is_refused_is_told_from_other_refusals() {
    for (at, says, is_receiver) in [
        ("RCPT", "550 5.1.1 no such user", true),
        ("MAIL", "550 5.1.8 no such sender", false),
        (".", "550 5.7.1 not this mail", false),
    ] {
        let server = SmtpServer::start(move |step| if step.starts_with(at) { Act::Say(says) } else { Act::Go }).await;
        let Err(Refusal::Never(why)) = send(&server).await else { panic!("{says} is for good") };
        assert_eq!(why.starts_with(RECEIVER_REFUSED), is_receiver, "{why}");
    }
}

#[tokio::test]
async fn letters_beyond_ascii_fail_at_once_where_smtputf8_is_not_offered() {
    let server = SmtpServer::start(|_| Act::Go).await;
    let mailer = SmtpMailer::new(&settings(&server)).unwrap();
    let Err(Refusal::Never(why)) = mailer.send(Ready { to: "zoë@example.com", ..READY }).await else {
        panic!("it cannot be sent")
    };
    assert!(why.contains("SMTPUTF8"), "{why}");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn the_greeting_has_a_full_name() {
    let greeted = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let heard = std::sync::Arc::clone(&greeted);
    let server = SmtpServer::start(move |step| {
        if step.starts_with("EHLO") {
            step.clone_into(&mut heard.lock().unwrap());
        }
        Act::Go
    })
    .await;
    let hello = Some("app.example.com".to_owned());
    SmtpMailer::new(&SmtpSettings { hello, ..settings(&server) }).unwrap().send(READY).await.unwrap();
    assert_eq!(greeted.lock().unwrap().trim(), "EHLO app.example.com");
}

#[tokio::test]
async fn a_server_that_hangs_up_or_is_slow_is_for_later() {
    for step in ["HELLO", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        for slow in [false, true] {
            let act = move || if slow { Act::Wait(Duration::from_secs(2)) } else { Act::Leave("") };
            let server = SmtpServer::start(move |at| if at.starts_with(step) { act() } else { Act::Go }).await;
            let started = Instant::now();
            let refused = send(&server).await.unwrap_err();
            assert!(matches!(refused, Refusal::Later(_)), "{step}, slow: {slow}: {refused:?}");
            assert!(started.elapsed() < Duration::from_millis(1500), "{step}: {:?}", started.elapsed());
        }
    }
}

#[tokio::test]
async fn a_connection_that_died_meanwhile_is_replaced() {
    let steps = AtomicUsize::new(0);
    // The first connection ends at the greeting of its second mail.
    let server = SmtpServer::start(move |step| match step {
        "NOOP" if steps.fetch_add(1, Ordering::SeqCst) == 0 => Act::Leave("421 idle for too long"),
        _ => Act::Go,
    })
    .await;
    let mailer = SmtpMailer::new(&settings(&server)).unwrap();
    for _ in 0..3 {
        assert_eq!(mailer.send(READY).await, Ok(Delivery::Sent));
    }
    assert_eq!((server.count(), server.connections()), (3, 2));
}

#[tokio::test]
async fn a_wrong_password_is_for_later_and_not_shown() {
    let server = SmtpServer::start(|step| match step.get(..4) {
        Some("AUTH") => Act::Say("535 hunter2-is-wrong for you"),
        _ => Act::Go,
    })
    .await;
    let login = Some(("post".to_owned(), "hunter2-is-wrong".into()));
    let mailer = SmtpMailer::new(&SmtpSettings { login, ..settings(&server) }).unwrap();
    let Err(Refusal::Later(why)) = mailer.send(READY).await else { panic!("it is not sent") };
    assert!(why.contains("SMTP_PASSWORD") && !why.contains("hunter2"), "{why}");
}

#[tokio::test]
async fn without_tls_nothing_is_said_where_it_is_wanted() {
    let server = SmtpServer::start(|_| Act::Go).await;
    for encryption in [Encryption::StartTls, Encryption::Tls] {
        let login = Some(("post".to_owned(), "hunter2".into()));
        let mailer = SmtpMailer::new(&SmtpSettings { encryption, login, ..settings(&server) }).unwrap();
        assert!(matches!(mailer.send(READY).await, Err(Refusal::Later(_))), "{encryption:?}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn no_server_at_all_is_for_later() {
    let server = SmtpServer::start(|_| Act::Go).await;
    let nobody = SmtpSettings { port: 1, ..settings(&server) };
    let refused = SmtpMailer::new(&nobody).unwrap().send(READY).await;
    assert!(matches!(refused, Err(Refusal::Later(_))), "{refused:?}");
    let nonsense = SmtpMailer::new(&settings(&server)).unwrap().send(Ready { to: "nobody", ..READY }).await;
    assert!(matches!(nonsense, Err(Refusal::Never(_))), "{nonsense:?}");
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_next_mails() {
    let mails = AtomicUsize::new(0);
    // The first message is taken late; the second one's receiver is refused.
    let server = SmtpServer::start(move |step| match step {
        "." if mails.fetch_add(1, Ordering::SeqCst) == 0 => Act::Wait(Duration::from_millis(700)),
        _ if step.starts_with("RCPT") && step.contains("nobody@") => Act::Say("550 no such user"),
        _ => Act::Go,
    })
    .await;
    let mailer = SmtpMailer::new(&settings(&server)).unwrap();
    assert!(matches!(mailer.send(READY).await, Err(Refusal::Later(_))));
    let refused = mailer.send(Ready { to: "nobody@example.com", ..READY }).await;
    assert!(matches!(refused, Err(Refusal::Never(_))), "{refused:?}");
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(mailer.send(READY).await, Ok(Delivery::Sent));
    assert!(server.taken().iter().all(|taken| taken.to == "anna@example.com"));
}
