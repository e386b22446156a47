//! What each part of the score rests on, in words and figures.

use kernel::Amount;

use super::{Impact, Reason};
use crate::score::brief::{Brief, CreatorView, Evidence, Facts};
use crate::score::budget::Price;
use crate::score::niche::Kinship;
use crate::score::scores::{FULL, Scores, percent};
use crate::score::text::{capital, list};
use crate::text::fold;

/// What was found about one part of the score.
pub(super) struct Finding {
    pub(super) score: u16,
    factor: &'static str,
    pub(super) description: String,
    weight: u16,
}

/// The four parts, in the order of the formula.
pub(super) fn findings(brief: &Brief, creator: &CreatorView<'_>, evidence: &Evidence) -> [Finding; 4] {
    let scores = evidence.scores;
    let parts = [
        (niche_factor(scores.niche_match), niche(brief, creator, evidence)),
        (audience_factor(brief, scores.audience_match), audience(brief, creator, scores.audience_match)),
        (engagement_factor(evidence), evidence.standing.describe()),
        budget(brief, evidence),
    ];
    let mut weights = scores.parts().into_iter().zip(Scores::WEIGHTS);
    parts.map(|(factor, description)| {
        let (score, weight) = weights.next().unwrap_or_default();
        Finding { score, factor, description, weight }
    })
}

/// Those that bring the most points first.
pub(super) fn reasons(findings: [Finding; 4]) -> Vec<Reason> {
    let points = |score: u16, weight: u16| u32::from(score) * u32::from(weight);
    let mut findings = findings;
    findings.sort_by_key(|finding| std::cmp::Reverse(points(finding.score, finding.weight)));
    let reason = |finding: Finding| {
        let brings = points(finding.score, finding.weight);
        let costs = points(FULL - finding.score.min(FULL), finding.weight);
        // Of 100 points of the score, each is a hundred hundredths times a hundred percent of weight.
        let impact = match brings.max(costs) / 10_000 {
            20.. => Impact::High,
            10..20 => Impact::Medium,
            _ => Impact::Low,
        };
        Reason { factor: finding.factor.into(), description: finding.description, impact }
    };
    findings.into_iter().map(reason).collect()
}

fn niche_factor(score: u16) -> &'static str {
    match score {
        9_000.. => "Perfect niche alignment",
        7_000.. => "Good niche alignment",
        4_000.. => "Related niche",
        _ => "Different niche",
    }
}

fn niche(brief: &Brief, creator: &CreatorView<'_>, evidence: &Evidence) -> String {
    let theirs = creator.niche.trim();
    let names = match &evidence.label.nearest {
        Some((ours, Kinship::Same)) => format!("the creator's niche \"{theirs}\" is the campaign's \"{ours}\""),
        Some((ours, Kinship::Narrower)) => {
            format!("the creator's niche \"{theirs}\" lies within the campaign's \"{ours}\"")
        }
        Some((ours, Kinship::Wider)) => {
            format!("the creator's niche \"{theirs}\" is part of the campaign's \"{ours}\"")
        }
        Some((ours, Kinship::Meaning)) => format!(
            "the creator's niche \"{theirs}\" is {} like the campaign's \"{ours}\" in meaning",
            percent(evidence.label.score)
        ),
        None if theirs.is_empty() => "the creator names no niche".into(),
        None => format!("the campaign names no niche to compare \"{theirs}\" with"),
    };
    let topic = match evidence.topic {
        Some(score) => format!("what the profile says is {} like what {} is about", percent(score), product(brief)),
        None => "the campaign does not say what it is about".into(),
    };
    debug_assert!(evidence.label.nearest.is_some() || evidence.label.score == Facts::NO_LABEL);
    capital(&format!("{names}, and {topic}"))
}

fn product(brief: &Brief) -> &str {
    match brief.wish().product_name.trim() {
        "" => "the campaign",
        name => name,
    }
}

fn audience_factor(brief: &Brief, score: u16) -> &'static str {
    match score {
        _ if brief.audience().is_empty() => "Target audience unknown",
        7_500.. => "Target audience match",
        5_000.. => "Partial audience match",
        2_500.. => "Weak audience match",
        _ => "Different audience",
    }
}

fn audience(brief: &Brief, creator: &CreatorView<'_>, score: u16) -> String {
    let wanted = brief.wish().target_audience.trim();
    if brief.audience().is_empty() {
        return "The campaign does not say whom it wants to reach".into();
    }
    let mut text = if wanted.is_empty() {
        format!(
            "The campaign names no target audience; the profile is {} like what {} is about",
            percent(score),
            product(brief)
        )
    } else {
        format!("The profile is {} like the target audience \"{}\"", percent(score), shortened(wanted))
    };
    let own = creator.audience_type.map(str::trim).filter(|own| !own.is_empty());
    if let Some(own) = own {
        text.extend(["; its own audience is on record as \"", own, "\""]);
    }
    let profile = format!("{} {} {}", creator.niche, creator.about.unwrap_or_default(), own.unwrap_or_default());
    let both = shared_words(wanted, &profile);
    if !both.is_empty() {
        text.extend(["; both speak of ", &list(&both)]);
    }
    text
}

/// Words that stand in many texts and say little.
const COMMON: [&str; 34] = [
    "aged",
    "their",
    "they",
    "that",
    "this",
    "with",
    "from",
    "about",
    "have",
    "your",
    "into",
    "every",
    "other",
    "people",
    "interested",
    "enthusiasts",
    "individuals",
    "between",
    "sharing",
    "anos",
    "para",
    "como",
    "entre",
    "sobre",
    "todo",
    "toda",
    "todos",
    "todas",
    "personas",
    "interesadas",
    "interesados",
    "jovenes",
    "aficionados",
    "while",
];

/// The first few words that both texts have, as the first one has them.
fn shared_words(one: &str, other: &str) -> Vec<String> {
    let (one, other) = (fold(one), fold(other));
    let split = |c: char| !c.is_alphanumeric();
    let others: Vec<&str> = other.split(split).collect();
    let mut shared: Vec<String> = Vec::new();
    for word in one.split(split).filter(|word| word.chars().count() >= 4 && !word.bytes().all(|b| b.is_ascii_digit())) {
        if !COMMON.contains(&word) && others.contains(&word) && !shared.iter().any(|w| w == word) {
            shared.push(word.to_owned());
        }
    }
    shared.truncate(4);
    shared
}

/// At most some 80 letters, cut at a word.
fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", cut.trim_end_matches([',', ';', '.']))
}

fn engagement_factor(evidence: &Evidence) -> &'static str {
    match (evidence.standing.rate, evidence.scores.engagement_score) {
        (None, _) => "Engagement unknown",
        (_, 7_500..) => "High engagement rate",
        (_, 6_001..) => "Engagement above average",
        (_, 4_500..) => "Average engagement rate",
        _ => "Low engagement rate",
    }
}

fn budget(brief: &Brief, evidence: &Evidence) -> (&'static str, String) {
    let budget = brief.wish().budget;
    let price = match &evidence.price {
        Price::Stated(minor) => format!("the creator asks {} a post", Amount::from_minor(*minor).price()),
        Price::Usual(usual) => format!("no rate is on record; usual is {usual}"),
        Price::Unknown => "no rate is on record, and none can be estimated".into(),
    };
    let Some(total) = budget.total_minor else {
        return ("No budget limit", capital(&format!("{price}; the campaign sets no limit")));
    };
    let limit = Amount::from_minor(total).price();
    let Some(minor) = evidence.price.minor() else {
        return ("Price unknown", capital(&format!("{price}; the budget is {limit}")));
    };
    let cost = budget.cost(minor);
    let estimated = matches!(evidence.price, Price::Usual(_));
    // An estimate is not known to the cent.
    let whole = Amount::from_minor(if estimated { (cost + 50) / 100 * 100 } else { cost }).price();
    let wish = match budget.wanted.max(1) {
        1 if estimated => format!("some {whole}"),
        1 => "that".into(),
        posts => format!("{whole} for {posts} posts"),
    };
    let (factor, judged) = match evidence.scores.budget_fit {
        FULL if estimated => ("Within budget by estimate", format!("{wish} is within the budget of {limit}")),
        FULL => ("Within budget", format!("{wish} is within the budget of {limit}")),
        fit => {
            let times = cost as f64 / total.max(1) as f64;
            let over = if total > 0 { format!(" ({times:.1} times as much)") } else { String::new() };
            let factor = match fit {
                _ if estimated => "Over budget by estimate",
                5_000.. => "Slightly over budget",
                _ => "Over budget",
            };
            (factor, format!("{wish} is above the budget of {limit}{over}"))
        }
    };
    (factor, capital(&format!("{price}; {judged}")))
}
