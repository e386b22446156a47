//! From the queue to a mail server, over its own protocol.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kernel::time;
use providers::smtp::{Encryption, SmtpMailer, SmtpSettings};
use testkit::{FreshDb, both_engines};

use crate::smtp_server::{Act, SmtpServer};
use crate::{Office, to};

pub(crate) fn mailer(server: &SmtpServer, connections: u32) -> Arc<SmtpMailer> {
    let settings = SmtpSettings {
        port: server.address.port(),
        encryption: Encryption::None,
        time: Duration::from_secs(5),
        connections,
        ..SmtpSettings::new("127.0.0.1")
    };
    Arc::new(SmtpMailer::new(&settings).unwrap())
}

#[both_engines]
async fn a_server_with_moods_gets_every_mail_once(fresh: FreshDb) {
    let steps = AtomicUsize::new(0);
    // Every now and then it is busy, greylists, hangs up before it has taken anything, or takes its time; one receiver is unknown.
    let server = SmtpServer::start(move |step| {
        if step.contains("nobody@") && step.starts_with("RCPT") {
            return Act::Say("550 no such user");
        }
        match (steps.fetch_add(1, Ordering::SeqCst) % 23, step.get(..4)) {
            (3, Some("MAIL")) => Act::Leave("421 too busy"),
            (7, Some("RCPT")) => Act::Say("450 greylisted"),
            (11, Some("DATA")) => Act::Leave(""),
            (15, _) => Act::Wait(Duration::from_millis(20)),
            _ => Act::Go,
        }
    })
    .await;
    let office = Office::new(fresh, mailer(&server, 4)).await;
    let mut ids = Vec::new();
    for number in 0..40 {
        let name = if number == 17 { "nobody".to_owned() } else { format!("someone{number}") };
        ids.push(office.queue(to(&format!("{name}@example.com"))).await);
    }
    for _ in 0..12 {
        office.run().await;
        office.clock.advance(2 * time::HOUR);
    }
    for (number, queued) in ids.iter().enumerate() {
        let expected = if number == 17 { "failed" } else { "sent" };
        assert_eq!(office.status(queued.id).await, expected, "{number}");
    }
    let mut receivers: Vec<String> = server.taken().into_iter().map(|taken| taken.to).collect();
    receivers.sort();
    let all = receivers.len();
    receivers.dedup();
    assert_eq!((all, receivers.len(), server.count()), (39, 39, 39), "each once");
    assert!(server.connections() > 1);
    assert!(server.taken().iter().all(|taken| taken.from == "post@shop.example"
        && taken.message.contains("token=3Dabc123") | taken.message.contains("token=abc123")));
}
