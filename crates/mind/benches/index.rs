//! How fast and how faithful the embedded model and the vector index are.
//!
//! `cargo bench -p mind --bench index -- [--rows N] [--queries N]`, 100,000 rows and 200 queries unless told. The vectors
//! are embeddings of made-up creators: words of one topic of the trade, some of another, some that everybody uses, and an
//! audience. The queries are made-up briefs. Everything is compared with a plain scan of the same vectors in f32.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use mind::embed::{DIMS, StaticModel};
use mind::index::{Filter, VectorIndex};

const WORDS: &str = include_str!("../../../tools/model/trade_words.txt");
const GENERAL: &str = "sharing tips reviews daily life community honest content weekly videos ideas consejos vida diaria para \
    gente real everyday style guide best new love made easy family world home city stories learn mejor nuevo casa";
const AUDIENCES: [&str; 12] = [
    "women 18-24",
    "men 25-34",
    "padres y madres jóvenes",
    "estudiantes",
    "gamers and streamers",
    "profesionales urbanos",
    "families with kids",
    "young adults in Spain",
    "people over forty",
    "beginners",
    "fans in Mexico",
    "entrepreneurs",
];
const BEST: usize = 10;

fn main() {
    let options = Options::read();
    let topics = topics();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);

    let started = Instant::now();
    let model = StaticModel::embedded();
    println!("model: {} words, loaded in {:.1} ms", model.word_count(), millis(started.elapsed()));

    let texts: Vec<_> = (0..20_000).map(|_| creator(&topics, &mut dice).1).collect();
    let started = Instant::now();
    for text in &texts {
        black_box(model.embed(text));
    }
    println!("embed: {:.0} texts a second on one thread", texts.len() as f64 / started.elapsed().as_secs_f64());

    let started = Instant::now();
    let mut rows = Vec::with_capacity(options.rows * DIMS);
    for _ in 0..options.rows {
        rows.extend(vector(model, &creator(&topics, &mut dice)));
    }
    println!("rows: {} creators made and embedded in {:.1} s", options.rows, started.elapsed().as_secs_f64());
    let started = Instant::now();
    let mut index = VectorIndex::new(DIMS);
    for (slot, row) in (0..).zip(rows.chunks_exact(DIMS)) {
        index.set(slot, row);
    }
    let took = started.elapsed();
    println!(
        "index: set in {:.2} s ({:.2} µs a row), {:.1} MB, {} bytes a row",
        took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / options.rows as f64,
        index.bytes() as f64 / 1e6,
        index.bytes() / options.rows
    );
    let queries: Vec<_> = (0..options.queries).map(|_| vector(model, &brief(&topics, &mut dice))).collect();

    println!("\n{} queries, the {BEST} best; milliseconds", queries.len());
    println!("passes  threads     p50     p99   mean   recall   plain p50   faster");
    for one_in in [1, 10, 100] {
        let bits = filter(options.rows, one_in, &mut dice);
        let plain = plain(&rows, &queries, &bits);
        for threads in [1, 2] {
            index = index.with_threads(threads);
            let filter = if one_in == 1 { Filter::All } else { Filter::Bits(&bits) };
            row(&index, &queries, filter, one_in, threads, &plain);
        }
    }
}

/// Times the searches of one filter and prints their line.
fn row(index: &VectorIndex, queries: &[Vec<f32>], filter: Filter<'_>, one_in: usize, threads: usize, plain: &Plain) {
    let mut times = Vec::new();
    let mut found = 0;
    for (query, exact) in queries.iter().zip(&plain.best) {
        let started = Instant::now();
        let hits = black_box(index.search(query, BEST, filter));
        times.push(started.elapsed());
        found += hits.iter().filter(|hit| exact.contains(&hit.slot)).count();
    }
    let wanted: usize = plain.best.iter().map(Vec::len).sum();
    let mean = times.iter().sum::<Duration>() / times.len() as u32;
    let [p50, p99] = [0.5, 0.99].map(|part| millis(quantile(&mut times, part)));
    println!(
        "{:>5} %  {threads:>7}  {p50:>6.2}  {p99:>6.2}  {:>5.2}   {:.4}   {:>9.2}   {:>5.1}×",
        100 / one_in,
        millis(mean),
        found as f64 / wanted as f64,
        plain.p50,
        plain.p50 / p50
    );
}

/// What a plain scan finds, and how long it takes.
struct Plain {
    best: Vec<Vec<u32>>,
    p50: f64,
}

/// Every row that passes, in f32, one after the other; compiled for what every x86-64 or ARM has.
fn plain(rows: &[f32], queries: &[Vec<f32>], bits: &[u64]) -> Plain {
    let mut times = Vec::new();
    let mut best = Vec::new();
    for query in queries {
        let started = Instant::now();
        let mut scored = Vec::new();
        for (slot, row) in rows.chunks_exact(DIMS).enumerate() {
            if bits[slot / 64] >> (slot % 64) & 1 == 1 {
                let mut lanes = [0.0_f32; 16];
                for (x, y) in row.chunks_exact(16).zip(query.chunks_exact(16)) {
                    for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
                        *lane += x * y;
                    }
                }
                scored.push((lanes.iter().sum::<f32>(), slot as u32));
            }
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let wanted = BEST.min(scored.len());
        scored.select_nth_unstable_by(wanted - 1, order);
        best.push(scored[..wanted].iter().map(|&(_, slot)| slot).collect());
        times.push(started.elapsed());
    }
    Plain { best, p50: millis(quantile(&mut times, 0.5)) }
}

struct Topic {
    name: &'static str,
    words: Vec<&'static str>,
}

fn topics() -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            topics.push(Topic { name: line.trim_matches(['[', ']']), words: Vec::new() });
        } else if let Some(topic) = topics.last_mut() {
            topic.words.extend(line.split_whitespace());
        }
    }
    topics
}

/// Niche, description, audience.
type Fields = (&'static str, String, &'static str);

fn vector(model: &StaticModel, (niche, text, audience): &Fields) -> Vec<f32> {
    model.embed_parts(&[(0.5, niche), (1.0, text), (0.6, audience)])
}

fn creator(topics: &[Topic], dice: &mut Dice) -> Fields {
    let words = 5 + dice.below(10);
    fields(topics, dice, words)
}

fn brief(topics: &[Topic], dice: &mut Dice) -> Fields {
    let words = 3 + dice.below(8);
    let mut brief = fields(topics, dice, words);
    if dice.below(2) == 0 {
        brief.2 = "";
    }
    brief
}

fn fields(topics: &[Topic], dice: &mut Dice, words: usize) -> Fields {
    let general: Vec<&str> = GENERAL.split_whitespace().collect();
    // Some topics have far more creators than others.
    let [topic, other] = [(); 2].map(|()| &topics[dice.below(topics.len()).min(dice.below(topics.len()))]);
    let mut text = String::new();
    for _ in 0..words {
        let words = match dice.below(100) {
            0..55 => &topic.words,
            55..70 => &other.words,
            _ => &general,
        };
        let _ = write!(text, "{} ", words[dice.below(words.len())]);
    }
    let niche = if dice.below(3) == 0 { topic.name } else { topic.name.split([',', ' ']).next().unwrap_or_default() };
    (niche, text, AUDIENCES[dice.below(AUDIENCES.len())])
}

fn filter(rows: usize, one_in: usize, dice: &mut Dice) -> Vec<u64> {
    let mut bits = vec![0; rows.div_ceil(64)];
    for row in 0..rows {
        bits[row / 64] |= u64::from(dice.below(one_in) == 0) << (row % 64);
    }
    bits
}

/// A fixed sequence of numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % sides as u64) as usize
    }
}

fn quantile(times: &mut [Duration], part: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * part).round() as usize]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

struct Options {
    rows: usize,
    queries: usize,
}

impl Options {
    fn read() -> Self {
        let arguments: Vec<_> = std::env::args().collect();
        let number = |name: &str, otherwise: usize| {
            let at = arguments.iter().position(|argument| argument == name);
            at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
        };
        Self { rows: number("--rows", 100_000).max(1), queries: number("--queries", 200).max(1) }
    }
}
