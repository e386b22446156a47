//! Files that belong to nothing go, whatever dies on the way; files that belong to something stay.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use axum::http::Method;
use bytes::Bytes;
use futures::stream::BoxStream;
use kernel::{Error, Result, Scope, time};
use outreach::Settings;
use outreach::store::uploads;
use ports::files::{Files, MemoryFiles, Upload};
use serde_json::json;
use testkit::{Form, FreshDb, both_engines};

use crate::world::{World, text};

const SONG: &[u8] = b"ID3\x04 a song about it";
const COMPLETE: &str = "/api/v1/outreach/call/complete";

/// Files whose storage fails when it is told to.
#[derive(Clone, Default)]
struct Failing {
    kept: MemoryFiles,
    names: Arc<std::sync::Mutex<std::collections::BTreeSet<String>>>,
    keeps_what_is_deleted: Arc<AtomicBool>,
    dies_at_the_end: Arc<AtomicBool>,
}

impl Failing {
    /// The files that are there.
    async fn there(&self) -> Vec<String> {
        let names: Vec<String> = self.names.lock().unwrap().iter().cloned().collect();
        let mut there = Vec::new();
        for name in names {
            if self.kept.size(&name).await.unwrap().is_some() {
                there.push(name);
            }
        }
        there
    }
}

struct Dying(Box<dyn Upload>);

#[async_trait]
impl Upload for Dying {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.0.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        // The answer is lost, not the file.
        self.0.finish().await?;
        Err(Error::internal("the storage does not answer"))
    }

    async fn abort(self: Box<Self>) {}
}

#[async_trait]
impl Files for Failing {
    fn name(&self) -> &'static str {
        "failing"
    }

    async fn create(&self, name: &str) -> Result<Box<dyn Upload>> {
        self.names.lock().unwrap().insert(name.to_owned());
        let upload = self.kept.create(name).await?;
        Ok(if self.dies_at_the_end.load(Ordering::SeqCst) { Box::new(Dying(upload)) } else { upload })
    }

    async fn size(&self, name: &str) -> Result<Option<u64>> {
        self.kept.size(name).await
    }

    async fn read(&self, name: &str, range: Option<Range<u64>>) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        self.kept.read(name, range).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        if self.keeps_what_is_deleted.load(Ordering::SeqCst) {
            return Err(Error::internal("the storage does not answer"));
        }
        self.kept.delete(name).await
    }
}

struct Uploading {
    world: World,
    files: Failing,
    path: String,
    id: String,
}

impl Uploading {
    async fn new(fresh: FreshDb) -> Self {
        let files = Failing::default();
        let world = World::of(fresh, Settings::default(), Arc::new(files.clone()), None).await;
        let call = world.body(json!({"scheduled_time": "2026-03-04T14:00:00Z"}));
        let id = text(&world.client.post("/api/v1/outreach/call/schedule", &call).await.ok()["call_id"]);
        Self { path: format!("/api/v1/outreach/call/{id}/recording"), world, files, id }
    }

    async fn upload(&self) -> testkit::Reply {
        self.world.client.raw(Method::POST, &self.path, "audio/mpeg", SONG).await
    }

    async fn written_down(&self) -> i64 {
        let mut tx = self.world.app.read().await.unwrap();
        tx.fetch_value("SELECT count(*) FROM outreach_uploads", vec![]).await.unwrap()
    }

    /// From here on nothing that changes an entry can be committed.
    async fn spoil_commits(&self) {
        let sqlite = [
            "CREATE TABLE nobody (id BIGINT PRIMARY KEY)",
            "CREATE TABLE spoilt (other BIGINT REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TRIGGER spoil AFTER UPDATE ON outreach_logs BEGIN INSERT INTO spoilt (other) VALUES (7); END",
        ];
        let postgres = [
            sqlite[0],
            sqlite[1],
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO spoilt (other) VALUES (7); RETURN NULL; END'",
            "CREATE TRIGGER spoil AFTER UPDATE ON outreach_logs FOR EACH ROW EXECUTE FUNCTION spoil()",
        ];
        let is_sqlite = self.world.app.db().engine() == db::Engine::Sqlite;
        let mut tx = self.world.app.write().await.unwrap();
        for sql in if is_sqlite { &sqlite[..] } else { &postgres[..] } {
            tx.execute(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

#[both_engines]
async fn a_commit_that_fails_leaves_no_file(fresh: FreshDb) {
    let uploading = Uploading::new(fresh).await;
    uploading.spoil_commits().await;
    assert!(uploading.upload().await.status >= 500);
    let form = Form::new().text("call_id", &uploading.id).file("recording", "call.mp3", SONG);
    assert!(uploading.world.client.upload(COMPLETE, &form).await.status >= 500);
    assert_eq!(uploading.files.names.lock().unwrap().len(), 2, "they were there");
    assert_eq!((uploading.files.there().await.len(), uploading.written_down().await), (0, 0));
    uploading.world.client.get(&uploading.path).await.refused(404);
}

#[both_engines]
async fn what_dies_between_the_file_and_its_commit_is_swept_after_a_day(fresh: FreshDb) {
    let uploading = Uploading::new(fresh).await;
    let (world, files) = (&uploading.world, &uploading.files);
    uploading.upload().await.ok();
    // As a process leaves it that dies there: the file is written down, and whole, and nothing more is known.
    let (name, now) = ("recordings/orphan.mp3", world.clock.now());
    let mut tx = world.app.write().await.unwrap();
    uploads::begin(Scope::system(), &mut tx, name, now).await.unwrap();
    tx.commit().await.unwrap();
    let mut upload = files.create(name).await.unwrap();
    upload.write(Bytes::from_static(SONG)).await.unwrap();
    upload.finish().await.unwrap();

    world.clock.advance(23 * time::HOUR);
    world.run().await;
    assert_eq!(files.there().await.len(), 2, "it may still be on its way");
    world.clock.advance(2 * time::HOUR);
    files.keeps_what_is_deleted.store(true, Ordering::SeqCst);
    world.run().await;
    assert_eq!((files.there().await.len(), uploading.written_down().await), (2, 1), "tried, and not forgotten");
    let mut tx = world.app.write().await.unwrap();
    assert!(!uploads::claim(Scope::system(), &mut tx, name).await.unwrap(), "whoever comes too late gets nothing");
    drop(tx);
    files.keeps_what_is_deleted.store(false, Ordering::SeqCst);
    world.clock.advance(2 * time::HOUR);
    world.run().await;
    assert_eq!((files.there().await.len(), uploading.written_down().await), (1, 0));
    // What belongs to the entry is there for good.
    world.days(400).await;
    assert_eq!(world.client.get(&uploading.path).await.bytes, SONG);
}

#[both_engines]
async fn the_place_of_an_earlier_recording_is_taken_and_that_one_goes(fresh: FreshDb) {
    let uploading = Uploading::new(fresh).await;
    uploading.upload().await.ok();
    let first = uploading.files.there().await;
    let form = Form::new().text("call_id", &uploading.id).file("recording", "call.mp3", SONG);
    uploading.world.client.upload(COMPLETE, &form).await.ok();
    assert_eq!(uploading.files.there().await.len(), 2, "whoever hears the first one now may hear it out");
    uploading.world.clock.advance(time::HOUR);
    uploading.world.run().await;
    let second = uploading.files.there().await;
    assert!(second.len() == 1 && second != first);
    // The call is over: this one is refused, and leaves nothing.
    uploading.world.client.upload(COMPLETE, &form).await.refused(409);
    assert_eq!((uploading.files.there().await, uploading.written_down().await), (second, 0));
}

#[both_engines]
async fn a_storage_that_loses_its_answer_leaves_no_file_either(fresh: FreshDb) {
    let uploading = Uploading::new(fresh).await;
    uploading.files.dies_at_the_end.store(true, Ordering::SeqCst);
    assert!(uploading.upload().await.status >= 500);
    assert_eq!((uploading.files.there().await.len(), uploading.written_down().await), (0, 0));
}
