//! What to change, in words.

use super::model::{Check, Kind, Report, Verdict};

impl Report {
    /// Says for each requirement that is not met what would meet it.
    pub(super) fn suggest(&mut self) {
        let mut suggestions: Vec<String> = Vec::new();
        for check in self.checks.iter().filter(|check| check.verdict == Verdict::Fail).take(50) {
            let suggestion = of(check);
            if !suggestions.contains(&suggestion) {
                suggestions.push(suggestion);
            }
        }
        self.suggestions = suggestions;
    }
}

fn of(check: &Check) -> String {
    let requirement = check.requirement.trim_end_matches('.');
    let because = check.how.trim_end_matches('.');
    match check.kind {
        Kind::Hashtag | Kind::Mention => format!("Add {requirement} to the caption ({})", lower(because)),
        Kind::Code | Kind::Link => format!("Add what is missing: {} ({})", lower(requirement), lower(because)),
        Kind::SaysNot => {
            let words = check.quote.as_ref().map_or_else(String::new, |quote| format!(" “{}”", quote.text));
            format!("Take out{words}: the brief asks “{requirement}”")
        }
        Kind::Disclosure | Kind::DisclosurePlace => format!("{requirement}: {}", lower(because)),
        _ => format!("Change it so that it meets “{requirement}” ({})", lower(because)),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    // "YouTube" and "U+200B" stay as they are.
    if letters.clone().next().is_some_and(|second| !second.is_lowercase()) || text.starts_with("YouTube") {
        return text.to_owned();
    }
    first.map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
