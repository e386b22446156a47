//! Mail by SMTP.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kernel::{Error, Result, Variables};
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use ports::mailer::{Delivery, Mailer, RECEIVER_REFUSED, Ready, Refusal};

use crate::Secret;

/// How long a connection may lie idle: servers hang up after some minutes.
const IDLE: Duration = Duration::from_secs(30);
/// What of a server's answer is kept, in characters.
const EXCERPT: usize = 500;

/// How the way to the mail server is kept secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encryption {
    /// Begins in the clear, and refuses to go on without TLS (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Tls,
    /// In the clear: for a server on this machine, or in the same private network (port 25).
    None,
}

/// Where mail is handed over.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// `SMTP_HOST`: its name, which its certificate must have.
    pub host: String,
    /// `SMTP_PORT`.
    pub port: u16,
    /// `SMTP_TLS`.
    pub encryption: Encryption,
    /// `SMTP_USERNAME` and `SMTP_PASSWORD`, where the server wants them.
    pub login: Option<(String, Secret)>,
    /// `SMTP_TIMEOUT_SECONDS`: how long a mail may take, from connecting to the server's last word.
    pub time: Duration,
    /// How many connections are kept for the next mails.
    pub connections: u32,
    /// `SMTP_HELLO`: how the server is greeted, a full name; else the host of `PUBLIC_BASE_URL`, or the domain of `SMTP_FROM`.
    pub hello: Option<String>,
}

impl SmtpSettings {
    /// A server of this name, with TLS and without a log-in.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: 587,
            encryption: Encryption::StartTls,
            login: None,
            time: Duration::from_secs(60),
            connections: 16,
            hello: None,
        }
    }

    /// Reads them; without `SMTP_HOST` there is no mail server.
    pub fn read(from: &mut Variables<'_>) -> Option<Self> {
        const WORDS: [(&str, Encryption); 3] =
            [("starttls", Encryption::StartTls), ("tls", Encryption::Tls), ("none", Encryption::None)];
        let encryption = from.word("SMTP_TLS", &WORDS, Encryption::StartTls);
        let usual = match encryption {
            Encryption::StartTls => 587,
            Encryption::Tls => 465,
            Encryption::None => 25,
        };
        let port = from.number("SMTP_PORT", usual, 1, u16::MAX);
        let time = Duration::from_secs(from.number("SMTP_TIMEOUT_SECONDS", 60, 1, 150));
        let login = match (from.text("SMTP_USERNAME"), from.text("SMTP_PASSWORD")) {
            (Some(name), Some(password)) => Some((name, Secret::from(password))),
            (None, None) => None,
            (Some(_), None) => {
                from.fault("SMTP_PASSWORD", "is needed beside SMTP_USERNAME");
                None
            }
            (None, Some(_)) => {
                from.fault("SMTP_USERNAME", "is needed beside SMTP_PASSWORD");
                None
            }
        };
        if encryption == Encryption::None && login.is_some() {
            from.fault(
                "SMTP_TLS",
                "is none, by which everybody on the way could read SMTP_PASSWORD: use starttls or tls",
            );
        }
        let host = from.text("SMTP_HOST")?;
        if host.contains(['/', ':', ' ', '@']) {
            from.fault("SMTP_HOST", format!("must be a name such as mail.example.com, not {host}"));
        }
        let hello = hello(from);
        Some(Self { port, encryption, login, time, hello, ..Self::new(host) })
    }
}

/// The name to greet with: the first of the settings that has a full one, in ASCII.
fn hello(from: &mut Variables<'_>) -> Option<String> {
    let full = |name: &str| {
        let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
        let labels = name.split('.').collect::<Vec<_>>();
        let fits = labels.len() > 1
            && name.len() <= 253
            && labels.iter().all(|label| {
                !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
            && !labels.last().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
        fits.then_some(name)
    };
    if let Some(text) = from.text("SMTP_HELLO") {
        let name = full(&text);
        if name.is_none() {
            from.fault("SMTP_HELLO", format!("must be a full name such as mail.example.com, not {text}"));
        }
        return name;
    }
    let url = from.text("PUBLIC_BASE_URL");
    let host = url
        .as_deref()
        .and_then(|url| url.split_once("://"))
        .map(|(_, rest)| rest.split(['/', ':', '?', '#']).next().unwrap_or_default().to_owned());
    let sender = from
        .text("SMTP_FROM")
        .and_then(|sender| sender.rsplit_once('@').map(|(_, domain)| domain.trim_end_matches(['>', ' ']).to_owned()));
    host.as_deref().and_then(full).or_else(|| sender.as_deref().and_then(full))
}

/// What went wrong while a mail was handed over, and whether it was the receiver that was refused.
struct Broken {
    error: smtp::Error,
    at_receiver: bool,
}

impl From<smtp::Error> for Broken {
    fn from(error: smtp::Error) -> Self {
        Self { error, at_receiver: false }
    }
}

/// What is believed of a server's certificate: what the public web believes, and what this machine does (its store, or `SSL_CERT_FILE`), so
/// that a company's own authority is known.
fn tls(host: &str) -> Result<TlsParameters> {
    let own = rustls_native_certs::load_native_certs();
    for error in &own.errors {
        tracing::warn!(%error, "a certificate of this machine cannot be read");
    }
    let own = own.certs.into_iter().filter_map(|own| Certificate::from_der(own.as_ref().to_vec()).ok());
    let parameters = own.fold(TlsParameters::builder(host.to_owned()), TlsParametersBuilder::add_root_certificate);
    parameters.certificate_store(CertificateStore::WebpkiRoots).build_rustls().map_err(Error::internal)
}

/// Hands messages over to a mail server, over connections that are kept for the next ones.
///
/// The connections are its own rather than those of `lettre`'s pool: one whose mail took too long must never be used again, for the
/// server's late answer would be taken for the answer to the next mail.
pub struct SmtpMailer {
    settings: SmtpSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    password: Secret,
}

impl SmtpMailer {
    /// Makes one; nothing is connected yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self> {
        let encrypted = settings.encryption != Encryption::None;
        let tls = encrypted.then(|| tls(&settings.host));
        Ok(Self {
            hello: settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain),
            tls: tls.transpose()?,
            idle: Mutex::default(),
            password: settings.login.as_ref().map(|(_, password)| password.clone()).unwrap_or_default(),
            settings: settings.clone(),
        })
    }

    async fn hand_over(&self, envelope: &Envelope, message: &[u8]) -> Result<(), Refusal> {
        let told = |broken: &Broken| self.refusal(broken);
        let mut connection = self.connection().await.map_err(|error| told(&error.into()))?;
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        let utf8 = !envelope.to().iter().chain(envelope.from()).all(is_ascii);
        if utf8 && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            connection.abort().await;
            let address = envelope.to().first().map_or("", |address| address.as_ref());
            return Err(Refusal::Never(format!(
                "{RECEIVER_REFUSED}{address} has letters before the @ that only servers with SMTPUTF8 take, and SMTP_HOST is none"
            )));
        }
        if let Err(broken) = Self::say(&mut connection, envelope, message, utf8).await {
            connection.abort().await;
            return Err(told(&broken));
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.settings.connections as usize {
            idle.push((connection, Instant::now()));
        }
        Ok(())
    }

    /// The steps of SMTP, one by one, so that it is known which of them was refused.
    async fn say(
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        message: &[u8],
        utf8: bool,
    ) -> Result<(), Broken> {
        let mut options = Vec::new();
        if utf8 {
            options.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        connection.command(Mail::new(envelope.from().cloned(), options)).await?;
        for address in envelope.to() {
            let said = connection.command(Rcpt::new(address.clone(), Vec::new())).await;
            said.map_err(|error| Broken { at_receiver: error.is_permanent(), error })?;
        }
        connection.command(Data).await?;
        connection.message(message).await?;
        Ok(())
    }

    /// One that is kept and still alive, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some((mut connection, since)) = kept else { break };
            if since.elapsed() < IDLE && connection.test_connected().await {
                return Ok(connection);
            }
        }
        let SmtpSettings { host, port, encryption, login, time, .. } = &self.settings;
        let wrapper = self.tls.clone().filter(|_| *encryption == Encryption::Tls);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(*time), &self.hello, wrapper, None)
                .await?;
        if let (Encryption::StartTls, Some(tls)) = (encryption, &self.tls) {
            // Refuses to go on where the server has no TLS.
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some((name, password)) = login {
            let credentials = Credentials::new(name.clone(), password.reveal().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }

    fn refusal(&self, Broken { error, at_receiver }: &Broken) -> Refusal {
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let _ = write!(why, ": {inner}");
            source = inner.source();
        }
        let why: String = self.password.hide_in(&why).chars().take(EXCERPT).collect();
        match error.status().map(u16::from) {
            // That we may not send is for whoever runs the server to mend; the mail waits.
            Some(530 | 534 | 535 | 538) => Refusal::Later(format!("{why} (check SMTP_USERNAME and SMTP_PASSWORD)")),
            Some(500..) if *at_receiver => Refusal::Never(format!("{RECEIVER_REFUSED}{why}")),
            Some(500..) => Refusal::Never(why),
            Some(_) | None => Refusal::Later(why),
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn send(&self, ready: Ready<'_>) -> Result<Delivery, Refusal> {
        let address =
            |text: &str| text.parse::<Address>().map_err(|_| Refusal::Never(format!("{text} is no mail address")));
        let envelope = Envelope::new(Some(address(ready.from)?), vec![address(ready.to)?])
            .map_err(|error| Refusal::Never(error.to_string()))?;
        match tokio::time::timeout(self.settings.time, self.hand_over(&envelope, ready.message)).await {
            Ok(Ok(())) => Ok(Delivery::Sent),
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => Err(Refusal::Later(format!("the mail server took longer than {:?}", self.settings.time))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<SmtpSettings>> {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = SmtpSettings::read(&mut from);
        from.finish().map(|()| settings)
    }

    #[test]
    fn a_port_follows_from_the_encryption() {
        assert!(read(&[]).unwrap().is_none());
        for (word, port) in [("starttls", 587), ("TLS", 465), ("none", 25)] {
            let settings = read(&[("SMTP_HOST", "mail.example.com"), ("SMTP_TLS", word)]).unwrap().unwrap();
            assert_eq!(settings.port, port);
        }
        let full = read(&[
            ("SMTP_HOST", "m.example"),
            ("SMTP_PORT", "2525"),
            ("SMTP_USERNAME", "u"),
            ("SMTP_PASSWORD", "pass-word"),
        ]);
        let full = full.unwrap().unwrap();
        assert_eq!((full.port, full.login.as_ref().unwrap().0.as_str()), (2525, "u"));
        assert!(!format!("{full:?}").contains("pass-word"));
    }

    #[test]
    fn the_name_to_greet_with_is_a_full_one() {
        let hello = |pairs: &[(&str, &str)]| {
            let host = [("SMTP_HOST", "m.example")];
            read(&[&host[..], pairs].concat()).map(|settings| settings.unwrap().hello)
        };
        assert_eq!(hello(&[("SMTP_HELLO", "Mail.Example.com.")]).unwrap().as_deref(), Some("mail.example.com"));
        assert_eq!(
            hello(&[("PUBLIC_BASE_URL", "https://app.example.com:8443/x")]).unwrap().as_deref(),
            Some("app.example.com")
        );
        let by_sender = [("PUBLIC_BASE_URL", "http://localhost:8000"), ("SMTP_FROM", "Glow <post@glow.example>")];
        assert_eq!(hello(&by_sender).unwrap().as_deref(), Some("glow.example"));
        assert_eq!(hello(&[("PUBLIC_BASE_URL", "http://192.0.2.1")]).unwrap(), None);
        assert!(hello(&[("SMTP_HELLO", "localhost")]).unwrap_err().message().contains("SMTP_HELLO"));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (pairs, name) in [
            (vec![("SMTP_HOST", "m"), ("SMTP_USERNAME", "u")], "SMTP_PASSWORD"),
            (vec![("SMTP_HOST", "m"), ("SMTP_PASSWORD", "p")], "SMTP_USERNAME"),
            (
                vec![("SMTP_HOST", "m"), ("SMTP_PASSWORD", "p"), ("SMTP_USERNAME", "u"), ("SMTP_TLS", "none")],
                "SMTP_TLS",
            ),
            (vec![("SMTP_HOST", "smtp://m")], "SMTP_HOST"),
            (vec![("SMTP_HOST", "m"), ("SMTP_TLS", "maybe")], "SMTP_TLS"),
        ] {
            let message = read(&pairs).unwrap_err().message().to_owned();
            assert!(message.contains(name), "{message}");
        }
    }
}
