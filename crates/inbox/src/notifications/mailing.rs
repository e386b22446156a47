//! Notifications by mail: at once, and once a day.

use std::fmt::Write as _;

use async_trait::async_trait;
use db::{EventRow, Tx};
use events::Handler;
use kernel::{AccountId, Result, Timestamp};

use super::model::NotificationRow;
use super::store;
use crate::Inbox;
use crate::events::NotificationCreated;
use crate::preferences::{self, Language};

/// So many are spelled out in a digest; the rest is counted.
const SPELLED_OUT: usize = 30;

/// Mails what is to be mailed at once.
pub(crate) struct ByMail(pub(crate) Inbox);

#[async_trait]
impl Handler for ByMail {
    async fn handle(&self, tx: &mut Tx, event: &EventRow) -> Result<()> {
        let told: NotificationCreated = events::read(event)?;
        let (inbox, account) = (&self.0, told.account_id);
        // Taken, so that a mail is written once, whatever brings the event again.
        let Some(row) = store::take_for_mail(tx, account, told.notification_id).await? else { return Ok(()) };
        let Some(person) = inbox.people().people(tx, &[account]).await?.pop() else { return Ok(()) };
        let said = preferences::of_one(tx, account).await?;
        let language = said.language(Some(&person));
        let text = letter(std::slice::from_ref(&row), language, inbox.app().public_url());
        inbox.letters().letter(tx, &person, &row.title, &text).await
    }
}

/// Writes the digest of an account, if there is something in it. False if somebody else has: then nothing is to be committed.
pub(crate) async fn digest(inbox: &Inbox, tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool> {
    // The rows before the account, as everybody takes them.
    let rows = store::for_digest(tx, account).await?;
    if !store::take_digest(tx, account, now).await? {
        return Ok(false);
    }
    let person = inbox.people().people(tx, &[account]).await?.pop();
    let Some(person) = person.filter(|person| person.email.is_some() && !rows.is_empty()) else { return Ok(true) };
    let language = preferences::of_one(tx, account).await?.language(Some(&person));
    let count: u64 = rows.iter().map(|row| row.counted).sum();
    let subject = match (language, count) {
        (Language::English, 1) => "Your day: 1 thing is new".to_owned(),
        (Language::English, count) => format!("Your day: {count} things are new"),
        (Language::Spanish, 1) => "Tu día: 1 novedad".to_owned(),
        (Language::Spanish, count) => format!("Tu día: {count} novedades"),
    };
    inbox.letters().letter(tx, &person, &subject, &letter(&rows, language, inbox.app().public_url())).await?;
    Ok(true)
}

/// What a mail says of these.
fn letter(rows: &[NotificationRow], language: Language, url: &str) -> String {
    let mut text = String::new();
    for row in rows.iter().take(SPELLED_OUT) {
        if rows.len() > 1 {
            text.push_str(&row.title);
            text.push('\n');
        }
        text.push_str(&row.content);
        text.push_str("\n\n");
    }
    let rest = rows.len().saturating_sub(SPELLED_OUT);
    if rest > 0 {
        let _ = match language {
            Language::English => write!(text, "And {rest} more.\n\n"),
            Language::Spanish => write!(text, "Y {rest} más.\n\n"),
        };
    }
    let _ = match language {
        Language::English => {
            write!(
                text,
                "Look at it: {url}\n\nYou choose what you are told, and how, in your notification preferences.\n"
            )
        }
        Language::Spanish => {
            write!(text, "Míralo: {url}\n\nTú eliges qué se te avisa, y cómo, en las preferencias de notificaciones.\n")
        }
    };
    text
}
