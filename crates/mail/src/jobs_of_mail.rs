//! What the post office does by itself: it sends what was queued, and forgets what is old.

use std::time::Duration;

use db::Tx;
use jobs::{Context, Failure, Outcome, Payload, Registry};
use kernel::{Clock, Result, Scope, Timestamp, time};
use ports::mailer::{Ready, Refusal};

use crate::model::End;
use crate::store::{self, Mail, SEND, SEND_OF_WORKSPACE};
use crate::{Post, message};

/// How long one attempt may take; the mailer's own limits are shorter.
const LIMIT: Duration = Duration::from_mins(3);
/// The first wait after a mail server's "not now"; each further one is twice as long,
const BACK_OFF: i64 = 30 * time::SECOND;
/// up to this.
const LONGEST_BACK_OFF: i64 = 2 * time::HOUR;
/// Deletes what is old.
const TIDY: &str = "mail.tidy";
/// How long a mail may be open without being looked after.
const LOST: i64 = time::DAY;

/// The jobs of the post office. The mails of workspaces have hands of their own, so that nothing waits for them.
pub fn jobs(post: &Post) -> Registry {
    let mut registry = Registry::new();
    for kind in [SEND, SEND_OF_WORKSPACE] {
        let post = post.clone();
        registry.on_within(kind, LIMIT, move |context, payload| {
            let post = post.clone();
            async move { send(&post, &context, &payload).await }
        });
    }
    registry.lane(SEND_OF_WORKSPACE, post.settings().connections);
    let keep = i64::try_from(post.settings().keep.as_micros()).unwrap_or(i64::MAX);
    registry.on(TIDY, move |context, _| async move { tidy(&context, keep).await });
    registry.every(Duration::from_hours(1), TIDY);
    registry
}

async fn send(post: &Post, context: &Context, payload: &Payload) -> Outcome {
    let store::Payload { mail_id } = payload.read()?;
    let scope = Scope::system();
    // Looked at and taken in one transaction: nobody gets onto a suppression list between the two.
    let mut tx = context.db.write().await?;
    // An erased account's mail is not there any more; one that was sent or withheld is not sent again.
    let Some(mail) = store::find(scope, &mut tx, mail_id).await? else { return Ok(()) };
    if matches!(mail.status.as_str(), "sent" | "kept" | "withheld") || mail.body_text.is_none() {
        return Ok(());
    }
    let veto = post.veto(&mut tx, &mail.leaving()).await?;
    if let Some(reason) = veto {
        return end(tx, context, &mail, &mail.status, &End::Withheld(reason), None).await;
    }
    if post.keeps() {
        return end(tx, context, &mail, &mail.status, &End::Kept, None).await;
    }
    let ours = store::take(scope, &mut tx, &mail).await?;
    tx.commit().await?;
    if !ours {
        return Err(Failure::retry("the mail was changed while it was being taken"));
    }
    let message = match message::write(&mail, post.sender()) {
        Ok(message) => message,
        Err(error) => {
            let why = End::Failed(format!("it cannot be written as a message: {error}"));
            return end(context.db.write().await?, context, &mail, "sending", &why, None).await;
        }
    };
    let note = (mail.status == "sending").then_some(TWICE);
    if let Some(note) = note {
        tracing::warn!(mail = %mail.id, message_id = mail.message_id, "{note}");
    }
    let ready =
        Ready { from: post.sender().email.as_ref(), to: bare(&mail.recipient, &mail.recipient_key), message: &message };
    match post.mailer().send(ready).await {
        Ok(_) => end(context.db.write().await?, context, &mail, "sending", &End::Sent, note).await,
        Err(Refusal::Never(why)) => {
            end(context.db.write().await?, context, &mail, "sending", &End::Failed(why), None).await
        }
        Err(Refusal::Later(why)) if context.attempt < context.max_attempts => {
            let mut tx = context.db.write().await?;
            store::put_back(scope, &mut tx, &mail, &why).await?;
            tx.commit().await?;
            Err(Failure::Retry { after: Some(back_off(&context.clock, context.attempt)), why })
        }
        Err(Refusal::Later(why)) => {
            let failed = End::Failed(why.clone());
            end(context.db.write().await?, context, &mail, "sending", &failed, None).await?;
            // Stays to be seen and replayed: there is something wrong with the mail server.
            Err(Failure::GiveUp(why))
        }
    }
}

const TWICE: &str =
    "It may have arrived twice, under the same Message-ID: the server was stopped while it was being sent";

/// The address as it was given, without the name: what stands before the `@` may have capitals that count.
fn bare<'a>(recipient: &'a str, key: &'a str) -> &'a str {
    let bare = recipient.rsplit_once('<').map_or(recipient, |(_, rest)| rest.trim_end_matches('>')).trim();
    if bare.to_lowercase() == key { bare } else { key }
}

async fn end(mut tx: Tx, context: &Context, mail: &Mail, status: &str, end: &End, note: Option<&str>) -> Outcome {
    let done = store::end(Scope::system(), &mut tx, &context.clock, mail, status, end, note).await?;
    tx.commit().await?;
    if !done {
        return Err(Failure::retry("the mail was changed while it was being sent"));
    }
    metrics::counter!("mails_total", "status" => end.status()).increment(1);
    if let End::Failed(why) = end {
        tracing::warn!(mail = %mail.id, why, "a mail was given up");
    }
    Ok(())
}

/// 30 s, 1 min, 2 min, … up to two hours, each up to a quarter more, so that what failed together does not come back together.
fn back_off(clock: &Clock, attempt: u32) -> Duration {
    let plain = BACK_OFF.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(LONGEST_BACK_OFF);
    let mut random = [0; 2];
    clock.fill(&mut random);
    let more = plain / 4 * i64::from(u16::from_le_bytes(random)) / i64::from(u16::MAX);
    Duration::from_micros((plain + more).unsigned_abs())
}

/// Deletes the texts of old mails, and gives up what nobody looks after any more.
async fn tidy(context: &Context, keep: i64) -> Outcome {
    let now = context.clock.now();
    loop {
        let mut tx = context.db.write().await?;
        let forgotten = store::forget_texts(Scope::system(), &mut tx, now.plus(-keep)).await?;
        tx.commit().await?;
        if forgotten == 0 {
            break;
        }
    }
    give_up_lost(context, now.plus(-LOST)).await?;
    Ok(())
}

/// A mail whose every worker was lost has no job any more, and nobody has heard of its fate.
async fn give_up_lost(context: &Context, before: Timestamp) -> Result<()> {
    let (scope, mut after) = (Scope::system(), Timestamp::from_micros(0));
    loop {
        let mut tx = context.db.read().await?;
        let open = store::open_since(scope, &mut tx, before, after).await?;
        let Some(last) = open.last() else { return Ok(()) };
        after = last.created_at;
        let mut forsaken = Vec::new();
        for mail in &open {
            if !store::has_job(scope, &mut tx, mail.id).await? {
                forsaken.push(mail);
            }
        }
        drop(tx);
        for mail in forsaken {
            let why = End::Failed("the server was stopped at every attempt to send it".into());
            let mut tx = context.db.write().await?;
            store::end(scope, &mut tx, &context.clock, mail, &mail.status, &why, None).await?;
            tx.commit().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_two_hours() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        for (attempt, plain) in [(1, 30), (2, 60), (3, 120), (8, 3840), (9, 7200), (60, 7200)] {
            let wait = back_off(&clock, attempt).as_secs_f64();
            assert!((f64::from(plain)..=f64::from(plain) * 1.25).contains(&wait), "{attempt}: {wait}");
        }
    }

    #[test]
    fn the_bare_address_keeps_its_capitals() {
        assert_eq!(bare("Anna <Anna.K@Example.com>", "anna.k@example.com"), "Anna.K@Example.com");
        assert_eq!(bare("Anna.K@Example.com", "anna.k@example.com"), "Anna.K@Example.com");
        assert_eq!(bare("odd", "a@b.example"), "a@b.example");
    }
}
