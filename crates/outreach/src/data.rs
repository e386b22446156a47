//! What outreach keeps about people, as it is told to them and taken away.
//!
//! - To the owner of a workspace all of its log is told; to a creator what the workspaces that approached them keep of it, found by
//!   the entry of the directory that they have claimed. Drafts that were never sent are the workspace's alone.
//! - When a creator is erased, whatever was written, said and recorded goes, and what was queued is not sent; that there was an
//!   approach, when, and how it ended stays, by ids. An address on a suppression list stays there, without its note: it is kept so
//!   that nobody writes to it again.
//! - When a business is erased, its log stands by its ids, as its contracts do.

use async_trait::async_trait;
use db::{Tx, args};
use http_base::data::As::{Json, MailText, Masked, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{OutreachId, Result, Scope, Timestamp};

use crate::Entry;
use crate::store::{self, sequences, uploads};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "outreach_log",
        columns: &[
            ("id", Plain),
            ("campaign_id", Plain),
            ("creator_id", Plain),
            ("channel", Plain),
            ("message_type", Plain),
            ("status", Plain),
            ("stage", Plain),
            ("call_status", Plain),
            ("email_status", Plain),
            ("content", Json),
            ("scheduled_at", Moment),
            ("call_duration_seconds", Plain),
            ("call_successful", Plain),
            ("call_recording_url", Plain),
            ("recording_file", Plain),
            ("call_transcript", Plain),
            ("full_transcript", Json),
            ("transcript_summary", Plain),
            ("interest_level", Plain),
            ("interest_assessment_result", Plain),
            ("interest_assessment_rationale", Plain),
            ("communication_quality_result", Plain),
            ("communication_quality_rationale", Plain),
            ("collaboration_rate", Plain),
            ("preferred_content_types", Plain),
            ("timeline_availability", Plain),
            ("contact_preferences", Plain),
            ("audience_demographics", Plain),
            ("brand_restrictions", Plain),
            ("sentiment", Plain),
            ("follow_up_actions", Plain),
            ("next_steps", Plain),
            ("notes", Plain),
            ("last_contact_date", Moment),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM outreach_logs WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_touches",
        columns: TOUCH_OF_OURS,
        from: "FROM outreach_logs l JOIN outreach_touches t ON t.outreach_id = l.id WHERE l.workspace_id IN {owned} \
               ORDER BY l.created_at DESC, l.id DESC, t.at, t.id",
    },
    Table {
        name: "outreach_templates",
        columns: &[
            ("id", Plain),
            ("name", Plain),
            ("subject", Plain),
            ("body", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM outreach_templates WHERE workspace_id IN {owned} ORDER BY created_at, id",
    },
    Table {
        name: "outreach_sequences",
        columns: &[("id", Plain), ("name", Plain), ("steps", Json), ("created_at", Moment), ("deleted_at", Moment)],
        from: "FROM outreach_sequences WHERE workspace_id IN {owned} ORDER BY created_at, id",
    },
    Table {
        name: "outreach_suppressions",
        columns: SUPPRESSION,
        from: "FROM outreach_suppressions WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_follow_ups",
        columns: &[("id", Plain), ("outreach_id", Plain), ("text", Plain), ("created_at", Moment), ("done_at", Moment)],
        from: "FROM outreach_follow_ups WHERE workspace_id IN {owned} ORDER BY created_at, id",
    },
    Table {
        name: "outreach_letters",
        columns: LETTER,
        from: "FROM outreach_letters WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_letters_to_you",
        columns: LETTER,
        from: "FROM outreach_letters WHERE lower(address) IN {addresses} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_about_you",
        columns: &[
            ("id", Plain),
            ("workspace_id", Plain),
            ("campaign_id", Plain),
            ("creator_id", Plain),
            ("channel", Plain),
            ("status", Plain),
            ("stage", Plain),
            ("call_status", Plain),
            ("email_status", Plain),
            ("content", Json),
            ("scheduled_at", Moment),
            ("call_duration_seconds", Plain),
            ("call_successful", Plain),
            ("recording_type", Plain),
            ("recording_bytes", Plain),
            ("call_transcript", Plain),
            ("full_transcript", Json),
            ("transcript_summary", Plain),
            ("interest_level", Plain),
            ("interest_assessment_result", Plain),
            ("interest_assessment_rationale", Plain),
            ("communication_quality_result", Plain),
            ("communication_quality_rationale", Plain),
            ("collaboration_rate", Plain),
            ("preferred_content_types", Plain),
            ("timeline_availability", Plain),
            ("contact_preferences", Plain),
            ("audience_demographics", Plain),
            ("brand_restrictions", Plain),
            ("sentiment", Plain),
            ("notes", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM outreach_logs WHERE creator_id IN {claimed} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_with_you",
        columns: TOUCH,
        from: "FROM outreach_logs l JOIN outreach_touches t ON t.outreach_id = l.id WHERE t.status <> 'draft' AND l.creator_id IN {claimed} ORDER BY l.created_at DESC, l.id DESC, t.at, t.id",
    },
    Table {
        name: "outreach_unmatched",
        columns: &[
            ("id", Plain),
            ("kind", Plain),
            ("address", Plain),
            ("subject", Plain),
            ("mail", Json),
            ("created_at", Moment),
        ],
        from: "FROM outreach_unmatched WHERE workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_unmatched_of_you",
        columns: &[
            ("workspace_id", Plain),
            ("kind", Plain),
            ("address", Plain),
            ("subject", Plain),
            ("mail", Json),
            ("created_at", Moment),
        ],
        from: "FROM outreach_unmatched WHERE address_key IN {addresses} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "outreach_suppressions_of_you",
        columns: SUPPRESSION,
        from: "FROM outreach_suppressions WHERE address_key IN {addresses} ORDER BY created_at DESC, id DESC",
    },
];

/// As a workspace is told what it wrote: to whom, only as far as it may know that.
const TOUCH_OF_OURS: &[(&str, http_base::data::As)] = &[
    ("t.id", Plain),
    ("t.outreach_id", Plain),
    ("t.workspace_id", Plain),
    ("t.kind", Plain),
    ("t.direction", Plain),
    ("t.status", Plain),
    ("t.at", Moment),
    ("t.provider", Plain),
    ("t.message_id", Plain),
    ("t.address", Masked),
    ("t.subject", Plain),
    ("t.summary", MailText),
];
const TOUCH: &[(&str, http_base::data::As)] = &[
    ("t.id", Plain),
    ("t.outreach_id", Plain),
    ("t.workspace_id", Plain),
    ("t.kind", Plain),
    ("t.direction", Plain),
    ("t.status", Plain),
    ("t.at", Moment),
    ("t.provider", Plain),
    ("t.message_id", Plain),
    ("t.address", Plain),
    ("t.subject", Plain),
    ("t.summary", MailText),
];
const LETTER: &[(&str, http_base::data::As)] =
    &[("workspace_id", Plain), ("brand", Plain), ("address", Plain), ("status", Plain), ("created_at", Moment)];
const SUPPRESSION: &[(&str, http_base::data::As)] =
    &[("workspace_id", Plain), ("address", Plain), ("reason", Plain), ("note", Plain), ("created_at", Moment)];

/// Takes away what was written to and said by a creator who is erased.
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, now: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        let mut sql = of.sql("SELECT id FROM outreach_logs WHERE creator_id IN {claimed} ORDER BY id");
        let entries: Vec<OutreachId> = sql.all(tx).await?;
        for id in entries {
            entry(scope, tx, id, now).await?;
        }
        // What was queued is not sent: nobody is told by whom they were to be invited.
        let letters: Vec<uuid::Uuid> =
            of.sql("SELECT id FROM outreach_letters WHERE lower(address) IN {addresses} ORDER BY id").all(tx).await?;
        mail::data::erase_about(tx, &letters).await?;
        let sql = "UPDATE outreach_letters SET address = NULL, status = CASE WHEN status = 'queued' THEN 'withheld' ELSE status END \
                   WHERE lower(address) IN {addresses}";
        of.sql(sql).run(tx).await?;
        of.sql("DELETE FROM outreach_unmatched WHERE address_key IN {addresses}").run(tx).await?;
        let sql = "UPDATE outreach_suppressions SET note = NULL WHERE address_key IN {addresses}";
        of.sql(sql).run(tx).await.map(drop)
    }
}

async fn entry(scope: Scope, tx: &mut Tx, id: OutreachId, now: Timestamp) -> Result<()> {
    let Some(mut entry) = store::take(scope, tx, id).await? else { return Ok(()) };
    if let Some(file) = entry.recording_file.take() {
        uploads::disown(scope, tx, &file, now).await?;
    }
    forget(&mut entry);
    store::save(scope, tx, &mut entry, now).await?;
    sequences::stop_of_entry(scope, tx, id, "erased", now).await?;
    // What was queued is not sent, and of what was sent nothing is left but that it was.
    let touches: Vec<uuid::Uuid> =
        tx.fetch_all("SELECT id FROM outreach_touches WHERE outreach_id = $1", args![id]).await?;
    mail::data::erase_about(tx, &touches).await?;
    let sql = "UPDATE outreach_touches SET address = NULL, subject = NULL, summary = NULL, detail = '{}', \
               status = CASE WHEN status IN ('queued', 'draft') THEN 'withheld' ELSE status END WHERE outreach_id = $1";
    tx.execute(sql, args![id]).await?;
    let sql = "UPDATE outreach_follow_ups SET text = 'erased', done_at = COALESCE(done_at, $2) WHERE outreach_id = $1";
    tx.execute(sql, args![id, now]).await.map(drop)
}

/// Whatever was written, said or thought about somebody.
fn forget(entry: &mut Entry) {
    for column in [
        &mut entry.transcript_summary,
        &mut entry.full_transcript,
        &mut entry.interest_assessment_result,
        &mut entry.interest_assessment_rationale,
        &mut entry.communication_quality_result,
        &mut entry.communication_quality_rationale,
        &mut entry.interest_level,
        &mut entry.collaboration_rate,
        &mut entry.preferred_content_types,
        &mut entry.timeline_availability,
        &mut entry.contact_preferences,
        &mut entry.audience_demographics,
        &mut entry.brand_restrictions,
        &mut entry.follow_up_actions,
        &mut entry.content,
        &mut entry.call_recording_url,
        &mut entry.call_transcript,
        &mut entry.notes,
        &mut entry.next_steps,
        &mut entry.sentiment,
        &mut entry.recording_type,
        &mut entry.action_items,
        &mut entry.suggestions,
        &mut entry.transcript_read_by,
    ] {
        *column = None;
    }
    entry.recording_bytes = None;
}
