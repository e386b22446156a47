//! What each command does.

mod admin;
mod check;
mod contracts;
mod deliveries;
mod events;
mod ledger;
mod sender;
mod serve;
mod tables;

use std::io::Write;
use std::process::ExitCode;

use http_base::Mode;
use kernel::{Error, Kind, Result};

use crate::build::{self, Server};
use crate::cli::{Admin, Cli, Command, Contracts, Database, Deliveries, Events, Export, Import, Ledger};
use crate::settings::Settings;

/// Runs a command; the status tells how it went.
pub async fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Demo(demo) => serve::demo(demo).await.map(done),
        Command::Serve(database) => serve::serve(&database).await.map(done),
        Command::Import(Import::Creators { file, format, decimal, database }) => {
            let server = offline(&database).await?;
            tables::import(&server, &file, format.map(Into::into), decimal.map(Into::into)).await
        }
        Command::Export(Export::Creators { file, format, database }) => {
            must_be_there(&Settings::from_environment(&database)?)?;
            let server = offline(&database).await?;
            tables::export(&server, file.as_deref(), format.map(Into::into)).await.map(done)
        }
        Command::Embed(database) => {
            let server = offline(&database).await?;
            tables::embed(&server).await.map(done)
        }
        Command::Admin(Admin::Create { email, password_stdin, database }) => {
            let server = offline(&database).await?;
            admin::create(&server, &email, password_stdin).await.map(done)
        }
        Command::Contracts(Contracts::Verify(database)) => contracts::verify(&existing(&database).await?).await,
        Command::Ledger(Ledger::Verify(database)) => ledger::verify(&existing(&database).await?).await,
        Command::Events(Events::Kinds) => events::kinds().map(done),
        Command::Events(Events::Failed(database)) => events::failed(&existing(&database).await?).await.map(done),
        Command::Events(Events::Retry { subscriber, event, database }) => {
            events::retry(&existing(&database).await?, &subscriber, event).await
        }
        Command::Deliveries(Deliveries::Failed(database)) => {
            deliveries::failed(&existing(&database).await?).await.map(done)
        }
        Command::Deliveries(Deliveries::Replay { id, database }) => {
            deliveries::replay(&existing(&database).await?, id).await
        }
        Command::Openapi => openapi().await.map(done),
        // `main` does this before anything is begun.
        Command::ReadDocument { kind } => Ok(ExitCode::from(reading::isolated::child::run(&kind))),
        Command::Doctor(database) => Ok(check::doctor(&database).await),
        Command::Backup { file, database } => {
            let db = existing(&database).await?;
            db.backup(&file).await?;
            eprintln!("{} is a consistent copy of the database", file.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Writes a line to standard output; whoever has stopped reading does not want it.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Reading from a database that is not there would make an empty one, and hide a slip of the pen.
fn must_be_there(settings: &Settings) -> Result<()> {
    match settings.sqlite_file() {
        Some(file) if !file.exists() => Err(Error::new(
            Kind::NotFound,
            format!("there is no database at {}; name it with --data-dir or --database-url", file.display()),
        )),
        _ => Ok(()),
    }
}

/// A database that is there.
async fn existing(database: &Database) -> Result<db::Db> {
    let settings = Settings::from_environment(database)?;
    must_be_there(&settings)?;
    build::open_database(&settings).await
}

/// The parts of a server, for work beside a running one.
async fn offline(database: &Database) -> Result<Server> {
    let settings = Settings::from_environment(database)?;
    serve::make_folder(&settings)?;
    let db = build::open_database(&settings).await?;
    Server::new(db, Mode::Serve, &settings).await
}

/// Prints the document, made from the routes themselves.
async fn openapi() -> Result<()> {
    let settings = Settings::read(&std::collections::BTreeMap::new(), &Database::default())?;
    let folder = tempfile::tempdir().map_err(kernel::Error::internal)?;
    let mut database = settings.clone();
    database.database_url = crate::settings::sqlite_in(folder.path());
    let server = Server::new(build::open_database(&database).await?, Mode::Serve, &settings).await?;
    let (_, document, _) = server.routes(server.about(&settings, None));
    let text = serde_json::to_string_pretty(&document).map_err(kernel::Error::internal)?;
    tell(&text);
    server.app.db().close().await;
    Ok(())
}
