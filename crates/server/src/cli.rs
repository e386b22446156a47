//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// One server for the creator economy: brands find, reach, contract and pay creators; creators find paid work; their audiences are
/// coached.
#[derive(Parser)]
#[command(name = "influencerflow", version, propagate_version = true, arg_required_else_help = true, after_long_help = FILES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const FILES: &str = "\
SETTINGS
  Settings are environment variables; docs/settings.md lists all of them. The most used:

  DATABASE_URL      sqlite:PATH or postgres://user:password@host/name
  DATA_DIR          where the SQLite file is when there is no DATABASE_URL (./data)
  HOST, PORT        where `serve` listens (0.0.0.0, 8000)
  CORS_ORIGINS      web origins that browsers may call from, set apart by commas
  JWT_SECRET_KEY    what tokens are signed with; `serve` does not start without one
  PUBLIC_BASE_URL   where the server is reached from outside
  LOG_LEVEL         error, warn, info, debug or trace; LOG_FORMAT is json or text
  EMBEDDINGS        local, openai or gemini: who makes the vectors (local)
  OPENAI_API_KEY    a language model reads searches; the local parser does without it

EXIT STATUS
  0  it was done     1  it was not, and why stands on standard error     2  the command line was not understood
  3  an import took some rows in and refused others; each one is told

EXAMPLES
  influencerflow demo
  DATABASE_URL=postgres://me:secret@db/flow influencerflow serve
  influencerflow import creators creators.csv";

/// What the program can do.
#[derive(Subcommand)]
pub enum Command {
    /// Show everything with sample data, on this machine only
    ///
    /// Needs no key, no settings and no other server. Listens on 127.0.0.1 alone, makes a folder with a SQLite database, fills it
    /// with sample creators and campaigns the first time, and answers without a token as an administrator. It is for trying
    /// out, never for real data: use `serve` for that.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow demo\n  influencerflow demo --data-dir /tmp/try --port 9000"
    )]
    Demo(Demo),
    /// Serve for real
    ///
    /// Reads its settings from the environment and refuses to start on settings that make no sense, all of them told at once.
    /// Every route wants a bearer token. Any number of `serve` processes on one PostgreSQL are one service. SIGTERM and Ctrl-C
    /// let the requests under way finish.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow serve\n  PORT=9000 DATABASE_URL=postgres://me:secret@db/flow influencerflow serve"
    )]
    Serve(Database),
    /// Take data in from a file
    #[command(subcommand)]
    Import(Import),
    /// Write data out to a file
    #[command(subcommand)]
    Export(Export),
    /// Make the vectors that are missing or another model's
    ///
    /// After EMBEDDINGS or EMBEDDING_MODEL was changed, creators are found by meaning again once their vectors are made anew.
    /// May be broken off and run again; a running server follows by itself.
    #[command(after_long_help = "EXAMPLES\n  influencerflow embed\n  EMBEDDINGS=openai influencerflow embed")]
    Embed(Database),
    /// Make administrators
    #[command(subcommand)]
    Admin(Admin),
    /// Look after contracts
    #[command(subcommand)]
    Contracts(Contracts),
    /// Look after the ledger of payments
    #[command(subcommand)]
    Ledger(Ledger),
    /// Look after events
    #[command(subcommand)]
    Events(Events),
    /// Look after deliveries: mails, and whatever else leaves the server
    #[command(subcommand)]
    Deliveries(Deliveries),
    /// Print the OpenAPI 3.1 document
    #[command(after_long_help = "EXAMPLES\n  influencerflow openapi > openapi.json")]
    Openapi,
    /// Read one document in this process, for the server
    ///
    /// The server starts this for each document that somebody uploads: the file comes on standard input, what was read goes to standard
    /// output as JSON, which has to be a pipe or a terminal. The process limits its memory, its time and its files first, so that a
    /// hostile document ends it and not the server.
    /// The exit status is 3 if the document cannot be read, and why stands on standard output.
    #[command(hide = true, after_long_help = "EXAMPLES\n  influencerflow read-document pdf < handbook.pdf")]
    ReadDocument {
        /// What the document is: pdf, docx, pptx, xlsx, odt, epub, html, markdown, csv, subtitles or text.
        kind: String,
    },
    /// Look whether everything is as it must be
    ///
    /// Settings, database, disk, embedding model, providers: one line for each. The exit status is 1 if anything would keep the server
    /// from working.
    Doctor(Database),
    /// Copy the live SQLite database, consistently
    ///
    /// The server may go on meanwhile. For PostgreSQL it tells the command to run.
    #[command(after_long_help = "EXAMPLES\n  influencerflow backup backup-2026-01-15.db")]
    Backup {
        /// The file to write; it must not be there yet.
        file: PathBuf,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// What can be done about events.
#[derive(Subcommand)]
pub enum Events {
    /// List what can happen, with the schema of each payload, as JSON
    #[command(after_long_help = "EXAMPLES\n  influencerflow events kinds")]
    Kinds,
    /// List the events that a subscriber could not handle and set aside
    ///
    /// One line for each: the subscriber, the event's id, what happened, how often it was tried, and why that failed.
    #[command(after_long_help = "EXAMPLES\n  influencerflow events failed")]
    Failed(Database),
    /// Have events tried once more that were set aside
    ///
    /// They come after later ones of their subjects then. A running server makes the attempt.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow events retry webhooks\n  influencerflow events retry webhooks 0190a000-0000-7000-8000-000000000000"
    )]
    Retry {
        /// The subscriber.
        subscriber: String,
        /// The event; without one, all that the subscriber set aside
        event: Option<db::EventId>,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// What can be done about deliveries.
#[derive(Subcommand)]
pub enum Deliveries {
    /// List the deliveries that were given up, the newest first
    ///
    /// One line for each: its id, what it is, what it is about, how often it was tried, and why that failed.
    #[command(after_long_help = "EXAMPLES\n  influencerflow deliveries failed")]
    Failed(Database),
    /// Have a delivery that was given up tried again, with all its attempts
    ///
    /// A running server makes the attempts.
    #[command(after_long_help = "EXAMPLES\n  influencerflow deliveries replay 0190a000-0000-7000-8000-000000000000")]
    Replay {
        /// The delivery.
        id: kernel::DeliveryId,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// Where the data is.
#[derive(Args, Clone, Default)]
pub struct Database {
    /// sqlite:PATH or postgres://user:password@host/name; without either option the setting DATABASE_URL
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// The folder of the SQLite file; without either option, and without DATABASE_URL, the setting DATA_DIR, or ./data
    #[arg(long, value_name = "DIR", conflicts_with = "database_url")]
    pub data_dir: Option<PathBuf>,
}

/// How to show the demo.
#[derive(Args)]
pub struct Demo {
    /// The folder of the demo's database; made if it is not there
    #[arg(long, value_name = "DIR", default_value = "influencerflow-demo")]
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// A PostgreSQL database to fill with the sample data instead of a SQLite file; it must be empty, or a demo's
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// What to do about administrators.
#[derive(Subcommand)]
pub enum Admin {
    /// Make an administrator, who then logs in as everybody does
    ///
    /// Nobody becomes one by signing up. Without --password-stdin a random password is made and printed, once.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow admin create --email me@example.com\n  influencerflow admin create --email me@example.com --password-stdin < password.txt"
    )]
    Create {
        /// Where mail reaches them; they log in by it
        #[arg(long)]
        email: String,
        /// Read the password from standard input: its first line
        #[arg(long)]
        password_stdin: bool,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// What to do about contracts.
#[derive(Subcommand)]
pub enum Contracts {
    /// Verify the trail of every contract
    ///
    /// Every hash is computed again: of the entries, of the texts that were signed, of what the signatures are under. The exit status is
    /// 1 if anything does not fit, and each fault is told. The server may go on meanwhile.
    #[command(after_long_help = "EXAMPLES\n  influencerflow contracts verify")]
    Verify(Database),
}

/// What to do about the ledger.
#[derive(Subcommand)]
pub enum Ledger {
    /// Verify the whole ledger
    ///
    /// Every transaction must balance, none may be missing, and payments must say of themselves what their entries say. Prints the
    /// balances, and every fault. The exit status is 1 if there is any. The server may go on meanwhile.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow ledger verify\n  influencerflow ledger verify --data-dir data"
    )]
    Verify(Database),
}

/// What to take in.
#[derive(Subcommand)]
pub enum Import {
    /// Creators, from CSV or JSON lines
    ///
    /// The first line of a CSV names the columns as a creator's fields: name, email, platform, channel_name, followers_count (125K) or
    /// followers_count_numeric or followers, engagement_rate, niche, language, country, about, avg_views, collaboration_rate,
    /// rating, profile_image, location, audience_type, languages, previous_brands. Name, platform, niche and followers must be
    /// there. Rows that are right go in, a thousand in a transaction; each other one is told with its line and reason. Safe to
    /// run again: the same platform and handle (or link to the profile, or id of an export) change the entry that is there. docs/import.md
    /// has the rules.
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow import creators creators.csv\n  influencerflow import creators - --format jsonl < creators.jsonl"
    )]
    Creators {
        /// The file, or - for standard input
        file: PathBuf,
        /// How it is written; seen from the file's name or its first line without this
        #[arg(long)]
        format: Option<TableFormat>,
        /// The mark before the decimals of its numbers; seen from all of them together without this
        #[arg(long)]
        decimal: Option<Decimal>,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// The mark before decimals.
#[derive(Clone, Copy, ValueEnum)]
pub enum Decimal {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

impl From<Decimal> for kernel::numeral::Mark {
    fn from(decimal: Decimal) -> Self {
        match decimal {
            Decimal::Point => Self::Point,
            Decimal::Comma => Self::Comma,
        }
    }
}

/// What to write out.
#[derive(Subcommand)]
pub enum Export {
    /// Creators, as CSV or JSON lines that `import` reads
    #[command(
        after_long_help = "EXAMPLES\n  influencerflow export creators creators.csv\n  influencerflow export creators --format jsonl | gzip > creators.jsonl.gz"
    )]
    Creators {
        /// The file, which must not be there yet; standard output without one
        file: Option<PathBuf>,
        /// How to write it; seen from the file's name, else csv
        #[arg(long)]
        format: Option<TableFormat>,
        /// Where the data is.
        #[command(flatten)]
        database: Database,
    },
}

/// How a table is written.
#[derive(Clone, Copy, ValueEnum)]
pub enum TableFormat {
    /// Comma-separated values with a head
    Csv,
    /// One JSON object on each line
    Jsonl,
}

impl From<TableFormat> for creators::Format {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Csv => Self::Csv,
            TableFormat::Jsonl => Self::JsonLines,
        }
    }
}
