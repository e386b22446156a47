//! Ratings, and the end of a collaboration that was kept.

use db::Tx;
use events::TxExt as _;
use kernel::{Error, Result};
use serde_json::json;

use super::{Act, earn, earn::keep_score};
use crate::events::{CollaborationCompleted, CollaborationRated, RatingsShown};
use crate::model::{Collaboration, RateInput, Rating, Rule, Side, Status};
use crate::store;

/// One side rates the other one. With both ratings the collaboration is completed, and they are shown.
pub(crate) async fn rate(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration, input: RateInput) -> Result<()> {
    let side = act.side(of)?;
    match of.status {
        Status::Approved | Status::Completed => {}
        Status::Disputed => return Err(Error::conflict("The collaboration is disputed; rate it when that is decided")),
        Status::Cancelled => return Err(Error::conflict("The collaboration was cancelled; there is nothing to rate")),
        _ => return Err(Error::conflict("The content is not approved yet; rate when it is")),
    }
    let there = store::ratings_of(tx, of).await?;
    if there.iter().any(|rating| rating.side == side) {
        return Err(Error::conflict("You have rated this collaboration already; a rating stays as it is"));
    }
    if of.status == Status::Completed {
        return Err(Error::conflict(
            "The time to rate has passed; the collaboration was completed without your rating",
        ));
    }
    let rating = Rating {
        collaboration_id: of.id,
        side,
        rater_id: of.account_of(side),
        rated_id: of.account_of(side.other()),
        rating: input.rating,
        feedback: input.feedback,
        again: input.again,
        counts: !of.is_own,
        shown_at: None,
        reply: None,
        replied_at: None,
        reported_at: None,
        report_reason: None,
        feedback_hidden_at: None,
        created_at: act.now,
    };
    store::add_rating(tx, &rating).await?;
    // What was given is told to nobody before both are in, not by the timeline either.
    act.record(tx, of, "rated", json!({"side": side})).await?;
    tx.event(CollaborationRated { collaboration: (&*of).into(), by: side });
    if there.is_empty() { act.save(tx, of).await } else { complete(act, tx, of).await }
}

/// Completes a collaboration: both have rated, or the time for it is over. From now on its ratings are shown, and count.
pub(crate) async fn complete(act: &Act<'_>, tx: &mut Tx, of: &mut Collaboration) -> Result<()> {
    of.go(Status::Completed, act.now)?;
    let mut rules = vec![(Side::Creator, Rule::Completed), (Side::Business, Rule::Completed)];
    if of.paid_at.is_some() {
        rules.extend([(Side::Creator, Rule::Paid), (Side::Business, Rule::Paid)]);
    }
    let mut shown = Vec::new();
    for mut rating in store::ratings_of(tx, of).await? {
        rating.shown_at = Some(act.now);
        store::save_rating(tx, &rating).await?;
        rules.push((rating.side.other(), Rule::of_rating(rating.rating)));
        shown.push(rating);
    }
    act.record(tx, of, "completed", json!({"ratings": shown.len()})).await?;
    tx.event(CollaborationCompleted((&*of).into()));
    if !shown.is_empty() {
        tx.event(RatingsShown((&*of).into()));
    }
    keep_score(act, tx, of, &shown).await?;
    earn(act, tx, of, &rules).await?;
    act.save(tx, of).await
}
