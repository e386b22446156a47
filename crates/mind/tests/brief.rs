//! The check of content, on briefs and captions in English and Spanish whose verdicts people wrote down before.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mind::brief::{self, Brief, Caption, Check, Content, Embedded, PostedBy, Verdict};
use serde::Deserialize as _;
use serde_json::Value;

struct Case {
    line: usize,
    brief: Brief,
    content: Content,
    /// The kind of check, words of its requirement, and the right verdict.
    expected: Vec<(String, String, Verdict)>,
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    value.get(name).map(|list| Vec::deserialize(list).unwrap()).unwrap_or_default()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).map(|text| text.as_str().unwrap().to_owned())
}

fn cases() -> Vec<Case> {
    let lines = include_str!("data/brief_labels.jsonl").lines().enumerate();
    let case = |(line, json): (usize, &str)| {
        let row: Value = serde_json::from_str(json).unwrap();
        let (asked, sent) = (&row["brief"], &row["content"]);
        let brief = Brief {
            required_hashtags: texts(asked, "required_hashtags"),
            required_mentions: texts(asked, "required_mentions"),
            platforms: texts(asked, "platforms"),
            formats: texts(asked, "formats"),
            caption_requirements: text(asked, "caption_requirements").unwrap_or_default(),
            forbidden_words: texts(asked, "forbidden_words"),
            required_links: texts(asked, "required_links"),
            required_codes: texts(asked, "required_codes"),
            language: text(asked, "language"),
            markets: texts(asked, "markets"),
            deadline: text(asked, "deadline").map(|at| at.parse().unwrap()),
            advertising: asked["advertising"] == true,
            posted_by: if asked["posted_by"] == "brand" { PostedBy::Brand } else { PostedBy::Creator },
            brand: texts(asked, "brand"),
            about: text(asked, "about").unwrap_or_default(),
        };
        let captions = sent["captions"].as_object().unwrap().iter();
        let content = Content {
            captions: captions
                .map(|(name, text)| Caption { name: name.clone(), text: text.as_str().unwrap().to_owned() })
                .collect(),
            platform: text(sent, "platform").unwrap_or_default(),
            formats: texts(sent, "formats"),
            media: texts(sent, "media"),
            links: texts(sent, "links"),
            submitted_at: text(sent, "submitted_at").map(|at| at.parse().unwrap()),
            labelled: sent["labelled"] == true,
        };
        let expected = row["expect"].as_array().unwrap().iter().map(|one| {
            let word = |at: usize| one[at].as_str().unwrap().to_owned();
            (word(0), word(1), serde_json::from_value(one[2].clone()).unwrap())
        });
        Case { line: line + 1, brief, content, expected: expected.collect() }
    };
    lines.map(case).collect()
}

fn found<'r>(checks: &'r [Check], kind: &str, words: &str) -> Option<&'r Check> {
    let named = |check: &&Check| serde_json::to_value(check.kind).unwrap() == kind;
    checks.iter().filter(named).find(|check| check.requirement.to_lowercase().contains(&words.to_lowercase()))
}

#[test]
fn verdicts_are_right() {
    let (mut all, mut right, mut turned) = (0, 0, Vec::new());
    for case in cases() {
        let report = brief::check(&case.brief, &case.content, &Embedded);
        for (kind, words, expected) in case.expected {
            all += 1;
            let check = found(&report.checks, &kind, &words);
            let verdict = check.map(|check| check.verdict);
            if verdict == Some(expected) {
                right += 1;
                continue;
            }
            let fault = format!(
                "line {}, {kind} “{words}”: {verdict:?} for {expected:?}: {:?}",
                case.line,
                check.map(|check| &check.how)
            );
            println!("{fault}");
            if matches!(
                (verdict, expected),
                (Some(Verdict::Pass), Verdict::Fail) | (Some(Verdict::Fail), Verdict::Pass) | (None, _)
            ) {
                turned.push(fault);
            }
        }
    }
    println!("{right} of {all}");
    assert!(all >= 150, "{all}");
    assert!(turned.is_empty(), "turned round: {turned:#?}");
    assert!(right * 100 >= all * 95, "{right} of {all}");
}

#[test]
fn quotes_stand_where_they_say() {
    for case in cases() {
        let report = brief::check(&case.brief, &case.content, &Embedded);
        for quote in report.checks.iter().filter_map(|check| check.quote.as_ref()) {
            let caption = case.content.captions.iter().find(|caption| caption.name == quote.caption).unwrap();
            let there: String = caption.text.chars().skip(quote.start).take(quote.end - quote.start).collect();
            assert_eq!(there, quote.text, "line {}", case.line);
        }
    }
}
