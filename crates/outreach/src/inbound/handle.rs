//! What a mail that came in does to the entry it belongs to.

use db::Tx;
use events::TxExt as _;
use kernel::{Clock, Error, OutreachId, Result, Scope, Timestamp};
use mail::incoming::{Failure, Incoming, What};
use mind::reply::{self, Letter};
use mind::talk::{self, Interest, Talk};
use serde_json::json;

use super::thread;
use crate::events::{OutreachBounced, OutreachCallsRefused, OutreachComplained, OutreachFacts, OutreachReplied};
use crate::learning::Learned;
use crate::store::suppressions::Suppression;
use crate::store::touches::{self, Touch};
use crate::store::unmatched::{self, Unmatched, UnmatchedId};
use crate::store::{self, sequences, suppressions};
use crate::{Channel, EmailStatus, Entry, MessageType, Outreach, Stage, Status};

/// What became of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ReceivedAs", no_column)]
pub(crate) enum Received {
    /// It belongs to no mail of ours.
    Unknown,
    /// It had come before.
    Duplicate,
    /// They answered.
    Reply,
    /// A machine answered.
    AutoReply,
    /// It was delivered, relayed or read.
    Receipt,
    /// There is no such address.
    Bounced,
    /// The mail did not get there, for now or for another reason than that.
    SoftBounce,
    /// They complained.
    Complaint,
    /// A report that asks for nothing.
    Report,
}

impl Received {
    fn of(what: &What, failure: Option<&Failure>) -> Self {
        match what {
            What::Reply => Self::Reply,
            What::AutoReply => Self::AutoReply,
            What::Receipt => Self::Receipt,
            What::Complaint(_) => Self::Complaint,
            What::Report => Self::Report,
            What::Bounce(_) if failure.is_some_and(|failure| failure.gone && !failure.delayed) => Self::Bounced,
            What::Bounce(_) => Self::SoftBounce,
        }
    }
}

/// What the mail is about, and what was read in it.
struct Reading {
    entry: OutreachId,
    /// The mail of ours that it answers or is about, if one is known.
    answered: Option<Touch>,
    /// Its own words, if a person wrote it.
    own: String,
    talk: Talk,
}

/// How long after a mail a report that names nothing but its receiver is still taken for that mail's.
const REPORTED: i64 = 7 * kernel::time::DAY;
/// So many of our own mails are held against what somebody quotes.
const QUOTED: u32 = 50;

/// Takes a mail in. The same one twice changes nothing; what belongs to no mail of ours is kept, and shown.
pub(crate) async fn receive(outreach: &Outreach, mail: Incoming) -> Result<(Received, Option<OutreachId>)> {
    let found = find(outreach, &mail).await?;
    let mut tx = outreach.app().write().await?;
    let Some((entry, answered)) = found else {
        keep(outreach, &mut tx, &mail).await?;
        tx.commit().await?;
        return Ok((Received::Unknown, None));
    };
    drop(tx);
    let reading = read(outreach, entry, answered, &mail).await?;
    let mut tx = outreach.app().write().await?;
    let done = apply(outreach, &mut tx, &mail, reading).await?;
    tx.commit().await?;
    Ok((done, Some(entry)))
}

/// Gives a mail that was kept to an entry, by hand, as if it had named it.
pub(crate) async fn assign(
    outreach: &Outreach,
    scope: Scope,
    kept: UnmatchedId,
    entry: OutreachId,
) -> Result<Received> {
    let nothing = || Error::not_found("Unmatched email");
    let mut tx = outreach.app().read().await?;
    let found = unmatched::by_id(scope, &mut tx, kept).await?.ok_or_else(nothing)?;
    store::find(scope, &mut tx, entry).await?;
    let answered = touches::last_mail(scope, &mut tx, entry).await?;
    drop(tx);
    let mail: Incoming = serde_json::from_str(&found.mail).map_err(Error::internal)?;
    let reading = read(outreach, entry, answered, &mail).await?;
    let mut tx = outreach.app().write().await?;
    if !unmatched::delete(scope, &mut tx, kept).await? {
        return Err(nothing());
    }
    let done = apply(outreach, &mut tx, &mail, reading).await?;
    tx.commit().await?;
    Ok(done)
}

/// The entry of a mail: by the Message-IDs, by a signed token, or, of a report, by the only one that was written to that address.
async fn find(outreach: &Outreach, mail: &Incoming) -> Result<Option<(OutreachId, Option<Touch>)>> {
    let (scope, key) = (Scope::system(), outreach.key().await?);
    let mut tx = outreach.app().read().await?;
    if let Some(answered) = touches::sent_as(scope, &mut tx, &mail.answers).await? {
        return Ok(Some((answered.outreach_id, Some(answered))));
    }
    if let Some(entry) = thread::named(key, mail)
        && store::by_id(scope, &mut tx, entry).await?.is_some()
    {
        let answered = touches::last_mail(scope, &mut tx, entry).await?;
        return Ok(Some((entry, answered)));
    }
    let about: Vec<&str> = match &mail.what {
        What::Bounce(failures) => failures.iter().filter_map(|failure| failure.address.as_deref()).collect(),
        What::Complaint(address) => address.as_deref().into_iter().collect(),
        _ => Vec::new(),
    };
    let since = outreach.app().clock().now().plus(-REPORTED);
    for address in about {
        let sent = touches::sent_to(scope, &mut tx, &mail::incoming::spellings(address), since).await?;
        if let [only] = &sent[..] {
            return Ok(Some((only.outreach_id, Some(only.clone()))));
        }
    }
    Ok(None)
}

/// Reads what a person wrote: their own words, without what they quote of ours.
async fn read(outreach: &Outreach, entry: OutreachId, answered: Option<Touch>, mail: &Incoming) -> Result<Reading> {
    if mail.what != What::Reply {
        return Ok(Reading { entry, answered, own: String::new(), talk: Talk::default() });
    }
    let mut tx = outreach.app().read().await?;
    let sent = touches::texts_sent(Scope::system(), &mut tx, entry, QUOTED).await?.join("\n");
    drop(tx);
    let (text, html) = (mail.text.clone(), mail.html.clone());
    // Before the transaction: rules over a long text are no work to hold the writer for.
    let read = tokio::task::spawn_blocking(move || {
        let letter = Letter::of(text.as_deref(), html.as_deref()).without_echo(&sent);
        let own = letter.own();
        let talk = understood(&letter, &own);
        (own, talk)
    });
    let (own, talk) = read.await.map_err(Error::internal)?;
    Ok(Reading { entry, answered, own, talk })
}

/// What own words come to, read with the quoted ones that they answer.
fn understood(letter: &Letter, own: &str) -> Talk {
    let mut talk = talk::of_letter(letter);
    if talk.interest.is_none() {
        let first = || own.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned();
        let level = reply::answer(own).map(|yes| if yes { Interest::Interested } else { Interest::NotInterested });
        talk.interest = level.map(|level| (level, first()));
    }
    talk
}

/// Keeps what belongs to no mail of ours, for the only workspace that has written to its sender, else for administrators.
async fn keep(outreach: &Outreach, tx: &mut Tx, mail: &Incoming) -> Result<()> {
    let (scope, clock) = (Scope::system(), outreach.app().clock());
    let about = match &mail.what {
        What::Bounce(failures) => failures.iter().find_map(|failure| failure.address.clone()),
        What::Complaint(address) => address.clone(),
        _ => None,
    };
    let address = about.or_else(|| mail.from.clone()).unwrap_or_default();
    let workspaces = if address.is_empty() {
        Vec::new()
    } else {
        touches::workspaces_that_wrote_to(scope, tx, &mail::incoming::spellings(&address)).await?
    };
    let failure = failure_of(mail, None);
    let row = Unmatched {
        id: clock.new_id(),
        workspace_id: if let [only] = &workspaces[..] { Some(*only) } else { None },
        message_id: mail.message_id.clone(),
        address,
        kind: Received::of(&mail.what, failure).word().to_owned(),
        subject: mail.subject.clone(),
        mail: serde_json::to_string(mail).map_err(Error::internal)?,
        created_at: clock.now(),
    };
    unmatched::insert(scope, tx, &row).await
}

/// The receiver of a report that is ours: the one who was written to, or the only one.
fn failure_of<'m>(mail: &'m Incoming, written_to: Option<&str>) -> Option<&'m Failure> {
    let What::Bounce(failures) = &mail.what else { return None };
    let is_them = |failure: &&Failure| match (&failure.address, written_to) {
        (Some(address), Some(to)) => mail::incoming::key(address) == mail::incoming::key(to),
        _ => false,
    };
    failures.iter().find(is_them).or_else(|| failures.first())
}

/// Is a report about whoever was written to? One of an address that they have their mail passed on to is not; a house that writes its
/// own domain behind the same name is.
fn is_about(failure: &Failure, written_to: Option<&str>) -> bool {
    let (Some(address), Some(to)) = (&failure.address, written_to) else { return true };
    let (address, to) = (mail::incoming::key(address), mail::incoming::key(to));
    let local = |address: &str| address.rsplit_once('@').map(|(local, _)| local.to_owned());
    address == to || local(&address) == local(&to)
}

/// Does to the entry what a mail says. The entry was found, the mail was read.
async fn apply(outreach: &Outreach, tx: &mut Tx, mail: &Incoming, reading: Reading) -> Result<Received> {
    let (scope, clock) = (Scope::system(), outreach.app().clock());
    let Reading { entry, answered, own, talk } = reading;
    let written_to = answered.as_ref().and_then(|answered| answered.address.clone());
    let failure = failure_of(mail, written_to.as_deref());
    let kind = match Received::of(&mail.what, failure) {
        Received::Bounced if failure.is_some_and(|failure| !is_about(failure, written_to.as_deref())) => {
            Received::SoftBounce
        }
        kind => kind,
    };
    let Some(mut entry) = store::take(scope, tx, entry).await? else { return Ok(Received::Unknown) };
    let now = clock.now();
    if !touches::insert(scope, tx, &touch_of(mail, kind, failure, &own, (&entry, clock, now))).await? {
        return Ok(Received::Duplicate);
    }
    match kind {
        Received::Reply => replied(&mut entry, mail, &own, &talk, now),
        Received::Bounced => bounced(&mut entry, answered.as_ref()),
        _ => {}
    }
    if kind == Received::Bounced
        && let Some(answered) = answered.as_ref().filter(|answered| answered.status != "bounced")
    {
        let back = Touch { status: "bounced".into(), ..answered.clone() };
        touches::update(scope, tx, &back, &answered.status).await?;
    }
    let reason = match kind {
        Received::Bounced => Some(("bounced", failure.map(told))),
        Received::Complaint => Some(("complained", None)),
        Received::Reply if talk.refused.mails => {
            Some(("unsubscribed", Some("they asked for it in a reply".to_owned())))
        }
        _ => None,
    };
    // Whoever answers from another address than was written to gets no more at either.
    let mut addresses: Vec<String> = written_to.into_iter().collect();
    match kind {
        Received::Reply => addresses.extend(mail.from.clone()),
        _ if addresses.is_empty() => addresses.extend(failure.and_then(|failure| failure.address.clone())),
        _ => {}
    }
    addresses.dedup_by_key(|address| mail::incoming::key(address));
    if let Some((reason, note)) = reason {
        for address in addresses {
            let suppression = Suppression {
                id: clock.new_id(),
                workspace_id: entry.workspace_id,
                address,
                reason: reason.to_owned(),
                note: note.clone(),
                created_at: now,
            };
            suppressions::insert(scope, tx, &suppression).await?;
        }
    }
    if kind == Received::Reply && talk.refused.calls {
        tx.event(OutreachCallsRefused((&entry).into()));
    }
    let ends = match kind {
        Received::Reply => Some("replied"),
        Received::Bounced => Some("bounced"),
        Received::Complaint => Some("complained"),
        _ => None,
    };
    if let Some(reason) = ends {
        sequences::stop_of_entry(scope, tx, entry.id, reason, now).await?;
        let facts = OutreachFacts::from(&entry);
        match kind {
            Received::Bounced => tx.event(OutreachBounced(facts)),
            Received::Complaint => tx.event(OutreachComplained(facts)),
            _ => tx.event(OutreachReplied(facts)),
        }
    }
    store::save(scope, tx, &mut entry, now).await?;
    Ok(kind)
}

/// All of what somebody wrote, as it is shown.
fn shown(mail: &Incoming) -> Option<String> {
    let html = || mail.html.as_deref().map(|html| Letter::of_html(html).text()).filter(|text| !text.is_empty());
    mail.text.clone().filter(|text| !text.trim().is_empty()).or_else(html)
}

fn touch_of(
    mail: &Incoming,
    kind: Received,
    failure: Option<&Failure>,
    own: &str,
    (entry, clock, now): (&Entry, &Clock, Timestamp),
) -> Touch {
    let status = match kind {
        Received::Reply => "received",
        other => other.word(),
    };
    let detail = match failure {
        Some(Failure { address, status, diagnostic, .. }) => {
            json!({"recipient": address, "status": status, "diagnostic": diagnostic})
        }
        None if kind == Received::Reply => json!({"own_words": own}),
        None => json!({}),
    };
    Touch {
        provider: Some("mail".into()),
        message_id: Some(mail.message_id.clone()),
        address: mail.from.clone(),
        subject: mail.subject.clone(),
        summary: shown(mail),
        detail: detail.to_string(),
        ..Touch::new(clock.new_id(), entry, Channel::Email, "in", status, now)
    }
}

fn told(failure: &Failure) -> String {
    let said = [failure.status.as_deref(), failure.diagnostic.as_deref()];
    said.into_iter().flatten().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}

fn replied(entry: &mut Entry, mail: &Incoming, own: &str, talk: &Talk, now: Timestamp) {
    entry.email_status = Some(EmailStatus::Replied);
    entry.follow(Channel::Email, Status::Replied);
    entry.message_type = Some(MessageType::Reply);
    entry.last_contact_date = Some(now);
    entry.reach(Stage::Replied);
    let mut learned = Learned::from(talk.clone());
    // A mail is no transcript: its summary and its orders are the mail itself.
    (learned.summary, learned.action_items) = (None, Vec::new());
    entry.learn(&learned);
    entry.content = Some(json!({"subject": mail.subject, "text": shown(mail), "own_words": own}).to_string());
}

fn bounced(entry: &mut Entry, answered: Option<&Touch>) {
    // A mail that came back after they had answered another one takes nothing from that.
    let is_new = answered.is_none_or(|answered| answered.status != "bounced");
    if is_new && entry.email().may_become(EmailStatus::Bounced) {
        entry.email_status = Some(EmailStatus::Bounced);
        entry.follow(Channel::Email, Status::Bounced);
    }
}
