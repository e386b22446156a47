//! The shortest answers of people.

use crate::text::fold;

/// What people answer in a word: `Some(true)` for a yes, `Some(false)` for a no, by how their own words begin.
pub fn answer(own: &str) -> Option<bool> {
    const YES: &[&str] = &[
        "yes",
        "yeah",
        "yep",
        "sure",
        "absolutely",
        "of course",
        "gladly",
        "definitely",
        "deal",
        "agreed",
        "i accept",
        "si",
        "claro",
        "por supuesto",
        "con gusto",
        "trato hecho",
        "acepto",
        "sim",
        "com certeza",
        "aceito",
        "oui",
        "bien sur",
        "avec plaisir",
        "d'accord",
        "j'accepte",
        "ja",
        "gerne",
        "sehr gerne",
        "naturlich",
        "certo",
        "volentieri",
        "certamente",
        "va bene",
        "accetto",
    ];
    const NO: &[&str] = &[
        "no",
        "nope",
        "no thanks",
        "no thank you",
        "nein",
        "non",
        "nao",
        "nein danke",
        "non merci",
        "no grazie",
        "no gracias",
        "nao obrigado",
        "nao obrigada",
        "not interested",
    ];
    let first = own.lines().map(str::trim).find(|line| !line.is_empty() && !is_greeting(line))?;
    let folded = fold(first);
    // The word alone, or before a mark or a price: "No problem" and "Si te parece" are neither.
    let begins = |words: &[&str]| {
        words.iter().any(|word| {
            folded.strip_prefix(word).is_some_and(|rest| {
                let rest = rest.trim_start();
                let marks = ['.', '!', ',', ';', ':', '-', '(', '$', '\u{20ac}', '\u{a3}'];
                rest.is_empty()
                    || rest.starts_with(marks)
                    || (folded[word.len()..].starts_with(' ')
                        && rest.starts_with(|letter: char| letter.is_ascii_digit()))
            })
        })
    };
    if begins(NO) {
        return Some(false);
    }
    begins(YES).then_some(true)
}

/// `Hi Anna,`
fn is_greeting(line: &str) -> bool {
    const HELLO: &[&str] = &[
        "hi",
        "hello",
        "hey",
        "dear",
        "good morning",
        "good afternoon",
        "good evening",
        "hola",
        "buenos dias",
        "buenas",
        "buenas tardes",
        "querido",
        "querida",
        "estimado",
        "estimada",
        "ola",
        "oi",
        "bom dia",
        "boa tarde",
        "bonjour",
        "bonsoir",
        "salut",
        "cher",
        "chere",
        "hallo",
        "guten tag",
        "guten morgen",
        "liebe",
        "lieber",
        "sehr geehrte",
        "moin",
        "servus",
        "ciao",
        "buongiorno",
        "buonasera",
        "salve",
        "gentile",
    ];
    let folded = fold(line);
    line.chars().count() <= 40
        && !folded.ends_with(['.', '?'])
        && HELLO.iter().any(|word| {
            folded.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',', '!']))
        })
}
