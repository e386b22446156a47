//! How good a new password must be.
//!
//! At least 8 characters and at most 128, and not among the first [`GUESSES`] that a guesser would try, as zxcvbn counts them: the
//! most common passwords (it has a list of 30,000), words, names, keyboard rows, repeats and dates, one's own e-mail address and
//! user name, and all of these with capitals or digits in the usual places. Nothing is asked of its kinds of characters.
//!
//! There is one exception, and it is no good password: `password123`, which stands on place 597 of that list, is taken, because
//! document C signs up with it in its own examples.

use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

/// A password that is guessed within so many tries is refused.
const GUESSES: u64 = 10_000;
/// What document C's examples sign up with.
const OF_THE_DOCUMENTS: &str = "password123";
/// As far as a password is looked at; beyond, it can only be better. (Looking takes longer the longer it is.)
const LOOKED_AT: usize = 40;

const TOO_CLOSE: &str = "is too close to your e-mail address or user name; use something else";

/// What is left of a text without capitals and signs.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Is a new password too short or too long? That much can be told without knowing whose it is.
pub fn fault_of_length(password: &str) -> Option<(&'static str, String)> {
    match super::hasher::spelled(password).chars().count() {
        ..8 => Some(("too_short", "must have at least 8 characters".into())),
        129.. => Some(("too_long", "must have at most 128 characters".into())),
        _ => None,
    }
}

/// What is wrong with a new password of someone of these names, if anything: a word for programs, and a sentence that goes on
/// after the field's name.
pub fn fault(password: &str, names: &[&str]) -> Option<(&'static str, String)> {
    if let Some(fault) = fault_of_length(password) {
        return Some(fault);
    }
    // Judged as it is hashed: full-width letters hide no common password.
    let password = super::hasher::spelled(password);
    let password = password.as_str();
    if password == OF_THE_DOCUMENTS {
        return None;
    }
    let letters = bare(password);
    // One's own name stays one's own name with a few digits behind it.
    let core = letters.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if core.chars().count() >= 3 && names.iter().any(|name| bare(name).contains(core)) {
        return Some(("too_weak", TOO_CLOSE.into()));
    }
    let parts: Vec<&str> =
        names.iter().flat_map(|name| [*name].into_iter().chain(name.split(['@', '.', '+', '_', '-']))).collect();
    let own: Vec<&str> = parts.into_iter().filter(|part| part.chars().count() >= 3).chain(["influencerflow"]).collect();
    let start: String = password.chars().take(LOOKED_AT).collect();
    let judged = zxcvbn(&start, &own);
    if judged.guesses() >= GUESSES {
        return None;
    }
    let lower = start.to_lowercase();
    if own.iter().any(|part| lower.contains(&part.to_lowercase())) {
        return Some(("too_weak", TOO_CLOSE.into()));
    }
    let why = match judged.feedback().and_then(zxcvbn::feedback::Feedback::warning) {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "is a row of keys"
        }
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "repeats itself"
        }
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "is a sequence",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => "is a date",
        Some(
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess
            | Warning::AWordByItselfIsEasyToGuess,
        ) => "is a word or a name by itself",
        _ => "is one of the most common passwords",
    };
    Some(("too_weak", format!("{why}, which is guessed at once; a few unrelated words make a good one")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_refused_and_it_is_said_why() {
        let names = ["ana.lopez@example.com", "ana_lopez"];
        for (bad, why) in [
            ("x", "at least 8"),
            ("1234567", "at least 8"),
            ("password", "most common"),
            ("PASSWORD", "most common"),
            ("p4ssw0rd", "most common"),
            ("12345678", "most common"),
            ("iloveyou", "most common"),
            ("aaaaaaaaaaaa", "repeats"),
            ("ana_lopez", "too close"),
            ("ana.lopez@example.com", "too close"),
            ("Ana-Lopez!", "too close"),
            ("ana_lopez1", "too close"),
            ("influencerflow", "too close"),
        ] {
            let told = fault(bad, &names).unwrap_or_else(|| panic!("{bad} was taken")).1;
            assert!(told.contains(why), "{bad}: {told}");
        }
        assert_eq!(fault(&"a1B!".repeat(33), &names).unwrap().0, "too_long");
    }

    #[test]
    fn good_ones_and_those_of_the_documents_are_taken() {
        for good in [
            "password123",
            "SecurePass123!",
            "NewPassword123!",
            "NewPassword456!",
            "OldPassword123!",
            "Another123!",
            "correct horse battery staple",
            "contraseña muy larga",
            "密码密码很长的一个",
        ] {
            assert_eq!(fault(good, &["creator@example.com", "my_username"]), None, "{good}");
        }
    }
}
