//! `doctor`: is everything as it must be?

use std::process::ExitCode;

use http_base::Mode;
use kernel::{Error, Result, Scope};
use mind::embed::StaticModel;

use super::sender;
use crate::build::{self, Server};
use crate::cli::Database;
use crate::settings::{Embeddings, Settings};

/// Looks at everything, and tells it line by line.
pub(super) async fn doctor(database: &Database) -> ExitCode {
    let mut well = true;
    let mut tell = |name: &str, found: Result<String>| match found {
        Ok(figures) => super::tell(&format!("ok    {name}: {figures}")),
        Err(error) => {
            well = false;
            super::tell(&format!("FAIL  {name}: {error}"));
        }
    };
    let settings = match Settings::from_environment(database) {
        Ok(settings) => {
            tell("settings", Ok("they make sense".into()));
            settings
        }
        Err(error) => {
            tell("settings", Err(error));
            return ExitCode::FAILURE;
        }
    };
    if let Some(smtp) = &settings.smtp {
        for (name, found) in look_at_mail(&settings, smtp).await {
            tell(name, found);
        }
    }
    tell("local model", Ok(format!("{} with {} words", StaticModel::id(), StaticModel::embedded().word_count())));
    if let Err(error) = super::must_be_there(&settings) {
        tell("database", Err(error));
        return ExitCode::FAILURE;
    }
    match build::open_database(&settings).await {
        Err(error) => tell("database", Err(error)),
        Ok(db) => {
            tell("database", look_at_database(&db).await);
            match Server::new(db, Mode::Serve, &settings).await {
                Err(error) => tell("parts", Err(error)),
                Ok(server) => {
                    tell("embeddings", look_at_embeddings(&server, &settings).await);
                    tell("counters", look_at_counters(&server).await);
                    let kept = settings.secrets.is_open().map(|()| "can be kept".to_owned());
                    // A server without channels needs none.
                    tell(
                        "secrets of channels",
                        kept.or_else(|missing| Ok(format!("none can be kept: {}", missing.message()))),
                    );
                    tell("vectors are compared by", Ok(server.directory.backend().name().into()));
                    let reader = settings.openai_key.as_ref().or(settings.google_key.as_ref());
                    let reads = if reader.is_some() {
                        "a language model, then the local parser"
                    } else {
                        "the local parser (no key is set)"
                    };
                    tell("searches are read by", Ok(reads.into()));
                }
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What mailbox providers want of a sender.
async fn look_at_mail(
    settings: &Settings,
    smtp: &providers::smtp::SmtpSettings,
) -> Vec<(&'static str, Result<String>)> {
    let Some(from) = settings.mail.from.as_ref().map(|from| mail::incoming::to_ascii(from.email.as_ref())) else {
        return Vec::new();
    };
    let dns = match sender::System::new() {
        Ok(dns) => dns,
        Err(error) => return vec![("mail", Err(error))],
    };
    let known = sender::Sender {
        domain: from.rsplit_once('@').map_or("", |(_, domain)| domain),
        selector: settings.mail.dkim_selector.as_deref(),
        public_url: settings.public_url.as_deref(),
        hello: smtp.hello.as_deref(),
        answers_are_read: settings.outreach.reply_address.is_some() || !mail::incoming::is_nobody(&from),
    };
    sender::checks(&dns, &known).await
}

/// Reads, and writes what is undone again.
async fn look_at_database(db: &db::Db) -> Result<String> {
    let mut tx = db.read().await?;
    let creators = creators::store::count(Scope::system(), &mut tx).await?;
    drop(tx);
    let mut tx = db.write().await?;
    tx.execute("INSERT INTO installation (name, value) VALUES ('doctor', 'was here')", vec![]).await?;
    drop(tx);
    let place = db.path().map_or_else(String::new, |path| format!(" in {}", path.display()));
    Ok(format!("{}{place}, readable and writable, {creators} creators", db.engine().name()))
}

async fn look_at_embeddings(server: &Server, settings: &Settings) -> Result<String> {
    let directory = &server.directory;
    let model = directory.embedder().model().to_owned();
    if settings.embeddings != Embeddings::Local {
        directory.embed(vec!["influencerflow doctor".into()]).await?;
    }
    let mut tx = server.app.read().await?;
    let stale = creators::store::stale_count(Scope::system(), &mut tx, &model).await?;
    if stale > 0 {
        return Err(Error::conflict(format!("{stale} creators have no vector of {model}; run `influencerflow embed`")));
    }
    Ok(format!("{model}, every creator has a vector"))
}

/// Who counts for rate limits: a Redis that was set must answer.
async fn look_at_counters(server: &Server) -> Result<String> {
    match server.redis_answers().await {
        None => Ok("each process counts for itself (REDIS_URL is not set)".into()),
        Some(true) => Ok("Redis counts for every process".into()),
        Some(false) => Err(Error::new(
            kernel::Kind::Unavailable,
            "Redis does not answer: check REDIS_URL, and its certificate for rediss://; until then each process counts for itself",
        )),
    }
}
