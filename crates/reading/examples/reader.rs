//! Reads files as the server does, each in a process of its own:
//!
//! ```text
//! reader [--text] FILE…          a line for each: what came of it, words, milliseconds; with --text what was read
//! reader read-document KIND      the process of one file
//! ```

use std::process::ExitCode;
use std::time::Instant;

use mimalloc::MiMalloc;
use reading::Kind;
use reading::isolated::{Readers, child};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, kind] = arguments.as_slice()
        && command == child::COMMAND
    {
        return ExitCode::from(child::run(kind));
    }
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    runtime.block_on(files(&arguments));
    ExitCode::SUCCESS
}

async fn files(arguments: &[String]) {
    let readers = Readers::of_this_program();
    let text = arguments.iter().any(|argument| argument == "--text");
    for path in arguments.iter().filter(|argument| *argument != "--text") {
        let Ok(bytes) = std::fs::read(path) else {
            println!("{path}: cannot be opened");
            continue;
        };
        let begun = Instant::now();
        let read = match Kind::detect(&bytes, path) {
            Ok(kind) => match readers.read(kind, bytes).await {
                Ok(read) => read,
                Err(error) => {
                    println!("{path}: {error}");
                    continue;
                }
            },
            Err(reason) => Err(reason),
        };
        let took = begun.elapsed().as_millis();
        match read {
            Ok(reading) => {
                let words = reading.text.split_whitespace().count();
                println!("{path}: ok {words} words {took} ms {}", reading.notes.join(" "));
                if text {
                    println!("{}", reading.text);
                }
            }
            Err(why) => println!("{path}: {} {took} ms", why.reason),
        }
    }
}
