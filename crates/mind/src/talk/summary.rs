//! The weightiest sentences of a conversation.

use std::collections::HashMap;

use super::words::{STOP, has, padded};
use super::{Sentence, Speaker};

const MOST_SENTENCES: usize = 3;
const MOST_CHARS: usize = 500;

/// What a deal is about: sentences with these say more than others.
const MATTER: &[&str] = &[
    "rate",
    "price",
    "budget",
    "charge",
    "cost",
    "contract",
    "deadline",
    "deliver",
    "available",
    "interested",
    "collaborate",
    "collaboration",
    "campaign",
    "send",
    "schedule",
    "agree",
    "agreed",
    "exclusive",
    "exclusivity",
    "usage",
    "per post",
    "reel",
    "reels",
    "video",
    "videos",
    "story",
    "stories",
    "next week",
    "next month",
    "not interested",
    "tarifa",
    "precio",
    "presupuesto",
    "cobro",
    "contrato",
    "entrega",
    "entregar",
    "disponible",
    "interesa",
    "interesada",
    "interesado",
    "colaborar",
    "colaboracion",
    "campana",
    "enviar",
    "acuerdo",
    "exclusividad",
    "historias",
    "semana",
    "mes",
];

/// Up to three sentences, in the order in which they were said.
pub(super) fn of(sentences: &[Sentence<'_>]) -> Option<String> {
    let words: Vec<String> = sentences.iter().map(|sentence| padded(sentence.text)).collect();
    let mut often: HashMap<&str, u32> = HashMap::new();
    for word in words.iter().flat_map(|text| text.split_whitespace()).filter(|word| !STOP.contains(word)) {
        *often.entry(word).or_default() += 1;
    }
    let mut weighed: Vec<(usize, f64)> = sentences
        .iter()
        .zip(&words)
        .enumerate()
        .map(|(at, (sentence, words))| (at, weight(sentence, words, &often)))
        .collect();
    // Of equals the earlier one, so that the answer never depends on how a sort is done.
    weighed.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let mut chosen: Vec<usize> = weighed.into_iter().filter(|(_, weight)| *weight > 0.0).map(|(at, _)| at).collect();
    chosen.truncate(MOST_SENTENCES);
    chosen.sort_unstable();
    let mut summary = String::new();
    for at in chosen {
        let text = sentences[at].text;
        if summary.is_empty() {
            summary.extend(text.chars().take(MOST_CHARS));
        } else if summary.chars().count() + 1 + text.chars().count() <= MOST_CHARS {
            summary.push(' ');
            summary.push_str(text);
        }
    }
    (!summary.is_empty()).then_some(summary)
}

fn weight(sentence: &Sentence<'_>, words: &str, often: &HashMap<&str, u32>) -> f64 {
    let telling: Vec<&str> = words.split_whitespace().filter(|word| !STOP.contains(word)).collect();
    if telling.is_empty() {
        return 0.0;
    }
    let common: f64 = telling.iter().map(|word| f64::from(often.get(word).copied().unwrap_or(0)).sqrt()).sum();
    let mut weight = common / (telling.len() as f64 + 3.0);
    weight += MATTER.iter().filter(|word| has(words, &[word])).count().min(3) as f64 * 0.6;
    if sentence.text.contains(['$', '\u{20ac}', '\u{a3}']) || words.bytes().any(|byte| byte.is_ascii_digit()) {
        weight += 0.6;
    }
    if sentence.speaker != Speaker::Us {
        weight += 0.3;
    }
    // A question says less than its answer.
    if sentence.text.ends_with('?') { weight * 0.5 } else { weight }
}
