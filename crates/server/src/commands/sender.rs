//! What mailbox providers want of a sender, looked up in DNS for `doctor`: see `docs/mail.md`.
//!
//! A name server that does not answer is told as such: it says nothing about the domain.

use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;
use kernel::{Error, Result};

/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Answers questions about names.
#[async_trait]
pub(super) trait Dns: Sync {
    /// The texts at a name; none where there is no such name or no text.
    async fn texts(&self, name: &str) -> Result<Vec<String>>;
    /// Is there a mail server, or else an address?
    async fn takes_mail(&self, name: &str) -> Result<bool>;
}

/// The name servers of this machine.
pub(super) struct System(TokioResolver);

impl System {
    /// As this machine is set up.
    pub(super) fn new() -> Result<Self> {
        let resolver = TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build);
        resolver.map(Self).map_err(|error| Error::conflict(format!("no name server is known here: {error}")))
    }
}

#[async_trait]
impl Dns for System {
    async fn texts(&self, name: &str) -> Result<Vec<String>> {
        let asked = tokio::time::timeout(LIMIT, self.0.txt_lookup(format!("{name}."))).await;
        match asked {
            Err(_) => Err(silent(name)),
            Ok(Err(error)) if error.is_no_records_found() => Ok(Vec::new()),
            Ok(Err(error)) => Err(Error::conflict(format!("the name server does not answer for {name}: {error}"))),
            Ok(Ok(found)) => {
                let texts = found.answers().iter().filter_map(|record| match &record.data {
                    RData::TXT(text) => {
                        Some(text.txt_data.iter().map(|piece| String::from_utf8_lossy(piece)).collect::<String>())
                    }
                    _ => None,
                });
                Ok(texts.collect())
            }
        }
    }

    async fn takes_mail(&self, name: &str) -> Result<bool> {
        let asked = tokio::time::timeout(LIMIT, self.0.mx_lookup(format!("{name}."))).await;
        match asked {
            Err(_) => return Err(silent(name)),
            Ok(Ok(found)) if !found.answers().is_empty() => return Ok(true),
            Ok(Err(error)) if !error.is_no_records_found() => {
                return Err(Error::conflict(format!("the name server does not answer for {name}: {error}")));
            }
            Ok(_) => {}
        }
        let asked = tokio::time::timeout(LIMIT, self.0.lookup_ip(format!("{name}."))).await;
        Ok(asked.map_err(|_| silent(name))?.is_ok())
    }
}

fn silent(name: &str) -> Error {
    Error::conflict(format!("the name server did not answer for {name} within {} s", LIMIT.as_secs()))
}

/// What the checks need to know.
pub(super) struct Sender<'a> {
    /// The domain of `SMTP_FROM`, in ASCII.
    pub(super) domain: &'a str,
    /// `MAIL_DKIM_SELECTOR`.
    pub(super) selector: Option<&'a str>,
    /// `PUBLIC_BASE_URL`.
    pub(super) public_url: Option<&'a str>,
    /// How the mail server is greeted.
    pub(super) hello: Option<&'a str>,
    /// Is there somebody who reads the answers?
    pub(super) answers_are_read: bool,
}

/// Every check, by name.
pub(super) async fn checks(dns: &dyn Dns, sender: &Sender<'_>) -> Vec<(&'static str, Result<String>)> {
    vec![
        ("mail: SPF", spf(dns, sender.domain).await),
        ("mail: DKIM", dkim(dns, sender).await),
        ("mail: DMARC", dmarc(dns, sender.domain).await),
        ("mail: MX", mx(dns, sender.domain).await),
        ("mail: one-click unsubscribe", one_click(sender.public_url)),
        ("mail: EHLO", hello(sender.hello)),
        ("mail: answers", answers(sender)),
    ]
}

async fn spf(dns: &dyn Dns, domain: &str) -> Result<String> {
    let found = dns.texts(domain).await?;
    let records: Vec<&String> = found.iter().filter(|text| is_version(text, "v=spf1")).collect();
    match &records[..] {
        [] => Err(Error::conflict(format!(
            "{domain} has no SPF record; add a TXT record such as \"v=spf1 include:YOUR-RELAY -all\", as your relay says"
        ))),
        [only]
            if only
                .split_whitespace()
                .any(|word| word.eq_ignore_ascii_case("+all") || word.eq_ignore_ascii_case("all")) =>
        {
            Err(Error::conflict(format!(
                "the SPF record of {domain} lets everybody send ({only}); let it end in -all or ~all"
            )))
        }
        [only] => Ok((*only).clone()),
        _ => Err(Error::conflict(format!("{domain} has {} SPF records, and so none counts; join them", records.len()))),
    }
}

async fn dkim(dns: &dyn Dns, sender: &Sender<'_>) -> Result<String> {
    let Some(selector) = sender.selector else {
        return Ok(format!(
            "not looked up: set MAIL_DKIM_SELECTOR to the selector by which your relay signs for {}, or send a mail to yourself and look for dkim=pass with d={0}",
            sender.domain
        ));
    };
    let name = format!("{selector}._domainkey.{}", sender.domain);
    let found = dns.texts(&name).await?;
    let key =
        found.iter().flat_map(|text| text.split(';')).find_map(|part| part.trim().strip_prefix("p=").map(str::trim));
    match key {
        Some("") => Err(Error::conflict(format!("the key at {name} is revoked (p= is empty)"))),
        Some(_) => Ok(format!("there is a key at {name}; the relay signs with it for this domain")),
        None => Err(Error::conflict(format!("there is no DKIM key at {name}; publish what your relay shows"))),
    }
}

async fn dmarc(dns: &dyn Dns, domain: &str) -> Result<String> {
    // The policy of a domain above counts, too, where there is none of its own.
    let mut at = domain;
    loop {
        let name = format!("_dmarc.{at}");
        let found = dns.texts(&name).await?;
        if let Some(record) = found.iter().find(|text| is_version(text, "v=dmarc1")) {
            let policy = record.split(';').find_map(|part| part.trim().strip_prefix("p=").map(str::trim));
            return match policy {
                Some(policy) => {
                    Ok(format!("p={policy} at {name}; From and envelope are both of {domain}, so they are aligned"))
                }
                None => Err(Error::conflict(format!("the record at {name} has no policy (p=): {record}"))),
            };
        }
        match at.split_once('.') {
            Some((_, above)) if above.contains('.') => at = above,
            _ => break,
        }
    }
    Err(Error::conflict(format!(
        "{domain} has no DMARC record; add a TXT record at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:YOU\""
    )))
}

async fn mx(dns: &dyn Dns, domain: &str) -> Result<String> {
    if dns.takes_mail(domain).await? {
        return Ok(format!("{domain} takes mail"));
    }
    Err(Error::conflict(format!(
        "{domain} takes no mail, and many receivers refuse mail from such domains; add an MX record"
    )))
}

fn one_click(url: Option<&str>) -> Result<String> {
    let Some(url) = url else {
        return Err(Error::conflict("PUBLIC_BASE_URL is not set, and so the links in mails lead nowhere"));
    };
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    if !url.starts_with("https://") || matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "") {
        return Err(Error::conflict(format!(
            "PUBLIC_BASE_URL is {url}: RFC 8058 wants https, and a host that receivers reach"
        )));
    }
    Ok(format!("every mail of outreach has List-Unsubscribe-Post, at {url}"))
}

fn hello(name: Option<&str>) -> Result<String> {
    match name {
        Some(name) => Ok(name.to_owned()),
        None => Err(Error::conflict("no full name to greet the mail server with is known; set SMTP_HELLO")),
    }
}

fn answers(sender: &Sender<'_>) -> Result<String> {
    if sender.answers_are_read {
        return Ok("they reach a mailbox".into());
    }
    Err(Error::conflict(format!(
        "SMTP_FROM is nobody's mailbox and OUTREACH_REPLY_TO is not set: answers go to replies+…@{}, which has to exist",
        sender.domain
    )))
}

/// Does a record begin with this version, whatever its case?
fn is_version(text: &str, version: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    lower.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ';']))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Default)]
    struct Zone {
        texts: BTreeMap<&'static str, Vec<&'static str>>,
        takes_mail: bool,
        silent: bool,
    }

    #[async_trait]
    impl Dns for Zone {
        async fn texts(&self, name: &str) -> Result<Vec<String>> {
            if self.silent {
                return Err(silent(name));
            }
            Ok(self.texts.get(name).into_iter().flatten().map(|text| (*text).to_owned()).collect())
        }

        async fn takes_mail(&self, name: &str) -> Result<bool> {
            if self.silent { Err(silent(name)) } else { Ok(self.takes_mail) }
        }
    }

    fn sender() -> Sender<'static> {
        Sender {
            domain: "mail.example.com",
            selector: Some("s1"),
            public_url: Some("https://app.example.com"),
            hello: Some("app.example.com"),
            answers_are_read: true,
        }
    }

    async fn wrong(zone: &Zone, sender: &Sender<'_>) -> Vec<String> {
        let all = checks(zone, sender).await;
        all.into_iter()
            .filter_map(|(name, found)| found.err().map(|error| format!("{name}: {}", error.message())))
            .collect()
    }

    fn good() -> Zone {
        let texts = [
            ("mail.example.com", vec!["google-site-verification=x", "v=spf1 include:relay.example -all"]),
            ("s1._domainkey.mail.example.com", vec!["v=DKIM1; k=rsa; p=MIGf"]),
            ("_dmarc.example.com", vec!["v=DMARC1; p=quarantine"]),
        ];
        Zone { texts: texts.into(), takes_mail: true, silent: false }
    }

    #[tokio::test]
    async fn what_is_missing_is_told() {
        assert_eq!(wrong(&good(), &sender()).await, Vec::<String>::new(), "the policy of the domain above counts");
        let nothing = wrong(&Zone::default(), &sender()).await;
        assert_eq!(nothing.len(), 4, "{nothing:?}");
        for (at, records, said) in [
            ("mail.example.com", vec!["v=spf1 +all"], "everybody"),
            ("mail.example.com", vec!["v=spf1 a -all", "v=spf1 mx -all"], "2 SPF records"),
            ("mail.example.com", vec!["v=spf10 -all"], "no SPF"),
            ("s1._domainkey.mail.example.com", vec!["v=DKIM1; p="], "revoked"),
            ("_dmarc.example.com", vec!["v=DMARC1; rua=mailto:x@y"], "no policy"),
        ] {
            let mut zone = good();
            zone.texts.insert(at, records);
            let found = wrong(&zone, &sender()).await;
            assert!(found.len() == 1 && found[0].contains(said), "{said}: {found:?}");
        }
    }

    #[tokio::test]
    async fn what_is_set_here_is_looked_at_too() {
        for (changed, said) in [
            (Sender { public_url: Some("http://app.example.com"), ..sender() }, "https"),
            (Sender { public_url: Some("https://localhost:8000"), ..sender() }, "receivers reach"),
            (Sender { public_url: None, ..sender() }, "PUBLIC_BASE_URL"),
            (Sender { hello: None, ..sender() }, "SMTP_HELLO"),
            (Sender { answers_are_read: false, ..sender() }, "OUTREACH_REPLY_TO"),
        ] {
            let found = wrong(&good(), &changed).await;
            assert!(found.len() == 1 && found[0].contains(said), "{said}: {found:?}");
        }
        let silent = wrong(&Zone { silent: true, ..good() }, &sender()).await;
        assert!(silent.iter().all(|told| told.contains("did not answer")) && silent.len() == 4, "{silent:?}");
    }
}
