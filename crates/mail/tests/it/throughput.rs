//! How fast the queue empties, beside what the mail server itself can take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jobs::Workers;
use kernel::{Clock, Scope, WorkspaceId};
use mail::NewMail;
use ports::mailer::{Mailer, Ready};
use testkit::{FreshDb, both_engines};

use crate::smtp::mailer;
use crate::smtp_server::{Act, SmtpServer};
use crate::{Office, to};

const MAILS: usize = 10_000;
const CONNECTIONS: usize = 16;

/// What the server takes when nothing but messages is handed to it: mails a second.
async fn bare_rate(mails: usize) -> f64 {
    let server = SmtpServer::start(|_| Act::Go).await;
    let mailer = mailer(&server, CONNECTIONS as u32);
    let started = Instant::now();
    let hands = (0..CONNECTIONS).map(|_| {
        let mailer = Arc::clone(&mailer);
        tokio::spawn(async move {
            let ready = Ready { from: "a@b.example", to: "c@d.example", message: b"Subject: x\r\n\r\nHello\r\n" };
            for _ in 0..mails / CONNECTIONS {
                mailer.send(ready).await.unwrap();
            }
        })
    });
    for hand in hands.collect::<Vec<_>>() {
        hand.await.unwrap();
    }
    server.count() as f64 / started.elapsed().as_secs_f64()
}

/// How long a read of the outbox takes, in the middle and at the worst hundredth.
async fn reads(office: &Office, wanted: usize) -> (Duration, Duration) {
    let mut took = Vec::new();
    for _ in 0..wanted {
        let started = Instant::now();
        let mut tx = office.db().read().await.unwrap();
        let page = http_base::Offsets { limit: 20, offset: 0 };
        mail::store::list(Scope::system(), &mut tx, Some("someone7@example.com"), page).await.unwrap();
        drop(tx);
        took.push(started.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    took.sort();
    (took[took.len() / 2], took[took.len() * 99 / 100])
}

/// Mails a second, and that as a share of what the bare server takes.
async fn empties(fresh: FreshDb, mails: usize) -> (f64, f64) {
    let bare = bare_rate(mails.min(4_000)).await;
    let server = SmtpServer::start(|_| Act::Go).await;
    let office = Office::with(fresh, mailer(&server, CONNECTIONS as u32), Clock::system(), Vec::new()).await;
    let workspace: WorkspaceId = office.clock.new_id();
    for bite in 0..mails.div_ceil(500) {
        let mut tx = office.db().write().await.unwrap();
        for number in bite * 500..((bite + 1) * 500).min(mails) {
            let mail = NewMail { workspace: Some(workspace), ..to(&format!("someone{number}@example.com")) };
            mail::queue(&mut tx, &office.app, mail).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let quiet = reads(&office, 200).await;
    let started = Instant::now();
    let workers = Workers::start(office.db().clone(), office.clock.clone(), office.registry.clone(), 2).await.unwrap();
    let mut busy = Vec::new();
    while server.count() < mails {
        assert!(started.elapsed() < Duration::from_mins(5), "{} of {mails}", server.count());
        busy.push(reads(&office, 100).await);
    }
    let took = started.elapsed().as_secs_f64();
    workers.stop().await;
    let sent: i64 = office
        .db()
        .read()
        .await
        .unwrap()
        .fetch_value("SELECT count(*) FROM mails WHERE status = 'sent'", vec![])
        .await
        .unwrap();
    assert_eq!((sent, server.count()), (i64::try_from(mails).unwrap(), mails), "each once");
    busy.sort();
    let rate = mails as f64 / took;
    eprintln!(
        "{:?}: {rate:.0} mails/s, {:.2} of the bare server's {bare:.0}; a read takes {:?} (p99 {:?}), quiet {:?} (p99 {:?})",
        office.db().engine(),
        rate / bare,
        busy[busy.len() / 2].0,
        busy[busy.len() / 2].1,
        quiet.0,
        quiet.1,
    );
    (rate, rate / bare)
}

#[both_engines]
async fn a_few_hundred_leave_each_once(fresh: FreshDb) {
    empties(fresh, 400).await;
}

#[both_engines]
#[ignore = "takes up to a minute; prints the figures"]
async fn ten_thousand_leave(fresh: FreshDb) {
    let (rate, share) = empties(fresh, MAILS).await;
    assert!(share >= 0.2, "{share:.2} of the bare server's rate");
    // Unoptimised, and beside whatever else the machine does, only the share says something.
    assert!(cfg!(debug_assertions) || rate >= 200.0, "{rate:.0} mails/s");
}
