//! All of the SQL of saved matches.

use campaigns::Campaign;
use db::{Listing, Saved as _, Sql, Stored as _, Tx};
use http_base::Offsets;
use kernel::{CampaignId, CreatorId, MatchId, Result, Scope, Timestamp};

/// A saved match score; scores in hundredths of a percent.
#[derive(Clone, Debug, db::Row)]
#[row(table = "match_scores", key(campaign_id, creator_id), fixed(id, created_at))]
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

/// Saves a score, over an earlier one of the same campaign and creator.
pub(crate) async fn save(scope: Scope, tx: &mut Tx, campaign: &Campaign, saved: SavedMatch) -> Result<SavedMatch> {
    debug_assert!(scope.sees_everything() || scope.workspace() == Some(campaign.workspace_id));
    let (insert, over, columns) = (SavedMatch::INSERT, SavedMatch::OVERWRITE, SavedMatch::COLUMNS);
    tx.fetch_one(&format!("{insert} {over} RETURNING {columns}"), saved.values()).await
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
    let mut filter = Sql::filter();
    filter.and("campaign_id = ", campaign.id).and("match_score >= ", least);
    let listing = Listing::of::<SavedMatch>(filter).order("match_score DESC, id");
    let (scores, total) = listing.page::<SavedMatch>(tx, offsets.limit, offsets.offset).await?;
    // A creator who left the directory keeps the name that the scores were saved under.
    let names = creators::store::names(tx, scores.iter().map(|score| score.creator_id)).await?;
    let listed = scores.into_iter().map(|score| {
        let name = names.get(&score.creator_id).cloned().unwrap_or_default();
        (score, name)
    });
    Ok((listed.collect(), total))
}
