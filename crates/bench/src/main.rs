//! How fast the whole server is, as its users meet it: the real program as a child process, asked over loopback.

mod bare;
mod briefs;
mod child;
mod client;
mod data;
mod load;
mod measures;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::data::Data;
use crate::table::Table;

/// What can go wrong here is told and ends the run.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the whole server against what was promised of it.
///
/// Makes a crowd of creators, imports it, starts the server on it and asks it over loopback; prints what it measured, what was
/// promised, and whether that was met. Everything is measured on the real `influencerflow`, which has to be built beside
/// this program. Figures that depend on the machine are told as a ratio to something measured in the same run.
#[derive(Parser)]
#[command(name = "influencerflow-bench", version, after_long_help = MORE)]
struct Cli {
    /// How many creators
    #[arg(long, default_value_t = 100_000)]
    rows: usize,
    /// Only these measures (default: all of them)
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Measure>,
    /// The server to measure (default: the one beside this program)
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// A folder to keep the imported creators in; a second run with the same folder does not import again
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// How long a window of load is, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Be the bare handler that the server is compared with: answer on this port with the bytes of the file
    #[arg(long, hide = true, num_args = 2, value_names = ["PORT", "FILE"])]
    bare: Vec<String>,
}

const MORE: &str = "\
MEASURES
  import   a CSV of so many creators into a new SQLite database, vectors included: seconds, memory, size
  start    from the start of the process until /health answers 200, and the memory that the directory takes
  index    the vector index alone: recall@10 against an exact scan in f32, and time, at filters that keep 100, 10 and 1 %
  search   POST /api/v1/ai/similaritysearch over loopback at the same filters
  requests what a request costs with 32 connections and a bearer token, against a bare axum handler that answers with the same
           bytes: answers a second as a share of the handler's, and CPU time as a multiple of its, in windows of load in turn;
           lists, searches and profiles that are kept, a path that is not there, contracts, a new campaign
  cpu      CPU time of the server for a list, a search and a profile when no answer is kept (RESPONSE_CACHE=off)
  writes   POST /creators and POST /campaigns with 32 connections; the server is killed, and everything it acknowledged must
           be in the database
  inbox    CPU time of an unread count beyond a request that reads nothing; POST /messages with 32 connections, and what is there
           after a kill; memory with 5,000 live streams (`ulimit -n 12000`), and how soon a message is on 1,000 of them
  channels signed webhooks of WhatsApp with 32 connections for ten seconds; the server is killed at work, and everything it
           acknowledged must be in the conversations, once, also when all of it is told again
  offers   CPU time of the server for lists of as many offers as there are creators, made through the routes, with what a creator
           may apply to and how well it fits, when no answer is kept
  programs a million members who wait in programs (on SQLite): server CPU time with nothing due, and how soon 5,000 are moved that are
           due at one moment
  webhooks members join an audience with 17 webhooks, one of which never answers: deliveries that arrive in a second, on SQLite, or on
           the empty PostgreSQL that BENCH_DATABASE_URL names
  size     the binary

EXAMPLES
  cargo build --release -p influencerflow && cargo run --release -p bench
  cargo run --release -p bench -- --rows 1000000 --only import,start,index,search
  cargo run --release -p bench -- --keep /var/tmp/bench --only cpu

EXIT STATUS
  0  everything that was measured is as promised     1  something is not, or it could not be measured";

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    Import,
    Start,
    Index,
    Search,
    Requests,
    Cpu,
    Writes,
    Inbox,
    Channels,
    Offers,
    Programs,
    Webhooks,
    Size,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("influencerflow-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<bool> {
    if let [port, file] = cli.bare.as_slice() {
        bare::serve(port.parse()?, file.as_ref())?;
        return Ok(true);
    }
    let wanted = |measure| cli.only.is_empty() || cli.only.contains(&measure);
    let server = child::find_server(cli.server.as_deref())?;
    let mut table = Table::new(cli.rows);
    if wanted(Measure::Size) {
        measures::size(&server, &mut table)?;
    }
    let data = Data::new(cli.keep.as_deref(), cli.rows)?;
    if wanted(Measure::Index) {
        measures::index(&data, &mut table);
    }
    if [
        Measure::Import,
        Measure::Start,
        Measure::Search,
        Measure::Requests,
        Measure::Cpu,
        Measure::Writes,
        Measure::Inbox,
        Measure::Channels,
        Measure::Offers,
    ]
    .into_iter()
    .any(wanted)
    {
        measures::import(&server, &data, &mut table)?;
    }
    if wanted(Measure::Start) {
        measures::start(&server, &data, &mut table)?;
    }
    if wanted(Measure::Search) {
        measures::search(&server, &data, &mut table)?;
    }
    if wanted(Measure::Requests) {
        measures::requests(&server, &data, cli.seconds, &mut table)?;
    }
    if wanted(Measure::Cpu) {
        measures::cpu(&server, &data, &mut table)?;
    }
    if wanted(Measure::Writes) {
        measures::writes(&server, &data, cli.seconds, &mut table)?;
    }
    if wanted(Measure::Inbox) {
        measures::inbox(&server, &data, cli.seconds, &mut table)?;
    }
    if wanted(Measure::Channels) {
        measures::channels(&server, &data, &mut table)?;
    }
    if wanted(Measure::Offers) {
        measures::offers(&server, &data, &mut table)?;
    }
    if wanted(Measure::Programs) {
        measures::programs(&server, &mut table)?;
    }
    if wanted(Measure::Webhooks) {
        measures::webhooks(&server, &mut table)?;
    }
    Ok(table.finish())
}
