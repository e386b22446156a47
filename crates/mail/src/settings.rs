//! The settings of the post office.

use std::time::Duration;

use kernel::Variables;
use lettre::message::Mailbox;

/// How mail leaves, whoever carries it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `SMTP_FROM`: from whom mails are, such as `InfluencerFlow <no-reply@example.com>`. Without one it is a `no-reply` at the host of
    /// the public address.
    pub from: Option<Mailbox>,
    /// `MAIL_CONNECTIONS`: how many mails of workspaces are on their way at once, in each process.
    pub connections: usize,
    /// `MAIL_DKIM_SELECTOR`: by which the relay signs; only `doctor` asks.
    pub dkim_selector: Option<String>,
    /// `MAIL_KEEP_DAYS`: for how long the texts of mails are kept.
    pub keep: Duration,
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let sender = from.text("SMTP_FROM").and_then(|text| {
            let read = crate::model::mailbox("SMTP_FROM", &text).ok();
            if read.is_none() {
                from.fault("SMTP_FROM", format!("must be like InfluencerFlow <no-reply@example.com>, not {text}"));
            }
            read
        });
        if from.text("SMTP_HOST").is_some() && from.text("SMTP_FROM").is_none() {
            from.fault("SMTP_FROM", "is needed beside SMTP_HOST: from whom are the mails?");
        }
        let usual = Self::default();
        Self {
            from: sender,
            connections: from.number("MAIL_CONNECTIONS", usual.connections, 1, 256),
            dkim_selector: from.text("MAIL_DKIM_SELECTOR"),
            keep: Duration::from_hours(24 * from.number("MAIL_KEEP_DAYS", 90, 1, 36_500)),
        }
    }

    /// What stands after the `@` of every Message-ID of a server that is reached at this address.
    pub fn domain(&self, public_url: &str) -> String {
        self.sender(public_url).email.domain().to_owned()
    }

    /// From whom mails are, on a server that is reached at this address.
    pub(crate) fn sender(&self, public_url: &str) -> Mailbox {
        if let Some(from) = &self.from {
            return from.clone();
        }
        let host = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
        let address = lettre::Address::new("no-reply", host);
        let address = address.or_else(|_| lettre::Address::new("no-reply", "localhost"));
        // The last resort is an address for certain; a mailbox of it is what is wanted here.
        Mailbox::new(Some("InfluencerFlow".into()), address.unwrap_or_else(|_| unreachable!("localhost is a domain")))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { from: None, connections: 16, dkim_selector: None, keep: Duration::from_hours(24 * 90) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_sender_it_is_the_host_of_the_public_address() {
        let sender = |url: &str| Settings::default().sender(url).email.to_string();
        assert_eq!(sender("https://api.example.com/base"), "no-reply@api.example.com");
        assert_eq!(sender("http://localhost:8000"), "no-reply@localhost");
        assert_eq!(sender("http://[::1]:8000"), "no-reply@localhost");
        assert_eq!(sender(""), "no-reply@localhost");
    }

    #[test]
    fn a_mail_server_wants_a_sender() {
        let read = |pairs: &[(&str, &str)]| {
            let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let mut from = Variables::new(&variables);
            let settings = Settings::read(&mut from);
            from.finish().map(|()| settings).map_err(|error| error.message().to_owned())
        };
        assert!(read(&[("SMTP_HOST", "mail.example.com")]).unwrap_err().contains("SMTP_FROM is needed"));
        assert!(read(&[("SMTP_FROM", "nobody")]).unwrap_err().contains("SMTP_FROM must be"));
        let settings = read(&[("SMTP_FROM", "Möbel & Mehr <post@example.com>"), ("MAIL_KEEP_DAYS", "7")]).unwrap();
        assert_eq!(settings.from.unwrap().name.as_deref(), Some("Möbel & Mehr"));
        assert_eq!(settings.keep, Duration::from_hours(168));
    }
}
