//! The probe texts of `data/probes.tsv`, and the cosines that a model gives their pairs.

use std::collections::{BTreeMap, BTreeSet};

use crate::embed;

/// Cosines of pairs, by relation: [`UNRELATED`], [`SAME`]. Neighbouring subjects are neither.
pub(super) type Cosines = [Vec<f32>; 2];
pub(super) const UNRELATED: usize = 0;
pub(super) const SAME: usize = 1;

/// The probe texts by kind, each with its subject, and which subjects are neighbours.
pub(super) struct Probes {
    neighbours: BTreeSet<(&'static str, &'static str)>,
    texts: BTreeMap<&'static str, Vec<(&'static str, &'static str)>>,
}

impl Probes {
    /// The table that is compiled in.
    pub(super) fn builtin() -> Self {
        let mut probes = Self { neighbours: BTreeSet::new(), texts: BTreeMap::new() };
        for line in include_str!("../../data/probes.tsv").lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.splitn(3, '\t');
            let (Some(kind), Some(subject), Some(text)) = (cells.next(), cells.next(), cells.next()) else { continue };
            if kind == "near" {
                probes.neighbours.extend([(subject, text), (text, subject)]);
            } else {
                probes.texts.entry(kind).or_default().push((subject, text));
            }
        }
        probes
    }

    /// Every text once.
    pub(super) fn texts(&self) -> Vec<String> {
        let all: BTreeSet<_> = self.texts.values().flatten().map(|&(_, text)| text).collect();
        all.into_iter().map(str::to_owned).collect()
    }

    /// The cosines of label to label, brief to profile and audience to profile.
    pub(super) fn cosines(&self, embed: impl Fn(&str) -> Vec<f32>) -> [Cosines; 3] {
        let embedded: BTreeMap<_, Vec<_>> = self
            .texts
            .iter()
            .map(|(kind, rows)| (*kind, rows.iter().map(|&(subject, text)| (subject, embed(text))).collect()))
            .collect();
        [("label", "label"), ("brief", "profile"), ("audience", "profile")].map(|(left, right)| {
            let mut cosines = Cosines::default();
            let rows = |kind| embedded.get(kind).into_iter().flatten().enumerate();
            for (i, (subject, vector)) in rows(left) {
                // Among labels every pair counts once, and none with itself.
                for (_, (other, other_vector)) in rows(right).filter(|&(j, _)| left != right || i < j) {
                    if let Some(relation) = self.relation(subject, other) {
                        cosines[relation].push(cosine(vector, other_vector));
                    }
                }
            }
            cosines
        })
    }

    fn relation(&self, one: &'static str, other: &'static str) -> Option<usize> {
        if one == other {
            return Some(SAME);
        }
        (!self.neighbours.contains(&(one, other))).then_some(UNRELATED)
    }
}

/// The cosine of two vectors; 0 where one of them has no direction or they are of different length.
pub(super) fn cosine(one: &[f32], other: &[f32]) -> f32 {
    if one.len() == other.len() { embed::cosine(one, other) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let probes = Probes::builtin();
        let subjects: BTreeSet<_> = probes.texts["label"].iter().map(|row| row.0).collect();
        assert!(subjects.len() >= 20);
        for (kind, least) in [("label", 3), ("brief", 2), ("audience", 2), ("profile", 2)] {
            for subject in &subjects {
                let count = probes.texts[kind].iter().filter(|row| row.0 == *subject).count();
                assert!(count >= least, "{kind} {subject}: {count}");
            }
        }
        for (one, other) in &probes.neighbours {
            assert!(subjects.contains(one) && subjects.contains(other) && one != other, "near {one} {other}");
        }
    }

    #[test]
    fn pairs_fall_into_the_relation_of_their_subjects() {
        // One direction for each first letter: pairs within a subject that begin alike have cosine 1.
        let embed = |text: &str| {
            let mut vector = vec![0.0; 256];
            vector[usize::from(text.as_bytes()[0])] = 1.0;
            vector
        };
        let [labels, topics, audiences] = Probes::builtin().cosines(embed);
        assert_eq!(labels[SAME].len(), 22 * 3);
        assert_eq!((topics[SAME].len(), audiences[SAME].len()), (22 * 4, 22 * 4));
        assert!(labels[UNRELATED].len() > 1500 && labels[UNRELATED].len() < 22 * 21 / 2 * 9);
        assert!(labels[SAME].contains(&1.0) && labels[SAME].contains(&0.0));
    }

    #[test]
    fn cosines_of_what_has_no_direction() {
        assert!((cosine(&[3.0, 4.0], &[6.0, 8.0]) - 1.0).abs() < 1e-6);
        let none = [cosine(&[0.0, 0.0], &[1.0, 0.0]), cosine(&[1.0], &[1.0, 0.0]), cosine(&[], &[])];
        assert!(none.iter().all(|cosine| cosine.abs() < 1e-9), "{none:?}");
    }
}
