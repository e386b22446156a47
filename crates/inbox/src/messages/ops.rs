//! Sending and reading: what routes do, in the transactions that they do it in.

use db::{Json, Tx};
use events::TxExt as _;
use kernel::{Account, AccountId, Error, Kind, Result, Timestamp, time};
use uuid::Uuid;

use super::attachments;
use super::model::{Conversation, Message, MessageId, Warning, in_order};
use super::shapes::NewMessage;
use super::{safety, store};
use crate::Inbox;
use crate::events::{MessageSent, MessagesRead, NotificationsRead};
use crate::feed::{self, Entry, Move};
use crate::notifications::{self, Notice, NotificationType, Related, Texts};
use crate::ports::{self, Person, Tie};
use crate::preferences::{self, Preferences, WhoMayWrite};

/// For so long an account is new.
const FRESH: i64 = 7 * time::DAY;
/// What a week is for new accounts, in days of theirs.
const WEEK: u32 = 4;
/// So many strangers may be sent nearly the same.
const ALIKE: usize = 3;

const NOT_TAKEN: &str = "This person takes no messages from you";

/// What is known before the transaction begins.
pub(super) struct Ready {
    sender: Person,
    recipient: Person,
    said: Preferences,
    collaboration: Option<Uuid>,
    tie: Tie,
    warnings: Vec<Warning>,
}

/// Looks at who writes to whom, and what: all that takes no lock.
pub(super) async fn prepare(inbox: &Inbox, account: &Account, new: &NewMessage) -> Result<Ready> {
    let (me, them) = (account.id, new.recipient_id);
    if me == them {
        return crate::pages::fault("recipient_id", "unknown_value", "is yourself");
    }
    let mut tx = inbox.app().read().await?;
    let people = inbox.people();
    let both = people.people(&mut tx, &[me, them]).await?;
    let not_there = || Error::not_found("Recipient");
    let recipient = ports::find(&both, them).cloned().ok_or_else(not_there)?;
    let sender = ports::find(&both, me).cloned().ok_or_else(not_there)?;
    let collaboration = people.collaboration(&mut tx, me, them, new.collaboration_id).await?;
    if new.collaboration_id.is_some() && collaboration.is_none() {
        return Err(Error::not_found("Collaboration"));
    }
    let mut warnings = safety::warnings(&new.content);
    let known = store::between(&mut tx, me, them).await?;
    let mut tie = if collaboration.is_some() { Tie::Agreed } else { Tie::None };
    // Nobody need be asked where nothing depends on it.
    if tie == Tie::None && (known.is_none() || !warnings.is_empty() || !new.attachments.is_empty()) {
        tie = people.tie(&mut tx, me, them).await?;
    }
    let has_link = safety::has_link(&new.content) || !new.attachments.is_empty();
    let is_answered = known.is_some_and(|known| known.answered || known.opened_by != me);
    if has_link && tie == Tie::None && !is_answered && is_fresh(&sender, inbox.app().clock().now()) {
        let message = "Your account is new: send links and files once this person has answered";
        return Err(Error::new(Kind::Forbidden, message));
    }
    if tie == Tie::Agreed {
        warnings.clear();
    }
    let said = preferences::of_one(&mut tx, them).await?;
    Ok(Ready { sender, recipient, said, collaboration, tie, warnings })
}

fn is_fresh(person: &Person, now: Timestamp) -> bool {
    person.created_at.plus(FRESH) > now
}

/// Writes the message, and tells whoever is to know.
pub(super) async fn send(inbox: &Inbox, tx: &mut Tx, ready: Ready, new: NewMessage) -> Result<(Message, Person)> {
    let (me, them, now) = (ready.sender.id, ready.recipient.id, inbox.app().clock().now());
    match store::blocks(tx, me, them).await?.first() {
        Some(by) if *by == me => return Err(Error::conflict("You have blocked this person; take that back first")),
        Some(_) => return Err(Error::new(Kind::Forbidden, NOT_TAKEN)),
        None => {}
    }
    if ready.warnings.iter().any(|warning| *warning != Warning::Link) {
        slow_down(tx, me, now).await?;
    }
    let id: MessageId = inbox.app().clock().new_id();
    let mut is_new = false;
    let mut next = store::next(tx, me, them, id).await?;
    if next.is_none() {
        is_new = open(inbox, tx, &ready, &new.content, now).await?;
        next = store::next(tx, me, them, id).await?;
    }
    let (conversation_id, seq) =
        next.ok_or_else(|| Error::internal("a conversation that was just opened is not there"))?;
    let message = Message {
        id,
        conversation_id,
        seq,
        sender_id: me,
        recipient_id: them,
        content_key: safety::key(&new.content),
        content: new.content,
        attachments: Json(attachments::attach(inbox, tx, me, id, new.attachments).await?),
        collaboration_id: ready.collaboration,
        warnings: Json(ready.warnings),
        created_at: now,
        hidden_at: None,
    };
    tx.insert(&message).await?;
    let (_, notice) = store::stand(tx, me, them, now).await?;
    let opened = i64::from(is_new);
    let mut theirs = Move {
        conversations: opened,
        unread_messages: 1,
        entries: vec![(Entry::Message, Some(id.uuid()))],
        ..Move::default()
    };
    let mine = Move { conversations: opened, entries: vec![(Entry::Message, Some(id.uuid()))], ..Move::default() };
    let make = |count| told_of(&ready.sender, &message, count);
    let notifier = inbox.notifier();
    let told = notifier.count_in(tx, (&ready.recipient, &ready.said), notice, make, &mut theirs).await?;
    if told != notice {
        store::told_by(tx, them, me, told).await?;
    }
    let mut moves = [(me, mine), (them, theirs)];
    moves.sort_by_key(|(account, _)| *account);
    for (account, by) in &moves {
        feed::shift(tx, *account, by, now).await?;
        inbox.hub().wake_after(tx, *account);
    }
    tx.event(MessageSent {
        workspace_id: None,
        conversation_id,
        message_id: id,
        sender_id: me,
        recipient_id: them,
        collaboration_id: message.collaboration_id,
    });
    Ok((message, ready.sender))
}

/// What the recipient is told, who has so many messages that they have not read.
fn told_of(sender: &Person, message: &Message, count: u64) -> Notice {
    let name = &sender.username;
    let texts = match count {
        1 => Texts::new(
            ("New message", format!("{name} wrote to you")),
            ("Mensaje nuevo", format!("{name} te ha escrito")),
        ),
        count => Texts::new(
            ("New messages", format!("{name} sent you {count} messages")),
            ("Mensajes nuevos", format!("{name} te ha enviado {count} mensajes")),
        ),
    };
    let related =
        Related { collaboration: message.collaboration_id, user: Some(sender.id.uuid()), ..Related::default() };
    Notice {
        to: message.recipient_id,
        kind: NotificationType::MessageReceived,
        happening: format!("message:{}", message.id),
        texts,
        related,
        group: None,
    }
}

/// Whoever has just sent what people had to be warned of waits before they send more of it to people whom they have agreed nothing with.
async fn slow_down(tx: &mut Tx, me: AccountId, now: Timestamp) -> Result<()> {
    let Some(last) = store::last_warned(tx, me, now).await? else { return Ok(()) };
    let wait = (last.plus(time::DAY).micros() - now.micros()) / time::SECOND + 1;
    let message = "Before anything is agreed, stay here: contact details, and money outside, may be sent once a day. Leave them out, or wait";
    Err(Error::new(Kind::RateLimited(u32::try_from(wait).unwrap_or(u32::MAX)), message))
}

/// Opens the conversation, if the two may begin one. False if somebody else has opened it meanwhile.
async fn open(inbox: &Inbox, tx: &mut Tx, ready: &Ready, content: &str, now: Timestamp) -> Result<bool> {
    let (me, them) = (ready.sender.id, ready.recipient.id);
    let is_stranger = ready.tie == Tie::None;
    let is_taken = match ready.said.who_may_write {
        WhoMayWrite::Everyone => true,
        WhoMayWrite::Partners => !is_stranger,
        WhoMayWrite::Nobody => false,
    };
    if !is_taken {
        return Err(Error::new(Kind::Forbidden, NOT_TAKEN));
    }
    let opening = is_stranger.then(|| safety::likeness(content));
    let (low, high) = in_order(me, them);
    let conversation = Conversation {
        id: inbox.app().clock().new_id(),
        low,
        high,
        opened_by: me,
        opening,
        answered: false,
        messages: 0,
        last_message_id: None,
        created_at: now,
    };
    // The conversation before the accounts, as whoever writes in one takes them.
    if !store::open(tx, &conversation).await? {
        return Ok(false);
    }
    if let Some(opening) = opening {
        // From here on no other conversation of theirs is opened before this one is.
        feed::lock(tx, &[me, them], now).await?;
        let earlier = store::openings(tx, me, conversation.id, now.plus(-7 * time::DAY)).await?;
        let settings = inbox.settings();
        let (of_day, days) =
            if is_fresh(&ready.sender, now) { (settings.openings_fresh, WEEK) } else { (settings.openings, 7) };
        let of_week = of_day.saturating_mul(days);
        too_many(&earlier, time::DAY, of_day, now)?;
        too_many(&earlier, 7 * time::DAY, of_week, now)?;
        if earlier.iter().filter(|(_, other)| safety::is_near(opening, *other)).count() >= ALIKE {
            let message =
                "You have sent nearly the same to several people this week; write to this one in your own words";
            return Err(Error::new(Kind::RateLimited(86_400), message));
        }
    }
    Ok(true)
}

/// Were as many conversations opened in this time as may be?
fn too_many(earlier: &[(Timestamp, i64)], per: i64, most: u32, now: Timestamp) -> Result<()> {
    let since = now.plus(-per);
    let within: Vec<Timestamp> = earlier.iter().map(|(at, _)| *at).filter(|at| *at > since).collect();
    if within.len() < most as usize {
        return Ok(());
    }
    // The oldest of those that count has to be so old first; where none may be opened at all, nothing helps.
    let first = (most as usize).checked_sub(1).and_then(|place| within.get(place).copied()).unwrap_or(now);
    let wait = (first.plus(per).micros() - now.micros()) / time::SECOND + 1;
    let days = per / time::DAY;
    let message = format!(
        "You may write to {most} people whom you have nothing to do with in {}; whoever you work with is not counted",
        if days == 1 { "24 hours".to_owned() } else { format!("{days} days") }
    );
    Err(Error::new(Kind::RateLimited(u32::try_from(wait).unwrap_or(u32::MAX)), message))
}

/// Marks a conversation as read. Tells how many messages were unread.
pub(super) async fn read(inbox: &Inbox, tx: &mut Tx, me: AccountId, them: AccountId) -> Result<i64> {
    let now = inbox.app().clock().now();
    let Some((unread, notice)) = store::read(tx, me, them, now).await? else { return Ok(0) };
    let mut mine = Move { unread_messages: -unread, entries: vec![(Entry::Unread, None)], ..Move::default() };
    if let Some(notice) = notice
        && notifications::store::read(tx, me, notice, now).await?
    {
        mine.unread_notifications = -1;
        tx.event(NotificationsRead { workspace_id: None, account_id: me });
    }
    let conversation = store::member(tx, me, them).await?.map(|member| member.conversation_id);
    let conversation = conversation.ok_or_else(|| Error::internal("a conversation has lost one of its two"))?;
    let theirs = Move { entries: vec![(Entry::Receipt, Some(conversation.uuid()))], ..Move::default() };
    let mut moves = [(me, mine), (them, theirs)];
    moves.sort_by_key(|(account, _)| *account);
    for (account, by) in &moves {
        feed::shift(tx, *account, by, now).await?;
        inbox.hub().wake_after(tx, *account);
    }
    tx.event(MessagesRead { workspace_id: None, conversation_id: conversation, reader_id: me, sender_id: them });
    Ok(unread)
}
