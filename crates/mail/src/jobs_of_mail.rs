//! What the post office does by itself: it sends what was queued, and forgets what is old.

use std::time::Duration;

use delivery::Courier;
use jobs::{Context, Outcome, Payload, Registry};
use kernel::{MailId, Scope};

use crate::carrier::Carrier;
use crate::{Post, store};

/// Deletes what is old.
const TIDY: &str = "mail.tidy";
/// Kinds of jobs by which mails were sent before there were deliveries.
const EARLIER: [&str; 2] = ["mail.send", "mail.send_of_workspace"];

/// The jobs and the couriers of the post office.
pub fn jobs(post: &Post) -> Registry {
    let mut registry = Registry::new();
    for of_workspaces in [false, true] {
        registry.service(Courier::new(Carrier { post: post.clone(), of_workspaces }));
    }
    for kind in EARLIER {
        registry.on(kind, move |context, payload| async move { hand_over(&context, &payload).await });
    }
    let keep = i64::try_from(post.settings().keep.as_micros()).unwrap_or(i64::MAX);
    registry.on(TIDY, move |context, _| async move { tidy(&context, keep).await });
    registry.every(Duration::from_hours(1), TIDY);
    registry
}

/// What a job of an earlier version is about.
#[derive(serde::Deserialize)]
struct Earlier {
    mail_id: MailId,
}

/// A mail that an earlier version queued becomes a delivery: once, when its job is due, or when one that was given up is replayed. A job
/// and not a migration, because during an upgrade processes of both versions may run, and the earlier one still queues such jobs.
async fn hand_over(context: &Context, payload: &Payload) -> Outcome {
    let Earlier { mail_id } = payload.read()?;
    let mut tx = context.db.write().await?;
    let Some(mail) = store::find(Scope::system(), &mut tx, mail_id).await? else { return Ok(()) };
    if !matches!(mail.status.as_str(), "sent" | "kept" | "withheld") {
        store::send(&mut tx, &context.clock, mail.id, mail.workspace_id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Deletes the texts of old mails.
async fn tidy(context: &Context, keep: i64) -> Outcome {
    let before = context.clock.now().plus(-keep);
    loop {
        let mut tx = context.db.write().await?;
        let forgotten = store::forget_texts(Scope::system(), &mut tx, before).await?;
        tx.commit().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}
