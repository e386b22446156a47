//! Quality, relevance and the score of all: published formulas over what was measured (`docs/brief-check.md`).

use super::judge::share_of_capitals;
use super::meaning::Meaning;
use super::model::{Brief, Report, Verdict};
use super::platforms::Known;
use super::text::{Part, Text};

/// How well a caption is made, 0 to 10: the weighted mean of what is measured, each from 0 to 1.
pub(super) fn quality(text: &Text<'_>, platform: Known) -> f64 {
    let words = text.plain_words();
    if words == 0 {
        return 0.0;
    }
    let prose = text.prose();
    let own = prose.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    let all = text.read.chars().filter(|c| c.is_alphanumeric()).count().max(1) as f64;
    let mut sentences: Vec<usize> =
        text.words.iter().filter(|word| word.part == Part::Plain).map(|word| word.sentence).collect();
    sentences.dedup();
    let length = words as f64 / sentences.len().max(1) as f64;
    let mut distinct: Vec<&str> = (0..text.words.len())
        .filter(|&at| text.words[at].part == Part::Plain)
        .take(5_000)
        .map(|at| text.word(at))
        .collect();
    let counted = distinct.len().max(1) as f64;
    distinct.sort_unstable();
    distinct.dedup();
    let tags = text.marks.tags.len();
    let most = platform.tags().unwrap_or(10);
    let measured = [
        (3.0, (words as f64 / 8.0).min(1.0)),
        (2.0, (own / all / 0.5).min(1.0)),
        (1.0, if length <= 25.0 { 1.0 } else { (25.0 / length).max(0.0) }),
        (1.0, if share_of_capitals(&prose) <= 0.3 { 1.0 } else { 0.0 }),
        (1.0, (distinct.len() as f64 / counted / 0.5).min(1.0)),
        (1.0, if tags <= most { 1.0 } else { most as f64 / tags as f64 }),
        (1.0, if platform.takes(text.read).0 == Some(false) || text.cut { 0.0 } else { 1.0 }),
    ];
    let weights: f64 = measured.iter().map(|(weight, _)| weight).sum();
    tenths(10.0 * measured.iter().map(|(weight, share)| weight * share).sum::<f64>() / weights)
}

/// How near a caption is to what the offer is about, 0 to 10.
pub(super) fn relevance(brief: &Brief, text: &Text<'_>, meaning: &dyn Meaning) -> Option<f64> {
    let about = &brief.about[..brief.about.floor_char_boundary(4_000)];
    if about.trim().is_empty() || text.words.is_empty() {
        return None;
    }
    let read = &text.read[..text.read.floor_char_boundary(4_000)];
    meaning.likeness(about, &[read]).and_then(|likeness| likeness.first().map(|&share| tenths(10.0 * f64::from(share))))
}

impl Report {
    /// Adds everything up again: after a check has changed.
    pub(super) fn add_up(&mut self) {
        let judged = self.checks.len().max(1) as f64;
        let met: f64 = self
            .checks
            .iter()
            .map(|check| match check.verdict {
                Verdict::Pass => 1.0,
                Verdict::CannotTell => 0.5,
                Verdict::Fail => 0.0,
            })
            .sum();
        let share = if self.checks.is_empty() { 1.0 } else { met / judged };
        let parts = [
            (50.0, Some(share)),
            (20.0, Some(self.compliance_percentage / 100.0)),
            (15.0, Some(self.quality_rating / 10.0)),
            (15.0, self.relevance_rating.map(|rating| rating / 10.0)),
        ];
        let known = parts.iter().filter_map(|(weight, share)| share.map(|share| (weight, share)));
        let (sum, weights) =
            known.fold((0.0, 0.0), |(sum, weights), (weight, share)| (sum + weight * share, weights + weight));
        self.ai_score = tenths((100.0 * sum / weights).clamp(0.0, 100.0));
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
