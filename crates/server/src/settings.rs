//! Settings, from the environment: read once, all faults told together.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use axum::http::HeaderValue;
use http_base::app::Limits;
use http_base::pace::Patience;
use kernel::{Result, Variables};
use matching::ExchangeRates;

use crate::cli::Database;

/// Who makes the vectors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Embeddings {
    /// The model inside the binary.
    Local,
    /// An OpenAI-compatible server.
    OpenAi,
    /// Gemini.
    Gemini,
}

/// The settings of the server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `DATABASE_URL`, or the SQLite file in `DATA_DIR`.
    pub database_url: String,
    /// `DATABASE_MAX_CONNECTIONS`.
    pub connections: u32,
    /// `HOST`.
    pub host: IpAddr,
    /// `PORT`.
    pub port: u16,
    /// `PUBLIC_BASE_URL`: where the server is reached from outside.
    pub public_url: Option<String>,
    /// `CORS_ORIGINS`.
    pub origins: Vec<HeaderValue>,
    /// `LOG_LEVEL`.
    pub log_level: tracing::Level,
    /// `LOG_FORMAT`: is it JSON?
    pub log_json: bool,
    /// `MAX_BODY_BYTES`, `MAX_UPLOAD_BYTES`, `REQUEST_TIMEOUT_SECONDS`, `UPLOAD_TIMEOUT_SECONDS`, `MAX_UPLOADS…`, `STALL_TIMEOUT_SECONDS`,
    /// `MIN_BYTES_PER_SECOND`, `TRUSTED_PROXIES`.
    pub limits: Limits,
    /// `HEAD_TIMEOUT_SECONDS`, `MAX_CONNECTIONS`, `MAX_CONNECTIONS_PER_ADDRESS`.
    pub taken: http_base::connections::Bounds,
    /// `RESPONSE_CACHE`.
    pub caching: bool,
    /// `JOB_WORKERS`.
    pub workers: usize,
    /// `EVENTS_KEEP_DAYS`.
    pub events_keep_days: u32,
    /// `SMTP_HOST`, `SMTP_PORT`, `SMTP_TLS`, `SMTP_USERNAME`, `SMTP_PASSWORD`, `SMTP_TIMEOUT_SECONDS`; without a host mail is kept in the outbox.
    pub smtp: Option<providers::smtp::SmtpSettings>,
    /// `SMTP_FROM`, `MAIL_CONNECTIONS`, `MAIL_KEEP_DAYS`.
    pub mail: mail::Settings,
    /// `OUTREACH_…`.
    pub outreach: outreach::Settings,
    /// `TWILIO_…`; without keys calls are mock calls.
    pub twilio: Option<providers::twilio::TwilioSettings>,
    /// `ELEVENLABS_…`; without a key its calls are mock calls.
    pub elevenlabs: Option<providers::elevenlabs::ElevenLabsSettings>,
    /// `CALL_…`, `TWILIO_WEBHOOK_BASE_URL`, `TWILIO_SPEECH_MODEL`.
    pub calls: calls::Settings,
    /// `WHATSAPP_…`, `TELEGRAM_BASE_URL`, `FCM_…`: where messages go. Keys belong to channels.
    pub messaging: providers::messaging::MessagingSettings,
    /// `OUTWARD_LOOPBACK`: may users' addresses lead to this machine? The demo allows it unless told otherwise, `serve` does not.
    pub outward_loopback: Option<bool>,
    /// `SECRETS_KEY`: what the secrets of channels are sealed with.
    pub secrets: std::sync::Arc<ports::seal::Keys>,
    /// `STORAGE_URL`, `S3_ENDPOINT`, `AWS_…`: where recordings and other files are kept.
    pub files: providers::files::FileSettings,
    /// The folder for files that are kept on this machine: `files` in `DATA_DIR`.
    pub files_folder: std::path::PathBuf,
    /// `REDIS_URL`: where counters are shared by every process.
    pub redis_url: Option<String>,
    /// `RATE_LIMITS`, `RATE_LIMIT_…`.
    pub rates: http_base::limits::Settings,
    /// `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRET`, `STRIPE_BASE_URL`, `STRIPE_API_VERSION`; without a key nothing is charged.
    pub stripe: Option<providers::stripe::StripeSettings>,
    /// `PAYMENTS`: is `serve` without Stripe to pretend to move money?
    pub payments_mock: bool,
    /// `PLATFORM_FEE_BASIS_POINTS`.
    pub payments: payments::Settings,
    /// How contracts are offered.
    pub deals: deals::Settings,
    /// How collaborations go on by themselves.
    pub collaborations: collaborations::Settings,
    /// How the marketplace goes on by itself.
    pub marketplace: marketplace::Settings,
    /// `DOCUMENT_BYTES`, `DOCUMENTS_PER_BASE`, `KNOWLEDGE_…`.
    pub knowledge: knowledge::Settings,
    /// The program that reads documents, in processes of its own: this one. Tests, which are programs of their own, name another.
    pub readers: reading::isolated::Readers,
    /// `NOTIFICATIONS_KEEP_DAYS`, `NEW_CONVERSATIONS_PER_DAY…`, `MESSAGE_ATTACHMENT_BYTES`, `LIVE_…`.
    pub inbox: inbox::Settings,
    /// How channels behave.
    pub channels: channels::Settings,
    /// How much programs do at once.
    pub programs: programs::Settings,
    /// How proactive rules behave.
    pub proactive: proactive::Settings,
    /// What assistants may do.
    pub mcp: mcp::Settings,
    /// How figures are taken in and told.
    pub insights: insights::Settings,
    /// `METRICS_TOKEN`.
    pub metrics_token: Option<String>,
    /// Those of accounts: `JWT_SECRET_KEY`, `ACCESS_TOKEN_EXPIRE_MINUTES`, …
    pub accounts: accounts::Settings,
    /// `INSTAGRAM_*`, `FACEBOOK_*`, `TIKTOK_*`, `GOOGLE_CLIENT_*`: the log-in providers that are set up.
    pub oauth: providers::oauth::Settings,
    /// `SUPABASE_URL`, `SUPABASE_ANON_KEY`, `SUPABASE_SERVICE_ROLE_KEY`, `SUPABASE_JWT_SECRET`; without a URL passwords are kept here.
    pub supabase: Option<providers::supabase::Settings>,
    /// `VECTOR_INDEX`: is pgvector wanted, refused, or whatever is there?
    pub vector_index: VectorIndex,
    /// `EXCHANGE_RATES`.
    pub exchange: ExchangeRates,
    /// `EMBEDDINGS`.
    pub embeddings: Embeddings,
    /// `EMBEDDING_MODEL`.
    pub embedding_model: Option<String>,
    /// `EMBEDDING_DIMENSIONS`.
    pub embedding_dims: Option<usize>,
    /// `EMBEDDINGS_PER_DAY`: how many texts a provider's model is given in 24 hours.
    pub embeddings_per_day: u32,
    /// `LLM_QUESTIONS_PER_DAY`: how many questions a language model is asked in 24 hours.
    pub questions_per_day: u32,
    /// `OPENAI_API_KEY`.
    pub openai_key: Option<String>,
    /// `OPENAI_BASE_URL`.
    pub openai_url: Option<String>,
    /// `OPENAI_MODEL`.
    pub openai_model: Option<String>,
    /// `GOOGLE_API_KEY`.
    pub google_key: Option<String>,
    /// `GEMINI_BASE_URL`.
    pub gemini_url: Option<String>,
    /// `GEMINI_MODEL`.
    pub gemini_model: Option<String>,
}

/// Where vectors are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VectorIndex {
    /// By pgvector where PostgreSQL has it, else in this process.
    Auto,
    /// In this process.
    Memory,
    /// By pgvector; without it the server does not start.
    Pgvector,
}

/// How the server's own settings are written.
trait Own {
    fn origins(&mut self) -> Vec<HeaderValue>;
    fn database(&mut self, database: &Database) -> String;
    fn exchange(&mut self) -> ExchangeRates;
    fn host(&mut self) -> IpAddr;
}

impl Own for Variables<'_> {
    fn origins(&mut self) -> Vec<HeaderValue> {
        let listed = self.text("CORS_ORIGINS").unwrap_or_default();
        let mut origins = Vec::new();
        for origin in
            listed.split(',').map(|origin| origin.trim().trim_end_matches('/')).filter(|origin| !origin.is_empty())
        {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let fits = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', ' ', '*']));
            match HeaderValue::from_str(origin) {
                Ok(value) if fits => origins.push(value),
                _ => self.fault(
                    "CORS_ORIGINS",
                    format!("must be origins such as https://app.example.com, set apart by commas, not {origin}"),
                ),
            }
        }
        origins
    }

    fn database(&mut self, database: &Database) -> String {
        // What is said on the command line goes before what stands in the environment.
        let url = match (&database.database_url, &database.data_dir) {
            (Some(url), _) => Some(url.trim().to_owned()),
            (None, Some(folder)) => return sqlite_in(folder),
            (None, None) => self.text("DATABASE_URL"),
        };
        let Some(url) = url else {
            let folder = self.text("DATA_DIR").unwrap_or_else(|| "data".into());
            return sqlite_in(Path::new(&folder));
        };
        // The documents' own example has SQLAlchemy's spelling of the scheme.
        let url = url.replacen("postgresql+asyncpg://", "postgresql://", 1).replacen(
            "postgresql+psycopg2://",
            "postgresql://",
            1,
        );
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            let scheme = url.split(':').next().unwrap_or_default().to_owned();
            self.fault("DATABASE_URL", format!("must begin with sqlite: or postgres://, not {scheme}:"));
        }
        url
    }

    fn exchange(&mut self) -> ExchangeRates {
        let text = self.text("EXCHANGE_RATES").unwrap_or_default();
        ExchangeRates::parse(&text).unwrap_or_else(|message| {
            self.fault("EXCHANGE_RATES", message);
            ExchangeRates::default()
        })
    }

    fn host(&mut self) -> IpAddr {
        let text = self.text("HOST").unwrap_or_else(|| "0.0.0.0".into());
        let address = if text == "localhost" { "127.0.0.1" } else { text.trim_matches(['[', ']']) };
        address.parse().unwrap_or_else(|_| {
            self.fault("HOST", format!("must be an IP address such as 0.0.0.0 or 127.0.0.1, not {text}"));
            IpAddr::from([127, 0, 0, 1])
        })
    }
}

impl Settings {
    /// What is wrong with serving in earnest by these settings, if anything is.
    pub fn fault_of_serving(&self) -> Option<String> {
        if let Some(fault) = self.accounts.fault_of_serving() {
            return Some(format!("JWT_SECRET_KEY {fault}"));
        }
        let unknown = self.smtp.is_some() && self.public_url.is_none();
        unknown.then(|| {
            "PUBLIC_BASE_URL is needed beside SMTP_HOST: the links in mails lead to it, and localhost is nobody's but yours".to_owned()
        })
    }

    /// The folder for what is kept beside the database on this machine: that of the files.
    pub fn folder(&self) -> &Path {
        self.files_folder.parent().unwrap_or(Path::new("."))
    }

    /// The SQLite file, where the database is one.
    pub fn sqlite_file(&self) -> Option<&Path> {
        let path = self.database_url.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// The folder for files: beside the SQLite file of the same folder.
fn files_in(database: &Database, from: &Variables<'_>) -> std::path::PathBuf {
    let folder = database.data_dir.clone().or_else(|| from.text("DATA_DIR").map(Into::into));
    folder.unwrap_or_else(|| "data".into()).join("files")
}

/// The address of the SQLite file in a folder.
pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("influencerflow.db").display())
}

/// Headers and log lines have no room for these.
const UNFIT: [char; 3] = ['\n', '\r', '\0'];

impl Settings {
    /// Reads the environment.
    pub fn from_environment(database: &Database) -> Result<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .collect();
        Self::read(&variables, database)
    }

    /// Reads variables; every one that makes no sense is told.
    pub fn read(variables: &BTreeMap<String, String>, database: &Database) -> Result<Self> {
        let mut from = Variables::new(variables);
        for (name, value) in variables {
            if KNOWN.contains(&name.as_str()) && value.trim().contains(UNFIT) {
                from.fault(name, "must be one line");
            }
        }
        let usual = Limits::default();
        let seconds = |from: &mut Variables<'_>, name: &str, usual: Duration| {
            Duration::from_secs(from.number(name, usual.as_secs(), 1, 86_400))
        };
        let limits = Limits {
            body_bytes: from.number("MAX_BODY_BYTES", usual.body_bytes, 1024, 1 << 30),
            upload_bytes: from.number("MAX_UPLOAD_BYTES", usual.upload_bytes, 1024, 1 << 40),
            time: seconds(&mut from, "REQUEST_TIMEOUT_SECONDS", usual.time),
            upload_time: seconds(&mut from, "UPLOAD_TIMEOUT_SECONDS", usual.upload_time),
            uploads: from.number("MAX_UPLOADS", usual.uploads, 1, 256),
            uploads_of_address: from.number("MAX_UPLOADS_PER_ADDRESS", usual.uploads_of_address, 1, 256),
            uploads_of_account: from.number("MAX_UPLOADS_PER_ACCOUNT", usual.uploads_of_account, 1, 256),
            directory_rows: from.number("CREATORS_PER_WORKSPACE", usual.directory_rows, 1, 1 << 40),
            patience: Patience {
                most: seconds(&mut from, "STALL_TIMEOUT_SECONDS", usual.patience.most),
                rate: from.number("MIN_BYTES_PER_SECOND", usual.patience.rate, 1, 1 << 30),
            },
            trusted_proxies: from.number("TRUSTED_PROXIES", 0, 0, 16),
        };
        let connections = http_base::connections::Bounds {
            head_time: seconds(&mut from, "HEAD_TIMEOUT_SECONDS", Duration::from_secs(15)),
            most: from.number("MAX_CONNECTIONS", 10_000, 16, 1_000_000),
            // Behind proxies every connection is theirs.
            of_address: Some(from.number("MAX_CONNECTIONS_PER_ADDRESS", 256, 1, 1_000_000))
                .filter(|_| limits.trusted_proxies == 0),
            patience: limits.patience,
        };
        let debug = from.switch("DEBUG", false);
        let level = if debug { tracing::Level::DEBUG } else { tracing::Level::INFO };
        let settings = Self {
            database_url: from.database(database),
            connections: from.number("DATABASE_MAX_CONNECTIONS", 16, 2, 1000),
            host: from.host(),
            port: from.number("PORT", 8000, 0, u16::MAX),
            public_url: from.web_address("PUBLIC_BASE_URL"),
            origins: from.origins(),
            log_level: from.word("LOG_LEVEL", &LEVELS, level),
            log_json: from.word("LOG_FORMAT", &[("json", true), ("text", false)], true),
            limits,
            taken: connections,
            caching: from.switch("RESPONSE_CACHE", true),
            workers: from.number("JOB_WORKERS", 2, 1, 256),
            events_keep_days: from.number("EVENTS_KEEP_DAYS", 400, 1, 36_500),
            smtp: providers::smtp::SmtpSettings::read(&mut from),
            mail: mail::Settings::read(&mut from),
            outreach: outreach::Settings::read(&mut from),
            twilio: providers::twilio::TwilioSettings::read(&mut from),
            elevenlabs: providers::elevenlabs::ElevenLabsSettings::read(&mut from),
            calls: calls::Settings::read(&mut from),
            messaging: providers::messaging::MessagingSettings::read(&mut from),
            outward_loopback: from.text("OUTWARD_LOOPBACK").map(|_| from.switch("OUTWARD_LOOPBACK", false)),
            secrets: std::sync::Arc::new(ports::seal::Keys::read(&mut from)),
            files: providers::files::FileSettings::read(&mut from),
            files_folder: files_in(database, &from),
            redis_url: from.text("REDIS_URL"),
            rates: http_base::limits::Settings::read(&mut from),
            stripe: providers::stripe::StripeSettings::read(&mut from),
            payments_mock: from.word("PAYMENTS", &[("stripe", false), ("mock", true)], false),
            payments: payments::Settings::read(&mut from),
            deals: deals::Settings::read(&mut from),
            collaborations: collaborations::Settings::read(&mut from),
            marketplace: marketplace::Settings::read(&mut from),
            knowledge: knowledge::Settings::read(&mut from),
            readers: reading::isolated::Readers::of_this_program(),
            inbox: inbox::Settings::read(&mut from),
            channels: channels::Settings::read(&mut from),
            programs: programs::Settings::read(&mut from),
            proactive: proactive::Settings::read(&mut from),
            mcp: mcp::Settings::read(&mut from),
            insights: insights::Settings::read(&mut from),
            metrics_token: from.secret("METRICS_TOKEN"),
            accounts: accounts::Settings::read(&mut from),
            oauth: providers::oauth::Settings::read(&mut from),
            supabase: providers::supabase::Settings::read(&mut from),
            vector_index: from.word("VECTOR_INDEX", &INDEXES, VectorIndex::Auto),
            exchange: from.exchange(),
            embeddings: from.word("EMBEDDINGS", &EMBEDDERS, Embeddings::Local),
            embedding_model: from.text("EMBEDDING_MODEL"),
            embedding_dims: from
                .text("EMBEDDING_DIMENSIONS")
                .map(|_| from.number("EMBEDDING_DIMENSIONS", 256, 8, 16_000)),
            embeddings_per_day: from.number("EMBEDDINGS_PER_DAY", 1_000_000, 10, 1_000_000_000),
            questions_per_day: from.number("LLM_QUESTIONS_PER_DAY", 10_000, 1, 1_000_000_000),
            openai_key: from.text("OPENAI_API_KEY"),
            openai_url: from.web_address("OPENAI_BASE_URL"),
            openai_model: from.text("OPENAI_MODEL"),
            google_key: from.text("GOOGLE_API_KEY"),
            gemini_url: from.web_address("GEMINI_BASE_URL"),
            gemini_model: from.text("GEMINI_MODEL"),
        };
        settings.judge(&mut from);
        from.finish()?;
        Ok(settings)
    }

    /// What no single setting says.
    fn judge(&self, from: &mut Variables<'_>) {
        if self.embeddings == Embeddings::OpenAi && self.openai_key.is_none() && self.openai_url.is_none() {
            from.fault(
                "EMBEDDINGS",
                "is openai, which needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server without keys",
            );
        }
        if self.embeddings == Embeddings::Gemini && self.google_key.is_none() {
            from.fault("EMBEDDINGS", "is gemini, which needs GOOGLE_API_KEY");
        }
        if self.embeddings == Embeddings::Local && (self.embedding_model.is_some() || self.embedding_dims.is_some()) {
            from.fault(
                "EMBEDDING_MODEL",
                "and EMBEDDING_DIMENSIONS are for EMBEDDINGS=openai or gemini; the local model has its own",
            );
        }
        if self.payments_mock && self.stripe.is_some() {
            from.fault("PAYMENTS", "is mock, and STRIPE_SECRET_KEY is set as well: which of the two is meant?");
        }
        if self.vector_index == VectorIndex::Pgvector && self.database_url.starts_with("sqlite:") {
            from.fault("VECTOR_INDEX", "is pgvector, which needs a DATABASE_URL of PostgreSQL");
        }
    }
}

const LEVELS: [(&str, tracing::Level); 6] = [
    ("error", tracing::Level::ERROR),
    ("warn", tracing::Level::WARN),
    ("warning", tracing::Level::WARN),
    ("info", tracing::Level::INFO),
    ("debug", tracing::Level::DEBUG),
    ("trace", tracing::Level::TRACE),
];
const INDEXES: [(&str, VectorIndex); 3] =
    [("auto", VectorIndex::Auto), ("memory", VectorIndex::Memory), ("pgvector", VectorIndex::Pgvector)];
const EMBEDDERS: [(&str, Embeddings); 3] =
    [("local", Embeddings::Local), ("openai", Embeddings::OpenAi), ("gemini", Embeddings::Gemini)];
const KNOWN: [&str; 10] = [
    "DATABASE_URL",
    "HOST",
    "PORT",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "GOOGLE_API_KEY",
    "GEMINI_MODEL",
    "METRICS_TOKEN",
    "CORS_ORIGINS",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings> {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(&variables, &Database::default())
    }

    #[test]
    fn nothing_is_needed() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.port, settings.database_url.as_str()), (8000, "sqlite:data/influencerflow.db"));
        assert_eq!(settings.embeddings, Embeddings::Local);
    }

    #[test]
    fn the_command_line_goes_before_the_environment() {
        let variables = [("DATABASE_URL".to_owned(), "postgres://db/flow".to_owned())].into();
        let read = |database| Settings::read(&variables, &database).unwrap().database_url;
        assert_eq!(read(Database::default()), "postgres://db/flow");
        assert_eq!(
            read(Database { data_dir: Some("here".into()), ..Database::default() }),
            "sqlite:here/influencerflow.db"
        );
        let url = Some("sqlite:there.db".to_owned());
        assert_eq!(read(Database { database_url: url, ..Database::default() }), "sqlite:there.db");
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let error = read(&[
            ("PORT", "many"),
            ("HOST", "here"),
            ("DATABASE_URL", "mysql://root:secret@db"),
            ("CORS_ORIGINS", "https://a.example, nonsense"),
            ("LOG_LEVEL", "loud"),
            ("EMBEDDINGS", "openai"),
            ("METRICS_TOKEN", "short"),
            ("REQUEST_TIMEOUT_SECONDS", "0"),
            ("OPENAI_MODEL", "a\nb"),
        ]);
        let message = error.unwrap_err().message().to_owned();
        for name in [
            "PORT",
            "HOST",
            "DATABASE_URL",
            "CORS_ORIGINS",
            "LOG_LEVEL",
            "EMBEDDINGS",
            "METRICS_TOKEN",
            "REQUEST_TIMEOUT_SECONDS",
            "OPENAI_MODEL",
        ] {
            assert!(message.contains(&format!("\n  {name} ")), "{name} is not told: {message}");
        }
        assert!(!message.contains("secret"), "{message}");
    }
}
