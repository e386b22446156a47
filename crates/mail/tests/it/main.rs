//! The post office on both engines: what is queued leaves once, or its fate is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fates;
mod outbox;
mod smtp;
#[path = "../../../providers/tests/all/smtp_server.rs"]
mod smtp_server;
mod throughput;
mod upgrade;
mod written;

use std::sync::Arc;

use async_trait::async_trait;
use db::Db;
use http_base::App;
use jobs::Registry;
use kernel::{Clock, MailId, Scope};
use mail::store::Mail;
use mail::{NewMail, Post, Queued, Settings, Veto};
use ports::mailer::{Delivery, Mailer, Ready, Refusal};
use testkit::{FreshDb, People};

/// A post office over a fresh database, with its jobs.
pub(crate) struct Office {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) people: People,
    pub(crate) post: Post,
    pub(crate) registry: Registry,
    pub(crate) fresh: FreshDb,
}

impl Office {
    pub(crate) async fn new(fresh: FreshDb, mailer: Arc<dyn Mailer>) -> Self {
        Self::with(fresh, mailer, mock(), Vec::new()).await
    }

    pub(crate) async fn with(
        fresh: FreshDb,
        mailer: Arc<dyn Mailer>,
        clock: Clock,
        vetoes: Vec<Arc<dyn Veto>>,
    ) -> Self {
        let tables = [jobs::MIGRATIONS, delivery::MIGRATIONS, mail::MIGRATIONS].concat();
        fresh.db.migrate(&tables, clock.now()).await.unwrap();
        let people = People::default();
        let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone()));
        let app = app.mail_domain("shop.example").build();
        let from = Some("Möbel & Mehr <post@shop.example>".parse().unwrap());
        let post = Post::new(app.clone(), mailer, Settings { from, ..Settings::default() }, vetoes);
        let registry = mail::jobs(&post);
        Self { app, clock, people, post, registry, fresh }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.fresh.db
    }

    pub(crate) async fn queue(&self, mail: NewMail) -> Queued {
        let mut tx = self.db().write().await.unwrap();
        let queued = mail::queue(&mut tx, &self.app, mail).await.unwrap();
        tx.commit().await.unwrap();
        queued
    }

    /// Runs what is due.
    pub(crate) async fn run(&self) -> usize {
        jobs::run_until_idle(self.db(), &self.clock, &self.registry).await.unwrap()
    }

    pub(crate) async fn mail(&self, id: MailId) -> Mail {
        let mut tx = self.db().read().await.unwrap();
        mail::store::find(Scope::system(), &mut tx, id).await.unwrap().unwrap()
    }

    pub(crate) async fn status(&self, id: MailId) -> String {
        self.mail(id).await.status
    }
}

pub(crate) fn mock() -> Clock {
    Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7)
}

/// A mail to this address.
pub(crate) fn to(address: &str) -> NewMail {
    NewMail {
        to: address.into(),
        subject: "Confirm your address".into(),
        text: "Open https://app.example/verify?token=abc123.".into(),
        ..NewMail::default()
    }
}

/// Answers in turn as it is told, and remembers every message.
pub(crate) struct Told {
    answers: std::sync::Mutex<Vec<Result<Delivery, Refusal>>>,
    pub(crate) seen: std::sync::Mutex<Vec<Vec<u8>>>,
}

impl Told {
    /// The first answers; afterwards everything is taken.
    pub(crate) fn new(answers: &[Result<Delivery, Refusal>]) -> Arc<Self> {
        let answers = answers.iter().rev().cloned().collect();
        Arc::new(Self { answers: std::sync::Mutex::new(answers), seen: std::sync::Mutex::default() })
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

#[async_trait]
impl Mailer for Told {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn send(&self, ready: Ready<'_>) -> Result<Delivery, Refusal> {
        self.seen.lock().unwrap().push(ready.message.to_vec());
        self.answers.lock().unwrap().pop().unwrap_or(Ok(Delivery::Sent))
    }
}
