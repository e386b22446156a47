//! A server with an audience, programs that are made up, and the hub.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audience::ports::NoPrograms;
use audience::{Audience, Channel, Identity, IdentityKind, InteractionKind, Member, Parts, Seed, members};
use db::{Migration, Tx};
use http_base::App;
use http_base::data::Holder;
use hub::Hub;
use hub::ports::{ProgramDay, ProgramId, Programs, TopProgram};
use kernel::{Clock, Day, Result, Timestamp, WorkspaceId};
use ports::files::MemoryFiles;
use serde_json::Value;
use testkit::{Client, FreshDb, Someone};

/// The server's own address.
pub(crate) const AT: &str = "https://hub.example.com";

pub(crate) fn tables() -> Vec<Migration> {
    [
        events::MIGRATIONS,
        jobs::MIGRATIONS,
        delivery::MIGRATIONS,
        http_base::idempotency::MIGRATIONS,
        mail::MIGRATIONS,
        audience::MIGRATIONS,
        channels::MIGRATIONS,
        hub::MIGRATIONS,
    ]
    .concat()
}

/// Programs that are made up here, all of one workspace.
#[derive(Clone, Default)]
pub(crate) struct MadeUp(pub(crate) Arc<Mutex<(Vec<ProgramDay>, Vec<TopProgram>)>>);

#[async_trait]
impl Programs for MadeUp {
    async fn days(&self, _: &mut Tx, _: WorkspaceId, from: Day, until: Day) -> Result<Vec<ProgramDay>> {
        let all = self.0.lock().unwrap();
        Ok(all.0.iter().filter(|day| from <= day.day && day.day <= until).copied().collect())
    }

    async fn top(&self, _: &mut Tx, _: WorkspaceId, most: u32) -> Result<Vec<TopProgram>> {
        Ok(self.0.lock().unwrap().1.iter().take(most as usize).cloned().collect())
    }

    async fn names(&self, _: &mut Tx, _: WorkspaceId, ids: &[ProgramId]) -> Result<Vec<(ProgramId, String)>> {
        let all = self.0.lock().unwrap();
        let named = all.1.iter().filter(|program| ids.contains(&program.program_id));
        Ok(named.map(|program| (program.program_id, program.name.clone())).collect())
    }
}

pub(crate) struct World {
    _fresh: FreshDb,
    pub(crate) clock: Clock,
    pub(crate) hub: Hub,
    pub(crate) programs: MadeUp,
    pub(crate) anyone: Client,
    pub(crate) coach: Someone,
    pub(crate) other: Someone,
}

impl World {
    pub(crate) async fn new(fresh: FreshDb) -> Self {
        // A Monday.
        let clock = Clock::mock("2026-03-02T09:00:00Z".parse().unwrap(), 7);
        fresh.db.migrate(&tables(), clock.now()).await.unwrap();
        let people = testkit::People::default();
        let db = fresh.db.clone().with_clock(clock.clone());
        let app = App::builder(db, clock.clone()).authenticated_by(Arc::new(people.clone())).public_url(AT).build();
        let parts = Parts {
            files: Arc::new(MemoryFiles::default()),
            enrolments: Arc::new(NoPrograms),
            keepers: Vec::new(),
            owners: Arc::new(audience::ports::AlwaysOwned),
        };
        let audience = Audience::new(app.clone(), parts);
        let programs = MadeUp::default();
        let hub = Hub::new(app.clone(), Arc::new(programs.clone()));
        let routes = audience::router(audience).merge(hub::router(hub.clone()));
        let (coach, other) = (people.creator(&clock), people.creator(&clock));
        Self { _fresh: fresh, anyone: Client::new(routes.served(&app)), clock, hub, programs, coach, other }
    }

    pub(crate) fn coach(&self) -> Client {
        self.anyone.of(&self.coach)
    }

    pub(crate) fn other(&self) -> Client {
        self.anyone.of(&self.other)
    }

    pub(crate) fn own(&self) -> WorkspaceId {
        self.coach.account.hub()
    }

    pub(crate) fn today(&self) -> Day {
        Day::of(self.clock.now())
    }

    pub(crate) async fn write(&self) -> Tx {
        self.hub.app().write().await.unwrap()
    }

    /// Somebody new on a channel.
    pub(crate) async fn arrives(&self, channel: Channel, name: &str) -> Member {
        let mut tx = self.write().await;
        let by = [Identity::new(IdentityKind::External, name).unwrap()];
        let member = members::reach(&mut tx, self.own(), channel, &by, Seed::named(Some(name))).await.unwrap();
        tx.commit().await.unwrap();
        member
    }

    pub(crate) async fn happens(&self, member: &Member, kind: InteractionKind, channel: Channel, at: Timestamp) {
        let mut tx = self.write().await;
        members::interaction(&mut tx, member, kind, channel, at).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn rates(&self, day: Day, ratings: i64, rating_sum: i64) {
        let by = channels::days::store::Move { ratings, rating_sum, ..Default::default() };
        let mut tx = self.write().await;
        let channel = kernel::Id::from_uuid(uuid::Uuid::from_u128(1));
        channels::days::store::shift(&mut tx, self.own(), channel, day, &by).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let reply = self.coach().get(path).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub(crate) async fn work(&self) {
        jobs::run_until_idle(self.hub.app().db(), &self.clock, &hub::jobs(&self.hub)).await.unwrap();
    }

    /// What the coach is told is kept about them by the hub, and what is left after their erasure.
    pub(crate) async fn told_and_erased(&self) -> (Vec<Value>, Vec<Value>) {
        let kept = hub::slice(&self.hub).data;
        let holder = Holder::of(self.coach.account.id, self.coach.account.user_type);
        let scope = kernel::Scope::system();
        let mut tx = self.write().await;
        let told = kept.sections[0].fetch(scope, &mut tx, &holder, 0).await.unwrap();
        kept.erasers[0].erase(scope, &mut tx, &holder, self.clock.now()).await.unwrap();
        let left = kept.sections[0].fetch(scope, &mut tx, &holder, 0).await.unwrap();
        tx.commit().await.unwrap();
        (told, left)
    }
}
