//! What characters are for whoever sets lines: their direction, and where a line may be broken between them.

use std::borrow::Cow;
use std::ops::Range;

use unicode_bidi::BidiInfo;

/// Says how a character before it is to look, for which there is but one way without colour; or turns the direction of what
/// follows, which would show another name than was signed.
pub(crate) fn is_dropped(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0100}'..='\u{e01ef}')
}

/// A text in which the brackets of these stretches, which are written from the right, are those that are seen: a reader of the file
/// puts what it sees in order, and turns them round again.
pub(crate) fn as_seen(text: &str, from_the_right: impl Iterator<Item = Range<usize>>) -> Cow<'_, str> {
    const PAIRS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];
    let turned = |letter: char| {
        let pair = PAIRS.iter().find(|(open, close)| letter == *open || letter == *close);
        pair.map_or(letter, |(open, close)| if letter == *open { *close } else { *open })
    };
    let mut seen = Cow::Borrowed(text);
    for range in from_the_right {
        // Both of a pair take the same number of bytes.
        let stretch: String = text[range.clone()].chars().map(turned).collect();
        if stretch != text[range.clone()] {
            seen.to_mut().replace_range(range, &stretch);
        }
    }
    seen
}

pub(crate) fn belongs_anywhere(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}')
}

pub(crate) fn is_rtl(text: &str) -> bool {
    // Nothing below Hebrew is written from right to left.
    text.chars().any(|letter| letter >= '\u{590}')
        && BidiInfo::new(text, None).paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl())
}

/// Characters between which a line may be broken although no space stands there.
pub(crate) fn is_ideographic(letter: char) -> bool {
    matches!(u32::from(letter), 0x2e80..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff)
}

pub(crate) fn never_begins(letter: char) -> bool {
    matches!(letter, '。' | '、' | '，' | '．' | '）' | '」' | '』' | '】' | '！' | '？' | '：' | '；' | 'ー' | '々')
}

/// The parts of a text between which a line may be broken, each with the space after it.
pub(crate) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let Some((next, follows)) = letters.peek().copied() else { break };
        let after_space = letter == ' ' && follows != ' ';
        let after_dash =
            matches!(letter, '-' | '/' | '–' | '—' | '\u{200b}' | '_' | '@') && follows.is_alphanumeric() && at > start;
        let ideographs =
            (is_ideographic(letter) || is_ideographic(follows)) && follows != ' ' && !never_begins(follows);
        if after_space || after_dash || ideographs {
            words.push(&text[start..next]);
            start = next;
        }
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}
