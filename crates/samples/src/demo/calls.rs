//! What was said in calls: the dialogues of `data/calls.txt`.

use kernel::Amount;

use crate::draw::Lots;
use crate::{Campaign, Creator};

const CALLS: &str = include_str!("../../data/calls.txt");

/// What is left of a call.
pub(super) struct Record {
    pub(super) transcript: String,
    pub(super) summary: String,
    pub(super) action_items: Vec<String>,
}

/// The one dialogue under this name, which has nothing to fill in.
pub(super) fn own(name: &str) -> Record {
    let block = dialogues(name).next().unwrap_or_default();
    read(block, str::to_owned)
}

/// A dialogue of this sentiment in the creator's language (Spanish, or else English), about this campaign.
pub(super) fn record(lots: &mut Lots, sentiment: &str, campaign: &Campaign, creator: &Creator) -> Record {
    let spanish = creator.language == "Spanish";
    let known: Vec<&str> = dialogues(&format!("{} {sentiment}", if spanish { "es" } else { "en" })).collect();
    let block = *lots.pick(&known);
    // Whose rate the directory does not know tells it now: about six dollars for a thousand followers.
    let fee = creator
        .collaboration_rate
        .unwrap_or(Amount::from_minor((creator.followers / 8_000).cast_signed().max(1) * 50_00));
    let few = || if spanish { "miles de" } else { "a few thousand" }.to_owned();
    let agent = *lots.pick(if spanish { &["Irene", "Álvaro", "Paula"] } else { &["Dana", "Tom", "Grace"] });
    read(block, |line| {
        line.replace("{agent}", agent)
            .replace("{name}", &creator.name)
            .replace("{brand}", &campaign.brand_name)
            .replace("{product}", &campaign.product_name)
            .replace("{followers}", &creator.followers_count())
            .replace("{views}", &creator.avg_views.map_or_else(few, kernel::count::short))
            .replace("{fee}", &fee.price())
    })
}

/// The blocks under `== name`.
fn dialogues(name: &str) -> impl Iterator<Item = &'static str> {
    CALLS
        .split("== ")
        .filter_map(move |block| block.split_once('\n').filter(|(head, _)| *head == name).map(|(_, body)| body))
}

/// `summary:` and `to do:` (separated by bars), then one line for each turn.
fn read(block: &str, fill: impl Fn(&str) -> String) -> Record {
    let mut record = Record { transcript: String::new(), summary: String::new(), action_items: Vec::new() };
    for line in block.lines().filter(|line| !line.is_empty()) {
        if let Some(summary) = line.strip_prefix("summary: ") {
            record.summary = fill(summary);
        } else if let Some(items) = line.strip_prefix("to do: ") {
            record.action_items = items.split(" | ").map(&fill).collect();
        } else {
            if !record.transcript.is_empty() {
                record.transcript.push('\n');
            }
            record.transcript.push_str(&fill(line));
        }
    }
    record
}
