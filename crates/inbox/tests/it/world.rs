//! A server with nothing but an inbox, and people who are made up here: who they are, what they have to do with each other, whether they are let in.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use db::{Db, EventRow, Migration, Tx};
use http_base::App;
use inbox::{
    Doors, Hub, Inbox, Letters, Notice, NotificationType, Notifier, Parts, People, Person, Related, Settings, Talks,
    Texts, Tie, Typing,
};
use kernel::{Account, AccountId, Clock, Proof, Result, Timestamp, time};
use ports::files::MemoryFiles;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};
use uuid::Uuid;

pub(crate) fn tables() -> Vec<Migration> {
    [events::MIGRATIONS, jobs::MIGRATIONS, http_base::idempotency::MIGRATIONS, inbox::MIGRATIONS].concat()
}

/// What is known of people.
#[derive(Default)]
struct Known {
    people: HashMap<AccountId, Person>,
    ties: HashMap<(AccountId, AccountId), Tie>,
    collaborations: HashMap<Uuid, (AccountId, AccountId)>,
    letters: Vec<(String, String, String)>,
    accounts: HashMap<Proof, Account>,
    signed_out: HashSet<Proof>,
    writes: Vec<Typing>,
    version: i64,
}

/// The town that they live in. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Town(Arc<Mutex<Known>>);

#[async_trait]
impl People for Town {
    async fn people(&self, _: &mut Tx, ids: &[AccountId]) -> Result<Vec<Person>> {
        let known = self.0.lock().unwrap();
        Ok(ids.iter().filter_map(|id| known.people.get(id).cloned()).collect())
    }

    async fn tie(&self, _: &mut Tx, one: AccountId, other: AccountId) -> Result<Tie> {
        let known = self.0.lock().unwrap();
        Ok(known.ties.get(&(one.min(other), one.max(other))).copied().unwrap_or(Tie::None))
    }

    async fn collaboration(
        &self,
        _: &mut Tx,
        one: AccountId,
        other: AccountId,
        named: Option<Uuid>,
    ) -> Result<Option<Uuid>> {
        let known = self.0.lock().unwrap();
        let found = known
            .collaborations
            .iter()
            .find(|(id, two)| **two == (one.min(other), one.max(other)) && named.is_none_or(|named| named == **id));
        Ok(found.map(|(id, _)| *id))
    }
}

#[async_trait]
impl Letters for Town {
    async fn letter(&self, tx: &mut Tx, to: &Person, subject: &str, text: &str) -> Result<()> {
        let letter = (to.email.clone().unwrap_or_default(), subject.to_owned(), text.to_owned());
        let own = self.clone();
        tx.after_commit(move || own.0.lock().unwrap().letters.push(letter));
        Ok(())
    }
}

#[async_trait]
impl Doors for Town {
    async fn version(&self) -> Result<i64> {
        Ok(self.0.lock().unwrap().version)
    }

    async fn accounts(&self, proofs: &[Proof]) -> Result<Vec<Option<Account>>> {
        let known = self.0.lock().unwrap();
        let one = |proof: &Proof| known.accounts.get(proof).filter(|_| !known.signed_out.contains(proof)).cloned();
        Ok(proofs.iter().map(one).collect())
    }
}

/// The event by which something is said in a hub.
pub(crate) const SAID: &str = "talk.said";

#[async_trait]
impl Talks for Town {
    fn kinds(&self) -> &'static [&'static str] {
        &[SAID]
    }

    async fn told(&self, _: &mut Tx, events: &[EventRow]) -> Result<Vec<Option<Value>>> {
        Ok(events.iter().map(|event| serde_json::from_str(&event.payload).ok()).collect())
    }

    async fn typing(&self, _: &mut Tx, _: Timestamp, _: u32) -> Result<Vec<Typing>> {
        Ok(self.0.lock().unwrap().writes.clone())
    }
}

impl Town {
    /// Who writes at this moment.
    pub(crate) fn writes(&self, all: Vec<Typing>) {
        self.0.lock().unwrap().writes = all;
    }

    /// Makes somebody known, whose account is so old.
    pub(crate) fn settle(&self, someone: &Someone, name: &str, country: &str, created_at: kernel::Timestamp) {
        let person = Person {
            id: someone.account.id,
            username: name.to_owned(),
            user_type: someone.account.user_type,
            country: Some(country.to_owned()),
            email: Some(format!("{name}@example.com")),
            tier_level: 2,
            created_at,
        };
        let mut known = self.0.lock().unwrap();
        known.people.insert(person.id, person);
        known.accounts.insert(someone.account.proof, someone.account.clone());
    }

    pub(crate) fn change(&self, id: AccountId, change: impl FnOnce(&mut Person)) {
        change(self.0.lock().unwrap().people.get_mut(&id).unwrap());
    }

    pub(crate) fn tie_up(&self, one: &Someone, other: &Someone, tie: Tie) {
        let (one, other) = (one.account.id, other.account.id);
        self.0.lock().unwrap().ties.insert((one.min(other), one.max(other)), tie);
    }

    pub(crate) fn collaborate(&self, one: &Someone, other: &Someone, id: Uuid) {
        let (one, other) = (one.account.id, other.account.id);
        self.0.lock().unwrap().collaborations.insert(id, (one.min(other), one.max(other)));
    }

    pub(crate) fn sign_out(&self, someone: &Someone) {
        let mut known = self.0.lock().unwrap();
        known.signed_out.insert(someone.account.proof);
        known.version += 1;
    }

    pub(crate) fn move_house(&self, someone: &Someone, workspace: Uuid) {
        let mut known = self.0.lock().unwrap();
        let account = known.accounts.get_mut(&someone.account.proof).unwrap();
        account.workspace = Some(kernel::WorkspaceId::from_uuid(workspace));
        known.version += 1;
    }

    pub(crate) fn letters(&self) -> Vec<(String, String, String)> {
        std::mem::take(&mut self.0.lock().unwrap().letters)
    }
}

pub(crate) struct World {
    pub(crate) fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) town: Town,
    pub(crate) people: testkit::People,
    pub(crate) inbox: Inbox,
    pub(crate) anyone: Client,
    /// A business of Germany, and a creator of Spain, whose accounts are old.
    pub(crate) business: Someone,
    pub(crate) creator: Someone,
}

/// A process over this database.
pub(crate) fn process(
    db: Db,
    clock: &Clock,
    town: &Town,
    people: &testkit::People,
    settings: Settings,
) -> (Inbox, Router) {
    let app = App::builder(db, clock.clone()).authenticated_by(Arc::new(people.clone())).build();
    let parts = Parts {
        notifier: Notifier::new(Arc::new(town.clone()), Hub::new()),
        letters: Arc::new(town.clone()),
        doors: Arc::new(town.clone()),
        talks: Arc::new(town.clone()),
        files: Arc::new(MemoryFiles::default()),
    };
    let inbox = Inbox::new(app.clone(), parts, settings);
    let router = inbox::router(inbox.clone()).served(&app);
    (inbox, router)
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        Self::set(fresh, Settings::default()).await
    }

    pub(crate) async fn set(fresh: FreshDb, settings: Settings) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let (town, people) = (Town::default(), testkit::People::default());
        let (inbox, router) = process(fresh.db.clone(), &clock, &town, &people, settings);
        let (business, creator) = (people.business(&clock), people.creator(&clock));
        let long_ago = clock.now().plus(-100 * time::DAY);
        town.settle(&business, "fashion_brand", "DE", long_ago);
        town.settle(&creator, "ana", "ES", long_ago);
        let anyone = Client::new(router);
        // Subscribers begin where the log ends when they are there for the first time.
        events::run_until_idle(inbox.app().db(), &clock, &inbox::subscribers(&inbox)).await.unwrap();
        Self { fresh, clock, town, people, inbox, anyone, business, creator }
    }

    /// Somebody more, whose account was made just now.
    pub(crate) fn newcomer(&self, name: &str) -> Someone {
        let someone = self.people.creator(&self.clock);
        self.town.settle(&someone, name, "US", self.clock.now());
        someone
    }

    /// Somebody more, whose account is old.
    pub(crate) fn someone(&self, name: &str) -> Someone {
        let someone = self.people.creator(&self.clock);
        self.town.settle(&someone, name, "US", self.clock.now().plus(-100 * time::DAY));
        someone
    }

    pub(crate) fn of(&self, someone: &Someone) -> Client {
        self.anyone.of(someone)
    }

    /// Tells people, in a transaction of its own.
    pub(crate) async fn notify(&self, notices: Vec<Notice>) {
        let db = self.inbox.app().db();
        let mut tx = db.write().await.unwrap();
        self.inbox.notifier().notify(&mut tx, notices).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn send(&self, from: &Someone, to: &Someone, content: &str) -> Value {
        self.clock.advance(1_000);
        let body = json!({"recipient_id": to.account.id, "content": content});
        let reply = self.of(from).post("/api/v1/messages", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn work(&self) {
        let (db, clock) = (self.inbox.app().db(), &self.clock);
        events::run_until_idle(db, clock, &inbox::subscribers(&self.inbox)).await.unwrap();
        jobs::run_until_idle(db, clock, &inbox::jobs(&self.inbox)).await.unwrap();
    }

    /// The kinds of events in the log, oldest first.
    pub(crate) async fn happened(&self) -> Vec<(String, Value)> {
        let mut tx = self.inbox.app().db().read().await.unwrap();
        let newest = tx.newest_events(None, &[], 1_000).await.unwrap();
        newest.into_iter().rev().map(|event| (event.kind, serde_json::from_str(&event.payload).unwrap())).collect()
    }
}

/// A notice of this kind to somebody.
pub(crate) fn notice(to: &Someone, kind: NotificationType, happening: &str) -> Notice {
    Notice {
        to: to.account.id,
        kind,
        happening: happening.to_owned(),
        texts: Texts::new(("New application", "somebody applied"), ("Nueva solicitud", "alguien se ha postulado")),
        related: Related { offer: Some(Uuid::from_u128(7)), ..Related::default() },
        group: None,
    }
}

/// How often this happened.
pub(crate) fn times<E: events::Event>(happened: &[(String, Value)]) -> usize {
    happened.iter().filter(|(kind, _)| kind == E::NAME).count()
}
