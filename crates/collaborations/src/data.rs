//! What collaborations keep about people, as it is told to them and taken away.
//!
//! - To both sides their collaborations are told, with the content, the statements, and the ratings that they may see; to an account its
//!   karma, every entry of it.
//! - What somebody wrote and uploaded goes with them: captions, notes, feedback, replies, statements, files. That there was a collaboration,
//!   where it stood, what was decided and how many stars were given stays by ids: it is the other side's as well, and so is its karma.

use async_trait::async_trait;
use db::Tx;
use http_base::data::As::{Amount, Flag, Json, Moment, Plain};
use http_base::data::{Data, Eraser, Holder, Table};
use kernel::{Result, Scope, Timestamp};

/// What every export tells, and every erasure takes away.
pub(crate) fn kept() -> Data {
    Data::told(SECTIONS.iter().copied()).erased_by(Erasing)
}

/// What is told.
pub const SECTIONS: &[Table] = &[
    Table {
        name: "collaborations",
        columns: &[
            ("id", Plain),
            ("offer_id", Plain),
            ("offer_title", Plain),
            ("category", Plain),
            ("application_id", Plain),
            ("business_id", Plain),
            ("creator_id", Plain),
            ("status", Plain),
            ("fee", Amount),
            ("currency", Plain),
            ("contract_id", Plain),
            ("scheduled_date", Moment),
            ("content_due", Moment),
            ("late_at", Moment),
            ("approved_at", Moment),
            ("completed_at", Moment),
            ("cancelled_at", Moment),
            ("cancelled_by", Plain),
            ("cancel_reason", Plain),
            ("created_at", Moment),
            ("updated_at", Moment),
        ],
        from: "FROM collaborations WHERE creator_id = {account} OR workspace_id IN {owned} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "submissions",
        columns: &[
            ("id", Plain),
            ("collaboration_id", Plain),
            ("version", Plain),
            ("status", Plain),
            ("content_urls", Json),
            ("captions", Json),
            ("platform", Plain),
            ("note", Plain),
            ("is_late", Flag),
            ("analysis", Json),
            ("reviewed_at", Moment),
            ("reviewer_notes", Plain),
            ("submitted_at", Moment),
        ],
        from: "FROM submissions WHERE creator_id = {account} OR workspace_id IN {owned} ORDER BY submitted_at DESC, id DESC",
    },
    Table {
        name: "submission_files",
        columns: &[
            ("id", Plain),
            ("collaboration_id", Plain),
            ("submission_id", Plain),
            ("name", Plain),
            ("media_type", Plain),
            ("bytes", Plain),
            ("created_at", Moment),
        ],
        from: "FROM submission_files WHERE creator_id = {account} AND stored_at IS NOT NULL ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "dispute_statements",
        columns: &[("id", Plain), ("dispute_id", Plain), ("text", Plain), ("created_at", Moment)],
        from: "FROM collaboration_statements WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "ratings_given",
        columns: &[
            ("collaboration_id", Plain),
            ("rated_id", Plain),
            ("rating", Plain),
            ("feedback", Plain),
            ("again", Flag),
            ("created_at", Moment),
            ("shown_at", Moment),
        ],
        from: "FROM collaboration_ratings WHERE rater_id = {account} ORDER BY created_at DESC, collaboration_id DESC",
    },
    Table {
        name: "ratings_received",
        columns: &[
            ("collaboration_id", Plain),
            ("rating", Plain),
            ("feedback", Plain),
            ("reply", Plain),
            ("replied_at", Moment),
            ("report_reason", Plain),
            ("shown_at", Moment),
        ],
        from: "FROM (SELECT collaboration_id, rating, CASE WHEN feedback_hidden_at IS NULL THEN feedback END AS feedback, reply, \
               replied_at, report_reason, shown_at, rated_id FROM collaboration_ratings) AS received \
               WHERE rated_id = {account} AND shown_at IS NOT NULL \
               ORDER BY shown_at DESC, collaboration_id DESC",
    },
    Table {
        name: "karma",
        columns: &[
            ("id", Plain),
            ("collaboration_id", Plain),
            ("partner_id", Plain),
            ("rule", Plain),
            ("rules_version", Plain),
            ("base", Plain),
            ("points", Plain),
            ("weights", Json),
            ("created_at", Moment),
        ],
        from: "FROM karma_ledger WHERE account_id = {account} ORDER BY created_at DESC, id DESC",
    },
    Table {
        name: "standing",
        columns: &[
            ("score", Plain),
            ("score_at", Moment),
            ("tier", Plain),
            ("completed", Plain),
            ("partners", Plain),
            ("on_time", Plain),
            ("late", Plain),
            ("failed", Plain),
            ("rating_sum", Plain),
            ("rating_count", Plain),
        ],
        from: "FROM standings WHERE account_id = {account} ORDER BY account_id",
    },
];

/// What is taken away.
pub struct Erasing;

#[async_trait]
impl Eraser for Erasing {
    async fn erase(&self, scope: Scope, tx: &mut Tx, of: &Holder, _: Timestamp) -> Result<()> {
        debug_assert!(scope.sees_everything(), "an erasure is the server's own");
        for text in [
            "UPDATE submissions SET captions = '{}', content_urls = '[]', note = NULL, platform_post_id = NULL, analysis = NULL \
             WHERE creator_id = {account}",
            "UPDATE submissions SET reviewer_notes = NULL, override_reason = NULL, reviewed_by = NULL WHERE reviewed_by = {account}",
            // Files that belong to nothing are swept.
            "UPDATE submission_files SET submission_id = NULL, name = 'erased', created_at = 0 WHERE creator_id = {account}",
            "UPDATE collaboration_ratings SET feedback = NULL, again = NULL WHERE rater_id = {account}",
            "UPDATE collaboration_ratings SET reply = NULL, report_reason = NULL WHERE rated_id = {account}",
            "UPDATE collaboration_statements SET text = 'erased' WHERE account_id = {account}",
            "UPDATE collaboration_disputes SET reason = 'erased' WHERE opened_by_account = {account}",
            "UPDATE collaboration_timeline SET detail = '{}' WHERE account_id = {account}",
            "UPDATE collaborations SET cancel_reason = NULL WHERE cancelled_by = 'CREATOR' AND creator_id = {account}",
            "DELETE FROM standings WHERE account_id = {account}",
        ] {
            of.sql(text).run(tx).await?;
        }
        Ok(())
    }
}
