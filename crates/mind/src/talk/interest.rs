//! How interested they are, what they like to make, and whether they want to be left alone.

use super::turns::Sentence;
use super::words::{has, padded};

/// How interested someone is, in A's words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Interest {
    /// No.
    NotInterested,
    /// Perhaps.
    Neutral,
    /// Yes.
    Interested,
    /// Yes, gladly.
    VeryInterested,
}

impl Interest {
    /// As it is written: `very_interested`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInterested => "not_interested",
            Self::Neutral => "neutral",
            Self::Interested => "interested",
            Self::VeryInterested => "very_interested",
        }
    }
}

const NO: &[&str] = &[
    "not interested",
    "no interest",
    "not really interested",
    "not for me",
    "have to decline",
    "i decline",
    "i'll pass",
    "i will pass",
    "going to pass",
    "have to pass",
    "no thanks",
    "no thank you",
    "don't want to",
    "do not want to",
    "can't do it",
    "not a good fit",
    "isn't a good fit",
    "no estoy interesada",
    "no estoy interesado",
    "no me interesa",
    "no gracias",
    "no quiero",
    "no es para mi",
    "no encaja",
    "tengo que rechazar",
    "paso de",
    "no puedo aceptar",
];
const VERY: &[&str] = &[
    "very interested",
    "really interested",
    "super interested",
    "would love to",
    "i'd love to",
    "love to work",
    "love to collaborate",
    "can't wait",
    "so excited",
    "very excited",
    "really excited",
    "count me in",
    "absolutely yes",
    "definitely interested",
    "muy interesada",
    "muy interesado",
    "me encantaria",
    "me encanta la idea",
    "cuenta conmigo",
    "con muchas ganas",
    "por supuesto que si",
];
const YES: &[&str] = &[
    "i'm interested",
    "i am interested",
    "interested in",
    "sounds good",
    "sounds great",
    "sounds interesting",
    "i like the idea",
    "happy to",
    "let's do it",
    "i'm in",
    "i am open",
    "i'm open to",
    "open to",
    "me interesa",
    "estoy interesada",
    "estoy interesado",
    "me gusta la idea",
    "me gustaria",
    "suena bien",
    "estoy abierta",
    "estoy abierto",
    "trato hecho",
    "de acuerdo",
];
const PERHAPS: &[&str] = &[
    "maybe",
    "perhaps",
    "not sure",
    "have to think",
    "need to think",
    "let me think",
    "think about it",
    "depends",
    "get back to you",
    "quizas",
    "tal vez",
    "no estoy segura",
    "no estoy seguro",
    "tengo que pensarlo",
    "dejame pensarlo",
    "depende",
    "ya veremos",
];

/// What was said last counts most: people make up their minds while they talk. A "no" later on outweighs an earlier "yes".
pub(super) fn of(sentences: &[&Sentence<'_>]) -> Option<(Interest, String)> {
    let mut found: Option<(Interest, &str)> = None;
    for sentence in sentences {
        if sentence.text.ends_with('?') {
            continue;
        }
        let words = padded(sentence.text);
        let level = if has(&words, NO) {
            Interest::NotInterested
        } else if has(&words, VERY) {
            Interest::VeryInterested
        } else if has(&words, PERHAPS) {
            Interest::Neutral
        } else if has(&words, YES) {
            Interest::Interested
        } else {
            continue;
        };
        found = Some(match found {
            // A plain "sounds good" at the end takes nothing from an earlier joy, and a "perhaps" about a detail takes one step.
            Some((Interest::VeryInterested, words)) if level == Interest::Interested => {
                (Interest::VeryInterested, words)
            }
            Some((Interest::VeryInterested, _)) if level == Interest::Neutral => (Interest::Interested, sentence.text),
            _ => (level, sentence.text),
        });
    }
    found.map(|(level, words)| (level, words.to_owned()))
}

const OUT: &[&str] = &[
    "stop calling",
    "don't call me",
    "do not call me",
    "never call",
    "stop contacting",
    "don't contact me",
    "do not contact me",
    "stop emailing",
    "stop writing",
    "remove me",
    "take me off",
    "unsubscribe",
    "leave me alone",
    "no me llame",
    "no me llames",
    "no me llamen",
    "deje de llamar",
    "dejen de llamar",
    "deja de llamar",
    "no me contacten",
    "no me contactes",
    "no me escriban",
    "no me escribas",
    "dejen de escribir",
    "borrenme",
    "darme de baja",
    "denme de baja",
    "dame de baja",
];

pub(super) fn opted_out(sentences: &[&Sentence<'_>]) -> bool {
    sentences.iter().any(|sentence| has(&padded(sentence.text), OUT))
}

const TYPES: &[(&str, &[&str])] = &[
    ("reel", &["reel", "reels"]),
    ("story", &["story", "stories", "historia", "historias"]),
    ("short", &["shorts", "youtube short"]),
    ("tiktok", &["tiktok video", "tiktok videos", "tiktoks"]),
    ("video", &["video", "videos"]),
    (
        "post",
        &[
            "feed post",
            "feed posts",
            "carousel",
            "carousels",
            "static post",
            "photo post",
            "photos",
            "publicacion",
            "publicaciones",
            "carrusel",
        ],
    ),
    ("live", &["livestream", "live stream", "livestreams", "directo", "directos"]),
    ("review", &["review", "reviews", "resena", "resenas"]),
    ("unboxing", &["unboxing", "unboxings"]),
    ("tutorial", &["tutorial", "tutorials", "tutoriales"]),
    ("podcast", &["podcast", "podcasts"]),
    ("blog", &["blog post", "blog posts"]),
];
const NEVER: &[&str] =
    &["don't do", "do not do", "don't make", "never do", "no more", "no hago", "nunca hago", "instead of"];

/// What they speak of making, but for what they say they do not.
pub(super) fn content_types(sentences: &[&Sentence<'_>]) -> Vec<String> {
    let said: Vec<String> =
        sentences.iter().map(|sentence| padded(sentence.text)).filter(|words| !has(words, NEVER)).collect();
    let named = |words: &[&str]| said.iter().any(|sentence| has(sentence, words));
    TYPES.iter().filter(|(_, words)| named(words)).map(|(name, _)| (*name).to_owned()).collect()
}
