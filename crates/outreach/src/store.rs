//! All of the log's SQL.

use db::{Tx, Value, args};
use kernel::{OutreachId, Result, Scope};

use crate::Entry;

/// Writes a new entry.
pub async fn insert(scope: Scope, tx: &mut Tx, entry: &Entry) -> Result<()> {
    insert_all(scope, tx, std::slice::from_ref(entry)).await
}

/// Writes new entries.
pub async fn insert_all(scope: Scope, tx: &mut Tx, entries: &[Entry]) -> Result<()> {
    debug_assert!(scope.sees_everything() || entries.iter().all(|entry| scope.workspace() == Some(entry.workspace_id)));
    let rows = entries.iter().map(values).collect();
    tx.insert_rows(&format!("INSERT INTO outreach_logs ({})", Entry::COLUMNS), "", rows).await.map(drop)
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
        entry.created_at,
        entry.updated_at,
    ]
}

/// One entry, if it is there and this scope's.
pub async fn by_id(scope: Scope, tx: &mut Tx, id: OutreachId) -> Result<Option<Entry>> {
    let sql = format!("SELECT {} FROM outreach_logs WHERE id = $1 AND ($2 OR workspace_id = $3)", Entry::COLUMNS);
    tx.fetch_optional(&sql, args![id, scope.sees_everything(), scope.workspace()]).await
}
