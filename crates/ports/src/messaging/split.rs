//! Texts that are too long for one message.

/// How long a text is as providers count it: in units of UTF-16, which never counts less than they do.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text in parts of at most so many [`units`] each: cut between paragraphs, else between lines, sentences or words, and only a word
/// that is longer than a part in itself. A text that fits stays as it is. White space at a cut is left out.
pub fn split(text: &str, most: usize) -> Vec<&str> {
    let most = most.max(4);
    let (mut rest, mut parts) = (text, Vec::new());
    while units(rest) > most {
        let fits = fitting(rest, most);
        let cut = cut_of(rest, fits);
        let (part, tail) = rest.split_at(cut);
        let part = part.trim_end();
        if !part.is_empty() {
            parts.push(part);
        }
        rest = tail.trim_start();
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest);
    }
    parts
}

/// How many bytes from the beginning are at most that many units, ended where no character is torn from what modifies it.
fn fitting(text: &str, most: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    let mut safe = 0;
    let mut joined = false;
    for (at, letter) in text.char_indices() {
        if !joined && !joins(letter) {
            safe = at;
        }
        joined = letter == '\u{200d}';
        used += letter.len_utf16();
        if used > most {
            break;
        }
        end = at + letter.len_utf8();
    }
    // A chain of joined characters that is longer than a part is torn after all.
    if safe == 0 { end } else { safe }
}

/// Does it belong to the character before it: an accent, a variation, a skin tone, a joiner?
fn joins(letter: char) -> bool {
    matches!(letter, '\u{200d}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

/// Where to cut within the first so many bytes.
fn cut_of(text: &str, fits: usize) -> usize {
    let head = &text[..fits];
    // A part that is less than a third full would look like a mistake.
    let least = fits / 3;
    let after = |at: usize, mark: &str| Some(at + mark.len()).filter(|cut| *cut > least);
    let found = |mark: &str| head.rfind(mark).and_then(|at| after(at, mark));
    let sentence = || [". ", "! ", "? ", "… ", "。", "！", "？", ".\n"].iter().filter_map(|mark| found(mark)).max();
    let whole = || text[fits..].starts_with(char::is_whitespace).then_some(fits);
    found("\n\n").or_else(sentence).or_else(|| found("\n")).or_else(whole).or_else(|| found(" ")).unwrap_or(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cuts_stand_where_a_reader_would_make_them() {
        assert_eq!(split("One two. Three four.", 12), ["One two.", "Three four."]);
        assert_eq!(split("First.\n\nSecond. Third part", 20), ["First.", "Second. Third part"]);
        assert_eq!(split("aaaa bbbb cccc", 9), ["aaaa bbbb", "cccc"]);
        assert_eq!(split("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(split("short", 4096), ["short"]);
        assert_eq!(split("", 10), [""]);
        // A family is not torn apart.
        assert_eq!(split("hello 👨‍👩‍👧 x", 12), ["hello", "👨‍👩‍👧 x"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_part_fits(text in "(\\PC|[ \n.👨‍\u{301}]){0,200}", most in 4_usize..60) {
            let parts = split(&text, most);
            for part in &parts {
                prop_assert!(units(part) <= most, "{part:?}");
            }
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&parts.concat()), bare(&text));
        }
    }
}
