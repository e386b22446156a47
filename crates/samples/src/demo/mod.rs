//! The demo's world: document B's people and campaigns as they stand there, more of both, and their history.

mod calls;
mod campaigns;
mod document_b;
mod notes;
mod outreach;
mod people;
mod selections;

use kernel::Timestamp;

use crate::World;
use crate::draw::Lots;
use campaigns::BRIEFS;

/// The demo's world as of `now`, which has to be later than document B's campaigns (June 2024).
///
/// `seed` settles the figures, who is selected for what, and how it went; names, texts and all that document B shows stay the same.
pub fn demo(seed: u64, now: Timestamp) -> World {
    let mut lots = Lots::new(seed);
    let mut creators = document_b::creators();
    creators.extend(people::creators(&mut lots, now));
    let campaigns: Vec<_> = BRIEFS.iter().enumerate().map(|(index, brief)| brief.campaign(index, now)).collect();

    let mut selections = Vec::new();
    let mut outreach = Vec::new();
    for (index, (brief, campaign)) in BRIEFS.iter().zip(&campaigns).enumerate() {
        for selection in selections::select(&mut lots, index, brief, campaign, &creators, now) {
            let creator = &mut creators[selection.creator];
            // Nobody is selected who is not in the directory yet.
            if creator.created_at >= selection.selected_at {
                creator.created_at = campaign.created_at.plus(-lots.between(5, 120) * kernel::time::DAY);
            }
            let known = document_b::outreach(&selection);
            outreach
                .push(known.unwrap_or_else(|| outreach::story(&mut lots, &selection, brief, campaign, creator, now)));
            selections.push(selection);
        }
    }
    World { creators, campaigns, selections, outreach }
}

/// A moment written down in this crate.
#[expect(clippy::expect_used, reason = "only constants of this crate come here, and the tests read every one")]
fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment in RFC 3339")
}
