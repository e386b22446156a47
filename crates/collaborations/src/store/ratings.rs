//! Ratings.

use db::{Json, Listing, Sql, Tx, args};
use http_base::Pages;
use kernel::{AccountId, CollaborationId, Result, Scope, Timestamp};

use crate::model::{Collaboration, Rating, Side};

/// Adds a rating to a collaboration that this transaction has locked; a side rates once.
pub async fn add_rating(tx: &mut Tx, new: &Rating) -> Result<()> {
    tx.insert_or_conflict(new, "You have rated this collaboration already; a rating stays as it is").await
}

/// The ratings of a collaboration, shown or not.
pub async fn ratings_of(tx: &mut Tx, of: &Collaboration) -> Result<Vec<Rating>> {
    Sql::of::<Rating>().and("collaboration_id = ", of.id).push(" ORDER BY side").all(tx).await
}

/// The same of many collaborations, in one statement.
pub async fn ratings_of_all(tx: &mut Tx, of: &[Collaboration]) -> Result<Vec<Rating>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    Sql::of::<Rating>().and_in("collaboration_id", of.iter().map(|one| one.id)).all(tx).await
}

/// Writes a rating of a collaboration that this transaction has locked.
pub async fn save_rating(tx: &mut Tx, of: &Rating) -> Result<()> {
    tx.save(of).or_conflict("The rating is not there any more").await
}

/// Hides the feedback of the rating that this account gave in a collaboration, or shows it again without a moment. False if there is
/// none, or it is as it is to be.
pub async fn hide_feedback(
    tx: &mut Tx,
    of: CollaborationId,
    rater: AccountId,
    hidden_at: Option<Timestamp>,
) -> Result<bool> {
    let was = if hidden_at.is_some() { "NULL" } else { "NOT NULL" };
    let sql = format!(
        "UPDATE collaboration_ratings SET feedback_hidden_at = $3 WHERE collaboration_id = $1 AND rater_id = $2 \
         AND feedback_hidden_at IS {was}"
    );
    Ok(tx.execute(&sql, args![of, rater, hidden_at]).await? == 1)
}

/// What creators gave the businesses of this scope, of what is shown and counts: the sum of their ratings, and how many those are.
pub async fn given_by_creators(scope: Scope, tx: &mut Tx) -> Result<(u64, u64)> {
    let mut sql = Sql::new(
        "SELECT CAST(COALESCE(SUM(r.rating), 0) AS BIGINT), COUNT(*) FROM collaboration_ratings r \
         JOIN collaborations c ON c.id = r.collaboration_id WHERE r.shown_at IS NOT NULL AND r.counts",
    );
    sql.and("r.side = ", Side::Creator).within(scope, "c.workspace_id");
    sql.one(tx).await
}

/// A rating that is shown, with what it was for.
#[derive(Clone, Debug, db::Row)]
pub struct Shown {
    /// From 1 to 5.
    pub rating: i64,
    /// What was said with it.
    pub feedback: Option<String>,
    /// What the rated side replied.
    pub reply: Option<String>,
    /// Which side gave it.
    pub side: Side,
    /// Who gave it.
    pub rater_id: AccountId,
    /// For what.
    pub offer_title: String,
    /// In which category.
    pub category: String,
    /// In which formats.
    pub formats: Json<Vec<String>>,
    /// Since when it is shown.
    pub shown_at: Timestamp,
}

/// A page of the ratings of an account that are shown, the newest first. They are public.
pub async fn shown_ratings(tx: &mut Tx, of: AccountId, pages: Pages) -> Result<(Vec<Shown>, u64)> {
    let mut filter = Sql::filter();
    filter.and("r.rated_id = ", of).push(" AND r.shown_at IS NOT NULL AND r.counts");
    let columns = "r.rating, CASE WHEN r.feedback_hidden_at IS NULL THEN r.feedback END AS feedback, r.reply, r.side, r.rater_id, c.offer_title, c.category, c.formats, r.shown_at";
    let from = "collaboration_ratings r JOIN collaborations c ON c.id = r.collaboration_id";
    let listing = Listing::new(from, columns, filter).order("r.shown_at DESC, r.collaboration_id DESC");
    listing.page(tx, pages.limit, pages.offset()).await
}
