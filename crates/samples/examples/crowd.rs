//! Writes a crowd to standard output, and how fast it went to standard error.
//!
//! ```console
//! $ cargo run --release -p samples --example crowd -- --count 100000 --format csv > crowd.csv
//! ```

use std::io::{self, stdout};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "usage: crowd [--count N] [--format csv|jsonl|none] [--seed N]";

fn main() -> ExitCode {
    match options().map(|options| write(&options)) {
        Some(Ok(())) => ExitCode::SUCCESS,
        // Whoever read us has had enough: `crowd | head`.
        Some(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("crowd: cannot write: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

struct Options {
    count: usize,
    seed: u64,
    format: String,
}

fn options() -> Option<Options> {
    let mut options = Options { count: 1000, seed: 1, format: "csv".into() };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--count" => options.count = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--format" if ["csv", "jsonl", "none"].contains(&value.as_str()) => options.format = value,
            _ => return None,
        }
    }
    Some(options)
}

fn write(options: &Options) -> io::Result<()> {
    let started = Instant::now();
    let crowd = samples::crowd(options.seed, options.count);
    match options.format.as_str() {
        "csv" => samples::write_csv(crowd, stdout().lock())?,
        "jsonl" => samples::write_jsonl(crowd, stdout().lock())?,
        _ => {
            crowd.for_each(|creator| {
                std::hint::black_box(creator);
            });
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{} creators in {seconds:.2} s, {:.0} a second", options.count, options.count as f64 / seconds);
    Ok(())
}
