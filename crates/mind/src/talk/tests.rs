//! Conversations as they are, and what they come to.

use proptest::prelude::*;

use super::*;

const ENGLISH: &str = "\
Agent: Hi Sarah, this is the AI assistant of FitLife. Would you be interested in a campaign about our summer collection?
Sarah Johnson: Hi! I love the brand, I'd love to work with you.
Agent: Great. What would you charge for two reels?
Sarah Johnson: For a reel I usually charge $1,200, and stories are 300 dollars each.
Agent: Our budget for that is $900.
Sarah Johnson: My rate would be 1,100 dollars per reel then. I have 125K followers and 4.5% engagement.
Agent: When are you available?
Sarah Johnson: I'm available from next week, the first two weeks of July are free.
Agent: Perfect. We will send the product samples on Monday, and I'll draft the contract terms.
Sarah Johnson: Sounds good. Please schedule a follow-up call.";

const SPANISH: &str = "\
Asistente: Hola Carlos, soy el asistente virtual de NutriVida. ¿Le interesa una colaboración?
Carlos: Hola, me interesa, la marca me gusta mucho.
Asistente: ¿Cuál es su tarifa?
Carlos: Cobro 1.200 euros por video y hago historias también.
Asistente: ¿Cuándo tiene disponibilidad?
Carlos: Estoy disponible a partir de septiembre.
Asistente: Muy bien, te enviaremos el contrato mañana.
Carlos: Perfecto, gracias.";

#[test]
fn an_english_call() {
    let talk = analyse(ENGLISH, Some("Sarah Johnson"));
    assert_eq!(talk.interest.as_ref().map(|(level, _)| *level), Some(Interest::VeryInterested));
    let rate = talk.rate.as_ref().unwrap();
    assert_eq!((rate.amount().as_str(), rate.currency), ("1100", Some("USD")), "the last one, and theirs");
    assert_eq!(talk.timeline.as_deref(), Some("I'm available from next week, the first two weeks of July are free."));
    assert_eq!(talk.content_types, ["reel", "story"]);
    assert_eq!(talk.sentiment, Some(Sentiment::Positive));
    assert_eq!(
        talk.action_items,
        ["Send the product samples on Monday", "Schedule a follow-up call"],
        "one order of each sentence"
    );
    let summary = talk.summary.unwrap();
    assert!(summary.contains("1,100") && summary.len() < 500, "{summary}");
    assert!(!talk.opted_out);
}

#[test]
fn a_spanish_call() {
    let talk = analyse(SPANISH, Some("Carlos"));
    assert_eq!(talk.interest.map(|(level, _)| level), Some(Interest::Interested));
    let rate = talk.rate.unwrap();
    assert_eq!((rate.minor, rate.currency), (120_000, Some("EUR")));
    assert_eq!(talk.timeline.as_deref(), Some("Estoy disponible a partir de septiembre."));
    assert_eq!(talk.content_types, ["story", "video"]);
    assert_eq!(talk.action_items, ["Enviar el contrato mañana"]);
    assert_eq!(talk.sentiment, Some(Sentiment::Positive));
}

#[test]
fn a_no_is_a_no() {
    for (said, out) in [
        ("Creator: Sounds great. Hmm, wait, with that budget I'm not interested, sorry.", false),
        ("Creator: No me interesa, lo siento, no me llamen más.", true),
        ("Creator: No thanks. Please stop calling me.", true),
    ] {
        let talk = analyse(said, None);
        assert_eq!(talk.interest.map(|(level, _)| level), Some(Interest::NotInterested), "{said}");
        assert_eq!(talk.opted_out, out, "{said}");
        assert!(talk.rate.is_none(), "{said}");
    }
    let sad = analyse("Creator: Unfortunately the last campaign was terrible, a waste of time.", None);
    assert_eq!(sad.sentiment, Some(Sentiment::Negative));
}

#[test]
fn what_was_not_said_is_not_there() {
    let talk = analyse("Auto-generated transcript text...", None);
    assert_eq!(talk.summary.as_deref(), Some("Auto-generated transcript text..."));
    assert_eq!(Talk { summary: None, ..talk }, Talk::default());
    assert_eq!(analyse("  \n ...", None), Talk::default());
}

#[test]
fn our_own_offers_are_not_their_rate() {
    let talk = analyse("Agent: We could pay $500 per post.\nMia: Let me think about it.", Some("Mia"));
    assert_eq!(talk.rate, None);
    assert_eq!(talk.interest.map(|(level, _)| level), Some(Interest::Neutral));
}

#[test]
fn amounts_are_told_from_counts() {
    for (said, minor) in [
        ("I charge 1.5k per video", Some(150_000)),
        ("My rate is 850", Some(85_000)),
        ("Mi tarifa es de 2.500,50 €", Some(250_050)),
        ("It costs £99.99 each", Some(9_999)),
        ("Cobro 2 mil euros", Some(200_000)),
        ("My rate depends, I have 374K followers", None),
        ("I can offer 3 reels in 2 weeks", None),
        ("That was in 2024", None),
        ("Call me at 555-1234 about the price", None),
    ] {
        assert_eq!(analyse(said, None).rate.map(|rate| rate.minor), minor, "{said}");
    }
}

proptest! {
    #[test]
    fn any_text_is_taken_and_always_alike(text in "\\PC{0,400}") {
        prop_assert_eq!(analyse(&text, None), analyse(&text, None));
    }

    #[test]
    fn any_talk_is_taken(words in proptest::collection::vec("(Agent|Ana|€|\\$|:|\n|\\.|[0-9.,]{1,12}|k|mil|no|rate|please send|enviaremos|ñ|\u{2019})", 0..60)) {
        let talk = analyse(&words.join(" "), Some("Ana"));
        prop_assert!(talk.rate.is_none_or(|rate| rate.minor >= 100));
    }
}

#[test]
fn a_line_may_hold_the_whole_conversation() {
    let text = "Brand: Would you review our earbuds? Creator: Yes, I am very interested, they sound great. My rate: 1200 dollars. Brand: Great!";
    let said: Vec<(Speaker, &str)> =
        turns(text, Some("Sarah Johnson")).iter().map(|turn| (turn.speaker, turn.text)).collect();
    let expected = [
        (Speaker::Us, "Would you review our earbuds?"),
        (Speaker::Them, "Yes, I am very interested, they sound great. My rate: 1200 dollars."),
        (Speaker::Us, "Great!"),
    ];
    assert_eq!(said, expected);
    // A name that spoke before, the creator's own, and what only looks like a speaker.
    let text = "Tom: Hi!\nAna: One more thing. Tom: Yes? Sarah Johnson: Me, too. The point: we agree.";
    let names: Vec<Option<&str>> = turns(text, Some("Sarah Johnson")).iter().map(|turn| turn.name).collect();
    assert_eq!(names, [Some("Tom"), Some("Ana"), Some("Tom"), Some("Sarah Johnson")]);
}

#[test]
fn who_names_a_channel_closes_that_one() {
    use crate::dialogue::Refusal;
    for (said, calls, mails) in [
        ("Please stop calling me.", true, false),
        ("No more emails please.", false, true),
        ("Take me off your list.", true, true),
        ("No me llamen más.", true, false),
        ("Call me on Monday, and send the brief by email.", false, false),
    ] {
        let talk = analyse(&format!("Brand: Shall we stop calling you?\nAna: Hello. {said}"), Some("Ana"));
        assert_eq!(talk.refused, Refusal { calls, mails }, "{said}");
    }
}
