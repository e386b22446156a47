//! What becomes of a mail.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use db::{Tx, args};
use delivery::NewDelivery;
use kernel::{DeliveryId, WorkspaceId, time};
use mail::{About, Fate, Leaving, NewMail, Queued, Veto};
use ports::mailer::{Outbox, Refusal};
use testkit::{FreshDb, both_engines};

use crate::{Office, Told, mock, to};

/// Has the fates that are told collected.
fn listen(office: &mut Office) -> Arc<Mutex<Vec<Fate>>> {
    let fates: Arc<Mutex<Vec<Fate>>> = Arc::default();
    let heard = Arc::clone(&fates);
    office.registry.on("test.mail", move |_, payload| {
        let heard = Arc::clone(&heard);
        async move {
            heard.lock().unwrap().push(payload.read()?);
            Ok(())
        }
    });
    fates
}

fn about(office: &Office, mail: NewMail) -> NewMail {
    NewMail { about: Some(About { job: "test.mail", id: office.clock.new_id::<()>().uuid() }), ..mail }
}

/// The delivery of a mail: wishing for the same again answers the one that is there.
async fn wish(tx: &mut Tx, office: &Office, mail: &Queued) -> DeliveryId {
    let again = NewDelivery::new(mail::store::OWN, mail.id.uuid());
    delivery::enqueue(tx, &office.clock, again).await.unwrap()
}

/// Holds back what goes to this address.
struct Suppressed(&'static str);

#[async_trait]
impl Veto for Suppressed {
    async fn veto(&self, _: &mut Tx, mail: &Leaving) -> kernel::Result<Option<String>> {
        Ok((mail.to == self.0).then(|| "unsubscribed".to_owned()))
    }
}

#[both_engines]
async fn without_a_server_a_mail_is_kept(fresh: FreshDb) {
    let mut office = Office::new(fresh, Arc::new(Outbox)).await;
    let fates = listen(&mut office);
    let queued = office.queue(about(&office, to("anna@example.com"))).await;
    assert_eq!(office.status(queued.id).await, "queued");
    office.run().await;
    let mail = office.mail(queued.id).await;
    assert_eq!((mail.status.as_str(), mail.sent_at, mail.attempts), ("kept", Some(office.clock.now()), 1));
    assert!(mail.body_text.unwrap().contains("token=abc123"));
    let fates = fates.lock().unwrap().clone();
    assert_eq!((fates.len(), fates[0].mail_id, fates[0].status.as_str()), (1, queued.id, "kept"));
}

#[both_engines]
async fn what_is_rolled_back_is_never_sent(fresh: FreshDb) {
    let told = Told::new(&[]);
    let office = Office::new(fresh, told.clone()).await;
    let mut tx = office.db().write().await.unwrap();
    mail::queue(&mut tx, &office.app, to("anna@example.com")).await.unwrap();
    drop(tx);
    office.run().await;
    assert_eq!(told.count(), 0);
}

#[both_engines]
async fn a_mail_is_sent_once_and_its_tokens_are_forgotten(fresh: FreshDb) {
    let told = Told::new(&[]);
    let mut office = Office::new(fresh, told.clone()).await;
    let fates = listen(&mut office);
    let own = office.queue(about(&office, to("anna@example.com"))).await;
    let workspace: WorkspaceId = office.clock.new_id();
    let theirs = office.queue(about(&office, NewMail { workspace: Some(workspace), ..to("ben@example.com") })).await;
    office.run().await;
    office.clock.advance(time::DAY);
    office.run().await;
    assert_eq!(told.count(), 2);
    assert_eq!(fates.lock().unwrap().iter().map(|fate| fate.status.clone()).collect::<Vec<_>>(), ["sent", "sent"]);
    let (own, theirs) = (office.mail(own.id).await, office.mail(theirs.id).await);
    assert_eq!((own.status.as_str(), own.body_text), ("sent", None));
    let text = theirs.body_text.unwrap_or_default();
    assert!(text.contains("token=…") && !text.contains("abc123"), "but for what lets somebody in: {text}");
}

#[both_engines]
async fn what_may_pass_is_tried_again(fresh: FreshDb) {
    let told = Told::new(&[Err(Refusal::Later("451 later".into())), Err(Refusal::Later("421 busy".into()))]);
    let mut office = Office::new(fresh, told.clone()).await;
    let fates = listen(&mut office);
    let queued = office.queue(about(&office, to("anna@example.com"))).await;
    office.run().await;
    let mail = office.mail(queued.id).await;
    assert_eq!((mail.status.as_str(), mail.error.as_deref(), mail.attempts), ("queued", Some("451 later"), 1));
    office.clock.advance(29 * time::SECOND);
    office.run().await;
    assert_eq!(told.count(), 1, "not before half a minute");
    office.clock.advance(15 * time::SECOND);
    office.run().await;
    assert_eq!(told.count(), 2);
    office.clock.advance(2 * time::MINUTE);
    office.run().await;
    let mail = office.mail(queued.id).await;
    assert_eq!((mail.status.as_str(), mail.error, mail.attempts), ("sent", None, 3));
    assert_eq!(fates.lock().unwrap().len(), 1);
    let seen = told.seen.lock().unwrap().clone();
    assert!(seen[0] == seen[1] && seen[1] == seen[2], "the same bytes at every attempt");
}

#[both_engines]
async fn what_never_passes_is_told_in_the_end(fresh: FreshDb) {
    let told = Told::new(&vec![Err(Refusal::Later("421 away".into())); 50]);
    let mut office = Office::new(fresh, told.clone()).await;
    let fates = listen(&mut office);
    let queued = office.queue(about(&office, to("anna@example.com"))).await;
    for _ in 0..40 {
        office.run().await;
        office.clock.advance(time::HOUR);
    }
    assert_eq!(told.count(), 12);
    let fate = fates.lock().unwrap().clone();
    assert_eq!((fate.len(), fate[0].status.as_str(), fate[0].error.as_deref()), (1, "failed", Some("421 away")));
    assert_eq!(office.status(queued.id).await, "failed");
    // Once the server is there again, it can be replayed.
    let mut tx = office.db().write().await.unwrap();
    let delivery = wish(&mut tx, &office, &queued).await;
    assert!(delivery::replay(&mut tx, &office.clock, delivery).await.unwrap());
    tx.commit().await.unwrap();
    told.answers.lock().unwrap().clear();
    office.run().await;
    assert_eq!(office.status(queued.id).await, "sent");
    assert_eq!(fates.lock().unwrap().last().unwrap().status, "sent");
}

#[both_engines]
async fn what_is_refused_for_good_is_not_tried_again(fresh: FreshDb) {
    let told = Told::new(&[Err(Refusal::Never("550 no such user".into()))]);
    let mut office = Office::new(fresh, told.clone()).await;
    let fates = listen(&mut office);
    let queued = office.queue(about(&office, to("anna@example.com"))).await;
    for _ in 0..5 {
        office.run().await;
        office.clock.advance(time::HOUR);
    }
    assert_eq!(told.count(), 1);
    let mail = office.mail(queued.id).await;
    assert_eq!((mail.status.as_str(), mail.error.as_deref()), ("failed", Some("550 no such user")));
    assert_eq!(fates.lock().unwrap()[0].error.as_deref(), Some("550 no such user"));
}

#[both_engines]
async fn whoever_unsubscribed_meanwhile_gets_nothing(fresh: FreshDb) {
    let told = Told::new(&[]);
    let vetoes: Vec<Arc<dyn Veto>> = vec![Arc::new(Suppressed("anna@example.com"))];
    let mut office = Office::with(fresh, told.clone(), mock(), vetoes).await;
    let fates = listen(&mut office);
    let held = office.queue(about(&office, to("Anna <Anna@Example.com>"))).await;
    let sent = office.queue(to("ben@example.com")).await;
    office.run().await;
    assert_eq!((office.status(held.id).await, office.status(sent.id).await), ("withheld".into(), "sent".into()));
    assert_eq!(told.count(), 1);
    let fate = fates.lock().unwrap().clone();
    assert_eq!((fate[0].status.as_str(), fate[0].error.as_deref()), ("withheld", Some("unsubscribed")));
}

#[both_engines]
async fn after_a_crash_it_is_sent_again_and_said(fresh: FreshDb) {
    let told = Told::new(&[]);
    let office = Office::new(fresh, told.clone()).await;
    let queued = office.queue(to("anna@example.com")).await;
    // The process died between the server's yes and the row that says so.
    let mut tx = office.db().write().await.unwrap();
    let sql = "UPDATE mails SET status = 'sending', attempts = 1 WHERE id = $1";
    tx.execute(sql, args![queued.id]).await.unwrap();
    tx.commit().await.unwrap();
    office.run().await;
    let mail = office.mail(queued.id).await;
    assert_eq!((mail.status.as_str(), mail.attempts), ("sent", 2));
    assert!(mail.error.unwrap().contains("may have arrived twice"));
    assert!(String::from_utf8_lossy(&told.seen.lock().unwrap()[0]).contains(&queued.message_id));
}

#[both_engines]
async fn old_texts_are_deleted_and_lost_mails_given_up(fresh: FreshDb) {
    let mut office = Office::new(fresh, Arc::new(Outbox)).await;
    let fates = listen(&mut office);
    let old = office.queue(to("anna@example.com")).await;
    office.run().await;
    let lost = office.queue(about(&office, to("ben@example.com"))).await;
    let mut tx = office.db().write().await.unwrap();
    // Every server that had it was stopped.
    let delivery = wish(&mut tx, &office, &lost).await;
    delivery::testing::abandon(&mut tx, delivery).await.unwrap();
    tx.commit().await.unwrap();
    office.clock.advance(89 * time::DAY);
    office.run().await;
    assert!(office.mail(old.id).await.body_text.is_some());
    assert_eq!(office.status(lost.id).await, "failed");
    assert_eq!(fates.lock().unwrap()[0].status, "failed");
    office.clock.advance(2 * time::DAY);
    let young = office.queue(to("carl@example.com")).await;
    office.run().await;
    let old = office.mail(old.id).await;
    assert_eq!((old.body_text, old.body_html, old.subject.as_str()), (None, None, "Confirm your address"));
    assert!(office.mail(young.id).await.body_text.is_some());
}

#[both_engines]
async fn a_wrong_address_is_refused_at_once(fresh: FreshDb) {
    let office = Office::new(fresh, Arc::new(Outbox)).await;
    for address in ["", "anna", "anna@", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example"] {
        let mut tx = office.db().write().await.unwrap();
        let error = mail::queue(&mut tx, &office.app, to(address)).await.unwrap_err();
        assert_eq!(error.kind(), kernel::Kind::Invalid, "{address:?}");
    }
    let rows: i64 = office.db().read().await.unwrap().fetch_value("SELECT count(*) FROM mails", args![]).await.unwrap();
    assert_eq!(rows, 0);
}
