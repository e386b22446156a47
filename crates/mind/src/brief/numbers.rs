//! Numbers of briefs, in figures and in words, to some thousands.

/// What a word of a number is worth.
pub(super) fn word(word: &str) -> Option<u64> {
    Some(match word {
        "zero" | "cero" => 0,
        "one" | "uno" | "single" => 1,
        "two" | "dos" | "couple" | "par" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "six" | "seis" => 6,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "nueve" => 9,
        "ten" | "diez" => 10,
        "eleven" | "once" => 11,
        "twelve" | "doce" | "dozen" | "docena" => 12,
        "thirteen" | "trece" => 13,
        "fourteen" | "catorce" => 14,
        "fifteen" | "quince" => 15,
        "sixteen" | "dieciseis" => 16,
        "seventeen" | "diecisiete" => 17,
        "eighteen" | "dieciocho" => 18,
        "nineteen" | "diecinueve" => 19,
        "twenty" | "veinte" => 20,
        "veinticinco" => 25,
        "thirty" | "treinta" => 30,
        "forty" | "cuarenta" => 40,
        "fifty" | "cincuenta" => 50,
        "sixty" | "sesenta" => 60,
        "seventy" | "setenta" => 70,
        "eighty" | "ochenta" => 80,
        "ninety" | "noventa" => 90,
        "hundred" | "cien" | "ciento" => 100,
        "doscientos" | "doscientas" => 200,
        "trescientos" | "trescientas" => 300,
        "cuatrocientos" | "cuatrocientas" => 400,
        "quinientos" | "quinientas" => 500,
        "seiscientos" | "seiscientas" => 600,
        "setecientos" | "setecientas" => 700,
        "ochocientos" | "ochocientas" => 800,
        "novecientos" | "novecientas" => 900,
        "thousand" | "mil" => 1_000,
        _ => return None,
    })
}

/// The number that begins at a word of many, and how many words it takes: "one hundred and fifty", "ciento veinte", "1 200", "2k".
pub(super) fn read(words: &[&str]) -> Option<(u64, usize)> {
    let first = words.first()?;
    if let Some(number) = figures(first) {
        let scaled = words.get(1).is_some_and(|next| matches!(*next, "thousand" | "mil" | "k"));
        return Some(if scaled { (number.checked_mul(1_000)?, 2) } else { (number, 1) });
    }
    let mut value = word(first)?;
    let mut used = 1;
    while let Some(next) = words.get(used) {
        let joined = matches!(*next, "and" | "y")
            && words.get(used + 1).is_some_and(|word_| word(word_).is_some_and(|w| w < 100));
        let joined = joined && (value >= 100 || (*next == "y" && value >= 30 && value % 10 == 0));
        let at = used + usize::from(joined);
        let Some(part) = words.get(at).and_then(|next| word(next)) else { break };
        value = match part {
            100 if value < 10 && value > 0 => value * 100,
            1_000 if value < 1_000 && value > 0 => value * 1_000,
            part if part < 100 && value >= 100 => value + part,
            part if part < 10 && value >= 20 && value % 10 == 0 => value + part,
            part if part < 1_000 && value >= 1_000 => value + part,
            _ => break,
        };
        used = at + 1;
    }
    Some((value, used))
}

fn figures(word: &str) -> Option<u64> {
    let (digits, scale) = match word.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => (word, 1),
    };
    let number = digits.bytes().all(|b| b.is_ascii_digit()) && (1..=7).contains(&digits.len());
    number.then(|| digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_words() {
        for (text, value, used) in [
            ("50 chars", 50, 1),
            ("fifty characters", 50, 1),
            ("one hundred and fifty words", 150, 4),
            ("two hundred", 200, 2),
            ("ciento veinte caracteres", 120, 2),
            ("treinta y cinco palabras", 35, 3),
            ("mil doscientos", 1_200, 2),
            ("two and four", 2, 1),
            ("dos y cuatro", 2, 1),
            ("2k", 2_000, 1),
        ] {
            assert_eq!(read(&text.split(' ').collect::<Vec<_>>()), Some((value, used)), "{text}");
        }
        assert_eq!(read(&["many"]), None);
    }
}
