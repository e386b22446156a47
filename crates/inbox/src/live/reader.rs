//! Reading for all streams of this process.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use db::{EventRow, Position, Tx};
use events::Event as _;
use kernel::{AccountId, Proof, Result, WorkspaceId};
use tokio::time::Instant;

use super::frames::{self, Changed, Receipt, Unread, Writes};
use super::hub::{Shown, Told};
use crate::events::{MessageSent, MessagesRead, NotificationCreated, NotificationsRead};
use crate::feed::{self, Entry, FeedRow};
use crate::messages::{self, MessageId};
use crate::notifications::{self, NotificationBody};
use crate::ports::Typing;
use crate::{Inbox, ports};

/// How often it is looked for what other processes have written.
const POLL: Duration = Duration::from_millis(100);
/// How long it rests between two looks, so that many changes are read at once.
const REST: Duration = Duration::from_millis(10);
/// So many events of the log are read at once,
const BATCH: u32 = 500;
/// and so often before streams have their turn again.
const ROUNDS: usize = 20;
/// So many accounts are read for at once.
const ACCOUNTS: usize = 100;
/// So many entries of theirs at most; what is more comes in the next look.
const ENTRIES: u32 = 4_000;
/// How often log-ins are judged that nothing is heard of.
const JUDGE: Duration = Duration::from_mins(1);
/// The interval between two queries for members who are typing.
const WRITERS: Duration = Duration::from_millis(500);
/// The largest number of members that one such query returns.
const MOST_WRITERS: u32 = 5_000;
/// How many log-ins are asked for at once.
const PROOFS: usize = 500;
/// So long after a fault it is tried again.
const FAULT: Duration = Duration::from_secs(1);

/// Reads until no stream is open.
pub(super) async fn run(inbox: Inbox) {
    // However this ends, the next stream finds somebody else.
    let _until = Until(inbox.clone());
    let now = Instant::now();
    let mut work = Work { inbox, place: None, version: None, judged: now, writers: HashSet::new(), looked: now };
    let mut bell = work.inbox.app().db().bell(db::EVENTS);
    while work.inbox.hub().goes_on() {
        bell.mark_unchanged();
        if let Err(error) = work.look().await {
            tracing::error!(%error, "live streams are not shown what is new; trying again");
            tokio::time::sleep(FAULT).await;
        }
        tokio::select! {
            () = work.inbox.hub().news() => {}
            _ = bell.changed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        tokio::time::sleep(REST).await;
    }
}

struct Until(Inbox);

impl Drop for Until {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.hub().reads_no_more();
        }
    }
}

struct Work {
    inbox: Inbox,
    /// How far the log was read.
    place: Option<Position>,
    /// The version of the log-ins when they were judged,
    version: Option<i64>,
    /// and when that was.
    judged: Instant,
    /// Who was typing at the last pass,
    writers: HashSet<Typing>,
    /// and when that was.
    looked: Instant,
}

impl Work {
    async fn look(&mut self) -> Result<()> {
        self.judge().await?;
        self.read_log().await?;
        self.catch_up().await?;
        self.who_writes().await?;
        let touched = self.inbox.hub().touched();
        for some in touched.chunks(ACCOUNTS) {
            if let Err(error) = self.show(some).await {
                // They are still to be shown what is new.
                self.inbox.hub().touch(touched.iter().map(|(account, _)| *account));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends the streams of those who are let in no more.
    async fn judge(&mut self) -> Result<()> {
        let version = self.inbox.doors().version().await?;
        let all = self.version != Some(version) || self.judged.elapsed() >= JUDGE;
        let proofs = self.inbox.hub().to_judge(all);
        for some in proofs.chunks(PROOFS) {
            let accounts = self.inbox.doors().accounts(some).await?;
            for (proof, account) in some.iter().zip(&accounts) {
                self.inbox.hub().judge(*proof, account.as_ref());
            }
        }
        if all {
            (self.version, self.judged) = (Some(version), Instant::now());
        }
        Ok(())
    }

    /// Reads on in the event log: who is concerned, and what has changed in workspaces.
    async fn read_log(&mut self) -> Result<()> {
        let mut tx = self.inbox.app().read().await?;
        let mut place = match self.place {
            Some(place) => place,
            None => tx.end_of_events().await?,
        };
        self.place = Some(place);
        for _ in 0..ROUNDS {
            let events = tx.events_after(place, BATCH).await?;
            let Some((last, _)) = events.last() else { break };
            place = *last;
            let is_all = events.len() < BATCH as usize;
            self.tell(&mut tx, &events).await?;
            self.place = Some(place);
            if is_all {
                break;
            }
        }
        Ok(())
    }

    /// Passes events on to the accounts and hubs that they concern.
    async fn tell(&self, tx: &mut Tx, events: &[(Position, EventRow)]) -> Result<()> {
        let (hub, kinds) = (self.inbox.hub(), self.inbox.talks().kinds());
        let mut told: HashMap<WorkspaceId, Vec<Told>> = HashMap::new();
        let hubs = hub.hubs();
        let mut talks = Vec::new();
        for (place, event) in events {
            if let Some(concerned) = concerned(event)? {
                hub.touch(concerned);
                continue;
            }
            let Some(workspace) = event.workspace.filter(|workspace| hubs.contains(workspace)) else { continue };
            if kinds.contains(&event.kind.as_str()) {
                talks.push((*place, event.clone()));
            } else {
                let changed = Changed { event: &event.kind, subject_id: event.subject, at: event.created_at };
                told.entry(workspace).or_default().push(Told::Hint(frames::event("changed", &changed)?));
            }
        }
        for (workspace, one) in of_talks(&self.inbox, tx, talks).await? {
            told.entry(workspace).or_default().push(one);
        }
        if !told.is_empty() {
            hub.tell(&told);
        }
        Ok(())
    }

    /// Sends conversation events to streams that started since the last pass.
    async fn catch_up(&self) -> Result<()> {
        let Some(place) = self.place else { return Ok(()) };
        let (hub, kinds) = (self.inbox.hub(), self.inbox.talks().kinds());
        for (workspace, from) in hub.behind() {
            if from >= place {
                hub.catch_up(workspace, (from, from), &[], true);
                continue;
            }
            let mut tx = self.inbox.app().read().await?;
            let events = tx.events_between(workspace, (from, place), kinds, BATCH).await?;
            let is_all = events.len() < BATCH as usize;
            let to = events.last().filter(|_| !is_all).map_or(place, |(last, _)| *last);
            let told: Vec<Told> =
                of_talks(&self.inbox, &mut tx, events).await?.into_iter().map(|(_, one)| one).collect();
            drop(tx);
            hub.catch_up(workspace, (from, to), &told, is_all);
        }
        Ok(())
    }

    /// Sends who started and who stopped typing since the last pass.
    async fn who_writes(&mut self) -> Result<()> {
        if self.looked.elapsed() < WRITERS {
            return Ok(());
        }
        self.looked = Instant::now();
        let (inbox, hubs) = (&self.inbox, self.inbox.hub().hubs());
        let now = inbox.app().clock().now();
        let writes = inbox.talks().typing(&mut inbox.app().read().await?, now, MOST_WRITERS).await?;
        let writes: HashSet<Typing> = writes.into_iter().filter(|one| hubs.contains(&one.hub)).collect();
        let mut told: HashMap<WorkspaceId, Vec<Told>> = HashMap::new();
        let began = writes.difference(&self.writers).map(|one| (one, true));
        let stopped = self.writers.difference(&writes).map(|one| (one, false));
        for (one, on) in began.chain(stopped) {
            let writes = Writes { conversation_id: one.conversation, author: "member", on };
            told.entry(one.hub).or_default().push(Told::Hint(frames::event("typing", &writes)?));
        }
        if !told.is_empty() {
            inbox.hub().tell(&told);
        }
        self.writers = writes;
        Ok(())
    }

    /// Shows these accounts what came behind these numbers.
    async fn show(&self, from: &[(AccountId, i64)]) -> Result<()> {
        let mut tx = self.inbox.app().read().await?;
        let entries = feed::after(&mut tx, from, ENTRIES).await?;
        if entries.len() == ENTRIES as usize {
            self.inbox.hub().touch(from.iter().map(|(account, _)| *account));
        }
        for (account, shown) in told(&self.inbox, &mut tx, &entries).await? {
            self.inbox.hub().show(account, &shown);
        }
        Ok(())
    }
}

/// Those whom an event of the inbox concerns; nothing if it is another's.
fn concerned(event: &EventRow) -> Result<Option<Vec<AccountId>>> {
    Ok(Some(match event.kind.as_str() {
        NotificationCreated::NAME | NotificationsRead::NAME => vec![AccountId::from_uuid(event.subject)],
        MessageSent::NAME => {
            let sent: MessageSent = events::read(event)?;
            vec![sent.sender_id, sent.recipient_id]
        }
        MessagesRead::NAME => {
            let read: MessagesRead = events::read(event)?;
            vec![read.reader_id, read.sender_id]
        }
        _ => return Ok(None),
    }))
}

/// Converts events about conversations into events of streams, each with its hub.
pub(super) async fn of_talks(
    inbox: &Inbox,
    tx: &mut Tx,
    events: Vec<(Position, EventRow)>,
) -> Result<Vec<(WorkspaceId, Told)>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let (places, events): (Vec<Position>, Vec<EventRow>) = events.into_iter().unzip();
    let all = inbox.talks().told(tx, &events).await?;
    let mut told = Vec::with_capacity(events.len());
    for ((place, event), body) in places.into_iter().zip(&events).zip(all) {
        if let (Some(workspace), Some(body)) = (event.workspace, body) {
            told.push((workspace, Told::Placed(place, frames::event("conversation", &body)?)));
        }
    }
    Ok(told)
}

/// The entries of feeds as their accounts are shown them.
async fn told(inbox: &Inbox, tx: &mut Tx, entries: &[FeedRow]) -> Result<HashMap<AccountId, Shown>> {
    let ids = |kind: Entry| {
        let about = entries.iter().filter(move |entry| entry.kind == kind).filter_map(|entry| entry.about);
        about.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let accounts: Vec<AccountId> =
        entries.iter().map(|entry| entry.account_id).collect::<HashSet<_>>().into_iter().collect();
    let notifications = notifications::store::by_ids(tx, &ids(Entry::Notification)).await?;
    let notifications: HashMap<_, _> = notifications.into_iter().map(|row| (row.id.uuid(), row)).collect();
    let messages = messages::store::by_ids(tx, &ids(Entry::Message)).await?;
    let members = messages::store::members_of(tx, &ids(Entry::Receipt)).await?;
    let numbers: HashMap<_, _> = feed::all_numbers(tx, &accounts).await?.into_iter().collect();
    let mut names: Vec<AccountId> = messages.iter().map(|message| message.sender_id).collect();
    names.sort();
    names.dedup();
    let people = if names.is_empty() { Vec::new() } else { inbox.people().people(tx, &names).await? };
    let messages: HashMap<MessageId, _> = messages.into_iter().map(|row| (row.id, row)).collect();
    let last: HashMap<AccountId, i64> = entries.iter().map(|entry| (entry.account_id, entry.seq)).collect();
    let mut all: HashMap<AccountId, Shown> = HashMap::new();
    for entry in entries {
        let (account, seq) = (entry.account_id, entry.seq);
        let piece = match (entry.kind, entry.about) {
            (Entry::Notification, Some(id)) => {
                // What was deleted meanwhile is not shown; the numbers below are right all the same.
                let row = notifications.get(&id).filter(|row| row.account_id == account);
                row.map(|row| frames::event("notification", &NotificationBody::from(row.clone()))).transpose()?
            }
            (Entry::Message, Some(id)) => {
                let row = messages.get(&MessageId::from_uuid(id)).filter(|row| row.is_of(account));
                let body = row.map(|row| {
                    messages::MessageBody::of(row.clone(), ports::find(&people, row.sender_id), false, None)
                });
                body.map(|body| frames::event("message", &body)).transpose()?
            }
            (Entry::Receipt, Some(id)) => {
                let reader =
                    members.iter().find(|member| member.conversation_id.uuid() == id && member.other_id == account);
                let receipt = reader.map(|reader| Receipt {
                    user_id: reader.account_id,
                    read_at: reader.read_at,
                    read_up_to: reader.read_seq,
                });
                receipt.map(|receipt| frames::event("read", &receipt)).transpose()?
            }
            _ => None,
        };
        let shown = all.entry(account).or_default();
        shown.extend(piece.map(|piece| (seq, piece)));
        // The last of an account's entries is followed by its numbers.
        if last.get(&account) == Some(&seq) {
            let unread = Unread::from(numbers.get(&account).copied().unwrap_or_default());
            shown.push((seq, frames::event("unread", &unread)?));
        }
    }
    Ok(all)
}

/// Whose log-in opened a stream, for what is kept of tickets.
pub(super) fn proof_of(session: Option<uuid::Uuid>, key: Option<uuid::Uuid>) -> Option<Proof> {
    match (session, key) {
        (Some(session), _) => Some(Proof::Session(kernel::SessionId::from_uuid(session))),
        (None, Some(key)) => Some(Proof::ApiKey(kernel::ApiKeyId::from_uuid(key))),
        (None, None) => None,
    }
}
