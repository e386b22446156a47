//! How a conversation felt, by the words in it.

use super::Sentence;
use super::words::padded;

/// From one end to the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sentiment {
    /// Plainly against.
    Negative,
    /// Rather against.
    NeutralNegative,
    /// Neither.
    Neutral,
    /// Rather for.
    NeutralPositive,
    /// Plainly for.
    Positive,
}

impl Sentiment {
    /// As it is written: `neutral_positive`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::NeutralNegative => "neutral_negative",
            Self::Neutral => "neutral",
            Self::NeutralPositive => "neutral_positive",
            Self::Positive => "positive",
        }
    }
}

const GOOD: &[&str] = &[
    "amazing",
    "awesome",
    "excellent",
    "excited",
    "fantastic",
    "glad",
    "good",
    "great",
    "happy",
    "interested",
    "interesting",
    "like",
    "love",
    "loved",
    "nice",
    "perfect",
    "perfectly",
    "positive",
    "pleasure",
    "wonderful",
    "thanks",
    "thank",
    "delighted",
    "cool",
    "keen",
    "sounds",
    "fits",
    "agree",
    "agreed",
    "encanta",
    "encantada",
    "encantado",
    "excelente",
    "estupendo",
    "estupenda",
    "fantastico",
    "feliz",
    "genial",
    "gusta",
    "gustaria",
    "gracias",
    "guay",
    "ideal",
    "ilusion",
    "interesa",
    "interesada",
    "interesado",
    "interesante",
    "maravilloso",
    "perfecta",
    "perfecto",
    "contenta",
    "contento",
    "bueno",
    "buena",
];
const STRONG: &[&str] = &[
    "love",
    "excited",
    "perfect",
    "perfectly",
    "amazing",
    "fantastic",
    "awesome",
    "encanta",
    "genial",
    "perfecto",
    "delighted",
];
const BAD: &[&str] = &[
    "angry",
    "annoyed",
    "annoying",
    "awful",
    "bad",
    "disappointed",
    "disappointing",
    "expensive",
    "hate",
    "horrible",
    "insulting",
    "low",
    "problem",
    "problems",
    "rude",
    "sad",
    "sorry",
    "spam",
    "stop",
    "terrible",
    "unfortunately",
    "unhappy",
    "unprofessional",
    "upset",
    "waste",
    "worried",
    "wrong",
    "refuse",
    "decline",
    "cannot",
    "can't",
    "won't",
    "bajo",
    "baja",
    "caro",
    "decepcionada",
    "decepcionado",
    "desgraciadamente",
    "enfadada",
    "enfadado",
    "horrible",
    "lamentablemente",
    "lamento",
    "malo",
    "mala",
    "mal",
    "molesta",
    "molesto",
    "odio",
    "pena",
    "preocupa",
    "preocupada",
    "preocupado",
    "problema",
    "problemas",
    "rechazo",
    "siento",
    "triste",
    "imposible",
];
const NOT: &[&str] = &[
    "not", "no", "never", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "won't", "nothing", "nunca", "ni",
    "tampoco", "sin",
];
/// How far a "not" reaches.
const REACH: usize = 3;

/// The feeling of what was said; none where no word tells of any.
pub(super) fn of(sentences: &[&Sentence<'_>]) -> Option<Sentiment> {
    let (mut good, mut bad) = (0.0, 0.0);
    for sentence in sentences {
        let words = padded(sentence.text);
        let words: Vec<&str> = words.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let weight = if STRONG.contains(word) { 2.0 } else { 1.0 };
            let is_good = GOOD.contains(word);
            if !is_good && !BAD.contains(word) {
                continue;
            }
            let turned = words[at.saturating_sub(REACH)..at].iter().any(|before| NOT.contains(before));
            if is_good == turned { bad += weight } else { good += weight }
        }
    }
    if good + bad < 1.0 {
        return None;
    }
    let lean = (good - bad) / (good + bad + 1.0);
    Some(match lean {
        lean if lean >= 0.5 => Sentiment::Positive,
        lean if lean >= 0.15 => Sentiment::NeutralPositive,
        lean if lean > -0.15 => Sentiment::Neutral,
        lean if lean > -0.5 => Sentiment::NeutralNegative,
        _ => Sentiment::Negative,
    })
}
