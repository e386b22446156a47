//! Telling people, in the transaction of what happened.

use std::sync::Arc;

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{AccountId, Clock, Error, Result, Timestamp};

use super::model::{Group, Notice, NotificationRow, Related};
use super::store;
use crate::events::NotificationCreated;
use crate::feed::{self, Entry, Move};
use crate::live::Hub;
use crate::ports::{self, People, Person};
use crate::preferences::{self, Preferences};

/// Writes notifications. It is there before the application is, so that it can write within everybody's transactions. Cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    people: Arc<dyn People>,
    hub: Hub,
}

/// What became of a notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// It is in the list.
    Shown(super::NotificationId),
    /// It is kept, but not shown: for the digest, or as one of many.
    Kept,
    /// It was there before, or nobody wants it.
    Nothing,
}

impl Notifier {
    /// One that asks these people, and wakes the streams of this hub.
    pub fn new(people: Arc<dyn People>, hub: Hub) -> Self {
        Self { people, hub }
    }

    pub(crate) fn people(&self) -> &dyn People {
        &*self.people
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Who these are, in this order; whoever is not there is left out.
    pub async fn who(&self, tx: &mut Tx, ids: &[AccountId]) -> Result<Vec<Person>> {
        self.people.people(tx, ids).await
    }

    /// Tells people. Whoever is told of one happening twice is told once.
    pub async fn notify(&self, tx: &mut Tx, mut notices: Vec<Notice>) -> Result<()> {
        // In the order of the accounts, so that two transactions never wait for each other.
        notices.sort_by_key(|notice| notice.to);
        let mut accounts: Vec<AccountId> = notices.iter().map(|notice| notice.to).collect();
        accounts.dedup();
        if accounts.is_empty() {
            return Ok(());
        }
        let people = self.people.people(tx, &accounts).await?;
        let all_said = preferences::of(tx, &accounts).await?;
        let clock = tx.clock().clone();
        for said in all_said {
            let Some(person) = ports::find(&people, said.account_id) else { continue };
            let mut told = Told { person, said: &said, clock: &clock, by: Move::default() };
            for notice in notices.iter().filter(|notice| notice.to == person.id) {
                told.take(tx, notice).await?;
            }
            let by = told.by;
            if !by.entries.is_empty() || by.digest_at.is_some() {
                feed::shift(tx, person.id, &by, clock.now()).await?;
                self.hub.wake_after(tx, person.id);
            }
        }
        Ok(())
    }
}

/// What one person is told in a transaction.
struct Told<'a> {
    person: &'a Person,
    said: &'a Preferences,
    clock: &'a Clock,
    by: Move,
}

impl Told<'_> {
    async fn take(&mut self, tx: &mut Tx, notice: &Notice) -> Result<Outcome> {
        let (clock, now) = (self.clock, self.clock.now());
        let mut row = row_of(notice, self.person, self.said, clock);
        if !row.shown && !row.digest && !row.email || !tx.insert_new(&row).await? {
            return Ok(Outcome::Nothing);
        }
        let mut is_rest = false;
        if let Some(group) = &notice.group {
            let counted = feed::flood(tx, self.person.id, &group.name, group.per, now).await?;
            is_rest = counted > group.first;
        }
        let mut is_too_much = false;
        for (per, most) in notice.kind.caps() {
            let name = format!("{}:{per}", notice.kind.word());
            is_too_much |= feed::flood(tx, self.person.id, &name, *per, now).await? > *most;
        }
        if is_rest || is_too_much {
            (row.shown, row.email, row.digest) = (false, false, row.digest && !is_rest);
            store::hold_back(tx, &row).await?;
        }
        if let (true, Some(group)) = (is_rest, &notice.group) {
            return self.fold(tx, notice, group, now).await;
        }
        if row.digest {
            self.by.digest_at = Some(self.said.next_digest(Some(self.person), now));
        }
        if row.shown {
            self.by.notifications += 1;
            self.by.unread_notifications += 1;
            self.by.entries.push((Entry::Notification, Some(row.id.uuid())));
        }
        if row.shown || row.email {
            tx.event(created(&row));
        }
        Ok(if row.shown { Outcome::Shown(row.id) } else { Outcome::Kept })
    }

    /// Counts one more in the notification that stands for the rest.
    async fn fold(&mut self, tx: &mut Tx, notice: &Notice, group: &Group, now: Timestamp) -> Result<Outcome> {
        let happening = format!("{}:{}", group.name, now.micros() / group.per);
        let folded = |counted| Notice {
            happening: happening.clone(),
            texts: (group.rest)(counted),
            group: None,
            // Of many there is no single one that it is about.
            related: Related { application: None, submission: None, user: None, ..notice.related },
            ..notice.clone()
        };
        let mut row = row_of(&folded(1), self.person, self.said, self.clock);
        row.email = false;
        if !row.shown && !row.digest {
            return Ok(Outcome::Kept);
        }
        // The row is locked by being counted up, so that what is known of it stays true.
        let mut was_unread = false;
        let known = store::count_up(tx, self.person.id, &happening).await?;
        let is_new = match known {
            None => tx.insert_new(&row).await?,
            Some(_) => false,
        };
        if !is_new {
            let known = if known.is_some() { known } else { store::count_up(tx, self.person.id, &happening).await? };
            let known = known.ok_or_else(|| Error::internal("a notification that is there cannot be found"))?;
            was_unread = known.is_unread;
            let said = row_of(&folded(known.counted), self.person, self.said, self.clock);
            row = NotificationRow { id: known.id, counted: known.counted, email: false, ..said };
            store::overwrite(tx, &row).await?;
        }
        if row.digest {
            self.by.digest_at = Some(self.said.next_digest(Some(self.person), now));
        }
        if row.shown {
            self.by.notifications += i64::from(is_new);
            self.by.unread_notifications += i64::from(!was_unread);
            self.by.entries.push((Entry::Notification, Some(row.id.uuid())));
        }
        Ok(Outcome::Shown(row.id))
    }
}

pub(super) fn created(row: &NotificationRow) -> NotificationCreated {
    NotificationCreated { workspace_id: None, account_id: row.account_id, notification_id: row.id, kind: row.kind }
}

/// A notice as a row of this person: in their language, by the channels that they want.
fn row_of(notice: &Notice, person: &Person, said: &Preferences, clock: &Clock) -> NotificationRow {
    let channels = said.channels(notice.kind);
    let text = notice.texts.in_language(said.language(Some(person)));
    // Nobody is mailed at an address that nobody answered.
    let has_address = person.email.is_some();
    NotificationRow {
        id: clock.new_id(),
        account_id: person.id,
        kind: notice.kind,
        happening: notice.happening.clone(),
        title: text.title.clone(),
        content: text.content.clone(),
        counted: 1,
        related: Json(notice.related),
        shown: channels.in_app,
        email: channels.email && has_address,
        digest: channels.digest && !channels.email && has_address,
        created_at: clock.now(),
        read_at: None,
    }
}

impl Notifier {
    /// Tells one person of something that is counted in one notification for as long as they have not read it: `known` is that notification, if
    /// there is one. What the numbers of the account move by is added to `by`. Answers the notification that stands for it now.
    pub(crate) async fn count_in(
        &self,
        tx: &mut Tx,
        (person, said): (&Person, &Preferences),
        known: Option<super::NotificationId>,
        make: impl Fn(u64) -> Notice + Send,
        by: &mut Move,
    ) -> Result<Option<super::NotificationId>> {
        let clock = tx.clock().clone();
        if let Some(id) = known
            && let Some(counted) = store::count_up_unread(tx, person.id, id).await?
        {
            let row = row_of(&make(counted), person, said, &clock);
            store::overwrite(tx, &NotificationRow { id, counted, ..row }).await?;
            by.entries.push((Entry::Notification, Some(id.uuid())));
            return Ok(Some(id));
        }
        let mut told = Told { person, said, clock: &clock, by: std::mem::take(by) };
        let outcome = told.take(tx, &make(1)).await;
        *by = told.by;
        Ok(match outcome? {
            Outcome::Shown(id) => Some(id),
            Outcome::Kept | Outcome::Nothing => None,
        })
    }
}
