//! Talks, as they go on the phone.

use proptest::prelude::*;

use super::*;

fn brief() -> Brief {
    Brief {
        brand: Some("TechFit".into()),
        product: Some("FitBand Pro".into()),
        description: Some("A wristband that measures sleep. It costs little.".into()),
        goal: None,
        creator: Some("Mia".into()),
        budget_minor: Some(2_500_000),
        can_hand_over: false,
        inbound: false,
        recorded: false,
    }
}

fn talk(lang: Lang, said: &[&str]) -> (Talk, Vec<Reply>) {
    let (mut talk, first) = Talk::open(&brief(), lang);
    let mut replies = vec![first];
    replies.extend(said.iter().map(|said| talk.hear(&brief(), said)));
    (talk, replies)
}

#[test]
fn a_talk_in_english_to_its_end() {
    let said = [
        "Yes, I'd love to hear more",
        "I usually charge fifteen hundred dollars per video",
        "I have time next week, after Tuesday",
        "Mostly reels and YouTube videos",
    ];
    let (talk, replies) = talk(Lang::En, &said);
    assert!(replies[0].say.contains("AI assistant, not a person, calling for TechFit"), "{}", replies[0].say);
    assert_eq!(replies[4].next, Next::End);
    assert_eq!(talk.outcome, Some(Outcome::Finished));
    let report = talk.report(&brief());
    assert_eq!(report.interest, Some(Interest::VeryInterested));
    assert_eq!(report.rate_minor, Some(150_000));
    assert_eq!(report.timeline.as_deref(), Some("I have time next week, after Tuesday"));
    assert_eq!(report.content_types.as_deref(), Some("reels, videos"));
    assert_eq!((report.call_successful, report.communication), ("success", "good"));
    assert!(report.summary.contains("Rate: $1500."), "{}", report.summary);
    assert_eq!(report.follow_up.as_deref(), Some("Make an offer"));
}

#[test]
fn a_talk_in_spanish_to_its_end() {
    let said =
        ["Sí, claro, me interesa mucho", "Cobro mil quinientos euros", "La próxima semana", "Historias y vídeos"];
    let (talk, replies) = talk(Lang::Es, &said);
    assert!(replies[0].say.contains("inteligencia artificial") && replies[0].say.contains("TechFit"));
    assert!(replies[1].say.contains("¿Cuánto suele cobrar"), "{}", replies[1].say);
    assert_eq!(talk.outcome, Some(Outcome::Finished));
    assert_eq!(talk.facts.rate_minor, Some(150_000));
    assert_eq!(talk.facts.content_types, ["stories", "videos"]);
}

#[test]
fn the_language_follows_theirs() {
    let (mut talk, _) = Talk::open(&brief(), Lang::En);
    assert!(talk.hear(&brief(), "Hola, ¿quién es?").say.contains("¿Le interesaría"));
    assert!(talk.hear(&brief(), "Sorry, do you speak English?").say.contains("Would you be interested"));
}

#[test]
fn stop_ends_it_whenever_it_is_said() {
    for stop in [
        "Stop calling me",
        "please don't call me again",
        "Remove me from your list.",
        "take me off your list",
        "No me llamen más, por favor",
        "que dejen de llamarme",
        "stop",
        "9",
        "Are you serious? Never call this number again!",
        "I'd love to, but stop calling me",
    ] {
        for before in [&[][..], &["yes sure"], &["yes", "500 dollars"], &["", "mmm"]] {
            let (talk, replies) = talk(Lang::En, &[before, &[stop]].concat());
            let last = replies.last().unwrap();
            assert_eq!((last.next, talk.outcome), (Next::End, Some(Outcome::StopCalling)), "{stop}: {}", last.say);
            assert!(!last.may_be_worded);
        }
    }
    for not in ["I can't stop thinking about it, yes", "They call me Mia", "My number of followers is high"] {
        assert_ne!(talk(Lang::En, &[not]).0.outcome, Some(Outcome::StopCalling), "{not}");
    }
}

#[test]
fn who_names_a_channel_closes_that_one_and_who_wants_peace_all() {
    for (said, calls, mails) in [
        ("Please stop calling me", true, false),
        ("No me llamen más", true, false),
        ("stop emailing me, just call", false, true),
        ("No me escriban más correos", false, true),
        ("Take me off your list.", true, true),
        ("Don't ever contact me again", true, true),
        ("Déjenme en paz", true, true),
        ("No quiero que me contacten", true, true),
        ("Email me the details", false, false),
        ("My calls are about fitness", false, false),
    ] {
        assert_eq!(Refusal::of(said), Refusal { calls, mails }, "{said}");
    }
    // A sentence that was heard in two parts.
    assert_eq!(Refusal::of_turns(["please stop", "calling me"]), Refusal { calls: true, mails: false });
    assert_eq!(Refusal::of_turns(["yes", "of course"]), Refusal::default());
}

#[test]
fn a_call_that_is_recorded_says_so_first() {
    for (lang, notice) in [(Lang::En, "This call is recorded."), (Lang::Es, "Esta llamada se graba.")] {
        let (_, first) = Talk::open(&Brief { recorded: true, ..brief() }, lang);
        assert!(first.say.contains(notice) && !first.may_be_worded, "{}", first.say);
        assert!(!Talk::open(&brief(), lang).1.say.contains(notice));
    }
}

#[test]
fn a_person_is_had_by_asking() {
    for said in [
        "Can I talk to a real person?",
        "I want to speak to someone",
        "Quiero hablar con una persona",
        "0",
        "representative",
    ] {
        let (talk, replies) = talk(Lang::En, &[said]);
        assert_eq!((replies[1].next, talk.outcome), (Next::End, Some(Outcome::WantsPerson)), "{said}");
        assert!(replies[1].say.contains("TechFit"), "who will call back: {}", replies[1].say);
        assert_eq!(talk.report(&brief()).follow_up.as_deref(), Some("A person calls back: it was asked for"));
        let (mut talk, _) = Talk::open(&brief(), Lang::En);
        assert_eq!(talk.hear(&Brief { can_hand_over: true, ..brief() }, said).next, Next::HandOver);
    }
    let (_, replies) = talk(Lang::En, &["Are you a real person?"]);
    assert!(replies[1].say.contains("I am an AI assistant") && replies[1].next == Next::Listen, "{}", replies[1].say);
}

#[test]
fn silence_is_asked_twice_and_then_ends_politely() {
    let (talk_now, replies) = talk(Lang::En, &["", "  ", ""]);
    let next: Vec<Next> = replies.iter().map(|reply| reply.next).collect();
    assert_eq!(next, [Next::Listen, Next::Listen, Next::Listen, Next::End]);
    assert_eq!((talk_now.outcome, talk_now.report(&brief()).call_successful), (Some(Outcome::Silent), "unknown"));
    // Silence now and then is no reason to end.
    let (again, _) = talk(Lang::En, &["", "", "yes", "", "", "500"]);
    assert_eq!((again.outcome, again.step), (None, Step::Timeline));
}

#[test]
fn questions_are_answered_without_a_promise() {
    for said in [
        "Tell me about <your> campaign & the pay",
        "How much do you pay?",
        "What's it about?",
        "who are you",
        "How did you get my number?",
    ] {
        let (talk, replies) = talk(Lang::En, &[said]);
        assert_eq!((replies[1].next, talk.step), (Next::Listen, Step::Interest), "{said}");
        assert!(replies[1].say.contains("Would you be interested"), "{said}: {}", replies[1].say);
        assert!(amounts::all(&replies[1].say).is_empty());
    }
    assert!(talk(Lang::En, &["What's it about?"]).1[1].say.contains("FitBand Pro: A wristband that measures sleep."));
}

#[test]
fn no_is_no() {
    for said in ["No", "no thanks", "I'm not interested", "No, gracias", "nope", "no me interesa"] {
        let (talk, _) = talk(Lang::En, &[said]);
        assert_eq!(
            (talk.outcome, talk.facts.interest),
            (Some(Outcome::Declined), Some(Interest::NotInterested)),
            "{said}"
        );
        assert_eq!(talk.report(&brief()).follow_up, None);
    }
}

#[test]
fn a_rate_above_the_budget_is_passed_on_and_never_agreed() {
    let (talk_now, replies) = talk(Lang::En, &["yes", "Fifty thousand dollars"]);
    assert_eq!(talk_now.facts.rate_minor, Some(5_000_000));
    assert!(replies[2].say.contains("more than this campaign has"), "{}", replies[2].say);
    assert!(amounts::all(&replies[2].say).is_empty(), "the budget is not told");
    let (done, _) = talk(Lang::En, &["yes", "Fifty thousand dollars", "next week", "reels"]);
    assert_eq!(
        done.report(&brief()).follow_up.as_deref(),
        Some("Answer the rate: it is above the budget of the campaign")
    );
}

#[test]
fn what_is_not_understood_is_asked_once_more_and_then_left() {
    let (talk, replies) =
        talk(Lang::En, &["yes", "well it is complicated", "really it is", "next month", "this and that", "all sorts"]);
    assert!(replies[2].say.starts_with("Sorry, I did not understand"));
    assert_eq!(talk.outcome, Some(Outcome::Finished));
    assert_eq!((talk.facts.rate_minor, talk.facts.rate_said.as_deref()), (None, Some("really it is")));
}

#[test]
fn amounts_are_read_as_they_are_spoken() {
    for (said, minor) in [
        ("$1,500", 150_000),
        ("1.500 euros", 150_000),
        ("1.5k", 150_000),
        ("about 2k dollars", 200_000),
        ("fifteen hundred dollars", 150_000),
        ("a thousand dollars", 100_000),
        ("two thousand five hundred dollars", 250_000),
        ("five hundred and fifty bucks", 55_000),
        ("mil doscientos euros", 120_000),
        ("quinientos", 50_000),
        ("dos mil quinientos dólares", 250_000),
        ("treinta y cinco euros", 3_500),
        ("3 thousand", 300_000),
        ("99.50 usd", 9_950),
    ] {
        let found: Vec<i64> = amounts::all(said).iter().map(|amount| amount.minor).collect();
        assert_eq!(found, [minor], "{said}");
    }
    for said in ["in two weeks", "100k followers", "three reels", "the 15th", "5 percent", "una semana"] {
        assert!(amounts::all(said).is_empty(), "{said}: {:?}", amounts::all(said));
    }
}

fn judged(said: &[&str], line: &str) -> Result<rules::Worded, &'static str> {
    let (talk, replies) = talk(Lang::En, said);
    let answer = serde_json::json!({"say": line}).to_string();
    rules::judge(&answer, &brief(), &talk, replies.last().unwrap())
}

#[test]
fn a_models_line_keeps_the_rules_or_is_not_said() {
    let good = judged(&["Tell me about it"], "It is a wristband for sleep. Would that be something for you?").unwrap();
    assert_eq!(good.say, "It is a wristband for sleep. Would that be something for you?");
    // The question is added where the model forgets it.
    assert!(judged(&["Tell me about it"], "It is a wristband.").unwrap().say.ends_with("FitBand Pro?"));
    // Repeating what they said is not naming an amount.
    assert!(judged(&["yes", "I charge $800"], "So that is $800. When do you have time?").is_ok());
    for (line, said) in [
        ("We will pay you well for it. Interested?", &["ok"][..]),
        ("I promise this is great, are you in?", &["ok"]),
        ("We can do $900, is that fine?", &["yes", "I charge $800"]),
        ("That is fifty thousand dollars, yes?", &["yes", "Fifty thousand dollars"]),
        ("Nine hundred dollars then?", &["yes"]),
        ("The budget is 25000, good?", &["how much"]),
        ("I am a person, not an AI. Interested?", &["are you a bot"]),
        ("See https://example.com for more, ok?", &["ok"]),
        ("Le pagaremos bien, ¿le interesa?", &["hola"]),
        ("<Hangup/>", &["ok"]),
        ("", &["ok"]),
    ] {
        assert!(judged(said, line).is_err(), "{line}");
    }
    assert!(judged(&["ok"], &"very long ".repeat(60)).is_err());
    let (talk, replies) = talk(Lang::En, &["ok"]);
    for answer in ["", "{}", "[1]", r#"{"say": 5}"#] {
        assert!(rules::judge(answer, &brief(), &talk, &replies[1]).is_err(), "{answer}");
    }
}

#[test]
fn only_what_was_said_is_taken_over_from_a_model() {
    let (mut talk, _) = talk(Lang::En, &["yes", "500 dollars", "when the snow is gone"]);
    talk.take_over(Some("in May"), &["operas".into()]);
    assert_eq!((talk.facts.timeline.as_deref(), talk.facts.content_types.len()), (None, 0));
    talk.take_over(Some("when the snow is gone"), &[]);
    assert_eq!(talk.facts.timeline.as_deref(), Some("when the snow is gone"));
}

#[test]
fn a_stored_talk_goes_on_as_if_it_had_never_stopped() {
    let said = ["yes", "$700", "", "next week", "reels"];
    let (straight, replies) = talk(Lang::En, &said);
    let (mut stored, _) = Talk::open(&brief(), Lang::En);
    for (place, said) in said.iter().enumerate() {
        let text = serde_json::to_string(&stored).unwrap();
        stored = serde_json::from_str(&text).unwrap();
        assert_eq!(stored.hear(&brief(), said), replies[place + 1]);
    }
    assert_eq!(stored, straight);
}

proptest! {
    #[test]
    fn every_talk_ends_and_promises_nothing(said in proptest::collection::vec("\\PC{0,60}|yes|no|500|next week|reels|", 0..60)) {
        let (mut talk, _) = Talk::open(&brief(), Lang::En);
        for said in &said {
            let reply = talk.hear(&brief(), said);
            prop_assert!(!reply.say.is_empty());
            prop_assert_eq!(reply.next == Next::Listen, !talk.is_over());
            prop_assert_eq!(reply.next == Next::Listen, reply.question.is_some());
            prop_assert!(talk.lines.len() <= 2 * 24 + 2 * 60 + 2);
        }
        let _ = talk.report(&brief());
        if said.iter().filter(|said| !said.trim().is_empty()).count() > 24 {
            prop_assert!(talk.is_over());
        }
    }

    #[test]
    fn amounts_never_overflow(text in "[0-9a-z $.,k€]{0,80}") {
        for amount in amounts::all(&text) {
            prop_assert!(amount.minor > 0 && amount.minor <= 10_000_000_000);
        }
    }
}
