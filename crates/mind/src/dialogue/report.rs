//! What came of a talk, for the log. Every word of it was said, or counts what was said.

use serde::{Deserialize, Serialize};

use super::{Brief, Interest, Outcome, Step, Talk, Who};

/// What came of a talk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// In short.
    pub summary: String,
    /// How interested they are.
    pub interest: Option<Interest>,
    /// Why it is thought so: their words.
    pub interest_rationale: Option<String>,
    /// Their rate in their words, with the amount that was understood.
    pub rate: Option<String>,
    /// The amount that was understood, in cents of whatever they spoke of.
    pub rate_minor: Option<i64>,
    /// What they spoke of: `USD`, `EUR`, `GBP`, or `pesos`, of which there are many; nothing if they named only a number.
    pub rate_currency: Option<&'static str>,
    /// When they have time.
    pub timeline: Option<String>,
    /// What they like to make.
    pub content_types: Option<String>,
    /// How they want to be reached.
    pub contact_preferences: Option<String>,
    /// What is to be done next.
    pub follow_up: Option<String>,
    /// `success` if the talk came to its end, else `failure`; `unknown` if nobody said anything.
    pub call_successful: &'static str,
    /// `good`, `partial` or `none`: how much of what was asked was answered.
    pub communication: &'static str,
    /// The count behind it.
    pub communication_rationale: String,
    /// From `positive` to `negative`, of the interest; nothing if it is not known.
    pub sentiment: Option<&'static str>,
}

impl Report {
    pub(super) fn of(talk: &Talk, brief: &Brief) -> Self {
        let facts = &talk.facts;
        let spoke = talk.lines.iter().any(|line| line.who == Who::User);
        let rate_currency = facts.rate_said.as_deref().and_then(currency);
        let price = facts.rate_minor.map(|minor| {
            let amount = kernel::Amount::from_minor(minor);
            match rate_currency {
                None | Some("USD") => amount.price(),
                Some(other) => format!("{} {other}", amount.to_number()),
            }
        });
        let rate = match (&price, &facts.rate_said) {
            (Some(price), Some(said)) => Some(format!("{price} (\"{said}\")")),
            (_, Some(said)) => Some(format!("\"{said}\"")),
            _ => None,
        };
        let content_types = (!facts.content_types.is_empty()).then(|| facts.content_types.join(", "));
        let answered =
            [facts.interest.is_some(), facts.rate_minor.is_some(), facts.timeline.is_some(), content_types.is_some()];
        let count = answered.iter().filter(|answered| **answered).count();
        let sentiment = match (talk.outcome, facts.interest) {
            (Some(Outcome::StopCalling), _) => Some("negative"),
            (_, Some(Interest::VeryInterested)) => Some("positive"),
            (_, Some(Interest::Interested)) => Some("neutral_positive"),
            (_, Some(Interest::Neutral)) => Some("neutral"),
            (_, Some(Interest::NotInterested)) => Some("neutral_negative"),
            (_, None) => None,
        };
        Self {
            summary: summary(talk, brief, price.as_deref(), content_types.as_deref()),
            interest: facts.interest,
            interest_rationale: facts.interest_said.as_ref().map(|said| format!("They said: \"{said}\"")),
            rate,
            rate_minor: facts.rate_minor,
            rate_currency,
            timeline: facts.timeline.clone(),
            content_types,
            contact_preferences: match talk.outcome {
                Some(Outcome::StopCalling) => Some("No calls".into()),
                Some(Outcome::WantsPerson) => Some("By a person".into()),
                Some(Outcome::Busy) => Some("At another time".into()),
                _ => None,
            },
            follow_up: follow_up(talk, brief),
            call_successful: match talk.outcome {
                _ if !spoke => "unknown",
                Some(Outcome::Finished | Outcome::WantsPerson | Outcome::Declined) => "success",
                _ => "failure",
            },
            communication: match count {
                4 => "good",
                0 => "none",
                _ => "partial",
            },
            communication_rationale: format!(
                "{count} of 4 questions (interest, rate, timeline, content) were answered"
            ),
            sentiment,
        }
    }
}

/// Which currency was spoken of.
fn currency(said: &str) -> Option<&'static str> {
    let folded = crate::text::fold(said);
    let names = |words: &[&str]| folded.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    if said.contains('€') || names(&["euro", "euros", "eur"]) {
        Some("EUR")
    } else if said.contains('£') || names(&["pound", "pounds", "gbp", "libra", "libras"]) {
        Some("GBP")
    } else if names(&["peso", "pesos"]) {
        Some("pesos")
    } else if said.contains('$') || names(&["dollar", "dollars", "usd", "bucks", "dolar", "dolares"]) {
        Some("USD")
    } else {
        None
    }
}

fn summary(talk: &Talk, brief: &Brief, price: Option<&str>, content: Option<&str>) -> String {
    let facts = &talk.facts;
    let whom = brief.creator.as_deref().unwrap_or("The person called");
    let mut parts = Vec::new();
    if let Some(interest) = facts.interest {
        let word = match interest {
            Interest::VeryInterested => "is very interested",
            Interest::Interested => "is interested",
            Interest::Neutral => "has not made up their mind",
            Interest::NotInterested => "is not interested",
        };
        parts.push(format!("{whom} {word}."));
    }
    if let Some(price) = price {
        parts.push(format!("Rate: {price}."));
    }
    if let Some(when) = &facts.timeline {
        parts.push(format!("Time: {when}."));
    }
    if let Some(content) = content {
        parts.push(format!("Content: {content}."));
    }
    parts.push(
        match talk.outcome {
            Some(Outcome::Finished) => "Every question was asked.",
            Some(Outcome::Declined) => "They declined.",
            Some(Outcome::StopCalling) => "They asked not to be called any more.",
            Some(Outcome::WantsPerson) => "They asked for a person.",
            Some(Outcome::Busy) => "They had no time.",
            Some(Outcome::Silent) => "Nobody answered the questions.",
            Some(Outcome::TooLong) => "The talk went on for too long.",
            Some(Outcome::Voicemail) => "An answering machine answered; nothing was said to it.",
            None => "The call ended before every question was asked.",
        }
        .to_owned(),
    );
    parts.join(" ")
}

fn follow_up(talk: &Talk, brief: &Brief) -> Option<String> {
    let above = matches!((talk.facts.rate_minor, brief.budget_minor), (Some(rate), Some(budget)) if rate > budget);
    let text = match talk.outcome {
        Some(Outcome::StopCalling | Outcome::Declined) => return None,
        Some(Outcome::WantsPerson) => "A person calls back: it was asked for",
        Some(Outcome::Busy) => "Ask for a better time",
        Some(Outcome::Voicemail) => "Call again, or write a mail: an answering machine answered",
        Some(Outcome::Silent) => "Write a mail: nobody answered the questions",
        _ if above => "Answer the rate: it is above the budget of the campaign",
        Some(Outcome::Finished) if talk.facts.interest == Some(Interest::Neutral) => "Send the details by mail",
        Some(Outcome::Finished) => "Make an offer",
        _ if talk.step == Step::Interest => "Write a mail: the call ended early",
        _ => "Ask what is missing by mail",
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Lang;

    #[test]
    fn a_rate_is_told_in_the_currency_it_was_named_in() {
        for (said, rate, named) in [
            ("eight hundred dollars", "$800", Some("USD")),
            ("ochocientos euros", "800 EUR", Some("EUR")),
            ("€800", "800 EUR", Some("EUR")),
            ("800 pounds", "800 GBP", Some("GBP")),
            ("ochocientos pesos", "800 pesos", Some("pesos")),
            ("800", "$800", None),
        ] {
            let brief = Brief::default();
            let (mut talk, _) = Talk::open(&brief, Lang::En);
            talk.hear(&brief, "yes");
            talk.hear(&brief, said);
            let report = talk.report(&brief);
            assert_eq!(report.rate, Some(format!("{rate} (\"{said}\")")));
            assert_eq!((report.rate_minor, report.rate_currency), (Some(80_000), named), "{said}");
        }
    }
}
