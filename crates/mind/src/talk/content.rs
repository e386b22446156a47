//! What they like to make.

use super::Sentence;
use super::words::{has, padded};

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
pub(super) fn of(sentences: &[&Sentence<'_>]) -> Vec<String> {
    let said: Vec<String> =
        sentences.iter().map(|sentence| padded(sentence.text)).filter(|words| !has(words, NEVER)).collect();
    let named = |words: &[&str]| said.iter().any(|sentence| has(sentence, words));
    TYPES.iter().filter(|(_, words)| named(words)).map(|(name, _)| (*name).to_owned()).collect()
}
