//! Figures of retrieval: `cargo run -p mind --example recall_figures -- handbooks FILE…`, `… xquad FOLDER`.

#![expect(clippy::unwrap_used, reason = "files that are not as they should be end it")]

#[path = "../tests/handbook/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod handbook;

use std::path::PathBuf;

use handbook::{Base, Tally, base, pieces, read, right};
use mind::recall::{DocumentText, Language, Lexicon, Outcome, Question, Thresholds, language_of};
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((what, files)) if what == "handbooks" => handbooks(files, false),
        Some((what, files)) if what == "wrong" => handbooks(files, true),
        Some((what, files)) if what == "features" => files.iter().for_each(|file| features(file)),
        Some((what, files)) if what == "xquad" => files.iter().for_each(|folder| xquad(folder)),
        _ => println!("handbooks FILE…, wrong FILE…, xquad FOLDER"),
    }
}

fn handbooks(files: &[String], wrong: bool) {
    let mut all = Tally::default();
    for file in files {
        let book = read(&PathBuf::from(file));
        let base = base(&book);
        let mut tally = Tally::default();
        for asked in &book.questions {
            let question = Question::new(&asked.text);
            let answer = base.answer(&question, Thresholds::default());
            let ranked = base.ranked(&question);
            let fine = right(&book, &base, asked, &answer);
            let mut put = |name: &str, yes: bool| {
                tally.put(name, yes);
                all.put(name, yes);
            };
            if asked.wanted.is_empty() {
                put("false answers of the unanswerable", answer.outcome == Outcome::Answered);
            } else {
                let document = |slot: u32| &book.documents[base.documents[slot as usize]];
                let wanted = |slot: u32| asked.wanted.iter().any(|wanted| wanted.document == document(slot).key);
                let across = !ranked.is_empty() && {
                    let target = book.documents.iter().find(|own| own.key == asked.wanted[0].document).unwrap();
                    let [own, its] = [question.language(), language_of(&target.text)];
                    own != Language::Other && own != its
                };
                put("right document first", ranked.first().is_some_and(|found| wanted(found.slot)));
                if across {
                    put("right document first, across", ranked.first().is_some_and(|found| wanted(found.slot)));
                    put("wholly right, across", fine);
                }
                put("right document in four", ranked.iter().take(4).any(|found| wanted(found.slot)));
                put("answered of the answerable", answer.outcome == Outcome::Answered);
                put("wholly right of the answerable", fine);
                if answer.outcome == Outcome::Answered {
                    put("right of the answered", fine);
                }
                if asked.wanted.len() > 1 {
                    put("two passages", fine);
                }
            }
            put("wholly right", fine);
            if wrong && !fine {
                println!("? {}  [{}]", asked.text, book.name);
                for wanted in &asked.wanted {
                    println!("  = {} : {:?}", wanted.document, wanted.words);
                }
                println!("  {:?} {:.2} {:?}", answer.outcome, answer.confidence, answer.parts);
                for passage in &answer.passages {
                    let key = &book.documents[base.documents[passage.place.slot as usize]].key;
                    println!(
                        "  > {key}: {}",
                        &base.text(passage.place.slot)[passage.quote.clone()].replace('\n', " / ")
                    );
                }
                let keys: Vec<_> = ranked
                    .iter()
                    .take(4)
                    .map(|found| &*book.documents[base.documents[found.slot as usize]].key)
                    .collect();
                println!("  ranked {keys:?}");
            }
        }
        tally.print(&format!("{} ({} questions, {} chunks)", book.name, book.questions.len(), base.documents.len()));
    }
    if files.len() > 1 {
        all.print("all");
    }
}

/// What is learnt from: of every question each sentence that was weighed, with its features and whether it is right. A question is asked three
/// times: as it stands, with a slip of the keys, and of a base that lacks the documents which answer it.
fn features(file: &str) {
    let book = read(&PathBuf::from(file));
    let whole = base(&book);
    for (number, asked) in book.questions.iter().enumerate() {
        dump(&book, &whole, asked, &asked.text, number, "plain");
        dump(&book, &whole, asked, &mistype(&asked.text, number), number, "slip");
        if !asked.wanted.is_empty() {
            let stem = |key: &str| key.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            let gone: Vec<String> = asked.wanted.iter().map(|wanted| stem(&wanted.document)).collect();
            let mut less = read(&PathBuf::from(file));
            less.documents.retain(|document| !gone.contains(&stem(&document.key)));
            let other = base(&less);
            dump(&less, &other, asked, &asked.text, number, "without");
        }
    }
}

fn dump(
    book: &handbook::Handbook,
    base: &handbook::Base,
    asked: &handbook::Asked,
    text: &str,
    number: usize,
    how: &str,
) {
    let (picked, texts) = base.pick(&Question::new(text));
    let weighed = picked.weigh(&texts);
    for candidate in weighed.iter().take(150) {
        let passage = &candidate.passage;
        let key = &*book.documents[base.documents[passage.place.slot as usize]].key;
        let chunk = base.text(passage.place.slot);
        let [sentence, quote] = [&passage.sentence, &passage.quote]
            .map(|range| asked.wanted.iter().any(|wanted| handbook::holds(wanted, key, &chunk[range.clone()])));
        let all: Vec<String> =
            candidate.features.iter().chain(&candidate.question).map(|x| format!("{x:.4}")).collect();
        let there = u8::from(!asked.wanted.is_empty() && how != "without");
        println!(
            "{}\t{number}\t{how}\t{there}\t{}\t{}\t{}\t{}\t{text}\t{key}: {}\t{}",
            book.name,
            u8::from(sentence),
            u8::from(quote),
            passage.place.slot,
            asked.wanted.len(),
            chunk[passage.quote.clone()].replace(['\n', '\t'], " / "),
            all.join("\t")
        );
    }
}

/// A question with two neighbouring letters exchanged, or one left out, in one of its longer words.
fn mistype(text: &str, seed: usize) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|&i| words[i].len() >= 5 && words[i].bytes().all(|b| b.is_ascii_alphabetic()))
        .collect();
    let Some(&chosen) = long.get(seed % long.len().max(1)) else { return text.to_owned() };
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let at = 1 + seed % (letters.len() - 2);
    if seed.is_multiple_of(2) {
        letters.swap(at, at + 1);
    } else {
        letters.remove(at);
    }
    let slip: String = letters.into_iter().collect();
    words.iter().enumerate().map(|(i, word)| if i == chosen { &*slip } else { word }).collect::<Vec<_>>().join(" ")
}

/// A question's id, its text and its answer.
type Asked = (String, String, String);

struct Article {
    title: String,
    paragraphs: Vec<(String, Vec<Asked>)>,
}

fn articles(folder: &str, language: &str) -> Vec<Article> {
    let text = std::fs::read_to_string(format!("{folder}/xquad.{language}.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let texts = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let list = |value: &Value, key: &str| value[key].as_array().unwrap().clone();
    list(&all, "data")
        .iter()
        .enumerate()
        .map(|(number, article)| Article {
            title: article["title"].as_str().map_or(number.to_string(), |title| title.replace('_', " ")),
            paragraphs: list(article, "paragraphs")
                .iter()
                .map(|paragraph| {
                    let questions = list(paragraph, "qas")
                        .iter()
                        .map(|qa| (texts(qa, "id"), texts(qa, "question"), texts(&qa["answers"][0], "text")))
                        .collect();
                    (texts(paragraph, "context"), questions)
                })
                .collect(),
        })
        .collect()
}

fn xquad(folder: &str) {
    let both = ["en", "es"].map(|language| (language, articles(folder, language)));
    for (asking, questions) in &both {
        for (reading, texts) in &both {
            let gold: std::collections::HashMap<&str, (usize, &str)> = texts
                .iter()
                .enumerate()
                .flat_map(|(number, article)| {
                    article
                        .paragraphs
                        .iter()
                        .flat_map(move |(_, qas)| qas.iter().map(move |qa| (&*qa.0, (number, &*qa.2))))
                })
                .collect();
            let build = |half: Option<usize>| {
                let mut base = Base { lexicon: Lexicon::default(), documents: Vec::new(), pieces: Vec::new() };
                for (number, article) in texts.iter().enumerate() {
                    if half.is_some_and(|half| number % 2 == half) {
                        continue;
                    }
                    let text = article.paragraphs.iter().map(|(text, _)| &**text).collect::<Vec<_>>().join("\n\n");
                    let head = DocumentText { title: &article.title, ..DocumentText::default() };
                    base.add(number, &head, pieces(&text, 1000));
                }
                base
            };
            let mut tally = Tally::default();
            let whole = build(None);
            for (id, question, _) in
                questions.iter().flat_map(|article| article.paragraphs.iter().flat_map(|(_, qas)| qas))
            {
                let question = Question::new(question);
                let answer = gold[&**id].1;
                let first = whole.lexicon.search(&question, 5);
                tally.put("h@1 search", first.first().is_some_and(|found| whole.text(found.slot).contains(answer)));
                tally.put("h@5 search", first.iter().any(|found| whole.text(found.slot).contains(answer)));
                let ranked = whole.ranked(&question);
                tally.put("h@1 ranked", ranked.first().is_some_and(|found| whole.text(found.slot).contains(answer)));
                let given = whole.answer(&question, Thresholds { answered: 0.0, maybe: 0.0 });
                let holds = given
                    .passages
                    .first()
                    .is_some_and(|p| whole.text(p.place.slot)[p.sentence.clone()].contains(answer));
                tally.put("best sentence holds the answer", holds);
                let holds = given.passages.iter().any(|p| whole.text(p.place.slot)[p.quote.clone()].contains(answer));
                tally.put("quote holds the answer", holds);
            }
            let mut scores: Vec<(f32, bool)> = Vec::new();
            for half in [0, 1] {
                let base = build(Some(half));
                for (number, article) in questions.iter().enumerate() {
                    for (_, question, _) in article.paragraphs.iter().flat_map(|(_, qas)| qas) {
                        let answer = base.answer(&Question::new(question), Thresholds::default());
                        let there = number % 2 != half;
                        scores.push((answer.confidence, there));
                        let name =
                            if there { "answered of the answerable" } else { "false answers of the unanswerable" };
                        tally.put(name, answer.outcome == Outcome::Answered);
                    }
                }
            }
            tally.print(&format!("XQuAD {asking} → {reading}"));
            scores.sort_by(|a, b| b.0.total_cmp(&a.0));
            let there = scores.iter().filter(|score| score.1).count();
            for most in [0.03, 0.05, 0.1] {
                let [mut yes, mut no] = [0, 0];
                let mut at = 1.0;
                for &(score, fits) in &scores {
                    if !fits && (no + 1) as f64 > most * (scores.len() - there) as f64 {
                        break;
                    }
                    (yes, no, at) = (yes + usize::from(fits), no + usize::from(!fits), score);
                }
                println!("  at {most} false answers: {:.3} answered (from {at:.3})", yes as f64 / there as f64);
            }
        }
    }
}
