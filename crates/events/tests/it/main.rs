//! Events and their subscribers on both engines: one story each, run twice.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod durable;
mod typed;
mod upkeep;

use std::sync::Arc;

use async_trait::async_trait;
use db::{Db, EventRow, Migration, Tx, args};
use events::{Event as _, Handler, TxExt as _, event};
use kernel::{Clock, Error, Result, Timestamp, WorkspaceId};
use parking_lot::Mutex;
use testkit_db::FreshDb;

#[doc(hidden)]
#[derive(Debug)]
pub enum PotMarker {}
type PotId = kernel::Id<PotMarker>;

const POTS: Migration = Migration {
    id: "0100_pots",
    sql: "CREATE TABLE pots (subscriber TEXT NOT NULL, id {id} NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (subscriber, id, number))",
};

/// A pot.
#[event(subject = pot_id)]
pub struct PotFacts {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The pot.
    pub pot_id: PotId,
}

/// Something came into a pot.
#[event("pot.filled", of = pot)]
pub struct PotFilled {
    /// The pot.
    #[serde(flatten)]
    pub pot: PotFacts,
    /// The number of what came.
    pub number: i64,
}

/// A pot was emptied.
#[event("pot.emptied")]
pub struct PotEmptied(pub PotFacts);

fn start() -> Timestamp {
    "2026-01-15T10:30:00Z".parse().unwrap()
}

struct World {
    fresh: FreshDb,
    db: Db,
    clock: Clock,
    workspace: WorkspaceId,
}

impl World {
    async fn new(fresh: FreshDb) -> Self {
        let clock = Clock::mock(start(), 7);
        fresh.db.migrate(&[events::MIGRATIONS, &[POTS]].concat(), start()).await.unwrap();
        Self { db: fresh.db.clone().with_clock(clock.clone()), workspace: clock.new_id(), clock, fresh }
    }

    fn pot(&self) -> PotId {
        self.clock.new_id()
    }

    fn filled(&self, pot: PotId, number: i64) -> PotFilled {
        PotFilled { pot: PotFacts { workspace_id: self.workspace, pot_id: pot }, number }
    }

    async fn fill(&self, pot: PotId, numbers: impl IntoIterator<Item = i64>) {
        for number in numbers {
            let mut tx = self.db.write().await.unwrap();
            tx.event(self.filled(pot, number));
            tx.commit().await.unwrap();
        }
    }

    /// What a subscriber has written of a pot.
    async fn written(&self, subscriber: &str, pot: PotId) -> Vec<i64> {
        let sql = "SELECT number FROM pots WHERE subscriber = $1 AND id = $2 ORDER BY number";
        self.db.read().await.unwrap().fetch_all(sql, args![subscriber, pot]).await.unwrap()
    }
}

/// Writes down what came into pots, and remembers the order in which it was asked to.
#[derive(Clone)]
struct Writer {
    name: &'static str,
    asked: Arc<Mutex<Vec<(PotId, i64)>>>,
    refuses: Arc<Mutex<Vec<i64>>>,
}

impl Writer {
    fn new(name: &'static str) -> Self {
        Self { name, asked: Arc::default(), refuses: Arc::default() }
    }

    fn asked_of(&self, pot: PotId) -> Vec<i64> {
        self.asked.lock().iter().filter(|(one, _)| *one == pot).map(|(_, number)| *number).collect()
    }
}

#[async_trait]
impl Handler for Writer {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        if event.kind != PotFilled::NAME {
            return Ok(());
        }
        let filled: PotFilled = events::read(event)?;
        self.asked.lock().push((filled.pot.pot_id, filled.number));
        let sql = "INSERT INTO pots (subscriber, id, number) VALUES ($1, $2, $3)";
        tx.execute(sql, args![self.name, filled.pot.pot_id, filled.number]).await?;
        if self.refuses.lock().contains(&filled.number) {
            return Err(Error::conflict("this number is refused"));
        }
        assert!(filled.number != 13, "thirteen");
        Ok(())
    }
}
