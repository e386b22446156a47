//! Who is selected for a campaign: first its niche, then what it can pay.

use kernel::Timestamp;
use kernel::time::{DAY, HOUR};

use super::campaigns::Brief;
use super::notes;
use crate::draw::Lots;
use crate::{Campaign, Creator, Selection};

/// As many as the brief says, those first whom document B names.
pub(super) fn select(
    lots: &mut Lots,
    index: usize,
    brief: &Brief,
    campaign: &Campaign,
    creators: &[Creator],
    now: Timestamp,
) -> Vec<Selection> {
    let mut others: Vec<usize> = (0..creators.len()).collect();
    lots.shuffle(&mut others);
    others.retain(|&creator| !brief.certainly.contains(&creator) && suits(brief, campaign, &creators[creator]));
    // The sort is stable: within a niche the order stays drawn.
    others.sort_by_key(|&creator| brief.wants.iter().position(|niche| *niche == creators[creator].niche));
    let mut at = campaign.created_at;
    let first_reason = lots.below(100);
    (brief.certainly.iter().copied().chain(others))
        .take(brief.selects)
        .enumerate()
        .map(|(turn, creator)| {
            // One after another, within an afternoon or over days.
            at = at.plus(HOUR / 2 + (lots.unit() * lots.unit() * DAY as f64) as i64).min(now);
            let notes = notes::selection(first_reason + turn, brief.spanish, &creators[creator]);
            Selection { campaign: index, creator, notes, selected_at: at }
        })
        .collect()
}

/// In its niches and its language, with an address to write to, and not dearer than a third of everything.
fn suits(brief: &Brief, campaign: &Campaign, creator: &Creator) -> bool {
    brief.wants.contains(&creator.niche.as_str())
        && creator.email.is_some()
        && (!brief.spanish || creator.language == "Spanish")
        && creator.collaboration_rate.is_none_or(|rate| rate.minor() * 3 <= campaign.total_budget.minor())
}
