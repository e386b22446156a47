//! What a text is before it is sent: cleaned of what hides in it, and looked at for what people should be warned of.
//!
//! Nothing here judges a person. A text that looks like an attempt to lead somebody off the platform is delivered, with a warning for
//! whoever reads it; sending more of them is slowed down (`ops`).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::model::Warning;

/// The text without what nobody sees: controls that turn the direction of writing, marks of no width, and other letters that are there
/// only to hide or to part words. What joins emoji and shapes letters of a script stays between letters.
pub(super) fn cleaned(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => {
                if letters.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\n' | '\t' => clean.push(letter),
            // Joiners have a meaning between two letters that are seen, and nowhere else.
            '\u{200c}' | '\u{200d}' => {
                let before = clean.chars().next_back().is_some_and(joins);
                let after = letters.peek().copied().is_some_and(joins);
                if before && after {
                    clean.push(letter);
                }
            }
            '\u{2028}' | '\u{2029}' => clean.push('\n'),
            // Tags belong to flags; anywhere else they are a text that only machines read.
            '\u{e0020}'..='\u{e007f}' => {
                if clean.chars().next_back().is_some_and(|last| matches!(last, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}'))
                {
                    clean.push(letter);
                }
            }
            letter if hides(letter) => {}
            letter => clean.push(letter),
        }
    }
    clean.trim().to_owned()
}

/// Can a joiner stand beside it? Letters of Latin, Greek and Cyrillic are never joined.
fn joins(letter: char) -> bool {
    !letter.is_whitespace() && !hides(letter) && u32::from(letter) >= 0x0590
}

/// Is it a letter that is not seen?
const fn hides(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}' | '\u{e0001}')
}

/// Is there anything to be seen in it?
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(|letter| {
        !letter.is_whitespace() && !is_combining_mark(letter) && !matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{2800}')
    })
}

/// The text as it is searched and compared: one form, small letters, no accents.
pub(super) fn key(text: &str) -> String {
    text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

/// The same with letters of other scripts that look like Latin ones as those.
fn plain(text: &str) -> String {
    key(text).chars().map(looks_like).collect()
}

const fn looks_like(letter: char) -> char {
    match letter {
        'а' | 'α' | 'ɑ' => 'a',
        'с' | 'ϲ' => 'c',
        'е' | 'ё' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'ц' | 'υ' => 'u',
        'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

/// Names of other ways to talk. Whole words, or (of six letters and more) also spelled out: `w h a t s a p p`.
const ELSEWHERE: [&str; 10] =
    ["whatsapp", "telegram", "signal", "wechat", "viber", "discord", "skype", "snapchat", "wasap", "guasap"];
/// Addresses of such.
const ELSEWHERE_LINKS: [&str; 6] = ["wa.me/", "t.me/", "telegram.me/", "discord.gg/", "m.me/", "signal.me/"];
/// Names of ways to pay.
const PAYMENTS: [&str; 17] = [
    "paypal",
    "venmo",
    "zelle",
    "cashapp",
    "cash app",
    "bizum",
    "western union",
    "moneygram",
    "revolut",
    "bitcoin",
    "usdt",
    "crypto",
    "payoneer",
    "mercado pago",
    "bank transfer",
    "transferencia bancaria",
    "gift card",
];
/// Asking to go on elsewhere, in six languages.
const OUTSIDE: [&str; 24] = [
    "outside the platform",
    "outside of the platform",
    "off the platform",
    "off platform",
    "outside this app",
    "avoid the fee",
    "fuera de la plataforma",
    "por fuera de la app",
    "sin la comision",
    "evitar la comision",
    "hors de la plateforme",
    "en dehors de la plateforme",
    "eviter la commission",
    "ausserhalb der plattform",
    "außerhalb der plattform",
    "an der plattform vorbei",
    "ohne die gebuhr",
    "fuori dalla piattaforma",
    "fuori piattaforma",
    "evitare la commissione",
    "fora da plataforma",
    "por fora da plataforma",
    "evitar a comissao",
    "sem a taxa",
];

/// What whoever reads this should be warned of.
pub(super) fn warnings(text: &str) -> Vec<Warning> {
    let plain = plain(text);
    let spelled: String = plain.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut found = Vec::new();
    let names_elsewhere = ELSEWHERE.iter().any(|name| has_word(&plain, name) || is_spelled_out(&plain, &spelled, name));
    let linked = ELSEWHERE_LINKS.iter().any(|link| plain.contains(link));
    if names_elsewhere || linked || has_address(&plain) || has_phone(&plain) {
        found.push(Warning::ContactDetails);
    }
    if PAYMENTS.iter().any(|name| has_word(&plain, name) || is_spelled_out(&plain, &spelled, name)) {
        found.push(Warning::OutsidePayment);
    }
    if OUTSIDE.iter().any(|words| plain.contains(words)) {
        found.push(Warning::OutsidePlatform);
    }
    if has_link(&plain) {
        found.push(Warning::Link);
    }
    found
}

/// Is there an address of the web in it?
pub(super) fn has_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["http://", "https://", "www.", "javascript:", "data:text"].iter().any(|begin| text.contains(begin))
        || ELSEWHERE_LINKS.iter().any(|link| text.contains(link))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next()))
}

/// Is the word written with something between its letters? Only where it stands so apart: `signal` is a word of its own right, and
/// `designal` none at all.
fn is_spelled_out(text: &str, spelled: &str, word: &str) -> bool {
    if word.len() < 6 || word.contains(' ') || !spelled.contains(word) {
        return false;
    }
    let letters: Vec<char> = text.chars().collect();
    let wanted: Vec<char> = word.chars().collect();
    (0..letters.len()).any(|begin| {
        let (mut at, mut gaps) = (begin, 0);
        for (place, letter) in wanted.iter().enumerate() {
            let mut between = 0;
            while place > 0 && letters.get(at).is_some_and(|letter| !letter.is_alphanumeric()) && between < 3 {
                (at, between) = (at + 1, between + 1);
            }
            gaps += usize::from(between > 0);
            if letters.get(at) != Some(letter) {
                return false;
            }
            at += 1;
        }
        gaps + 1 == wanted.len()
    })
}

/// An address of mail, also one that is written in words: `ana (at) gmail dot com`.
fn has_address(text: &str) -> bool {
    let joined = text
        .replace(" (at) ", "@")
        .replace(" [at] ", "@")
        .replace("(at)", "@")
        .replace("[at]", "@")
        .replace(" arroba ", "@")
        .replace(" at gmail", "@gmail")
        .replace(" dot com", ".com")
        .replace(" punto com", ".com");
    joined.split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '(' | ')' | '<' | '>')).any(
        |word| {
            word.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && domain.split_once('.').is_some_and(|(name, end)| {
                        !name.is_empty() && end.chars().take_while(char::is_ascii_alphabetic).count() >= 2
                    })
            })
        },
    )
}

/// Nine digits or more that are written as one number. Amounts and dates are shorter, or have letters between them.
fn has_phone(text: &str) -> bool {
    let mut digits = 0;
    let mut between = 0;
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            (digits, between) = (digits + 1, 0);
            if digits >= 9 {
                return true;
            }
        } else if matches!(letter, ' ' | '-' | '.' | '(' | ')' | '+' | '/') && between < 2 {
            between += 1;
        } else {
            (digits, between) = (0, 0);
        }
    }
    false
}

/// A text in 64 bits, of which texts that say nearly the same have nearly the same ones (simhash over words and pairs of words).
pub(super) fn likeness(text: &str) -> i64 {
    let key = plain(text);
    let words: Vec<&str> =
        key.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut weights = [0_i32; 64];
    let mut count = |hash: u64| {
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if (hash >> bit) & 1 == 1 { 1 } else { -1 };
        }
    };
    for word in &words {
        count(hash(word.as_bytes()));
    }
    for pair in words.windows(2) {
        count(hash(pair.join(" ").as_bytes()));
    }
    let bits = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
    bits.fold(0_u64, |all, (bit, _)| all | (1 << bit)).cast_signed()
}

/// How many bits may differ between texts that say nearly the same.
const NEAR: u32 = 8;

/// Do they say nearly the same?
pub(super) fn is_near(one: i64, other: i64) -> bool {
    (one ^ other).count_ones() <= NEAR
}

/// FNV-1a, whose bits are mixed once more: it is stored, so it must stay the same in every version of the program.
fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides_in_a_text() {
        for (sent, clean) in [
            ("  Hi!\r\nBye\r", "Hi!\nBye"),
            ("photo\u{202e}gpj.exe\u{2066}", "photogpj.exe"),
            ("pay\u{200b}pal \u{feff}\u{2060}", "paypal"),
            ("w\u{200d}ha\u{200c}ts", "whats"),
            ("👩\u{200d}💻 and 👍🏽", "👩\u{200d}💻 and 👍🏽"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("a\u{2028}b\u{7}", "a\nb"),
            ("مرحبا", "مرحبا"),
        ] {
            assert_eq!(cleaned(sent), clean, "{sent:?}");
        }
        for nothing in ["", " \n", "\u{200b}\u{200d}\u{feff}", "\u{3164}", "\u{2800}\u{301}", "\u{202e}\u{2069}"] {
            assert!(!says_something(&cleaned(nothing)), "{nothing:?}");
        }
        assert!(says_something("👍") && says_something("?"));
    }

    #[test]
    fn attempts_to_go_elsewhere_are_told() {
        for text in [
            "Write me on WhatsApp",
            "w h a t s a p p me",
            "W.h.a.t.s.A.p.p",
            "whatѕарр",
            "ｗｈａｔｓａｐｐ",
            "t.me/someone",
            "ana@gmail.com",
            "ana (at) gmail dot com",
            "ana arroba gmail punto com",
            "+34 612 34 56 78",
            "612-345-678",
        ] {
            assert!(warnings(text).contains(&Warning::ContactDetails), "{text}");
        }
        for text in ["I pay by PayPal", "págame por Bizum", "p a y p a l", "раураl"] {
            assert!(warnings(text).contains(&Warning::OutsidePayment), "{text}");
        }
        for text in [
            "Let us do it outside the platform",
            "lo hacemos fuera de la plataforma",
            "on le fait hors de la plateforme",
            "machen wir es außerhalb der Plattform",
            "facciamolo fuori dalla piattaforma",
            "fazemos fora da plataforma",
        ] {
            assert_eq!(warnings(text), [Warning::OutsidePlatform], "{text}");
        }
        for text in [
            "Hi! Are you available for a collaboration?",
            "My fee is 1,500 EUR, on 2026-03-01 at 10:00",
            "12.000 seguidores, 3,5 % de interacción",
            "a strong signalling effect; the paypalish one",
            "see @ourcompany and #summer2026",
        ] {
            assert_eq!(warnings(text), [], "{text}");
        }
        assert_eq!(warnings("look at https://example.com/a"), [Warning::Link]);
        assert!(has_link("JavaScript:alert(1)"));
    }

    #[test]
    fn texts_that_say_nearly_the_same_are_near() {
        let text = "Hello Ana! We are a young brand of sustainable fashion from Valencia, and we love what you post about slow \
                    living. Would you like to try our new summer collection and show it to your followers in two reels?";
        let other = text.replace("Ana", "Bruno").replace("Hello", "Hi");
        assert!(is_near(likeness(text), likeness(&other)), "{}", (likeness(text) ^ likeness(&other)).count_ones());
        let accents = text.replace("a young", "á yöung");
        assert!(is_near(likeness(text), likeness(&accents)));
        for different in [
            "Good morning, I saw your recipes. Could you cook with our olive oil for a video in March, and what would it cost?",
            "Are you available for a collaboration?",
        ] {
            assert!(!is_near(likeness(text), likeness(different)), "{different}");
        }
    }
}
