//! A server with nothing but an audience, and two coaches.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audience::ports::{Enrolment, Enrolments, Keeper, Owners};
use audience::{Audience, Channel, Identity, IdentityKind, Member, MemberId, Parts, Seed, members};
use db::{Migration, Tx};
use http_base::App;
use kernel::{Clock, Result, WorkspaceId};
use ports::files::MemoryFiles;
use serde_json::{Value, json};
use testkit::{Client, FreshDb, Someone};

pub(crate) fn tables() -> Vec<Migration> {
    [events::MIGRATIONS, jobs::MIGRATIONS, http_base::idempotency::MIGRATIONS, audience::MIGRATIONS].concat()
}

/// Programs that are made up here: whoever is in the list is enrolled once.
#[derive(Clone, Default)]
pub(crate) struct Programs(pub(crate) Arc<Mutex<Vec<MemberId>>>);

#[async_trait]
impl Enrolments for Programs {
    async fn counts(&self, _: &mut Tx, _: WorkspaceId, members: &[MemberId]) -> Result<Vec<u64>> {
        let enrolled = self.0.lock().unwrap();
        Ok(members.iter().map(|id| enrolled.iter().filter(|one| *one == id).count() as u64).collect())
    }

    async fn of(&self, _: &mut Tx, member: &Member) -> Result<Vec<Enrolment>> {
        let enrolled = self.0.lock().unwrap();
        let own = enrolled.iter().filter(|id| **id == member.id);
        Ok(own
            .map(|id| Enrolment {
                program_id: kernel::Id::from_uuid(id.uuid()),
                program_name: "Weight Loss Journey".into(),
                status: "active".into(),
                progress: 0.6,
                enrolled_at: member.created_at,
            })
            .collect())
    }
}

/// Somebody else who keeps something about members: a letter of each.
#[derive(Clone, Default)]
pub(crate) struct Letters(pub(crate) Arc<Mutex<Vec<(MemberId, String)>>>);

#[async_trait]
impl Keeper for Letters {
    async fn merge(&self, _: &mut Tx, from: &Member, into: &Member) -> Result<()> {
        let mut letters = self.0.lock().unwrap();
        letters.iter_mut().filter(|(of, _)| *of == from.id).for_each(|letter| letter.0 = into.id);
        Ok(())
    }

    async fn told(&self, _: &mut Tx, member: &Member) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let letters = self.0.lock().unwrap();
        let own = letters.iter().filter(|(of, _)| *of == member.id).map(|(_, text)| json!({"text": text}));
        Ok(vec![("letters", own.collect())])
    }

    async fn erase(&self, _: &mut Tx, member: &Member) -> Result<Vec<(&'static str, u64)>> {
        let mut letters = self.0.lock().unwrap();
        let before = letters.len();
        letters.retain(|(of, _)| *of != member.id);
        Ok(vec![("letters", (before - letters.len()) as u64)])
    }
}

/// Nobody owns a workspace that is not in the list.
#[derive(Clone, Default)]
pub(crate) struct Deeds(pub(crate) Arc<Mutex<Vec<WorkspaceId>>>);

#[async_trait]
impl Owners for Deeds {
    async fn is_owned(&self, _: &mut Tx, workspace: WorkspaceId) -> Result<bool> {
        Ok(self.0.lock().unwrap().contains(&workspace))
    }
}

pub(crate) struct World {
    _fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) people: testkit::People,
    pub(crate) audience: Audience,
    pub(crate) anyone: Client,
    pub(crate) programs: Programs,
    pub(crate) letters: Letters,
    pub(crate) deeds: Deeds,
    /// Two coaches, each with a hub of their own.
    pub(crate) coach: Someone,
    pub(crate) other: Someone,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let people = testkit::People::default();
        let db = fresh.db.clone().with_clock(clock.clone());
        let app = App::builder(db, clock.clone()).authenticated_by(Arc::new(people.clone())).build();
        let (programs, letters, deeds) = (Programs::default(), Letters::default(), Deeds::default());
        let parts = Parts {
            files: Arc::new(MemoryFiles::default()),
            enrolments: Arc::new(programs.clone()),
            keepers: vec![Arc::new(letters.clone())],
            owners: Arc::new(deeds.clone()),
        };
        let audience = Audience::new(app.clone(), parts);
        let router = audience::router(audience.clone()).served(&app);
        let (coach, other) = (people.creator(&clock), people.creator(&clock));
        let anyone = Client::new(router);
        Self { _fresh: fresh, clock, people, audience, anyone, programs, letters, deeds, coach, other }
    }

    pub(crate) fn coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) fn other(&self) -> Client {
        self.anyone.of(&self.other)
    }

    pub(crate) fn hub(&self) -> WorkspaceId {
        self.coach.account.hub()
    }

    pub(crate) async fn write(&self) -> Tx {
        self.audience.app().write().await.unwrap()
    }

    pub(crate) async fn read(&self) -> Tx {
        self.audience.app().read().await.unwrap()
    }

    /// Adds somebody by the route; answers their body.
    pub(crate) async fn add(&self, external_id: &str, channel: &str, profile: Value) -> Value {
        let body = json!({"external_id": external_id, "channel": channel, "profile_data": profile});
        let reply = self.coach().post("/api/v1/users", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Reaches somebody on WhatsApp by a phone number.
    pub(crate) async fn reach(&self, phone: &str, name: &str) -> Member {
        let mut tx = self.write().await;
        let by = [Identity::new(IdentityKind::Phone, phone).unwrap()];
        let seed = Seed::named(Some(name));
        let member = members::reach(&mut tx, self.hub(), Channel::Whatsapp, &by, seed).await.unwrap();
        tx.commit().await.unwrap();
        member
    }

    pub(crate) async fn member(&self, id: MemberId) -> Member {
        let mut tx = self.read().await;
        members::get(&mut tx, self.hub(), id).await.unwrap().unwrap()
    }

    pub(crate) async fn work(&self) {
        let (db, clock) = (self.audience.app().db(), &self.clock);
        jobs::run_until_idle(db, clock, &audience::jobs(&self.audience)).await.unwrap();
    }

    /// The events of the log, oldest first.
    pub(crate) async fn happened(&self) -> Vec<(String, Value)> {
        let newest = self.read().await.newest_events(None, &[], 1_000).await.unwrap();
        newest.into_iter().rev().map(|event| (event.kind, serde_json::from_str(&event.payload).unwrap())).collect()
    }

    pub(crate) async fn counted(&self, sql: &str) -> u64 {
        self.read().await.fetch_value(sql, vec![]).await.unwrap()
    }
}

/// The id in a body.
pub(crate) fn id_of(body: &Value) -> MemberId {
    body["id"].as_str().unwrap().parse().unwrap()
}
