//! One way to ask a provider: a client that keeps the key to the configured address, limits on time and size, and
//! attempts again after faults that may pass.

use std::net::IpAddr;
use std::time::Duration;

use kernel::{Error, Kind, Result};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Request, Response, Url};
use tokio::time::{Instant, sleep, timeout_at};

use crate::fault::{Cause, Failure, Refusal, Who};

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
/// What of an error's answer is read at most: it is for people.
const ERROR_BYTES: usize = 16 << 10;

/// A provider at its address, with its key.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client,
    base: Url,
    who: Who,
    limits: Limits,
}

impl Http {
    /// A client for the address, with the key in the header that `authorise` makes of it. [`Kind::Invalid`] when the
    /// address or the key cannot be one.
    pub(crate) fn new(base_url: &str, who: Who, auth: (HeaderName, &str), limits: Limits) -> Result<Self> {
        let base = base_of(base_url, &who)?;
        let mut headers = HeaderMap::new();
        if !who.key.is_empty() {
            let mut value = HeaderValue::from_str(&format!("{}{}", auth.1, who.key.reveal())).map_err(|_| {
                let message = format!("{} holds characters that no key has: copy it again", who.key_setting);
                Error::new(Kind::Invalid, message)
            })?;
            value.set_sensitive(true);
            headers.insert(auth.0, value);
            if base.scheme() == "http" && !is_this_machine(&base) {
                tracing::warn!("{} sends the key unencrypted: use https", who.address_setting);
            }
        }
        let client = client(&base, &headers, &limits)?;
        Ok(Self { client, base, who, limits })
    }

    pub(crate) fn who(&self) -> &Who {
        &self.who
    }

    /// The address of a path below the base; its query, if it has one, stays.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        // Never an error: `base_of` refuses addresses that have no path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// When what starts now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.limits.total.min(DAY)
    }

    /// Posts JSON and gives back the body of the answer. Faults that may pass are tried again until the deadline, so this is
    /// for requests that may arrive twice.
    pub(crate) async fn post(&self, url: Url, body: &[u8], deadline: Instant) -> Result<Vec<u8>, Failure> {
        let mut pause = self.limits.first_pause;
        let mut attempt = 1;
        loop {
            let mut request = Request::new(reqwest::Method::POST, url.clone());
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_vec().into());
            let failure = match timeout_at(deadline, self.attempt(request)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::new(Cause::TimedOut, format!("attempt {attempt}")),
            };
            let wait = failure.retry_after().unwrap_or_default().max(pause);
            let left = deadline.saturating_duration_since(Instant::now());
            if attempt >= self.limits.attempts || !failure.may_pass() || wait >= left {
                return Err(failure);
            }
            tracing::debug!(provider = self.who.name, attempt, ?wait, detail = failure.detail(), "trying again");
            sleep(wait).await;
            pause = pause.saturating_mul(2);
            attempt += 1;
        }
    }

    async fn attempt(&self, request: Request) -> Result<Vec<u8>, Failure> {
        let broken = |fault| Failure::transport(fault, &self.who);
        let mut response = self.client.execute(request).await.map_err(broken)?;
        let status = response.status().as_u16();
        if !response.status().is_success() {
            let retry_after = retry_after(response.headers());
            let location = response.headers().get(LOCATION).cloned();
            let mut body = read(&mut response, ERROR_BYTES).await.unwrap_or_else(|(head, _)| head);
            if let Some(location) = location {
                body.extend_from_slice(b" location: ");
                body.extend_from_slice(location.as_bytes());
            }
            return Err(Failure::refused(Refusal::new(status, retry_after, &body), &body, &self.who));
        }
        let limit = self.limits.max_answer_bytes;
        let announced = response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(Failure::new(Cause::TooLarge, format!("{announced} bytes announced, {limit} allowed")));
        }
        read(&mut response, limit).await.map_err(|(head, fault)| match fault {
            Some(fault) => broken(fault),
            None => Failure::new(Cause::TooLarge, format!("more than the {limit} bytes allowed, {} read", head.len())),
        })
    }
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

pub(crate) fn base_of(address: &str, who: &Who) -> Result<Url> {
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

pub(crate) fn client(base: &Url, headers: &HeaderMap, limits: &Limits) -> Result<Client> {
    // An error here means that a provider is installed already, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!("influencerflow/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers.clone())
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            // None at all: some keys travel in headers of their own, which no client takes away on the way to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if is_this_machine(base) { builder.no_proxy() } else { builder }
    };
    // The machine's certificates know a company's own; where there are none (a bare container), those of the public web do.
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
    use crate::Secret;

    fn who(key: &str) -> Who {
        Who {
            name: "OpenAI",
            key_setting: "OPENAI_API_KEY",
            address_setting: "OPENAI_BASE_URL",
            key: Secret::new(key),
            model: "m".into(),
        }
    }

    fn http(base: &str, key: &str) -> Result<Http> {
        Http::new(base, who(key), (reqwest::header::AUTHORIZATION, "Bearer "), Limits::default())
    }

    #[test]
    fn addresses_are_joined_and_faulty_ones_refused() {
        for base in ["http://localhost:1/v1", "http://localhost:1/v1/", " http://localhost:1/v1// "] {
            assert!(http(base, "").unwrap().url(["embeddings"]).as_str().ends_with("/embeddings"), "{base}");
        }
        let url = http("https://a.example/v1?version=2", "").unwrap().url(["models", "m:generateContent"]);
        assert_eq!(url.as_str(), "https://a.example/v1/models/m:generateContent?version=2");
        for base in ["", "api.openai.com/v1", "ftp://a.example", "https://me:hidden@a.example/v1", "https://"] {
            let error = http(base, "").unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{base}");
            assert!(
                error.message().starts_with("OPENAI_BASE_URL ") && !error.to_string().contains("hidden"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_key_that_cannot_be_one_is_told_without_it() {
        let error = http("https://a.example", "sk-1\nsk-2").unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.message().contains("OPENAI_API_KEY") && !error.to_string().contains("sk-"), "{error}");
    }

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
