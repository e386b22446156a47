//! Questions to a service whose refusals say something: its answer is given back whatever its status.

use std::time::Duration;

use kernel::{Error, Kind, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fault::{Failure, Who};
use crate::http::{Answer, Attempt, DAY, Line, below, in_time};
use crate::{Limits, Secret};

/// What the log is told of an answer, in characters.
const EXCERPT: usize = 300;
/// What we say when a wait is not told.
const USUAL_WAIT: Duration = Duration::from_mins(1);

/// While someone waits to be let in: 10 s at most, two attempts for what only reads.
pub(crate) fn patience() -> Limits {
    Limits {
        read: Duration::from_secs(8),
        total: Duration::from_secs(10),
        attempts: 2,
        first_pause: Duration::from_millis(200),
        max_answer_bytes: 512 << 10,
        ..Limits::default()
    }
}

/// A service at its address.
#[derive(Debug)]
pub(crate) struct Web {
    line: Line,
    hidden: Vec<Secret>,
}

/// An answer, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
    /// Its beginning, without what must not be seen.
    excerpt: String,
}

/// An attempt: an answer that says that the service is in trouble may pass, too.
struct Asked(Result<Answer, Failure>);

impl Attempt for Asked {
    fn may_pass(&self) -> bool {
        match &self.0 {
            Ok(answer) => matches!(answer.status, 408 | 429 | 500 | 502..=504),
            Err(failure) => failure.may_pass(),
        }
    }

    fn wait(&self) -> Option<Duration> {
        self.0.as_ref().ok().and_then(|answer| answer.retry_after)
    }
}

/// What is asked.
pub(crate) struct Ask<'a> {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    /// May it be asked twice?
    repeatable: bool,
    /// What of it must be seen in no log.
    hidden: Vec<&'a str>,
}

impl<'a> Ask<'a> {
    /// `DELETE`; may be tried again.
    pub(crate) fn delete(url: Url) -> Self {
        Self { method: Method::DELETE, ..Self::get(url) }
    }

    /// `GET`; may be tried again.
    pub(crate) fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None, repeatable: true, hidden: Vec::new() }
    }

    /// `POST` of a form; tried once, for a code is good once.
    pub(crate) fn form(url: Url, fields: &[(&str, &str)]) -> Self {
        // A form is written as a query is.
        let mut form = url.clone();
        form.set_query(None);
        form.query_pairs_mut().extend_pairs(fields);
        let body = form.query().unwrap_or_default().as_bytes().to_vec();
        Self::post(url, "application/x-www-form-urlencoded", body)
    }

    /// `POST` of JSON; tried once.
    pub(crate) fn json(url: Url, body: &Value) -> Self {
        Self::post(url, "application/json", body.to_string().into_bytes())
    }

    fn post(url: Url, media_type: &'static str, body: Vec<u8>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        Self { method: Method::POST, url, headers, body: Some(body), repeatable: false, hidden: Vec::new() }
    }

    /// The token of whoever asks. [`Kind::Unauthenticated`] when it cannot be one.
    pub(crate) fn bearer(self, token: &'a str) -> Result<Self> {
        self.header(AUTHORIZATION, &format!("Bearer {token}")).map(|ask| ask.hiding(token))
    }

    /// A secret in a header of its own.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Result<Self> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Error::new(Kind::Unauthenticated, "The token holds characters that no token has"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Is not tried again: what it brings is good once.
    pub(crate) fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }

    fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = self.headers.clone();
        if let Some(body) = &self.body {
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }

    /// No log shows this.
    pub(crate) fn hiding(mut self, secret: &'a str) -> Self {
        self.hidden.push(secret);
        self
    }
}

impl Web {
    /// A client for the address. [`Kind::Invalid`] when it cannot be one. What is `hidden` is shown nowhere.
    pub(crate) fn new(
        name: &'static str,
        address_setting: &'static str,
        base_url: &str,
        limits: Limits,
        hidden: Vec<Secret>,
    ) -> Result<Self> {
        let who =
            Who { name, key_setting: "its own setting", address_setting, key: Secret::default(), model: String::new() };
        Ok(Self { line: Line::new(base_url, who, &HeaderMap::new(), limits)?, hidden })
    }

    /// The address of a path below the base. An empty last segment is a slash at the end.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>, query: &[(&str, &str)]) -> Url {
        let mut url = self.line.url(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The same without the version (`/v25.0`) that the base ends with.
    pub(crate) fn unversioned<'a>(&self, segments: impl IntoIterator<Item = &'a str>, query: &[(&str, &str)]) -> Url {
        let is_version = |part: &str| {
            part.strip_prefix('v')
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
        };
        let mut bare = self.line.base().clone();
        let last = bare.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        if is_version(&last)
            && let Ok(mut path) = bare.path_segments_mut()
        {
            path.pop_if_empty().pop();
        }
        let mut bare = below(bare, segments);
        if !query.is_empty() {
            bare.query_pairs_mut().extend_pairs(query);
        }
        bare
    }

    /// Asks. An error is told as [`Kind::Provider`]: no connection, no answer in time, too much of one, or a redirection.
    pub(crate) async fn ask(&self, ask: &Ask<'_>) -> Result<Reply> {
        let deadline = self.line.deadline();
        let attempts = if ask.repeatable { self.line.limits().attempts.max(1) } else { 1 };
        let asked = self.line.again(attempts, deadline, |attempt| async move {
            Asked(in_time(deadline, attempt, self.line.exchange(ask.request())).await)
        });
        let Answer { status, retry_after, body } = asked.await.0.map_err(|failure| failure.tell(self.line.who()))?;
        let excerpt = self.excerpt(&body, &ask.hidden);
        Ok(Reply { status, retry_after, body, excerpt })
    }

    /// Asks, and reads the JSON of a success; every other answer is [`Web::failed`].
    pub(crate) async fn ask_json<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T> {
        let reply = self.ask(ask).await?;
        if reply.is_success() { self.json(&reply) } else { Err(self.failed(&reply)) }
    }

    /// The beginning of an answer in one line, without any secret, for the log.
    fn excerpt(&self, body: &[u8], hidden: &[&str]) -> String {
        let mut text = String::from_utf8_lossy(&body[..body.len().min(8 << 10)]).into_owned();
        for secret in hidden.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(*secret, "[token]");
        }
        for secret in &self.hidden {
            text = secret.hide_in(&text);
        }
        let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        line.collect::<Vec<_>>().join(" ").chars().take(EXCERPT).collect()
    }

    /// The JSON of an answer; [`Kind::Provider`] when it is none, or not of this form.
    pub(crate) fn json<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T> {
        ports::json::parse(&reply.body).map_err(|fault| {
            let message = format!(
                "{} gave an answer that cannot be read: check {}",
                self.line.who().name,
                self.line.who().address_setting
            );
            // Neither the answer nor what the reader says of it: there are tokens in it.
            let (kind, at, size) = (fault.classify(), fault.column(), reply.body.len());
            Error::new(Kind::Provider, message).because(format!("{} with {size} bytes, {kind:?} at {at}", reply.status))
        })
    }

    /// An answer that is nobody's fault but the service's, or the settings': [`Kind::Provider`].
    pub(crate) fn failed(&self, reply: &Reply) -> Error {
        let Who { name, address_setting, .. } = self.line.who();
        let status = reply.status;
        let message = match status {
            429 => {
                let wait = reply.retry_after.unwrap_or(USUAL_WAIT).min(DAY).as_secs_f64().ceil().max(1.0) as u64;
                format!("{name} is limiting our requests ({status}): try again in {wait} s")
            }
            300..=399 => format!(
                "{name} sent us to another address ({status}), where tokens must not go: set {address_setting} to the final one"
            ),
            404 => format!("{name} does not know the path ({status}): check {address_setting}"),
            400..=499 => format!("{name} did not accept the request ({status}); the log has its answer"),
            _ => format!("{name} is having trouble ({status}): try again in a few minutes"),
        };
        Error::new(Kind::Provider, message).because(reply.for_log())
    }

    /// The service refuses us, not the person: our settings are wrong.
    pub(crate) fn refuses_us(&self, settings: &str, reply: &Reply) -> Error {
        let message = format!("{} refused our application ({}): check {settings}", self.line.who().name, reply.status);
        Error::new(Kind::Provider, message).because(reply.for_log())
    }

    /// How the service is called.
    pub(crate) fn name(&self) -> &'static str {
        self.line.who().name
    }
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Is it a refusal of what was asked, rather than a failure of the service?
    pub(crate) fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status) && !matches!(self.status, 404 | 405 | 408 | 425 | 429)
    }

    /// Its JSON, or null.
    pub(crate) fn value(&self) -> Value {
        ports::json::parse(&self.body).unwrap_or_default()
    }

    /// What the log may read of it.
    pub(crate) fn for_log(&self) -> String {
        format!("{} {}", self.status, self.excerpt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(base: &str) -> Web {
        Web::new("Example", "EXAMPLE_BASE_URL", base, patience(), vec![Secret::new("s3cret")]).unwrap()
    }

    #[test]
    fn addresses_are_joined_with_and_without_the_version() {
        for base in ["https://a.example/v25.0", "https://a.example/v25.0/"] {
            let web = web(base);
            assert_eq!(web.url(["me"], &[("x", "a b")]).as_str(), "https://a.example/v25.0/me?x=a+b");
            assert_eq!(web.unversioned(["access_token"], &[]).as_str(), "https://a.example/access_token");
        }
        assert_eq!(web("https://a.example/via").unversioned(["x"], &[]).as_str(), "https://a.example/via/x");
        assert_eq!(
            web("https://a.example/v2").url(["user", "info", ""], &[]).as_str(),
            "https://a.example/v2/user/info/"
        );
    }

    #[test]
    fn a_form_is_encoded() {
        let ask = Ask::form(Url::parse("https://a.example/").unwrap(), &[("code", "a&b=c d"), ("x", "é")]);
        assert_eq!(String::from_utf8(ask.body.unwrap()).unwrap(), "code=a%26b%3Dc+d&x=%C3%A9");
    }

    #[test]
    fn what_the_log_reads_is_short_and_without_secrets() {
        let text = format!("bad token tok-1\n\tof s3cret {}", "x".repeat(9000));
        let excerpt = web("https://a.example").excerpt(text.as_bytes(), &["tok-1"]);
        assert!(excerpt.starts_with("bad token [token] of [key] x") && excerpt.chars().count() == EXCERPT, "{excerpt}");
    }

    #[test]
    fn a_token_that_cannot_be_one_is_refused() {
        let error = Ask::get(Url::parse("https://a.example/").unwrap()).bearer("a\nb").err().unwrap();
        assert_eq!(error.kind(), Kind::Unauthenticated);
    }
}
