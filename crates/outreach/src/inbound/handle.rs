//! What a mail that came in does to the entry it belongs to.

use events::TxExt as _;
use kernel::{Clock, Result, Scope, Timestamp};
use mind::talk::{self, Talk};
use serde_json::json;

use super::{Bounce, Incoming};
use crate::events::{OutreachBounced, OutreachComplained, OutreachFacts, OutreachReplied};
use crate::learning::Learned;
use crate::store::suppressions::Suppression;
use crate::store::touches::{self, Touch};
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
    /// The mail came back for good.
    Bounced,
    /// The mail came back for now.
    SoftBounce,
    /// They complained.
    Complaint,
}

impl Received {
    fn of(mail: &Incoming) -> Self {
        match &mail.bounce {
            _ if mail.complaint => Self::Complaint,
            Some(bounce) if bounce.is_hard() => Self::Bounced,
            Some(_) => Self::SoftBounce,
            None if mail.automatic => Self::AutoReply,
            None => Self::Reply,
        }
    }
}

/// Takes a mail in. The same one twice changes nothing.
pub(crate) async fn receive(outreach: &Outreach, mail: Incoming) -> Result<(Received, Option<kernel::OutreachId>)> {
    let (scope, clock) = (Scope::system(), outreach.app().clock());
    let kind = Received::of(&mail);
    // Read before the transaction: rules over a long text are no work to hold the writer for.
    let talk = match (&mail.text, kind) {
        (Some(text), Received::Reply) => {
            let said = own_words(text);
            tokio::task::spawn_blocking(move || talk::analyse(&said, None)).await.unwrap_or_default()
        }
        _ => Talk::default(),
    };
    let mut tx = outreach.app().write().await?;
    let Some(answered) = touches::sent_as(scope, &mut tx, &mail.answers).await? else {
        return Ok((Received::Unknown, None));
    };
    let Some(mut entry) = store::take(scope, &mut tx, answered.outreach_id).await? else {
        return Ok((Received::Unknown, None));
    };
    let now = clock.now();
    if !touches::insert(scope, &mut tx, &touch_of(&mail, kind, &entry, clock, now)).await? {
        return Ok((Received::Duplicate, Some(entry.id)));
    }
    let address = answered.address.clone();
    match kind {
        Received::Reply => replied(&mut entry, &mail, &talk, now),
        Received::Bounced => bounced(&mut entry, &answered),
        _ => {}
    }
    if kind == Received::Bounced && answered.status != "bounced" {
        let back = Touch { status: "bounced".into(), ..answered.clone() };
        touches::update(scope, &mut tx, &back, &answered.status).await?;
    }
    let reason = match kind {
        Received::Bounced => Some(("bounced", mail.bounce.as_ref().map(told))),
        Received::Complaint => Some(("complained", None)),
        Received::Reply if talk.opted_out => Some(("unsubscribed", Some("they asked for it in a reply".to_owned()))),
        _ => None,
    };
    if let (Some((reason, note)), Some(address)) = (&reason, address) {
        let suppression = Suppression {
            id: clock.new_id(),
            workspace_id: entry.workspace_id,
            address,
            reason: (*reason).to_owned(),
            note: note.clone(),
            created_at: now,
        };
        suppressions::insert(scope, &mut tx, &suppression).await?;
    }
    let ends = match kind {
        Received::Reply => Some("replied"),
        Received::Bounced => Some("bounced"),
        Received::Complaint => Some("complained"),
        _ => None,
    };
    if let Some(reason) = ends {
        sequences::stop_of_entry(scope, &mut tx, entry.id, reason, now).await?;
        let facts = OutreachFacts::from(&entry);
        match kind {
            Received::Bounced => tx.event(OutreachBounced(facts)),
            Received::Complaint => tx.event(OutreachComplained(facts)),
            _ => tx.event(OutreachReplied(facts)),
        }
    }
    store::save(scope, &mut tx, &mut entry, now).await?;
    tx.commit().await?;
    Ok((kind, Some(entry.id)))
}

fn touch_of(mail: &Incoming, kind: Received, entry: &Entry, clock: &Clock, now: Timestamp) -> Touch {
    let status = match kind {
        Received::Reply => "received",
        other => other.word(),
    };
    let detail = match &mail.bounce {
        Some(bounce) => json!({"status": bounce.status, "diagnostic": bounce.diagnostic}),
        None => json!({}),
    };
    Touch {
        provider: Some("mail".into()),
        message_id: Some(mail.message_id.clone()),
        address: mail.from.clone(),
        subject: mail.subject.clone(),
        summary: mail.text.clone(),
        detail: detail.to_string(),
        ..Touch::new(clock.new_id(), entry, Channel::Email, "in", status, now)
    }
}

fn told(bounce: &Bounce) -> String {
    match &bounce.diagnostic {
        Some(diagnostic) => format!("{} {diagnostic}", bounce.status),
        None => bounce.status.clone(),
    }
}

fn replied(entry: &mut Entry, mail: &Incoming, talk: &Talk, now: Timestamp) {
    entry.email_status = Some(EmailStatus::Replied);
    entry.follow(Channel::Email, Status::Replied);
    entry.message_type = Some(MessageType::Reply);
    entry.last_contact_date = Some(now);
    entry.reach(Stage::Replied);
    let mut learned = Learned::from(talk.clone());
    // A mail is no transcript: its summary and its orders are the mail itself.
    (learned.summary, learned.action_items) = (None, Vec::new());
    entry.learn(&learned);
    entry.content = Some(json!({"subject": mail.subject, "text": mail.text}).to_string());
}

fn bounced(entry: &mut Entry, answered: &Touch) {
    // A mail that came back after they had answered another one takes nothing from that.
    if answered.status != "bounced" && entry.email().may_become(EmailStatus::Bounced) {
        entry.email_status = Some(EmailStatus::Bounced);
        entry.follow(Channel::Email, Status::Bounced);
    }
}

/// A reply without the lines it quotes.
fn own_words(text: &str) -> String {
    let mut own = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let heads_quote =
            line.ends_with(':') && (line.starts_with("On ") || line.starts_with("El ")) && line.contains('@');
        if heads_quote || line.starts_with("-----Original Message") || line == "--" {
            break;
        }
        if !line.starts_with('>') {
            own.push(line);
        }
    }
    own.join("\n")
}
