//! All of the SQL of saved matches.

use campaigns::Campaign;
use db::{Tx, args};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, MatchId, Result, Scope, Timestamp};

db::row! {
    /// A saved match score; scores in hundredths of a percent.
    #[derive(Clone, Debug)]
    pub(crate) struct SavedMatch {
        /// Its id.
        pub id: MatchId,
        /// Of which campaign.
        pub campaign_id: CampaignId,
        /// Of whom.
        pub creator_id: CreatorId,
        /// The whole.
        pub match_score: u32,
        /// A part.
        pub niche_match: u32,
        /// A part.
        pub audience_match: u32,
        /// A part.
        pub engagement_score: u32,
        /// A part.
        pub budget_fit: u32,
        /// When it was first saved.
        pub created_at: Timestamp,
        /// When it was last saved.
        pub updated_at: Timestamp,
    }
}

/// Saves a score, over an earlier one of the same campaign and creator.
pub(crate) async fn save(scope: Scope, tx: &mut Tx, campaign: &Campaign, saved: SavedMatch) -> Result<SavedMatch> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    let sql = format!(
        "INSERT INTO match_scores ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (campaign_id, creator_id) DO UPDATE SET match_score = excluded.match_score, \
         niche_match = excluded.niche_match, audience_match = excluded.audience_match, \
         engagement_score = excluded.engagement_score, budget_fit = excluded.budget_fit, updated_at = excluded.updated_at \
         RETURNING {columns}",
        columns = SavedMatch::COLUMNS
    );
    let values = args![
        saved.id,
        campaign.id,
        saved.creator_id,
        saved.match_score,
        saved.niche_match,
        saved.audience_match,
        saved.engagement_score,
        saved.budget_fit,
        saved.created_at,
        saved.updated_at,
    ];
    tx.fetch_one(&sql, values).await
}

/// The saved scores of a campaign from a least one on, best first, with the creators' names; and how many there are in all.
pub(crate) async fn list(
    scope: Scope,
    tx: &mut Tx,
    campaign: &Campaign,
    least: u32,
    offsets: Offsets,
) -> Result<(Vec<(SavedMatch, String)>, u64)> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    let total = tx
        .fetch_value(
            "SELECT count(*) FROM match_scores WHERE campaign_id = $1 AND match_score >= $2",
            args![campaign.id, least],
        )
        .await?;
    // A creator who left the directory keeps the name that the scores were saved under.
    let sql = format!(
        "SELECT {}, c.name FROM match_scores m JOIN creators c ON c.id = m.creator_id \
         WHERE m.campaign_id = $1 AND m.match_score >= $2 ORDER BY m.match_score DESC, m.id LIMIT $3 OFFSET $4",
        SavedMatch::columns("m")
    );
    Ok((tx.fetch_all(&sql, args![campaign.id, least, offsets.limit, offsets.offset]).await?, total))
}
