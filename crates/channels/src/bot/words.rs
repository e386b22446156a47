//! Words that decide something before any answer is looked for, in English and Spanish: folded, without case, accents and marks.

use mind::text::fold;

use super::phrases::{GREETINGS, NOT, PERSON, PERSON_PHRASES, START, STOP, THANKS, UPSET};

/// What a message asks for by its words alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Asks {
    /// No more messages: the whole message says so.
    Stop,
    /// Messages again.
    Start,
    /// A person.
    Person,
    /// Nothing; but the member is upset, or in need.
    Upset,
    /// Nothing: they say hello.
    Greeting,
    /// Nothing: they say thanks, or good-bye.
    Thanks,
    /// Something else.
    Other,
}

/// The words of a message, folded and with single spaces, and how many there are.
fn words(text: &str) -> (String, usize) {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (words.join(" "), words.len())
}

/// Does the phrase stand in the words as whole words, and not soon after a word that turns it round?
fn stands(words: &str, phrase: &str) -> bool {
    let padded = format!(" {words} ");
    let wanted = format!(" {phrase} ");
    padded.match_indices(&wanted).any(|(at, _)| {
        // `not useless`, `no es inutil`
        !padded[..at].rsplit(' ').take(2).any(|before| NOT.contains(&before))
    })
}

/// What a message asks for by its words alone. Only the beginning of a long one is looked at.
pub(crate) fn asks(text: &str) -> Asks {
    let head: String = text.chars().take(2_000).collect();
    let bare = head.trim().trim_start_matches('/');
    let (words, count) = words(bare);
    if words.is_empty() {
        return Asks::Other;
    }
    let is = |list: &[&str]| list.contains(&words.as_str());
    if is(STOP) {
        return Asks::Stop;
    }
    if is(START) {
        return Asks::Start;
    }
    if is(GREETINGS) {
        return Asks::Greeting;
    }
    if is(THANKS) {
        return Asks::Thanks;
    }
    let by_word = count <= 3 && PERSON.iter().any(|word| stands(&words, word));
    if by_word || PERSON_PHRASES.iter().any(|phrase| stands(&words, phrase)) {
        return Asks::Person;
    }
    if UPSET.iter().any(|phrase| stands(&words, phrase)) {
        return Asks::Upset;
    }
    Asks::Other
}

/// A score from 1 to 5, if the message is one: `5`, `4/5`, `⭐⭐⭐`.
pub(crate) fn score(text: &str) -> Option<u8> {
    let text = text.trim();
    let stars = text.chars().filter(|c| matches!(c, '⭐' | '★')).count();
    if stars > 0 && text.chars().all(|c| matches!(c, '⭐' | '★' | '\u{fe0f}' | ' ')) {
        return u8::try_from(stars).ok().filter(|stars| *stars <= 5);
    }
    let bare = text.trim_end_matches(['.', '!', ' ']);
    let bare = bare
        .strip_suffix("/5")
        .or_else(|| bare.strip_suffix(" de 5"))
        .or_else(|| bare.strip_suffix(" out of 5"))
        .unwrap_or(bare);
    bare.trim().parse::<u8>().ok().filter(|score| (1..=5).contains(score))
}

/// In which of the two languages is a text likely written? By its small words; nothing where they do not tell.
pub(crate) fn language(text: &str) -> Option<&'static str> {
    const ES: &[&str] = &[
        "el", "la", "los", "las", "de", "que", "y", "en", "un", "una", "es", "por", "con", "para", "como", "cuando",
        "donde", "cuanto", "cuesta", "hola", "gracias", "puedo", "quiero", "tengo", "mi", "me", "se", "lo", "al",
        "del", "cual", "hay", "esta", "baja", "buenas", "alta",
    ];
    const EN: &[&str] = &[
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "it",
        "for",
        "how",
        "what",
        "when",
        "where",
        "do",
        "does",
        "can",
        "i",
        "my",
        "you",
        "are",
        "a",
        "an",
        "with",
        "on",
        "at",
        "much",
        "hello",
        "hi",
        "thanks",
        "stop",
        "start",
        "unsubscribe",
        "there",
        "your",
    ];
    let (words, _) = words(&text.chars().take(1_000).collect::<String>());
    let count = |list: &[&str]| words.split(' ').filter(|word| list.contains(word)).count();
    let (es, en) = (count(ES), count(EN));
    match es.cmp(&en) {
        std::cmp::Ordering::Greater => Some("es"),
        std::cmp::Ordering::Less => Some("en"),
        std::cmp::Ordering::Equal => text.contains(['¿', '¡', 'ñ']).then_some("es"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_is_the_whole_message_and_nothing_less() {
        for stop in [
            "STOP",
            "stop.",
            " Stop! ",
            "BAJA",
            "Baja, ",
            "unsubscribe",
            "Cancelar",
            "/stop",
            "No más mensajes",
            "OPT-OUT",
            "¡PARA!",
        ] {
            assert_eq!(asks(stop), Asks::Stop, "{stop}");
        }
        for other in [
            "stop by the gym?",
            "How do I stop eating sugar?",
            "la baja médica",
            "cancel my session on Friday",
            "when does it end?",
        ] {
            assert_ne!(asks(other), Asks::Stop, "{other}");
        }
        for start in ["START", "alta", "Unstop", "/start"] {
            assert_eq!(asks(start), Asks::Start, "{start}");
        }
    }

    #[test]
    fn a_person_is_called_by_words_that_ask_for_one() {
        for person in [
            "human",
            "Human please",
            "Agente",
            "¿Puedo hablar con una persona?",
            "I want to talk to a human",
            "a real person, please!",
            "quiero hablar con alguien",
            "persona",
        ] {
            assert_eq!(asks(person), Asks::Person, "{person}");
        }
        for other in [
            "How many people are in a group?",
            "Is it a course for one person or for two?",
            "¿cuántas personas hay en el grupo?",
            "what does a human body need in winter",
        ] {
            assert_ne!(asks(other), Asks::Person, "{other}");
        }
    }

    #[test]
    fn anger_and_need_are_heard_and_what_denies_them_is_not() {
        for upset in [
            "This is a scam!!",
            "Esto es una estafa",
            "I am fed up with this",
            "estoy harta de esperar",
            "I want to die",
            "quiero morir",
        ] {
            assert_eq!(asks(upset), Asks::Upset, "{upset}");
        }
        for other in ["it is not useless", "no es inutil", "How do I avoid a bad sleep?", "the sugar is bad for me"] {
            assert_eq!(asks(other), Asks::Other, "{other}");
        }
        assert_eq!(asks("Hola!"), Asks::Greeting);
        assert_eq!(asks("ok, gracias"), Asks::Thanks);
        assert_eq!(asks("👍"), Asks::Other);
    }

    #[test]
    fn scores_are_numbers_and_stars() {
        for (text, is) in [
            ("5", Some(5)),
            (" 4/5 ", Some(4)),
            ("⭐⭐⭐", Some(3)),
            ("1!", Some(1)),
            ("0", None),
            ("6", None),
            ("5 kilos", None),
            ("", None),
            ("⭐⭐⭐⭐⭐⭐", None),
        ] {
            assert_eq!(score(text), is, "{text}");
        }
    }

    #[test]
    fn languages_are_told_by_small_words() {
        assert_eq!(language("¿Cuánto cuesta el programa?"), Some("es"));
        assert_eq!(language("How much does the program cost?"), Some("en"));
        assert_eq!(language("STOP"), Some("en"));
        assert_eq!(language("BAJA"), Some("es"));
        assert_eq!(language("12345"), None);
    }
}
