//! What platforms take of a caption, and how much of it they show before "more". The figures and their sources stand in
//! `docs/brief-check.md`.

use super::text::emojis;

/// A platform whose way to read captions is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Known {
    Instagram,
    TikTok,
    YouTube,
    X,
    LinkedIn,
    Facebook,
    Threads,
    Other,
}

impl Known {
    /// By its name, in any case.
    pub(super) fn named(name: &str) -> Self {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match name.as_str() {
            "instagram" | "ig" | "insta" => Self::Instagram,
            "tiktok" | "tt" => Self::TikTok,
            "youtube" | "yt" => Self::YouTube,
            "x" | "twitter" | "xtwitter" => Self::X,
            "linkedin" => Self::LinkedIn,
            "facebook" | "fb" => Self::Facebook,
            "threads" => Self::Threads,
            _ => Self::Other,
        }
    }

    /// After how many characters it folds, about. None: it does not.
    pub(super) const fn fold(self) -> Option<usize> {
        match self {
            Self::Instagram => Some(125),
            Self::YouTube => Some(157),
            Self::LinkedIn => Some(140),
            Self::Facebook => Some(477),
            Self::X | Self::Threads => None,
            // The narrowest of them: what is before it is seen everywhere.
            Self::TikTok | Self::Other => Some(60),
        }
    }

    /// How much it takes at most: surely, and with what some accounts have.
    const fn most(self) -> Option<(usize, usize)> {
        match self {
            Self::Instagram => Some((2_200, 2_200)),
            Self::TikTok => Some((2_200, 4_000)),
            Self::YouTube => Some((5_000, 5_000)),
            Self::X => Some((280, 25_000)),
            Self::LinkedIn => Some((3_000, 3_000)),
            Self::Facebook => Some((63_206, 63_206)),
            Self::Threads => Some((500, 500)),
            Self::Other => None,
        }
    }

    /// More tags than this are too many: on YouTube they are all ignored, elsewhere the rest.
    pub(super) const fn tags(self) -> Option<usize> {
        match self {
            Self::Instagram | Self::TikTok => Some(5),
            Self::YouTube => Some(60),
            Self::Threads => Some(1),
            _ => None,
        }
    }

    /// Whether it takes a caption: `Some(false)` not, `None` only from some accounts.
    pub(super) fn takes(self, caption: &str) -> (Option<bool>, usize) {
        let length = if self == Self::X { weight(caption) } else { caption.chars().count().min(1_000_000) };
        let taken = match self.most() {
            Some((surely, _)) if length <= surely => Some(true),
            Some((_, perhaps)) if length <= perhaps => None,
            Some(_) => Some(false),
            None => Some(true),
        };
        (taken, length)
    }
}

/// The length as X counts it: an emoji is 2 and a link 23, whatever they are made of.
fn weight(caption: &str) -> usize {
    let of_word = |word: &str| {
        if word.starts_with("https://") || word.starts_with("http://") {
            return 23;
        }
        let emojis: Vec<_> = emojis(word).collect();
        let of_emojis: usize = emojis.iter().map(|at| word[at.clone()].chars().map(of_char).sum::<usize>()).sum();
        word.chars().map(of_char).sum::<usize>() - of_emojis + 2 * emojis.len()
    };
    caption
        .split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            piece.len() - word.len()
                + if word.is_ascii() && !word.starts_with("http") { word.len() } else { of_word(word) }
        })
        .sum()
}

fn of_char(c: char) -> usize {
    if is_light(c) { 1 } else { 2 }
}

const fn is_light(c: char) -> bool {
    matches!(c, '\0'..='\u{10ff}' | '\u{2000}'..='\u{200d}' | '\u{2010}'..='\u{201f}' | '\u{2032}'..='\u{2037}')
}
