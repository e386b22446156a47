//! How fast a large base answers, and what its index takes.
//!
//! `cargo bench -p mind --bench recall -- [--documents N] [--questions N]`: 10,000 documents of ten chunks and 300 questions unless told. The
//! base is the fixtures' handbooks among documents of made-up text: words of the trade and of no language, as often as words are in texts
//! (Zipf), a thousand characters a chunk, half English and half Spanish in their small words. The questions are the handbooks'.

#[path = "../tests/handbook/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod handbook;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use handbook::pieces;
use mind::recall::{ChunkText, DocumentText, Lexicon, Outcome, Question, Thresholds};

const WORDS: &str = include_str!("../../../tools/model/trade_words.txt");
const SMALL: [&str; 2] = [
    "the and is are you with this for of to we have not at be when on in can will or it by as from",
    "el la los las y es son que con para por del en un una no se su lo al si más pero como",
];
/// Words of no language beside those of the trade.
const STRANGE: usize = 60_000;
/// Chunks of a document.
const PAGES: usize = 10;

fn main() {
    let options = Options::read();
    let books: Vec<_> = std::fs::read_dir(handbook::folder())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| handbook::read(&entry.path()))
        .collect();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let vocabulary = vocabulary(&mut dice);
    let texts: Vec<(String, Vec<String>)> =
        (0..options.documents).map(|number| document(number, &vocabulary, &mut dice)).collect();
    let letters: usize = texts.iter().flat_map(|(_, pages)| pages).map(String::len).sum();
    println!("{} documents, {} chunks, {:.0} MB of text", texts.len(), texts.len() * PAGES, letters as f64 / 1e6);

    let before = resident();
    let started = Instant::now();
    let mut lexicon = Lexicon::default();
    for (title, pages) in &texts {
        let chunks = pages.iter().map(|text| ChunkText { text, ..ChunkText::default() });
        lexicon.add(&DocumentText { title, ..DocumentText::default() }, chunks);
    }
    for book in &books {
        for document in &book.documents {
            let pieces = pieces(&document.text, 1000);
            let chunks =
                pieces.iter().map(|piece| ChunkText { text: &piece.text, heading: &piece.heading, vector: None });
            lexicon.add(
                &DocumentText { title: &document.title, added: document.added, ..DocumentText::default() },
                chunks,
            );
        }
    }
    lexicon.shrink();
    let took = started.elapsed();
    println!(
        "index: built in {:.1} s with vectors; {:.0} MB by its own count",
        took.as_secs_f64(),
        lexicon.bytes() as f64 / 1e6
    );
    println!("resident: {:.0} MB more than before", (resident() - before) / 1e6);

    let questions: Vec<&str> =
        books.iter().flat_map(|book| &book.questions).map(|asked| &*asked.text).take(options.questions).collect();
    for (name, run) in [("first time", 0), ("again", 1)] {
        let mut times = Vec::new();
        let mut answered = 0;
        for text in &questions {
            let started = Instant::now();
            let answer = lexicon.answer(&Question::new(text), Thresholds::default());
            times.push(started.elapsed());
            answered += usize::from(answer.outcome == Outcome::Answered);
        }
        print_times(&format!("ask, {name} ({run})"), &mut times);
        println!("  {answered} of {} answered", questions.len());
    }
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|text| {
            let started = Instant::now();
            std::hint::black_box(lexicon.search(&Question::new(text), 10));
            started.elapsed()
        })
        .collect();
    print_times("search", &mut times);

    let [mut adds, mut removes] = [Vec::new(), Vec::new()];
    for number in 0..100 {
        let (title, pages) = document(number, &vocabulary, &mut dice);
        let started = Instant::now();
        let chunks = pages.iter().map(|text| ChunkText { text, ..ChunkText::default() });
        let added = lexicon.add(&DocumentText { title: &title, ..DocumentText::default() }, chunks);
        adds.push(started.elapsed());
        let started = Instant::now();
        lexicon.remove(if number % 2 == 0 { added.document } else { number as u32 });
        removes.push(started.elapsed());
    }
    print_times("add a document of ten chunks", &mut adds);
    print_times("remove one", &mut removes);
}

fn print_times(name: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.95), at(0.99));
}

/// Words by how common they are.
fn vocabulary(dice: &mut Dice) -> Vec<String> {
    const PARTS: [&str; 24] = [
        "ba", "ro", "ti", "mun", "sel", "ka", "dor", "ni", "pel", "gus", "fa", "lin", "tra", "cho", "ver", "za",
        "quin", "bre", "mo", "sta", "ur", "gle", "win", "ox",
    ];
    let mut words: Vec<String> =
        WORDS.split_whitespace().filter(|word| !word.starts_with('#')).map(str::to_owned).collect();
    words.extend((0..STRANGE).map(|_| (0..2 + dice.below(3)).map(|_| PARTS[dice.below(PARTS.len())]).collect()));
    for i in (1..words.len()).rev() {
        words.swap(i, dice.below(i + 1));
    }
    words
}

fn document(number: usize, vocabulary: &[String], dice: &mut Dice) -> (String, Vec<String>) {
    let small: Vec<&str> = SMALL[number % 2].split(' ').collect();
    let word = |dice: &mut Dice| {
        // Zipf: the logarithm of a word's rank is even.
        let rank = ((vocabulary.len() as f64).ln() * dice.share()).exp() as usize;
        vocabulary[rank.min(vocabulary.len() - 1)].clone()
    };
    let title = format!("{} {} {number}", word(dice), word(dice));
    let pages = (0..PAGES)
        .map(|_| {
            let mut text = String::with_capacity(1100);
            while text.len() < 1000 {
                for i in 0..8 + dice.below(10) {
                    if i > 0 {
                        text.push(' ');
                    }
                    if dice.below(5) < 2 {
                        text.push_str(small[dice.below(small.len())]);
                    } else {
                        text.push_str(&word(dice));
                    }
                }
                if dice.below(4) == 0 {
                    let _ = write!(text, " {}", dice.below(400));
                }
                text.push_str(if dice.below(6) == 0 { ".\n\n" } else { ". " });
            }
            text
        })
        .collect();
    (title, pages)
}

/// Bytes of memory that the process has, where the system tells.
fn resident() -> f64 {
    let pages =
        std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0
}

struct Options {
    documents: usize,
    questions: usize,
}

impl Options {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let of = |name: &str, usual| {
            let place = arguments.iter().position(|argument| argument == name);
            place.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(usual)
        };
        Self { documents: of("--documents", 10_000), questions: of("--questions", 300) }
    }
}

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
