//! Entries as they are stored.

use std::sync::LazyLock;

use db::{Sql, Tx, Value, args};
use http_base::Offsets;
use kernel::{CampaignId, Clock, CreatorId, Error, OutreachId, Result, Scope, Timestamp};

use super::CampaignRef;
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
    let rows = entries.iter().map(values).collect();
    tx.insert_rows(&format!("INSERT INTO outreach_logs ({})", Entry::COLUMNS), "", rows).await?;
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

fn values(entry: &Entry) -> Vec<Value> {
    args![
        entry.id,
        entry.workspace_id,
        entry.campaign_id,
        entry.creator_id,
        &entry.channel,
        &entry.message_type,
        &entry.status,
        &entry.conversation_id,
        &entry.twilio_call_sid,
        entry.call_duration_seconds,
        &entry.call_successful,
        &entry.transcript_summary,
        &entry.full_transcript,
        &entry.interest_assessment_result,
        &entry.interest_assessment_rationale,
        &entry.communication_quality_result,
        &entry.communication_quality_rationale,
        &entry.interest_level,
        &entry.collaboration_rate,
        &entry.preferred_content_types,
        &entry.timeline_availability,
        &entry.contact_preferences,
        &entry.audience_demographics,
        &entry.brand_restrictions,
        &entry.follow_up_actions,
        &entry.content,
        &entry.call_status,
        &entry.email_status,
        &entry.call_recording_url,
        &entry.call_transcript,
        entry.last_contact_date,
        &entry.notes,
        &entry.next_steps,
        &entry.sentiment,
        &entry.stage,
        entry.scheduled_at,
        &entry.recording_file,
        &entry.recording_type,
        entry.recording_bytes,
        &entry.action_items,
        &entry.suggestions,
        &entry.transcript_read_by,
        entry.revision,
        entry.created_at,
        entry.updated_at,
    ]
}

fn scoped(sql: &mut Sql, scope: Scope) {
    if !scope.sees_everything() {
        sql.push(" AND workspace_id = ").bind(scope.workspace());
    }
}

async fn one(scope: Scope, tx: &mut Tx, column: &str, value: impl Into<Value>) -> Result<Option<Entry>> {
    let mut sql = Sql::new(format!("SELECT {} FROM outreach_logs WHERE {column} = ", Entry::COLUMNS));
    sql.bind(value);
    scoped(&mut sql, scope);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.fetch_optional(&sql.text, sql.args).await
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
    let mut sql = Sql::new("UPDATE outreach_logs SET revision = revision + 1 WHERE id = ");
    sql.bind(id);
    scoped(&mut sql, scope);
    sql.push(" RETURNING ").push(Entry::COLUMNS);
    tx.fetch_optional(&sql.text, sql.args).await
}

static OVERWRITE: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = Entry::COLUMNS.split(", ").collect();
    let set: Vec<String> = columns.iter().enumerate().map(|(at, column)| format!("{column} = ${}", at + 1)).collect();
    format!("UPDATE outreach_logs SET {} WHERE id = $1 AND revision = ${}", set.join(", "), columns.len() + 1)
});

/// Writes an entry over what was, if nobody changed it since it was read; a 409 otherwise, which whoever [took](take) the
/// entry never meets.
pub async fn save(scope: Scope, tx: &mut Tx, entry: &mut Entry, now: Timestamp) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT workspace_id, campaign_id, stage, COALESCE(call_status, 'pending'), COALESCE(email_status, 'pending'), \
         call_recording_url IS NOT NULL OR recording_file IS NOT NULL FROM outreach_logs WHERE id = ",
    );
    sql.bind(entry.id);
    scoped(&mut sql, scope);
    let stood: Option<Place> = tx.fetch_optional(&sql.text, sql.args).await?;
    let stood = stood.ok_or_else(|| Error::not_found("Outreach entry"))?;
    let was = entry.revision;
    entry.revision += 1;
    entry.updated_at = now;
    let mut arguments = values(entry);
    arguments.push(Value::from(was));
    if tx.execute(&OVERWRITE, arguments).await? == 0 {
        return Err(Error::conflict(
            "The entry was changed by someone else meanwhile; read it again and repeat your change",
        ));
    }
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
    let filter = |sql: &mut Sql| {
        let mut first = true;
        if !scope.sees_everything() {
            sql.and_where(&mut first).push("workspace_id = ").bind(scope.workspace());
        }
        if let Some(campaign) = wanted.campaign {
            sql.and_where(&mut first).push("campaign_id = ").bind(campaign);
        }
        if let Some(creator) = wanted.creator {
            sql.and_where(&mut first).push("creator_id = ").bind(creator);
        }
        for (column, word) in [("status", wanted.status), ("channel", wanted.channel), ("stage", wanted.stage)] {
            if let Some(word) = word {
                sql.and_where(&mut first).push(column).push(" = ").bind(word);
            }
        }
    };
    let mut sql = Sql::new("SELECT count(*) FROM outreach_logs");
    filter(&mut sql);
    let total = tx.fetch_value(&sql.text, sql.args).await?;
    let mut sql = Sql::new(format!("SELECT {} FROM outreach_logs", Entry::COLUMNS));
    filter(&mut sql);
    sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(offsets.limit).push(" OFFSET ").bind(offsets.offset);
    Ok((tx.fetch_all(&sql.text, sql.args).await?, total))
}

async fn newest(
    scope: Scope,
    tx: &mut Tx,
    campaign: &CampaignRef,
    creator: CreatorId,
    open: &str,
) -> Result<Option<Entry>> {
    let mut sql = Sql::new("SELECT id FROM outreach_logs WHERE creator_id = ");
    sql.bind(creator).push(" AND campaign_id = ").bind(campaign.id);
    scoped(&mut sql, scope);
    sql.push(" AND ").push(open).push(" ORDER BY created_at DESC, id DESC LIMIT 1");
    let found: Option<OutreachId> = tx.fetch_optional(&sql.text, sql.args).await?;
    match found {
        Some(id) => take(scope, tx, id).await,
        None => Ok(None),
    }
}

async fn opened(scope: Scope, tx: &mut Tx, clock: &Clock, campaign: &CampaignRef, creator: CreatorId) -> Result<Entry> {
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
    campaign: &CampaignRef,
    creator: CreatorId,
) -> Result<Entry> {
    let open = "(call_status IS NULL OR call_status IN ('pending', 'failed', 'no_answer', 'cancelled')) AND status <> 'completed'";
    match newest(scope, tx, campaign, creator, open).await? {
        Some(entry) => Ok(entry),
        None => opened(scope, tx, clock, campaign, creator).await,
    }
}

/// The entry that a mail to this creator for this campaign belongs to: the newest one, taken for a change, or else a new one.
pub async fn for_mail(
    scope: Scope,
    tx: &mut Tx,
    clock: &Clock,
    campaign: &CampaignRef,
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
        self.channel = Some(channel.as_str().into());
        if Status::parse(&self.status).is_none_or(|was| was.may_become(status)) {
            status.as_str().clone_into(&mut self.status);
        }
    }
}
