//! Who works the journal.
//!
//! A channel's entries are worked one after the other, in the order in which they came: whoever works at a channel holds its turn, so that
//! several processes never mix them up. Many entries share one transaction; if one of them cannot be worked, each has its own.

use std::sync::Arc;
use std::time::Duration;

use db::Db;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jobs::Service;
use kernel::{Clock, Result, Timestamp, time};
use ports::messaging::{Item, telegram, whatsapp};
use tokio::sync::watch;

use super::handle;
use super::journal::{self, Entry};
use crate::Channels;
use crate::channels::{self, Channel, ChannelId};
use crate::members::Medium;

/// How often it is looked for what no bell tells of.
const POLL: Duration = Duration::from_secs(1);
/// How many entries share a transaction. On SQLite those who write webhooks down wait for it, and between two such transactions all of them
/// are served: so few that providers are answered at twice the rate at which their news can be worked.
const TOGETHER: u32 = 12;
/// How often an entry is tried.
const ATTEMPTS: u32 = 8;

/// Works the journal.
pub(crate) struct Intake(pub(crate) Channels);

impl Service for Intake {
    fn run(self: Arc<Self>, db: Db, clock: Clock, mut stopping: watch::Receiver<bool>) -> BoxFuture<'static, ()> {
        async move {
            let mut bell = db.bell(journal::BELL);
            while !*stopping.borrow() {
                bell.mark_unchanged();
                match self.round(&db, &clock).await {
                    Ok(0) => {}
                    Ok(_) => continue,
                    Err(error) => tracing::error!(%error, "what providers tell cannot be worked; trying again"),
                }
                tokio::select! {
                    _ = stopping.changed() => {}
                    _ = bell.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
        .boxed()
    }

    fn run_due(self: Arc<Self>, db: Db, clock: Clock) -> BoxFuture<'static, Result<usize>> {
        async move {
            let mut worked = 0;
            loop {
                match self.round(&db, &clock).await? {
                    0 => return Ok(worked),
                    more => worked += more,
                }
            }
        }
        .boxed()
    }
}

impl Intake {
    /// Works some entries of each channel that has any. Tells how many.
    async fn round(&self, db: &Db, clock: &Clock) -> Result<usize> {
        let now = clock.now();
        if journal::next_due(&mut db.read().await?).await?.is_none_or(|due| due > now) {
            return Ok(0);
        }
        let (mut worked, mut last) = (0, None);
        loop {
            let next = journal::channel_after(&mut db.read().await?, last).await?;
            let Some(channel) = next else { return Ok(worked) };
            worked += match self.work(db, channel, now, TOGETHER).await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::warn!(%error, %channel, "what a provider told is worked one by one");
                    self.one_by_one(db, channel, now).await?
                }
            };
            last = Some(channel);
        }
    }

    /// Works the next entries of a channel in one transaction.
    async fn work(&self, db: &Db, id: ChannelId, now: Timestamp, most: u32) -> Result<usize> {
        let mut tx = db.write().await?;
        channels::store::take_turn(&mut tx, id).await?;
        let channel = channels::store::by_id(&mut tx, id).await?.filter(|channel| channel.deleted_at.is_none());
        let entries = journal::next(&mut tx, id, now, most).await?;
        if let Some(channel) = &channel {
            for entry in &entries {
                for item in read(channel, entry) {
                    handle::item(&self.0, &mut tx, channel, item, entry).await?;
                }
            }
        }
        let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
        if !ids.is_empty() {
            journal::done(&mut tx, &ids).await?;
            tx.commit().await?;
        }
        Ok(ids.len())
    }

    /// The same with a transaction for each; what fails comes again later, and holds up nobody else's.
    async fn one_by_one(&self, db: &Db, id: ChannelId, now: Timestamp) -> Result<usize> {
        let entries = journal::next(&mut db.read().await?, id, now, TOGETHER).await?;
        for entry in &entries {
            let Err(error) = self.work(db, id, now, 1).await else { continue };
            let attempt = entry.attempts + 1;
            let again = (attempt < ATTEMPTS).then(|| now.plus(time::SECOND << attempt.min(12)));
            if again.is_none() {
                tracing::error!(%error, channel = %id, entry = %entry.id, "what a provider told was given up");
            }
            let mut tx = db.write().await?;
            journal::failed(&mut tx, entry.id, &error.to_string(), again, now).await?;
            tx.commit().await?;
        }
        Ok(entries.len())
    }
}

/// What an entry tells.
fn read(channel: &Channel, entry: &Entry) -> Vec<Item> {
    match channel.kind {
        Medium::Whatsapp => whatsapp::parse(entry.body.as_bytes()).unwrap_or_default(),
        Medium::Telegram => telegram::parse(entry.body.as_bytes()).into_iter().collect(),
        Medium::Web | Medium::Mobile => Vec::new(),
    }
}
