//! A text's words as the table spells them: folded, `[a-z0-9]`, at least two letters long.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Anything longer is no word of a language; it is passed over whole.
pub(super) const LONGEST: usize = 40;

/// Calls `found` with every word of a text, in order. Nothing is allocated.
pub(super) fn each_word(text: &str, mut found: impl FnMut(&[u8])) {
    let mut word = Word { letters: [0; LONGEST], length: 0 };
    for letter in text.chars() {
        if letter.is_ascii() {
            word.push(letter, &mut found);
        } else if let Some(letters) = letters_of(letter) {
            letters.chars().for_each(|letter| word.push(letter, &mut found));
        } else {
            for piece in letter.nfkd().filter(|&piece| !is_combining_mark(piece)) {
                match letters_of(piece) {
                    Some(letters) => letters.chars().for_each(|letter| word.push(letter, &mut found)),
                    None => word.push(piece, &mut found),
                }
            }
        }
    }
    word.end(&mut found);
}

struct Word {
    letters: [u8; LONGEST],
    /// One more than fits when the word is too long.
    length: usize,
}

impl Word {
    fn push(&mut self, letter: char, found: &mut impl FnMut(&[u8])) {
        if !letter.is_ascii_alphanumeric() {
            self.end(found);
        } else if let Some(place) = self.letters.get_mut(self.length) {
            *place = (letter as u8).to_ascii_lowercase();
            self.length += 1;
        } else {
            self.length = LONGEST + 1;
        }
    }

    fn end(&mut self, found: &mut impl FnMut(&[u8])) {
        if let Some(word) = self.letters.get(..self.length)
            && word.len() > 1
        {
            found(word);
        }
        self.length = 0;
    }
}

/// Letters that Unicode does not decompose (with `tools/model/distill.py`: LETTERS), and the accented ones of Spanish, to
/// be quick about them.
const fn letters_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        'á' | 'Á' => "a",
        'é' | 'É' => "e",
        'í' | 'Í' | 'ı' => "i",
        'ó' | 'Ó' | 'ø' | 'Ø' => "o",
        'ú' | 'Ú' | 'ü' | 'Ü' => "u",
        'ñ' | 'Ñ' => "n",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(String::from_utf8(word.to_vec()).unwrap()));
        words
    }

    #[test]
    fn folds_case_accents_and_ligatures() {
        assert_eq!(words("José's ÑANDÚ, Straße; cœur & Łódź"), ["jose", "nandu", "strasse", "coeur", "lodz"]);
        assert_eq!(words("cafe\u{301} 𝓯𝓲𝓽𝓷𝓮𝓼𝓼 ﬁt"), ["cafe", "fitness", "fit"]);
    }

    #[test]
    fn splits_at_everything_else() {
        assert_eq!(words("#gym-life\0 100k+ (a) 🎮play"), ["gym", "life", "100k", "play"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn passes_over_what_is_no_word() {
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(words(&format!("one {long} two {long}")), ["one", "two"]);
        assert_eq!(words(&"y".repeat(LONGEST)).len(), 1);
    }
}
