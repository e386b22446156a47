//! InfluencerFlow: one server for the creator economy.

use std::process::ExitCode;

use clap::Parser;
use influencerflow::{cli, commands};
use mimalloc::MiMalloc;

/// Also what SQLite takes (feature `override`): with the C library's allocator threads that write wait for each other, and what an import
/// took is never given back. Measured in docs/performance.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // What is written here is its owner's alone: the database, recordings, exports.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = cli::Cli::parse();
    // It limits the whole process, so there must be nothing else in it.
    if let cli::Command::ReadDocument { kind } = &cli.command {
        return ExitCode::from(reading::isolated::child::run(kind));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("influencerflow: the machine gives no threads to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("influencerflow: {error}");
            ExitCode::FAILURE
        }
    }
}
