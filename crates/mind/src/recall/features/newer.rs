//! Of two documents that disagree the newer counts.

use super::{Candidate, Weighing};
use crate::recall::{dates, words};

impl Weighing<'_> {
    /// Marks sentences of which a newer document says the same with other figures.
    pub(super) fn mark_superseded(&self, candidates: &mut [Candidate]) {
        const AT: usize = 21;
        const HOLDS: usize = 12;
        let likely: Vec<usize> = (0..candidates.len()).filter(|&i| candidates[i].features[2] > 0.2).collect();
        for &old in &likely {
            let Some((_, own)) = self.picked.known(candidates[old].place) else { continue };
            let newer = likely.iter().any(|&new| {
                let [a, b] = [&candidates[old], &candidates[new]];
                let Some((_, its)) = self.picked.known(b.place) else { return false };
                if own.document == its.document
                    || own.correction
                    || !its.dated.newer_than(&own.dated)
                    || a.sentence.row != b.sentence.row
                {
                    return false;
                }
                // What does not hold the kind of fact that is asked for takes no other's place.
                if a.features[HOLDS] > b.features[HOLDS] {
                    return false;
                }
                let covers = b.features[0] >= a.features[0] - 0.05 && b.has & a.has == a.has;
                let shared = a.subject.iter().filter(|term| b.subject.binary_search(term).is_ok()).count() as f32;
                let most = a.subject.len().max(b.subject.len()) as f32;
                let alike = shared >= 2.0 && shared >= 0.6 * most || shared >= 1.0 && shared >= most;
                let series = same_series(&own.title, &its.title);
                covers && (alike || series && (a.sentence.row || shared >= 1.0))
            });
            candidates[old].features[AT] = f32::from(newer);
        }
    }
}

/// Whether two titles are of the same kind of document, their dates and numbers left away.
fn same_series(a: &str, b: &str) -> bool {
    let subject = |title: &str| {
        let mut subject = Vec::new();
        words::each(title, |word| {
            if !word.number
                && word.folded.len() > 3
                && dates::stated_in(&format!("{} 2020", word.folded)) == dates::stated_in("2020")
            {
                subject.push(word.folded.into_owned());
            }
        });
        subject
    };
    let [a, b] = [subject(a), subject(b)];
    let shared = a.iter().filter(|word| b.contains(word)).count();
    shared >= 1 && 2 * shared >= a.len().min(b.len())
}
