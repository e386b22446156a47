//! What a conversation taught, as updates that somebody may accept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Entry;

/// What became of a suggestion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(no_column)]
pub enum SuggestionStatus {
    /// Nobody has decided.
    Open,
    /// It is in the creator's profile now.
    Applied,
    /// It is in the notes of the log entry: profiles have no such field, or the workspace may not change that creator.
    Noted,
    /// It was dismissed.
    Dismissed,
}

/// An update of a creator's profile that a conversation suggests.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// The field that it is about: `collaboration_rate`, `interest_level`, `timeline_availability`, `preferred_content_types`.
    #[schema(example = "collaboration_rate")]
    pub field: String,
    /// What it should be.
    #[schema(example = "1200")]
    pub value: String,
    /// The words of the conversation that it was read from.
    pub evidence: Option<String>,
    /// Was it accepted or dismissed?
    pub status: SuggestionStatus,
}

impl Entry {
    /// What the conversation taught.
    pub fn suggested(&self) -> Vec<Suggestion> {
        self.suggestions.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Offers these updates; what was decided about the same value before stays decided.
    pub fn suggest(&mut self, fresh: Vec<Suggestion>) {
        let mut all = self.suggested();
        for new in fresh {
            match all.iter_mut().find(|known| known.field == new.field) {
                Some(known) if known.value == new.value => known.evidence = new.evidence.or(known.evidence.take()),
                Some(known) => *known = new,
                None => all.push(new),
            }
        }
        self.keep_suggestions(&all);
    }

    /// Writes the suggestions as they are now.
    pub fn keep_suggestions(&mut self, all: &[Suggestion]) {
        self.suggestions = (!all.is_empty()).then(|| serde_json::json!(all).to_string());
    }

    /// What the conversation left to be done.
    pub fn actions(&self) -> Vec<String> {
        self.action_items.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Writes what is left to be done.
    pub fn keep_actions(&mut self, actions: &[String]) {
        self.action_items = (!actions.is_empty()).then(|| serde_json::json!(actions).to_string());
    }
}
