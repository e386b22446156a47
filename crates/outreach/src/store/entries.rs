//! Entries as they are stored.

use std::collections::HashMap;

use campaigns::Campaign;
use db::{Listing, Sql, Tx, Value};
use http_base::Offsets;
use kernel::{CampaignId, Clock, CreatorId, Error, OutreachId, Result, Scope, Timestamp};

use super::tallies::{self, Place};
use crate::{Channel, Entry, NewEntry, Stage, Status};

/// Writes a new entry.
pub async fn insert(scope: Scope, tx: &mut Tx, entry: &Entry) -> Result<()> {
    insert_all(scope, tx, std::slice::from_ref(entry)).await
}

/// Writes new entries.
pub async fn insert_all(scope: Scope, tx: &mut Tx, entries: &[Entry]) -> Result<()> {
    debug_assert!(scope.sees_everything() || entries.iter().all(|entry| scope.workspace() == Some(entry.workspace_id)));
    let entries: Vec<Entry> = entries.iter().cloned().map(placed).collect();
    tx.insert_all(&entries).await?;
    tallies::count(tx, &[], entries.iter().map(Place::of).collect()).await
}

/// An entry that tells of talks and mails is at least so far in the pipeline.
fn placed(mut entry: Entry) -> Entry {
    use crate::{CallStatus as Call, EmailStatus as Email};
    let stage = match (entry.call(), entry.email()) {
        (Call::Completed, _) | (_, Email::Replied) => Stage::Replied,
        (Call::Initiated | Call::InProgress | Call::NoAnswer, _) | (_, Email::Sent | Email::Bounced) => {
            Stage::Contacted
        }
        _ => Stage::Selected,
    };
    entry.reach(stage);
    entry
}

async fn one(scope: Scope, tx: &mut Tx, column: &str, value: impl Into<Value>) -> Result<Option<Entry>> {
    let mut sql = Sql::of::<Entry>();
    sql.and(&format!("{column} = "), value).within(scope, "workspace_id");
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1").optional(tx).await
}

/// One entry, if it is there and this scope's.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: OutreachId) -> Result<Option<Entry>> {
    one(scope, tx, "id", id).await
}

/// The same; 404 if it is not there or not this scope's.
pub async fn find(scope: Scope, tx: &mut Tx, id: OutreachId) -> Result<Entry> {
    by_id(scope, tx, id).await?.ok_or_else(|| Error::not_found("Outreach entry"))
}

/// The entry of a provider's conversation.
pub async fn by_conversation(scope: Scope, tx: &mut Tx, conversation: &str) -> Result<Option<Entry>> {
    one(scope, tx, "conversation_id", conversation).await
}

/// The entry of one of Twilio's calls.
pub async fn by_call_sid(scope: Scope, tx: &mut Tx, sid: &str) -> Result<Option<Entry>> {
    one(scope, tx, "twilio_call_sid", sid).await
}

/// One entry for a change: until this transaction ends, nobody else changes it. [`save`] it afterwards.
pub async fn take(scope: Scope, tx: &mut Tx, id: OutreachId) -> Result<Option<Entry>> {
    // An update that changes nothing but the count holds the row on both engines, and reads what was committed last.
    let mut sql = Sql::new("UPDATE outreach_logs SET revision = revision + 1 WHERE TRUE");
    sql.and("id = ", id).within(scope, "workspace_id");
    sql.push(" RETURNING ").push(Entry::COLUMNS).optional(tx).await
}

/// Writes an entry over what was, if nobody changed it since it was read; a 409 otherwise, which whoever [took](take) the
/// entry never meets.
pub async fn save(scope: Scope, tx: &mut Tx, entry: &mut Entry, now: Timestamp) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT workspace_id, campaign_id, stage, COALESCE(call_status, 'pending'), COALESCE(email_status, 'pending'), \
         call_recording_url IS NOT NULL OR recording_file IS NOT NULL FROM outreach_logs WHERE id = ",
    );
    sql.bind(entry.id);
    sql.within(scope, "workspace_id");
    let stood: Option<Place> = sql.optional(tx).await?;
    let stood = stood.ok_or_else(|| Error::not_found("Outreach entry"))?;
    let was = entry.revision;
    entry.revision += 1;
    entry.updated_at = now;
    let message = "The entry was changed by someone else meanwhile; read it again and repeat your change";
    tx.save(entry).was("revision", was).within(scope, "workspace_id").or_conflict(message).await?;
    let stands = Place::of(entry);
    if stands == stood { Ok(()) } else { tallies::count(tx, &[stood], vec![stands]).await }
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this campaign.
    pub campaign: Option<CampaignId>,
    /// With this creator.
    pub creator: Option<CreatorId>,
    /// Of this status.
    pub status: Option<&'static str>,
    /// Over this channel.
    pub channel: Option<&'static str>,
    /// At this stage.
    pub stage: Option<&'static str>,
}

/// A part of the log, the newest first, and how many there are.
pub async fn list(scope: Scope, tx: &mut Tx, wanted: &Wanted, offsets: Offsets) -> Result<(Vec<Entry>, u64)> {
    let mut filter = Sql::filter();
    filter
        .within(scope, "workspace_id")
        .and_if("campaign_id = ", wanted.campaign)
        .and_if("creator_id = ", wanted.creator);
    filter.and_if("status = ", wanted.status).and_if("channel = ", wanted.channel).and_if("stage = ", wanted.stage);
    Listing::of::<Entry>(filter).order("created_at DESC, id DESC").page(tx, offsets.limit, offsets.offset).await
}

/// Whom these entries are about, and for which campaigns.
pub async fn sides(
    scope: Scope,
    tx: &mut Tx,
    ids: &[OutreachId],
) -> Result<HashMap<OutreachId, (CampaignId, CreatorId)>> {
    let mut sql = Sql::new("SELECT id, campaign_id, creator_id FROM outreach_logs WHERE TRUE");
    let found: Vec<(OutreachId, CampaignId, CreatorId)> =
        sql.and_in("id", ids).within(scope, "workspace_id").all(tx).await?;
    Ok(found.into_iter().map(|(id, campaign, creator)| (id, (campaign, creator))).collect())
}

async fn newest(
    scope: Scope,
    tx: &mut Tx,
    campaign: &Campaign,
    creator: CreatorId,
    open: &str,
) -> Result<Option<Entry>> {
    let mut sql = Sql::new("SELECT id FROM outreach_logs WHERE creator_id = ");
    sql.bind(creator).push(" AND campaign_id = ").bind(campaign.id);
    sql.within(scope, "workspace_id");
    sql.push(" AND ").push(open).push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    let found: Option<OutreachId> = sql.optional(tx).await?;
    match found {
        Some(id) => take(scope, tx, id).await,
        None => Ok(None),
    }
}

async fn opened(scope: Scope, tx: &mut Tx, clock: &Clock, campaign: &Campaign, creator: CreatorId) -> Result<Entry> {
    let (id, workspace_id) = (clock.new_id(), campaign.workspace_id);
    let new = NewEntry { id, workspace_id, campaign_id: campaign.id, creator_id: creator, notes: None };
    let entry = Entry::open(new, clock.now());
    insert(scope, tx, &entry).await?;
    Ok(entry)
}

/// The entry that a call of this creator for this campaign belongs to: the newest one without a call of its own, taken for a
/// change, or else a new one. A call that was completed keeps its entry to itself.
pub async fn for_call(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    campaign: &Campaign,
    creator: CreatorId,
) -> Result<Entry> {
    let open = "(call_status IS NULL OR call_status IN ('pending', 'failed', 'no_answer', 'cancelled')) AND status <> 'completed'";
    match newest(scope, tx, campaign, creator, open).await? {
        Some(entry) => Ok(entry),
        None => opened(scope, tx, clock, campaign, creator).await,
    }
}

/// The entry of the meeting with this creator for this campaign that is planned and not over, taken for a change, if there is one.
pub async fn meeting(scope: Scope, tx: &mut Tx, campaign: &Campaign, creator: CreatorId) -> Result<Option<Entry>> {
    newest(scope, tx, campaign, creator, "call_status = 'scheduled'").await
}

/// The entry that a mail to this creator for this campaign belongs to: the newest one, taken for a change, or else a new one.
pub async fn for_mail(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    campaign: &Campaign,
    creator: CreatorId,
) -> Result<Entry> {
    match newest(scope, tx, campaign, creator, "stage <> 'declined'").await? {
        Some(entry) => Ok(entry),
        None => opened(scope, tx, clock, campaign, creator).await,
    }
}

impl Entry {
    /// Has the status follow what was done, where it may.
    pub(crate) fn follow(&mut self, channel: Channel, status: Status) {
        self.channel = Some(channel);
        if self.status.may_become(status) {
            self.status = status;
        }
    }
}
