//! Samples of each kind, from replies and calls that were once misread.

use proptest::prelude::*;

use super::*;

fn mail(text: &str) -> Meaning {
    of_text(text, Way::Mail, None)
}

fn call(text: &str) -> Meaning {
    of_talk(text, Some("Ana"), None)
}

fn level(meaning: &Meaning) -> Option<Interest> {
    meaning.interest.as_ref().map(|claim| claim.value)
}

#[test]
fn late_words_win_over_early_ones() {
    for (text, expected) in [
        ("Yes please!! Where do I sign?", Interest::VeryInterested),
        ("por m\u{ed} encantada", Interest::VeryInterested),
        ("works for me", Interest::Interested),
        ("\u{bf}d\u{f3}nde firmo?", Interest::Interested),
        ("I'm not interested in beauty deals. Okay, that changes things. Then I'd do it", Interest::Interested),
        ("Sounds great. Hmm, wait, with that budget I'm not interested, sorry.", Interest::NotInterested),
        ("Nein danke, kein Interesse", Interest::NotInterested),
    ] {
        let found = level(&mail(text));
        let same = found == Some(expected) || (expected >= Interest::Interested && found >= Some(Interest::Interested));
        assert!(same, "{text}: {found:?}");
    }
}

#[test]
fn a_refusal_names_its_channel() {
    let phone = Refused { phone: true, ..Refused::default() };
    let all = Refused { all: true, ..Refused::default() };
    let by_mail = Refused { mail: true, ..Refused::default() };
    for (text, expected) in [
        ("don't call me though, email is best", Some(phone)),
        ("please don't unsubscribe me", None),
        ("Dadme de baja", Some(by_mail)),
        ("BAJA", Some(by_mail)),
        ("Ne m'\u{e9}crivez plus", Some(by_mail)),
        ("no me volv\u{e1}is a llamar", Some(phone)),
        ("Don't email me the contract, use the portal.", None),
        ("No dudes en llamarme", None),
    ] {
        let refused = mail(text).refused.map(|claim| claim.value);
        assert_eq!(refused, expected, "{text}");
    }
    assert!(mail("delete my number and all my data").refused.is_some_and(|claim| claim.value.all));
    assert_eq!(mail("Don't contact me again").refused.map(|claim| claim.value), Some(all));
}

#[test]
fn the_price_at_the_end_is_theirs() {
    let price = |meaning: &Meaning| {
        meaning.rate.as_ref().map(|claim| (claim.value.minor / 100, claim.value.currency, claim.value.unit))
    };
    for (text, expected) in [
        ("Tengo 128.000 ya, y unas 40.000 visitas por v\u{ed}deo", None),
        ("Ser\u{ed}an 1,5k por el pack", Some((1_500, None, Some(Unit::Pack)))),
        ("My rate is R$ 900 per reel", Some((900, Some("BRL"), Some(Unit::Reel)))),
        ("500 is too low, I'd need 800 euros", Some((800, Some("EUR"), None))),
    ] {
        assert_eq!(price(&mail(text)), expected, "{text}");
    }
    assert_eq!(price(&call("Brand: We pay $900\nAna: let me think about it")), None);
    let haggled = call(
        "Brand: what do you charge\nAna: twelve hundred dollars for a reel\nBrand: could you do nine hundred\nAna: okay deal\nBrand: great",
    );
    assert_eq!(price(&haggled), Some((900, Some("USD"), None)));
}

#[test]
fn every_claim_has_its_words() {
    let meaning = mail(
        "Hi Anna,\n\nI'd love to! My rate is $900 per reel. I'm free in May.\nPlease call my manager Laura G\u{f3}mez.",
    );
    assert_eq!(meaning.quote(meaning.rate.as_ref().unwrap()), "My rate is $900 per reel.");
    assert_eq!(meaning.quote(meaning.time.as_ref().unwrap()), "I'm free in May.");
    assert_eq!(meaning.referred.as_ref().unwrap().value, "Laura G\u{f3}mez");
    assert!(level(&meaning) >= Some(Interest::Interested));
    assert!(!meaning.quote(meaning.interest.as_ref().unwrap()).is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read_and_always_alike(text in "\\PC{0,300}") {
        prop_assert_eq!(mail(&text), mail(&text));
        prop_assert_eq!(call(&text), call(&text));
    }

    #[test]
    fn any_talk_is_read(words in proptest::collection::vec("(Agent|Ana|€|\\$|:|\n|\\.|,|-|[0-9.,]{1,12}|k|mil|no|nine|hundred|per reel|please send|enviaremos|ñ|\u{2019})", 0..60)) {
        let meaning = call(&words.join(" "));
        for price in &meaning.prices {
            prop_assert!(price.value.minor >= 100 && price.value.most.is_none_or(|most| most > price.value.minor));
            prop_assert!(!meaning.quote(price).is_empty());
        }
    }
}
