//! The way to a provider, which all clients share: its address, limits on time and size, and attempts again after faults that may pass.

use std::net::IpAddr;
use std::time::Duration;

use kernel::{Error, Kind, Result};
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Request, Response, Url};
use tokio::time::{Instant, sleep, timeout_at};

use crate::fault::{Cause, Failure, Who};

/// How long and how much a provider may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To open a connection.
    pub connect: Duration,
    /// Of silence while an answer is awaited or read.
    pub read: Duration,
    /// From the first attempt to the end of the last one, with the pauses between.
    pub total: Duration,
    /// How often it is tried at most, the first time counted.
    pub attempts: u32,
    /// Before the second attempt; each further pause is twice as long, and as long as the provider asked for.
    pub first_pause: Duration,
    /// An answer of more bytes is not read.
    pub max_answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
            attempts: 4,
            first_pause: Duration::from_millis(250),
            max_answer_bytes: 32 << 20,
        }
    }
}

/// Longer than that nobody waits; it keeps the arithmetic of time within its bounds.
pub(crate) const DAY: Duration = Duration::from_hours(24);
/// How we call ourselves.
pub(crate) const AGENT: &str = concat!("influencerflow/", env!("CARGO_PKG_VERSION"));

/// A provider at its address.
#[derive(Debug)]
pub(crate) struct Line {
    client: Client,
    base: Url,
    who: Who,
    limits: Limits,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// How long the provider asks us to wait.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// What came of an attempt, as far as another one goes.
pub(crate) trait Attempt {
    /// May the same question be answered otherwise in a moment?
    fn may_pass(&self) -> bool;
    /// How long the provider asks us to wait.
    fn wait(&self) -> Option<Duration>;
}

impl<T> Attempt for Result<T, Failure> {
    fn may_pass(&self) -> bool {
        self.as_ref().is_err_and(Failure::may_pass)
    }

    fn wait(&self) -> Option<Duration> {
        self.as_ref().err().and_then(Failure::retry_after)
    }
}

impl Line {
    /// A line to the address, with these headers in all that is asked. [`Kind::Invalid`] when the address cannot be one.
    pub(crate) fn new(base_url: &str, who: Who, headers: &HeaderMap, limits: Limits) -> Result<Self> {
        let base = base_of(base_url, &who)?;
        let client = client(&base, headers, &limits)?;
        Ok(Self { client, base, who, limits })
    }

    pub(crate) fn who(&self) -> &Who {
        &self.who
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Would a key be readable on its way?
    pub(crate) fn is_open(&self) -> bool {
        self.base.scheme() == "http" && !is_this_machine(&self.base)
    }

    /// The address of a path below the base; its query, if it has one, stays.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        below(self.base.clone(), segments)
    }

    /// When what starts now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.limits.total.min(DAY)
    }

    /// Asks until what comes of it will not pass, it was asked so often, or the time is over. `ask` is told which attempt it is.
    pub(crate) async fn again<A, F>(&self, attempts: u32, deadline: Instant, mut ask: impl FnMut(u32) -> F) -> A
    where
        A: Attempt,
        F: Future<Output = A>,
    {
        let mut pause = self.limits.first_pause;
        let mut attempt = 1;
        loop {
            let asked = ask(attempt).await;
            let wait = asked.wait().unwrap_or_default().max(pause);
            let left = deadline.saturating_duration_since(Instant::now());
            if attempt >= attempts || !asked.may_pass() || wait >= left {
                return asked;
            }
            tracing::debug!(provider = self.who.name, attempt, ?wait, "trying again");
            sleep(wait).await;
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }

    /// The beginning of an answer, whatever its status.
    pub(crate) async fn open(&self, request: Request) -> Result<Response, Failure> {
        self.client.execute(request).await.map_err(|fault| Failure::transport(fault, &self.who))
    }

    /// The body of an answer, if it is not too large.
    pub(crate) async fn body(&self, response: &mut Response) -> Result<Vec<u8>, Failure> {
        let limit = self.limits.max_answer_bytes;
        let announced = response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(Failure::new(Cause::TooLarge, format!("{announced} bytes announced, {limit} allowed")));
        }
        read(response, limit).await.map_err(|(head, fault)| match fault {
            Some(fault) => Failure::transport(fault, &self.who),
            None => Failure::new(Cause::TooLarge, format!("more than the {limit} bytes allowed, {} read", head.len())),
        })
    }

    /// A whole answer, whatever its status.
    pub(crate) async fn exchange(&self, request: Request) -> Result<Answer, Failure> {
        let mut response = self.open(request).await?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let body = self.body(&mut response).await?;
        Ok(Answer { status, retry_after, body })
    }
}

/// The address of a path below another one.
pub(crate) fn below<'a>(mut base: Url, segments: impl IntoIterator<Item = &'a str>) -> Url {
    // Never an error: `base_of` refuses addresses that have no path.
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    base
}

/// What comes of an attempt within its time.
pub(crate) async fn in_time<T>(
    deadline: Instant,
    attempt: u32,
    asking: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let late = |_| Err(Failure::new(Cause::TimedOut, format!("attempt {attempt}")));
    timeout_at(deadline, asking).await.unwrap_or_else(late)
}

/// A header that no log shows. [`Kind::Invalid`] when it cannot be one.
pub(crate) fn secret_header(value: &str, setting: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::new(Kind::Invalid, format!("{setting} holds characters that no key has: copy it again")))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The body, if it is not larger than the limit; else what was read of it, with the fault of the connection if it was one.
pub(crate) async fn read(response: &mut Response, limit: usize) -> Result<Vec<u8>, (Vec<u8>, Option<reqwest::Error>)> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..limit - body.len()]);
                return Err((body, None));
            }
            Ok(None) => return Ok(body),
            Err(fault) => return Err((body, Some(fault))),
        }
    }
}

/// How long the provider asks us to wait. A date counts from the answer's own `Date`, so that clocks need not agree.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text(HeaderName::from_static("retry-after-ms")).and_then(|value| value.parse().ok()) {
        return Some(Duration::from_millis(millis));
    }
    let after = text(RETRY_AFTER)?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |value| jiff::fmt::rfc2822::parse(value).ok();
    let wait = date(after)?.timestamp().as_second() - date(text(DATE)?)?.timestamp().as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

fn base_of(address: &str, who: &Who) -> Result<Url> {
    let fault = |what: &str| Err(Error::new(Kind::Invalid, format!("{} {what}", who.address_setting)));
    match Url::parse(address.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => fault("must begin with https:// or http://"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            fault(&format!("must not hold a name or password: put the key in {}", who.key_setting))
        }
        Ok(url) => Ok(url),
        Err(reason) => fault(&format!("is not an address such as https://api.example.com/v1 ({reason})")),
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn client(base: &Url, headers: &HeaderMap, limits: &Limits) -> Result<Client> {
    built(|| {
        let builder = Client::builder()
            .user_agent(AGENT)
            .default_headers(headers.clone())
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            // None at all: some keys travel in headers of their own, which no client takes away on the way to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if is_this_machine(base) { builder.no_proxy() } else { builder }
    })
}

/// A client with the machine's certificates, which know a company's own; where there are none (a bare container), with those of the public web.
pub(crate) fn built(builder: impl Fn() -> ClientBuilder) -> Result<Client> {
    // An error here means that a provider is installed already, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder().build().or_else(|_| with_public_roots(builder()).build()).map_err(Error::internal)
}

fn with_public_roots(builder: ClientBuilder) -> ClientBuilder {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    builder
        .tls_backend_preconfigured(rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_read_in_every_form() {
        let wait = |pairs: &[(&'static str, &'static str)]| {
            let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
            retry_after(&pairs.iter().map(pair).collect())
        };
        assert_eq!(wait(&[("retry-after", "3")]), Some(Duration::from_secs(3)));
        assert_eq!(wait(&[("retry-after", "3"), ("retry-after-ms", "20")]), Some(Duration::from_millis(20)));
        let (now, then) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(wait(&[("retry-after", then), ("date", now)]), Some(Duration::from_secs(30)));
        assert_eq!(wait(&[("retry-after", now), ("date", then)]), Some(Duration::ZERO));
        for unreadable in [&[("retry-after", then)][..], &[("retry-after", "soon"), ("date", now)], &[]] {
            assert_eq!(wait(unreadable), None);
        }
    }

    #[test]
    fn a_machine_without_certificates_has_those_of_the_public_web() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        assert!(with_public_roots(Client::builder()).build().is_ok());
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 50);
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        let local = |url| is_this_machine(&Url::parse(url).unwrap());
        assert!(local("http://localhost:1") && local("http://127.0.0.2") && local("http://[::1]:80"));
        assert!(!local("http://localhost.example") && !local("http://10.0.0.1"));
    }
}
