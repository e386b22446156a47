//! How much of replies and calls is understood: held-out texts with what they say, slot by slot.
//!
//! `cargo test -p mind --test meaning -- --nocapture` prints the figures; `MEANING_MISSES=1` also what was misread in the dev files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use kernel::Day;
use mind::meaning::{self, Meaning, Refused};
use mind::reply::Letter;
use mind::talk::{self, Interest, Sentiment};
use serde_json::{Value, json};

/// Right and asked, by slot.
type Figures = BTreeMap<String, (u32, u32)>;

fn texts(name: &str) -> Vec<Value> {
    let path = format!("{}/fixtures/meaning/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn interest(meaning: &Meaning) -> &'static str {
    match meaning.interest.as_ref().map(|claim| claim.value) {
        Some(Interest::VeryInterested | Interest::Interested) => "yes",
        Some(Interest::Neutral) => "maybe",
        Some(Interest::NotInterested) => "no",
        None => "unclear",
    }
}

fn opt_out(refused: Refused) -> &'static str {
    match refused {
        Refused { all: true, .. } => "all",
        Refused { mail: true, .. } => "mail",
        Refused { phone: true, .. } => "phone",
        Refused { message: true, .. } => "message",
        _ => "none",
    }
}

/// What was read, in the fields of the files.
fn told(meaning: &Meaning, mood: Option<Sentiment>) -> BTreeMap<&'static str, Value> {
    let mut told = BTreeMap::new();
    told.insert("interest", json!(interest(meaning)));
    let rate = meaning.rate.as_ref().map(|claim| &claim.value);
    told.insert("rate", rate.map_or(Value::Null, |rate| json!({"amount": rate.minor, "max": rate.most, "currency": rate.currency, "per": rate.unit.map(meaning::Unit::as_str)})));
    told.insert(
        "availability",
        meaning.time.as_ref().map_or(Value::Null, |claim| json!({"quote": meaning.quote(claim)})),
    );
    told.insert("opt_out", json!(meaning.refused.as_ref().map_or("none", |claim| opt_out(claim.value))));
    told.insert("wants_person", json!(meaning.person.is_some()));
    told.insert("refers_to", json!(meaning.referred.as_ref().map(|claim| claim.value.clone())));
    told.insert("questions", json!(meaning.questions.len()));
    told.insert("countered", json!(meaning.countered));
    told.insert("condition", json!(!meaning.conditions.is_empty()));
    let mut deeds: Vec<&str> = meaning.deeds.iter().map(|claim| claim.value.as_str()).collect();
    deeds.sort_unstable();
    told.insert("actions", if deeds.is_empty() { json!(["none"]) } else { json!(deeds) });
    told.insert(
        "mood",
        json!(match mood {
            Some(Sentiment::Positive) => "positive",
            Some(Sentiment::Negative) => "negative",
            _ => "neutral",
        }),
    );
    told
}

/// Are two values of a slot the same?
fn same(slot: &str, expected: &Value, found: &Value) -> bool {
    let words = |value: &Value| -> Vec<String> {
        let text = mind::text::fold(value["quote"].as_str().unwrap_or_default());
        text.split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match slot {
        "availability" if expected.is_object() && found.is_object() => {
            let (expected, found) = (words(expected), words(found));
            let common = expected.iter().filter(|word| found.contains(word)).count();
            common * 2 >= expected.len()
        }
        "rate" if expected.is_object() && found.is_object() => {
            expected["amount"] == found["amount"] && expected["max"] == found["max"]
        }
        "refers_to" if expected.is_string() && found.is_string() => {
            let (expected, found) =
                (mind::text::fold(expected.as_str().unwrap()), mind::text::fold(found.as_str().unwrap()));
            expected == found || found.contains(&expected) || expected.contains(&found)
        }
        "actions" => {
            let mut expected: Vec<&str> = expected.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            expected.sort_unstable();
            json!(expected) == *found
        }
        _ => expected == found,
    }
}

fn measure(name: &str, figures: &mut Figures, outs: &mut [(u32, u32); 2]) {
    let show = std::env::var_os("MEANING_MISSES").is_some() && name.ends_with("dev");
    for text in texts(name) {
        let (meaning, mood) = if let Some(body) = text["body"].as_str() {
            let said_on = text["sent"].as_str().and_then(Day::parse);
            (meaning::of_letter(&Letter::of_text(body), said_on), None)
        } else {
            let said = text["text"].as_str().unwrap();
            let said_on = text["called_at"].as_str().and_then(Day::parse);
            (meaning::of_talk(said, None, said_on), talk::analyse(said, None).sentiment)
        };
        let found = told(&meaning, mood);
        let mut misses = Vec::new();
        for (slot, expected) in text["expected"].as_object().unwrap() {
            let read = &found[slot.as_str()];
            let right = same(slot, expected, read);
            let mut count = |slot: String, right: bool| {
                let entry = figures.entry(slot).or_default();
                entry.0 += u32::from(right);
                entry.1 += 1;
            };
            count(slot.clone(), right);
            count(format!("~{}", text["lang"].as_str().unwrap()), right);
            count("~all".into(), right);
            if slot == "rate" && right && expected.is_object() {
                for part in ["currency", "per"] {
                    let right = expected[part] == read[part];
                    count(format!("rate.{part}"), right);
                    if !right {
                        misses.push(format!("   rate.{part}: {} read as {}", expected[part], read[part]));
                    }
                }
            }
            if slot == "opt_out" {
                let (wanted, told) = (expected != "none", *read != json!("none"));
                outs[usize::from(!wanted)].0 += u32::from(told);
                outs[usize::from(!wanted)].1 += 1;
            }
            if !right {
                misses.push(format!("   {slot}: {expected} read as {read}"));
            }
        }
        if show && !misses.is_empty() {
            println!("---- {} {}\n{}\n{}", text["id"], text["lang"], meaning.text.trim(), misses.join("\n"));
        }
    }
}

#[test]
fn replies_and_calls_are_understood() {
    let mut shares = BTreeMap::new();
    for kind in ["replies", "transcripts"] {
        for part in ["dev", "test"] {
            let name = format!("{kind}.{part}");
            let (mut figures, mut outs) = (Figures::new(), [(0, 0); 2]);
            measure(&name, &mut figures, &mut outs);
            println!("\n{name}");
            for (slot, (right, all)) in &figures {
                println!("  {slot:14} {right:4} of {all:4}  {:5.1} %", 100.0 * f64::from(*right) / f64::from(*all));
            }
            println!("  opt-outs found {} of {}, false {} of {}", outs[0].0, outs[0].1, outs[1].0, outs[1].1);
            let (right, all) = figures["~all"];
            shares.insert(name, f64::from(right) / f64::from(all));
        }
    }
    assert!(shares["replies.test"] >= 0.88, "{shares:?}");
    assert!(shares["transcripts.test"] >= 0.80, "{shares:?}");
}

/// A talk of 25 turns, and a reply with what it quotes: each within 5 ms of processor time.
#[test]
fn reading_takes_little_time() {
    let most = |name: &str, read: &dyn Fn(&Value)| {
        let texts = texts(name);
        texts.iter().for_each(read);
        let began = cpu_time::ThreadTime::now();
        for _ in 0..5 {
            texts.iter().for_each(read);
        }
        began.elapsed().as_secs_f64() * 1e3 / 5.0 / texts.len() as f64
    };
    let reply = most("replies.dev", &|text| {
        meaning::of_letter(&Letter::of_text(text["body"].as_str().unwrap()), None);
    });
    let call = most("transcripts.dev", &|text| {
        meaning::of_talk(text["text"].as_str().unwrap(), None, None);
    });
    println!("a reply takes {reply:.2} ms, a call {call:.2} ms");
    assert!(reply < 5.0 && call < 5.0, "a reply takes {reply} ms, a call {call} ms");
}
