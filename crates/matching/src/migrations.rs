//! The table of saved matches.

use db::Migration;

/// Saved match scores.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0040_match_scores",
    sql: "
CREATE TABLE match_scores (
    id {id} PRIMARY KEY,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    match_score BIGINT NOT NULL,
    niche_match BIGINT NOT NULL,
    audience_match BIGINT NOT NULL,
    engagement_score BIGINT NOT NULL,
    budget_fit BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (campaign_id, creator_id)
);
CREATE INDEX match_scores_by_score ON match_scores (campaign_id, match_score DESC, id);
",
}];
