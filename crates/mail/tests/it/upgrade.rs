//! Mails that an earlier version queued, each with a job, are sent by this one.

use std::sync::Arc;

use db::{Db, args};
use http_base::App;
use jobs::JobRow;
use kernel::{Clock, JobId, MailId, Timestamp, WorkspaceId, time};
use mail::{Post, Settings};
use testkit::{FreshDb, People, both_engines};

use crate::{Office, Told, mock};

/// The tables before there were deliveries.
async fn earlier(db: &Db, clock: &Clock) {
    db.migrate(&[jobs::MIGRATIONS, mail::MIGRATIONS].concat(), clock.now()).await.unwrap();
}

#[derive(Clone, Copy)]
struct Row<'a> {
    status: &'a str,
    job: &'a str,
    run_at: Timestamp,
    workspace: Option<WorkspaceId>,
}

/// A mail and its job, as the earlier version wrote them.
async fn write(db: &Db, clock: &Clock, row: Row<'_>) -> (MailId, JobId) {
    let id: MailId = clock.new_id();
    let mut tx = db.write().await.unwrap();
    let sql = "INSERT INTO mails (id, workspace_id, recipient, recipient_key, subject, body_text, headers, message_id, \
               status, created_at) VALUES ($1, $2, $3, $3, 'Hello', 'Text', '[]', $4, $5, $6)";
    let message_id = format!("<{id}@shop.example>");
    let to = format!("{id}@example.com");
    tx.execute(sql, args![id, row.workspace, to, message_id, row.status, clock.now()]).await.unwrap();
    let kind = if row.workspace.is_some() { "mail.send_of_workspace" } else { "mail.send" };
    let job = JobRow {
        id: clock.new_id(),
        kind: kind.to_owned(),
        payload: format!(r#"{{"mail_id":"{id}"}}"#),
        dedupe: Some(id.to_string()),
        status: row.job.to_owned(),
        run_at: row.run_at,
        attempts: 1,
        max_attempts: 12,
        last_error: None,
        created_at: clock.now(),
        finished_at: None,
    };
    tx.insert(&job).await.unwrap();
    tx.commit().await.unwrap();
    (id, job.id)
}

async fn upgraded(fresh: FreshDb, clock: Clock, told: Arc<Told>) -> Office {
    let tables = [jobs::MIGRATIONS, delivery::MIGRATIONS, mail::MIGRATIONS].concat();
    assert_eq!(fresh.db.migrate(&tables, clock.now()).await.unwrap(), delivery::MIGRATIONS.len());
    let people = People::default();
    let app = App::builder(fresh.db.clone(), clock.clone()).authenticated_by(Arc::new(people.clone())).build();
    let post = Post::new(app.clone(), told, Settings::default(), Vec::new());
    let registry = mail::jobs(&post);
    Office { app, clock, people, post, registry, fresh }
}

#[both_engines]
async fn what_was_queued_before_an_upgrade_is_sent_once(fresh: FreshDb) {
    let clock = mock();
    earlier(&fresh.db, &clock).await;
    let (now, workspace) = (clock.now(), Some(clock.new_id()));
    let row = Row { status: "queued", job: "queued", run_at: now, workspace: None };
    let (own, _) = write(&fresh.db, &clock, row).await;
    let (of_workspace, _) = write(&fresh.db, &clock, Row { workspace, ..row }).await;
    let (backing_off, _) = write(&fresh.db, &clock, Row { run_at: now.plus(time::HOUR), workspace, ..row }).await;
    // Its process died while it was being sent.
    let (broken_off, _) = write(&fresh.db, &clock, Row { status: "sending", job: "running", ..row }).await;
    let (done, _) = write(&fresh.db, &clock, Row { status: "sent", job: "done", ..row }).await;
    let (given_up, job) = write(&fresh.db, &clock, Row { status: "failed", job: "failed", workspace, ..row }).await;

    let told = Told::new(&[]);
    let office = upgraded(fresh, clock, told.clone()).await;
    office.run().await;
    let expected =
        [(own, "sent"), (of_workspace, "sent"), (backing_off, "queued"), (broken_off, "sent"), (given_up, "failed")];
    for (id, status) in expected {
        assert_eq!(office.status(id).await, status);
    }
    assert!(office.mail(broken_off).await.error.unwrap().contains("may have arrived twice"));
    assert_eq!((told.count(), office.mail(own).await.error, office.mail(done).await.attempts), (3, None, 0));
    office.clock.advance(time::HOUR);
    office.run().await;
    assert_eq!((told.count(), office.status(backing_off).await.as_str()), (4, "sent"));
    // What was given up can still be replayed by its job.
    let mut tx = office.db().write().await.unwrap();
    assert!(jobs::replay(&mut tx, &office.clock, job).await.unwrap());
    tx.commit().await.unwrap();
    office.run().await;
    assert_eq!((told.count(), office.status(given_up).await.as_str()), (5, "sent"));
    office.run().await;
    assert_eq!(told.count(), 5);
}
