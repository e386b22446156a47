//! Marks of questions and answers: `Q: …`, `A2: …`, `**Pregunta 3.** …`, `R2) …`.

const QUESTIONS: [&str; 4] = ["question", "pregunta", "q", "p"];
const ANSWERS: [&str; 4] = ["respuesta", "answer", "a", "r"];
/// A number behind a mark has no more digits.
const DIGITS: usize = 3;

/// Where the words of a question begin behind its mark, in bytes; nothing where a text does not begin with such a mark.
pub fn question_mark(text: &str) -> Option<usize> {
    after(text, &QUESTIONS)
}

/// Where the words of an answer begin behind its mark, in bytes; nothing where a text does not begin with such a mark.
pub fn answer_mark(text: &str) -> Option<usize> {
    after(text, &ANSWERS)
}

fn after(text: &str, marks: &[&str]) -> Option<usize> {
    let decoration: &[char] = &['*', '_', '#', '-', ' ', '\t'];
    let start = text.trim_start_matches(decoration);
    let mark = marks.iter().find(|mark| {
        let follows = start.as_bytes().get(mark.len());
        start.get(..mark.len()).is_some_and(|word| word.eq_ignore_ascii_case(mark))
            && !follows.is_some_and(u8::is_ascii_alphabetic)
    })?;
    let (word, rest) = start.split_at(mark.len());
    // "Question 3", "Q3".
    let spaced = if mark.len() > 1 { rest.trim_start_matches(' ') } else { rest };
    let bare = spaced.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = spaced.len() - bare.len();
    if digits > DIGITS {
        return None;
    }
    let bare = if digits > 0 { bare } else { rest }.trim_start_matches(['*', '_']);
    let sign = bare.chars().next().filter(|sign| matches!(sign, ':' | '.' | ')'))?;
    // "a) small", "b. large" are lines of a list, and "P. Soler" is a name.
    let is_letter = digits == 0 && mark.len() == 1;
    if is_letter && (sign == ')' || (sign == '.' && (*mark == "p" || word != word.to_ascii_uppercase()))) {
        return None;
    }
    // "A.M." and "p.ej." are no marks: behind a point or a bracket there is space.
    let words = &bare[1..];
    let parted = sign == ':' || words.is_empty() || words.starts_with([' ', '\t', '\n', '*', '_']);
    let words = words.trim_start_matches(['*', '_', ' ', '\t']);
    parted.then(|| text.len() - words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_words() {
        for (text, words) in [
            ("Q: How much?", "How much?"),
            ("q1: How much?", "How much?"),
            ("Q12. How much?", "How much?"),
            ("P3) ¿Cuánto?", "¿Cuánto?"),
            ("**Q:** How much?", "How much?"),
            ("**Q3**: How much?", "How much?"),
            ("Question 4: How much?", "How much?"),
            ("Pregunta: ¿Cuánto?", "¿Cuánto?"),
            ("### Question: How much?", "How much?"),
            ("Q:", ""),
        ] {
            assert_eq!(question_mark(text).map(|at| &text[at..]), Some(words), "{text}");
            assert_eq!(answer_mark(text), None, "{text}");
        }
        for (text, words) in [
            ("A: For students.", "For students."),
            ("A1: For students.", "For students."),
            ("R: Sí.\nCada año.", "Sí.\nCada año."),
            ("**A:** For students.", "For students."),
            ("Respuesta 2: mañana.", "mañana."),
            ("A. For students.", "For students."),
            ("R2) For students.", "For students."),
            ("Answer: yes", "yes"),
        ] {
            assert_eq!(answer_mark(text).map(|at| &text[at..]), Some(words), "{text}");
            assert_eq!(question_mark(text), None, "{text}");
        }
        for text in [
            "a.m. only.",
            "A course.",
            "Año: 2026.",
            "A4 paper",
            "A 5: six",
            "Questions: many",
            "p.ej. esto",
            "Q",
            "",
            "A1234: no",
            "a) small",
            "a. small",
            "P. Soler",
            "Reading: two",
        ] {
            assert_eq!((question_mark(text), answer_mark(text)), (None, None), "{text}");
        }
    }
}
