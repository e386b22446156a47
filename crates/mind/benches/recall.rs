//! How fast a large base answers, and what its index takes.
//!
//! `cargo bench -p mind --bench recall -- [--documents N] [--questions N]`: 10,000 documents of ten pages and 200 questions unless told. It
//! fails where the index takes more than 300 MB or a question more than 50 ms at the median.
//!
//! The base is the fixtures' handbooks among documents of made-up text: ten pages of 300 words in paragraphs of some sixty, words of the trade
//! and of no language, as often as words are in texts (Zipf), half of the documents English and half Spanish in their small words. It is cut
//! into chunks of up to 1,000 characters. The questions are the handbooks'. The texts are kept apart from the index, as the rows of a database
//! are.

#[path = "../tests/handbook/mod.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod handbook;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use handbook::{Base, pieces};
use mind::recall::{DocumentText, Lexicon, Outcome, Prepared, Question, Thresholds};

const WORDS: &str = include_str!("../../../tools/model/trade_words.txt");
const SMALL: [&str; 2] = [
    "the and is are you with this for of to we have not at be when on in can will or it by as from",
    "el la los las y es son que con para por del en un una no se su lo al si más pero como",
];
/// Words of no language beside those of the trade.
const STRANGE: usize = 60_000;
/// Pages of a document.
const PAGES: usize = 10;
/// Words of a page.
const PAGE: usize = 300;
/// What an index may take, in bytes.
const MOST_MEMORY: f64 = 300e6;
/// How long a question may take at the median.
const MOST_TIME: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let options = Options::read();
    let books: Vec<_> = std::fs::read_dir(handbook::folder())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| handbook::read(&entry.path()))
        .collect();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let vocabulary = vocabulary(&mut dice);
    let mut base = Base { lexicon: Lexicon::default(), documents: Vec::new(), pieces: Vec::new() };
    let mut documents = Vec::new();
    for number in 0..options.documents {
        let (title, text) = document(number, &vocabulary, &mut dice);
        let first = base.pieces.len();
        base.pieces.extend(pieces(&text, 1000));
        documents.push((title, None, first..base.pieces.len()));
    }
    for document in books.iter().flat_map(|book| &book.documents) {
        let first = base.pieces.len();
        base.pieces.extend(pieces(&document.text, 1000));
        documents.push((document.title.clone(), document.added, first..base.pieces.len()));
    }
    let letters: usize = base.pieces.iter().map(|piece| piece.text.len()).sum();
    println!("{} documents, {} chunks, {:.0} MB of text", documents.len(), base.pieces.len(), letters as f64 / 1e6);

    let before = resident();
    let started = Instant::now();
    let mut preparing = Duration::ZERO;
    for (title, added, chunks) in &documents {
        let begun = Instant::now();
        let head = DocumentText { title, added: *added, ..DocumentText::default() };
        let prepared = Prepared::new(&head, base.pieces[chunks.clone()].iter().map(handbook::Piece::chunk));
        preparing += begun.elapsed();
        base.lexicon.take(prepared);
    }
    base.lexicon.shrink();
    let took = started.elapsed();
    let own = base.lexicon.bytes() as f64;
    let memory = resident() - before;
    println!(
        "index: built in {:.1} s, {:.1} s of it making documents ready; {:.0} MB by its own count, {:.0} MB resident",
        took.as_secs_f64(),
        preparing.as_secs_f64(),
        own / 1e6,
        memory / 1e6
    );

    let questions: Vec<&str> =
        books.iter().flat_map(|book| &book.questions).map(|asked| &*asked.text).take(options.questions).collect();
    let mut medians = Vec::new();
    for name in ["first time", "again"] {
        let mut times = Vec::new();
        let mut answered = 0;
        for text in &questions {
            let started = Instant::now();
            let answer = base.answer(&Question::new(text), Thresholds::default());
            times.push(started.elapsed());
            answered += usize::from(answer.outcome == Outcome::Answered);
        }
        medians.push(print_times(&format!("ask, {name}"), &mut times));
        println!("  {answered} of {} answered", questions.len());
    }
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|text| {
            let started = Instant::now();
            std::hint::black_box(base.lexicon.search(&Question::new(text), 10));
            started.elapsed()
        })
        .collect();
    print_times("search", &mut times);

    let [mut makes, mut takes, mut removes] = [Vec::new(), Vec::new(), Vec::new()];
    for number in 0..20 {
        let (title, text) = document(number, &vocabulary, &mut dice);
        let pieces = pieces(&text, 1000);
        let head = DocumentText { title: &title, ..DocumentText::default() };
        let started = Instant::now();
        let prepared = Prepared::new(&head, pieces.iter().map(handbook::Piece::chunk));
        makes.push(started.elapsed());
        let started = Instant::now();
        let added = base.lexicon.take(prepared);
        takes.push(started.elapsed());
        let started = Instant::now();
        base.lexicon.remove([if number % 2 == 0 { added.document } else { number as u32 }]);
        removes.push(started.elapsed());
    }
    print_times("make a document of ten pages ready", &mut makes);
    print_times("take it in", &mut takes);
    print_times("take one out", &mut removes);

    let [memory_holds, time_holds] = [memory.max(own) <= MOST_MEMORY, medians.iter().all(|took| *took <= MOST_TIME)];
    println!("at most {:.0} MB: {memory_holds}; at most {MOST_TIME:?} at the median: {time_holds}", MOST_MEMORY / 1e6);
    if memory_holds && time_holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the times, and answers their median.
fn print_times(name: &str, times: &mut [Duration]) -> Duration {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let [median, most, nearly_all] = [0.5, 0.95, 0.99].map(at);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{name}: p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms", ms(median), ms(most), ms(nearly_all));
    median
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

/// A title and a text of so many pages.
fn document(number: usize, vocabulary: &[String], dice: &mut Dice) -> (String, String) {
    let small: Vec<&str> = SMALL[number % 2].split(' ').collect();
    let word = |dice: &mut Dice| {
        // Zipf: the logarithm of a word's rank is even.
        let rank = ((vocabulary.len() as f64).ln() * dice.share()).exp() as usize;
        &*vocabulary[rank.min(vocabulary.len() - 1)]
    };
    let title = format!("{} {} {number}", word(dice), word(dice));
    let mut text = String::with_capacity(PAGES * PAGE * 7);
    let [mut words, mut paragraph] = [0, 0];
    while words < PAGES * PAGE {
        let sentence = 8 + dice.below(10);
        for i in 0..sentence {
            if i > 0 {
                text.push(' ');
            }
            text.push_str(if dice.below(5) < 2 { small[dice.below(small.len())] } else { word(dice) });
        }
        if dice.below(4) == 0 {
            let _ = write!(text, " {}", dice.below(400));
        }
        words += sentence;
        paragraph += sentence;
        if paragraph >= 40 + dice.below(40) {
            text.push_str(".\n\n");
            paragraph = 0;
        } else {
            text.push_str(". ");
        }
    }
    (title, text)
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
        Self { documents: of("--documents", 10_000), questions: of("--questions", 200) }
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
