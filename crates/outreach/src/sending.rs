//! Mails to creators: the one way out, and what becomes of them.

use async_trait::async_trait;
use campaigns::Campaign;
use db::Tx;
use events::TxExt as _;
use jobs::{Context, Outcome, Payload};
use kernel::{AccountId, Error, Kind, Result, Scope, WorkspaceId, time};
use mail::{About, Fate, Leaving, NewMail, Veto};
use serde_json::{Value, json};

use crate::events::{OutreachBounced, OutreachFacts, OutreachFailed, OutreachSent, OutreachWithheld};
use crate::store::suppressions::Suppression;
use crate::store::touches::{self, Touch, TouchId};
use crate::store::{self, sequences, suppressions};
use crate::token::{Key, Purpose};
use crate::{Channel, EmailStatus, Entry, MessageType, Outreach, Stage, Status, inbound, letters};

/// The kind of job that hears what became of a mail.
pub(crate) const FATE: &str = "outreach.mail";

/// A mail to be written: its texts are filled already.
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// Does it go on in the thread of the last mail?
    pub(crate) in_reply_to: Option<String>,
    pub(crate) message_type: MessageType,
    pub(crate) by: Option<AccountId>,
    /// What else is worth keeping in the history.
    pub(crate) detail: Value,
}

/// Why this address gets no mail of this workspace: told as a refusal.
pub(crate) async fn refuse_suppressed(scope: Scope, tx: &mut Tx, campaign: &Campaign, to: &str) -> Result<()> {
    let Some(reason) = suppressions::reason(scope, tx, campaign.workspace_id, to).await? else { return Ok(()) };
    let why = match reason.as_str() {
        "unsubscribed" => "has unsubscribed from your mails",
        "complained" => "has complained about your mails",
        "bounced" => "does not exist: an earlier mail came back",
        _ => "is on your suppression list",
    };
    Err(Error::conflict(format!(
        "{to} {why}; nothing was sent. GET /api/v1/outreach/suppressions lists such addresses"
    )))
}

/// How long to wait where too many mails were written, in seconds.
const TOO_MANY_WAIT: u32 = 3_600;

/// Refuses a mail beyond what a workspace, or all of them, write in a day.
pub(crate) async fn refuse_too_many(outreach: &Outreach, tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    let (scope, settings) = (Scope::system(), outreach.settings());
    let since = outreach.app().clock().now().plus(-time::DAY);
    for (whose, workspace, most) in
        [("this workspace", Some(workspace), settings.most_mails), ("all workspaces", None, settings.most_mails_in_all)]
    {
        let wrote = mail::store::queued_since(scope, tx, workspace, since).await?;
        if wrote >= most {
            let message = format!(
                "{wrote} mails of {whose} were written within 24 hours, and {most} are allowed; try again in an hour"
            );
            return Err(Error::new(Kind::RateLimited(TOO_MANY_WAIT), message));
        }
    }
    Ok(())
}

/// Queues a mail in the transaction that writes its entry, which was [taken](store::take), and saves that.
pub(crate) async fn queue(
    (outreach, key): (&Outreach, &Key),
    scope: Scope,
    tx: &mut Tx,
    (campaign, entry): (&Campaign, &mut Entry),
    letter: Letter,
    id: TouchId,
) -> Result<Touch> {
    let now = outreach.app().clock().now();
    refuse_suppressed(scope, tx, campaign, &letter.to).await?;
    refuse_too_many(outreach, tx, entry.workspace_id).await?;
    let touch = write((outreach, key), scope, tx, (campaign, entry), &letter, id).await?;
    entry.follow(Channel::Email, Status::Initiated);
    entry.message_type = Some(letter.message_type);
    entry.content = Some(json!({"subject": letter.subject, "text": letter.text}).to_string());
    if matches!(entry.email(), EmailStatus::Failed | EmailStatus::Bounced) {
        entry.email_status = None;
    }
    if entry.email_status.is_none() {
        entry.email_status = Some(EmailStatus::Pending);
    }
    store::save(scope, tx, entry, now).await?;
    Ok(touch)
}

/// Queues a mail that is no approach (a reminder): the history has it, the entry stays as it is.
pub(crate) async fn write(
    (outreach, key): (&Outreach, &Key),
    scope: Scope,
    tx: &mut Tx,
    (campaign, entry): (&Campaign, &Entry),
    letter: &Letter,
    id: TouchId,
) -> Result<Touch> {
    let (app, clock) = (outreach.app(), outreach.app().clock());
    let token = key.sign(Purpose::Unsubscribe, id.uuid());
    let link = format!("{}/api/v1/outreach/unsubscribe/{token}", app.public_url());
    let mut text = format!("{}\n\n--\n{} wrote this. No more of it: {link}", letter.text, campaign.brand_name);
    if let Some(address) = &outreach.settings().postal_address {
        text = format!("{text}\n{address}");
    }
    // Answers name the thread even where a relay has replaced our Message-ID.
    let thread = inbound::reference(key, entry.id);
    let references = letter.in_reply_to.iter().fold(thread, |thread, earlier| format!("{thread} {earlier}"));
    let queued = mail::queue(
        tx,
        app,
        NewMail {
            workspace: Some(entry.workspace_id),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text,
            from_name: Some(campaign.brand_name.clone()),
            reply_to: Some(inbound::reply_to(outreach, key, entry.id)),
            // RFC 8058: mail programs show a button, which asks the address by POST.
            headers: vec![
                ("List-Unsubscribe".into(), format!("<{link}>")),
                ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
                ("References".into(), references),
            ],
            in_reply_to: letter.in_reply_to.clone(),
            about: Some(About { job: FATE, id: id.uuid() }),
            ..NewMail::default()
        },
    )
    .await?;
    let touch = Touch {
        by_account: letter.by,
        provider: Some("mail".into()),
        provider_id: Some(queued.id.to_string()),
        message_id: Some(queued.message_id),
        address: Some(letter.to.clone()),
        subject: Some(letter.subject.clone()),
        summary: Some(letter.text.clone()),
        detail: letter.detail.to_string(),
        ..Touch::new(id, entry, Channel::Email, "out", "queued", clock.now())
    };
    touches::insert(scope, tx, &touch).await?;
    Ok(touch)
}

/// Writes down what became of a mail. Run twice, it does nothing the second time.
pub(crate) async fn fate(outreach: Outreach, context: Context, payload: Payload) -> Outcome {
    let fate: Fate = payload.read()?;
    let (scope, now) = (Scope::system(), context.clock.now());
    let mut tx = outreach.app().write().await?;
    let id = TouchId::from_uuid(fate.about_id);
    let Some(mut touch) = touches::by_id(scope, &mut tx, id).await? else { return Ok(()) };
    let Some(mut entry) = store::take(scope, &mut tx, touch.outreach_id).await? else { return Ok(()) };
    let status = if fate.no_such_address { "bounced" } else { fate.status.as_str() };
    status.clone_into(&mut touch.status);
    touch.at = now;
    let mut detail: Value = serde_json::from_str(&touch.detail).unwrap_or_else(|_| json!({}));
    if let Some(error) = &fate.error {
        detail["error"] = json!(error);
    }
    let is_approach = detail["reminder"] != true;
    touch.detail = detail.to_string();
    if !touches::update(scope, &mut tx, &touch, "queued").await? {
        return Ok(());
    }
    // The mail server itself says that there is nobody of that address.
    if let (true, Some(address)) = (fate.no_such_address, &touch.address) {
        let suppression = Suppression {
            id: context.clock.new_id(),
            workspace_id: entry.workspace_id,
            address: address.clone(),
            reason: "bounced".into(),
            note: fate.error.clone(),
            created_at: now,
        };
        suppressions::insert(scope, &mut tx, &suppression).await?;
    }
    if is_approach {
        tell(&mut entry, &fate, now);
        if matches!(status, "failed" | "withheld" | "bounced") {
            sequences::stop_of_entry(scope, &mut tx, entry.id, status, now).await?;
        }
        store::save(scope, &mut tx, &mut entry, now).await?;
        let outreach = OutreachFacts::from(&entry);
        match status {
            "bounced" => tx.event(OutreachBounced(outreach)),
            "failed" => tx.event(OutreachFailed(outreach)),
            "withheld" => tx.event(OutreachWithheld(outreach)),
            _ => tx.event(OutreachSent { outreach, status: fate.status }),
        }
    }
    Ok(tx.commit().await?)
}

fn tell(entry: &mut Entry, fate: &Fate, now: kernel::Timestamp) {
    let (email, status) = match fate.status.as_str() {
        "failed" if fate.no_such_address => (EmailStatus::Bounced, Status::Bounced),
        // Kept in the outbox, it has gone as far as it goes without a mail server; the touch says so.
        "sent" | "kept" => (EmailStatus::Sent, Status::Sent),
        "failed" => (EmailStatus::Failed, Status::Failed),
        _ => (EmailStatus::Pending, Status::Cancelled),
    };
    if entry.email().may_become(email) {
        entry.email_status = Some(email);
    }
    if matches!(entry.status, Status::Initiated | Status::Pending) {
        entry.status = status;
    }
    if email == EmailStatus::Sent {
        entry.last_contact_date = Some(now);
        entry.reach(Stage::Contacted);
    }
}

/// Holds back what was queued before its receiver unsubscribed.
pub struct Unsubscribed;

#[async_trait]
impl Veto for Unsubscribed {
    async fn veto(&self, tx: &mut Tx, mail: &Leaving) -> Result<Option<String>> {
        let (Some(workspace), Some(FATE | letters::FATE)) = (mail.workspace, mail.about.as_deref()) else {
            return Ok(None);
        };
        let reason = suppressions::reason(Scope::system(), tx, workspace, &mail.to).await?;
        Ok(reason.map(|reason| format!("the receiver gets no more mails of this workspace: {reason}")))
    }
}
