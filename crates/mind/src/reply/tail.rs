//! What people have stand below every mail: signatures.

use super::heads::is_rule;
use super::{Mark, Part, Raw, notices};

/// Beyond so many lines, what follows two dashes is no signature.
const LONGEST: usize = 20;
/// Nor what follows a parting word.
const LONGEST_NAME: usize = 10;

/// Marks signatures, and notices, among the lines that are not quoted.
pub(super) fn mark(lines: &[Raw], parts: &mut [Part]) {
    for (line, part) in lines.iter().zip(parts.iter_mut()) {
        if line.mark == Mark::Signature && *part == Part::Own {
            *part = Part::Signature;
        }
    }
    let mut at = 0;
    while at < lines.len() {
        if parts[at] != Part::Own {
            at += 1;
            continue;
        }
        let end = at + parts[at..].iter().take_while(|part| **part != Part::Quoted).count();
        fragment(&lines[at..end], &mut parts[at..end], at == 0);
        at = end.max(at + 1);
    }
}

fn fragment(lines: &[Raw], parts: &mut [Part], is_first: bool) {
    notices::mark(lines, parts, is_first);
    let mut left = vec![0_usize; lines.len() + 1];
    let mut long = vec![false; lines.len() + 1];
    for at in (0..lines.len()).rev() {
        let counts = !lines[at].is_blank() && parts[at] == Part::Own;
        left[at] = left[at + 1] + usize::from(counts);
        long[at] = long[at + 1] || (counts && lines[at].folded.len() > 90);
    }
    let mut own = 0;
    for (at, line) in lines.iter().enumerate() {
        if parts[at] != Part::Own || line.is_blank() {
            continue;
        }
        let text = line.folded.as_str();
        let after = left[at + 1];
        let begins_signature = match text {
            "--" => after <= LONGEST && own > 0 || after <= 6,
            _ if is_rule(text)
                || matches!(text, "---" | "----" | "__" | "___" | "____" | "==" | "===" | "====" | "++" | "+++") =>
            {
                after <= LONGEST_NAME && !long[at + 1]
            }
            _ => {
                (after <= LONGEST_NAME && !long[at + 1] && own > 0 && (is_parting(text) || is_dashed_name(&line.text)))
                    || (is_parting_and_name(text) && after <= LONGEST_NAME && own > 0)
            }
        };
        if begins_signature {
            for part in parts[at..].iter_mut().filter(|part| **part == Part::Own) {
                *part = Part::Signature;
            }
            return;
        }
        if is_device(text) {
            // Programs put it between the answer and what they quote, with or without a mark.
            let rest = if own > 0 { &mut parts[at..] } else { &mut parts[at..=at] };
            rest.iter_mut().filter(|part| **part == Part::Own).for_each(|part| *part = Part::Signature);
            continue;
        }
        own += 1;
    }
}

/// `Best regards,` alone.
fn is_parting(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "regards",
        "best regards",
        "kind regards",
        "kindest regards",
        "warm regards",
        "warmest regards",
        "many regards",
        "with regards",
        "with kind regards",
        "best",
        "all the best",
        "best wishes",
        "warmly",
        "cheers",
        "sincerely",
        "yours sincerely",
        "yours truly",
        "yours faithfully",
        "respectfully",
        "thanks and regards",
        "thank you and regards",
        "thanks & regards",
        "xoxo",
        "saludos",
        "saludos cordiales",
        "un saludo",
        "un cordial saludo",
        "cordiales saludos",
        "atentamente",
        "cordialmente",
        "un abrazo",
        "abrazos",
        "besos",
        "att",
        "atenciosamente",
        "abracos",
        "um abraco",
        "cumprimentos",
        "com os melhores cumprimentos",
        "melhores cumprimentos",
        "beijos",
        "cordialement",
        "bien cordialement",
        "tres cordialement",
        "bien a vous",
        "bonne journee",
        "bonne soiree",
        "sinceres salutations",
        "salutations",
        "amicalement",
        "bises",
        "mit freundlichen grussen",
        "freundliche grusse",
        "viele grusse",
        "liebe grusse",
        "beste grusse",
        "herzliche grusse",
        "mfg",
        "lg",
        "vg",
        "gruss",
        "schone grusse",
        "cordiali saluti",
        "distinti saluti",
        "un caro saluto",
        "saluti",
        "a presto",
        "un abbraccio",
        "met vriendelijke groet",
        "met vriendelijke groeten",
        "groeten",
        "groetjes",
        "med vanlig halsning",
        "vanliga halsningar",
        "mvh",
        "med venlig hilsen",
        "venlig hilsen",
        "med vennlig hilsen",
        "vennlig hilsen",
        "terveisin",
        "pozdrawiam",
        "z powazaniem",
    ];
    let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
    bare.len() <= 40 && WORDS.contains(&bare)
}

/// `Best regards, Mia` on one line.
fn is_parting_and_name(text: &str) -> bool {
    let Some((parting, name)) = text.split_once(',') else { return false };
    let words = name.split_whitespace().count();
    is_parting(parting)
        && (1..=3).contains(&words)
        && name.chars().all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '.' | '-' | '\''))
}

/// `-Abhishek Kona`
fn is_dashed_name(text: &str) -> bool {
    let Some(name) = text.strip_prefix(['-', '\u{2013}', '\u{2014}', '~']) else { return false };
    let name = name.strip_prefix(['-', '\u{2013}', '\u{2014}']).unwrap_or(name);
    (1..=4).contains(&name.split(' ').count())
        && name.split(' ').all(|word| {
            word.starts_with(char::is_uppercase)
                && word.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '.' | '-' | '\''))
        })
}

/// `Sent from my iPhone`: a line of its own, that names a device or a program and says no more.
fn is_device(text: &str) -> bool {
    const LEADS: &[&str] = &[
        "sent from",
        "sent via",
        "sent with",
        "sent using",
        "get outlook for",
        "download outlook for",
        "yahoo mail:",
        "typed on",
        "written on my",
        "enviado desde",
        "enviado con",
        "enviado via",
        "enviado por",
        "enviado a partir",
        "enviado do",
        "enviado da",
        "enviado pelo",
        "enviada do",
        "obtener outlook para",
        "obter outlook para",
        "obter o outlook",
        "consigue outlook",
        "descargar outlook",
        "envoye depuis",
        "envoye de mon",
        "envoye a partir",
        "envoye avec",
        "envoye par",
        "telecharger outlook",
        "obtenez outlook",
        "gesendet von",
        "gesendet mit",
        "gesendet uber",
        "gesendet aus",
        "von meinem",
        "von unterwegs",
        "diese nachricht wurde von meinem",
        "outlook fur",
        "holen sie sich outlook",
        "inviato da",
        "inviato dal",
        "inviato con",
        "inviata da",
        "scarica outlook",
        "ottieni outlook",
        "verzonden vanaf",
        "verstuurd vanaf",
        "verzonden met",
        "verzonden via",
        "outlook voor",
        "sendt fra",
        "skickat fran",
        "hamta outlook",
        "lahetetty",
        "wyslano z",
        "wyslane z",
        "odeslano z",
        "trimis de pe",
        "elkuldve",
        "gonderildi",
        "iphone'umdan",
        "\u{43e}\u{442}\u{43f}\u{440}\u{430}\u{432}\u{43b}\u{435}\u{43d}\u{43e} \u{441}",
        "\u{6765}\u{81ea}\u{6211}\u{7684}",
        "\u{53d1}\u{81ea}\u{6211}\u{7684}",
        "\u{79c1}\u{306e}",
        "iphone\u{304b}\u{3089}",
        "\u{b098}\u{c758}",
    ];
    let text = text.trim_start_matches(['-', '*', '_', ' ', '(', '[', '<']);
    // A link may stand behind the name of a program.
    let bare = text.split(['<', '(', '[']).next().unwrap_or_default().trim();
    let words = bare.split(' ').count();
    let says_more = bare.contains([',', '?', ';']) || bare.trim_end_matches('.').contains(". ");
    words <= 11
        && !says_more
        && LEADS.iter().any(|lead| {
            bare.strip_prefix(lead).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(' ') || lead.ends_with("outlook") || !lead.is_ascii()
            })
        })
        && !bare.contains(" in a ")
        && !bare.contains(" and ")
}
