use super::*;

fn of(rules: &str, caption: &str) -> Report {
    let brief = Brief { caption_requirements: rules.to_owned(), ..Brief::default() };
    check(&brief, &content(caption), &Embedded)
}

fn content(caption: &str) -> Content {
    let captions = vec![Caption { name: "instagram".to_owned(), text: caption.to_owned() }];
    Content { captions, platform: "INSTAGRAM".to_owned(), ..Content::default() }
}

#[test]
fn the_document_s_example_passes() {
    let brief = Brief {
        required_hashtags: vec!["#summer2026".into(), "#sustainable".into()],
        required_mentions: vec!["@ourcompany".into()],
        caption_requirements: "Min 50 chars describing product benefits".into(),
        platforms: vec!["INSTAGRAM".into(), "TIKTOK".into()],
        about: "Instagram Post - Summer Campaign. Necesitamos post de verano para nuestro producto".into(),
        ..Brief::default()
    };
    let report =
        check(&brief, &content("Beautiful summer vibes with @ourcompany ☀️ #summer2026 #sustainable"), &Embedded);
    assert!(report.passed_requirements);
    assert_eq!(report.hashtags_found, ["#summer2026", "#sustainable"]);
    assert_eq!(report.mentions_found, ["@ourcompany"]);
    assert!((report.compliance_percentage - 100.0).abs() < f64::EPSILON);
    assert!(report.ai_score > 70.0, "{report:#?}");
    let none = check(&brief, &content("Nothing of it"), &Embedded);
    assert!(!none.passed_requirements && none.compliance_percentage == 0.0 && none.ai_score < report.ai_score);
    assert!(none.suggestions.iter().any(|suggestion| suggestion.contains("#summer2026")), "{:?}", none.suggestions);
}

#[test]
fn look_alikes_and_invisible_characters_are_named() {
    let brief = Brief { required_hashtags: vec!["#glow".into(), "#summer".into()], ..Brief::default() };
    let report = check(&brief, &content("#gl\u{43e}w #sum\u{200b}mer"), &Unread);
    let how: Vec<&str> = report.checks.iter().map(|check| check.how.as_str()).collect();
    assert!(how[0].contains("U+043E"), "{how:?}");
    assert!(how[1].contains("U+200B"), "{how:?}");
}

#[test]
fn a_model_decides_only_by_a_quote_that_stands_there() {
    let rules = "Explain how you use it at work";
    let caption = content("Between two meetings I open the lid and breathe.");
    let open = of(rules, "Between two meetings I open the lid and breathe.");
    let at =
        open.checks.iter().position(|check| check.verdict == Verdict::CannotTell).expect("the rules leave it open");
    let prompt = questions(&open, &caption).expect("there is a question");
    assert!(prompt.contains("Explain how you use it at work"));
    let answer = |verdict: &str, quote: &str| {
        format!(r#"Sure: {{"answers": [{{"id": {at}, "verdict": "{verdict}", "quote": "{quote}"}}]}}"#)
    };
    for (answer, decided) in [
        (answer("pass", "Between two meetings"), 1),
        (answer("pass", "between TWO meetings"), 1),
        (answer("pass", "at my office every day"), 0),
        (answer("pass", ""), 0),
        (answer("perhaps", "Between two meetings"), 0),
        ("{\"answers\": 5}".to_owned(), 0),
        ("no JSON".to_owned(), 0),
    ] {
        let mut report = open.clone();
        assert_eq!(hear(&mut report, &caption, &answer), decided, "{answer}");
        assert_eq!(report.checks[at].judged_by == Judge::Model, decided == 1);
        assert_eq!(report.checks[at].quote.is_some() && report.checks[at].verdict == Verdict::Pass, decided == 1);
    }
}

#[test]
fn enormous_captions_are_bounded() {
    let text = "#summer @brand cheap \u{200b}😀 ".repeat(400_000);
    let brief = Brief {
        required_hashtags: vec!["#summer".into(), "#nowhere".into()],
        caption_requirements: "Max 2200 characters; don't mention prices; end with a question".into(),
        forbidden_words: vec!["cheap".into()],
        required_links: vec!["https://brand.com".into()],
        advertising: true,
        ..Brief::default()
    };
    let mut content = content(&text);
    content.links = (0..500).map(|at| format!("https://example.com/{at}")).collect();
    let report = check(&brief, &content, &Embedded);
    assert_eq!(report.hashtags_found, ["#summer"]);
    assert!(report.checks.iter().any(|check| check.kind == Kind::Length && check.verdict == Verdict::Fail));
    assert!(serde_json::to_string(&report).map_or(usize::MAX, |json| json.len()) < 20_000);
}

#[test]
fn nothing_asked_is_nothing_failed() {
    let report = check(&Brief::default(), &Content::default(), &Unread);
    assert!(report.checks.is_empty() && report.passed_requirements && report.all_pass());
}
