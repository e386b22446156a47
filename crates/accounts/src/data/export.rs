//! Making exports, part by part.

use std::time::Duration;

use db::Db;
use http_base::data::{Holder, PAGE};
use jobs::{Context, Failure, NewJob, Outcome, Payload, Registry};
use kernel::{Clock, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::store::{self, Export, ExportId, RunId};
use crate::Accounts;

/// The kind of job that makes an export.
const EXPORT: &str = "accounts.export";
/// The kind of job that forgets those whose time is over.
const FORGET: &str = "accounts.forget_exports";
/// How large a part is at least, but for the last one.
const PART_BYTES: usize = 256 << 10;

#[derive(Serialize, Deserialize)]
struct Wanted {
    export_id: ExportId,
}

/// What is done by itself.
pub(crate) fn register(registry: &mut Registry, accounts: &Accounts) {
    super::elsewhere::register(registry, accounts);
    let own = accounts.clone();
    registry.on(EXPORT, move |context, payload| make(own.clone(), context, payload));
    registry.on(FORGET, |context, _| forget(context));
    registry.every(Duration::from_hours(1), FORGET);
}

/// The job that makes this export.
pub(super) fn job(export: ExportId) -> Result<NewJob> {
    NewJob::new(EXPORT, &Wanted { export_id: export })
}

async fn make(accounts: Accounts, context: Context, payload: Payload) -> Outcome {
    let Wanted { export_id } = payload.read()?;
    let scope = Scope::system();
    let found = store::by_id(scope, &mut context.db.read().await?, export_id).await?;
    let Some(export) = found.filter(|export| export.status == "pending") else { return Ok(()) };
    match write_all(&accounts, &context, &export).await {
        Ok(()) => Ok(()),
        Err(error) if context.attempt >= context.max_attempts => {
            let mut tx = context.db.write().await?;
            store::fail(scope, &mut tx, export_id).await?;
            tx.commit().await?;
            Err(Failure::GiveUp(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn write_all(accounts: &Accounts, context: &Context, export: &Export) -> Result<()> {
    let (scope, clock) = (Scope::system(), &context.clock);
    // Every section is read as of one moment.
    let mut tx = context.db.snapshot().await?;
    let Some(holder) = store::holder(scope, &mut tx, export.account_id).await? else { return Ok(()) };
    let mut parts = Parts::new(&context.db, clock, export.id);
    parts.line(&head(&holder, clock)).await?;
    for section in &accounts.data().sections {
        let mut from = 0;
        loop {
            let records = section.fetch(scope, &mut tx, &holder, from).await?;
            let (count, last) = (records.len() as u64, records.len() < PAGE as usize);
            for record in records {
                parts.line(&json!({"section": section.name(), "record": record})).await?;
            }
            if last {
                break;
            }
            from += count;
        }
    }
    drop(tx);
    parts.finish().await
}

/// The first line says what this is.
fn head(holder: &Holder, clock: &Clock) -> Value {
    let record =
        json!({"account_id": holder.account, "made_at": clock.now(), "format": "JSON Lines: one record a line"});
    json!({"section": "export", "record": record})
}

/// The parts of an export in the making.
struct Parts<'a> {
    db: &'a Db,
    clock: &'a Clock,
    id: (ExportId, RunId),
    text: String,
    next: u64,
    records: u64,
    bytes: u64,
}

impl<'a> Parts<'a> {
    fn new(db: &'a Db, clock: &'a Clock, export: ExportId) -> Self {
        Self { db, clock, id: (export, clock.new_id()), text: String::new(), next: 0, records: 0, bytes: 0 }
    }

    async fn line(&mut self, line: &Value) -> Result<()> {
        self.text.push_str(&line.to_string());
        self.text.push('\n');
        self.records += 1;
        if self.text.len() < PART_BYTES { Ok(()) } else { self.keep().await }
    }

    async fn keep(&mut self) -> Result<()> {
        let mut tx = self.db.write().await?;
        store::keep_part(Scope::system(), &mut tx, self.id, self.next, &self.text).await?;
        tx.commit().await?;
        self.bytes += self.text.len() as u64;
        self.next += 1;
        self.text.clear();
        Ok(())
    }

    /// The last line counts the others: an export without it was cut off.
    async fn finish(mut self) -> Result<()> {
        let records = self.records;
        self.line(&json!({"section": "end", "record": {"records": records}})).await?;
        if !self.text.is_empty() {
            self.keep().await?;
        }
        let mut tx = self.db.write().await?;
        store::complete(Scope::system(), &mut tx, self.id, (self.records, self.bytes), self.clock.now()).await?;
        tx.commit().await
    }
}

async fn forget(context: Context) -> Outcome {
    loop {
        let mut tx = context.db.write().await?;
        let forgotten = store::forget_old(Scope::system(), &mut tx, context.clock.now()).await?;
        tx.commit().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}
