//! What the inbox does by itself: mails, digests, and forgetting what is old.

use std::time::Duration;

use ::events::{Event as _, Subscribers, Subscription};
use ::jobs::{Context, Outcome, Registry};
use kernel::{Result, time};

use crate::events::NotificationCreated;
use crate::feed::{self, Move};
use crate::live::tickets;
use crate::notifications::{self, ByMail};
use crate::{Inbox, messages};

const DIGEST: &str = "inbox.digest";
const TIDY: &str = "inbox.tidy";
const SWEEP: &str = "inbox.sweep_attachments";

/// So many digests are looked for at once.
const DIGESTS: u32 = 100;
/// For so long a stream may be away and still go on where it was.
const FEED_KEPT: i64 = 3 * time::DAY;

/// The jobs of the inbox.
pub fn jobs(inbox: &Inbox) -> Registry {
    let mut registry = Registry::new();
    let own = inbox.clone();
    registry.on(DIGEST, move |context, _| digests(own.clone(), context)).every(Duration::from_mins(5), DIGEST);
    let own = inbox.clone();
    registry.on(TIDY, move |context, _| tidy(own.clone(), context)).every(Duration::from_hours(1), TIDY);
    let own = inbox.clone();
    registry
        .on(SWEEP, move |_: Context, _| {
            let inbox = own.clone();
            async move { Ok(messages::sweep(&inbox).await?) }
        })
        .every(Duration::from_hours(1), SWEEP);
    registry
}

/// Who follows events in the inbox: what is to be mailed at once.
pub fn subscribers(inbox: &Inbox) -> Subscribers {
    let mut subscribers = Subscribers::new();
    subscribers.add(Subscription::new("inbox.mail", ByMail(inbox.clone())).to([NotificationCreated::NAME]));
    subscribers
}

async fn digests(inbox: Inbox, context: Context) -> Outcome {
    loop {
        let now = context.clock.now();
        let due = notifications::store::digests_due(&mut context.db.read().await?, now, DIGESTS).await?;
        for account in &due {
            let mut tx = context.db.write().await?;
            if notifications::digest(&inbox, &mut tx, *account, now).await? {
                tx.commit().await?;
            }
        }
        if due.len() < DIGESTS as usize {
            return Ok(());
        }
    }
}

async fn tidy(inbox: Inbox, context: Context) -> Outcome {
    let now = context.clock.now();
    let kept = i64::from(inbox.settings().keep_days) * time::DAY;
    while forget_old(&inbox, &context, kept).await? {}
    loop {
        let mut tx = context.db.write().await?;
        let mut gone = feed::forget(&mut tx, now.plus(-FEED_KEPT)).await?;
        gone += feed::forget_floods(&mut tx, now).await?;
        gone += tickets::forget(&mut tx, now).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

/// Deletes some notifications of one account that are too old, and has its numbers follow. False if there are none.
async fn forget_old(inbox: &Inbox, context: &Context, kept: i64) -> Result<bool> {
    let now = context.clock.now();
    let before = now.plus(-kept);
    let account = notifications::store::with_old(&mut context.db.read().await?, before).await?;
    let Some(account) = account else { return Ok(false) };
    let mut tx = context.db.write().await?;
    let gone = notifications::store::delete_old(&mut tx, account, before).await?;
    let shown = gone.iter().filter(|(shown, _)| *shown).count();
    let unread = gone.iter().filter(|(shown, unread)| *shown && *unread).count();
    let by = Move {
        notifications: -i64::try_from(shown).unwrap_or_default(),
        unread_notifications: -i64::try_from(unread).unwrap_or_default(),
        entries: if unread > 0 { vec![(feed::Entry::Unread, None)] } else { Vec::new() },
        ..Move::default()
    };
    feed::shift(&mut tx, account, &by, now).await?;
    inbox.hub().wake_after(&mut tx, account);
    tx.commit().await?;
    Ok(true)
}
