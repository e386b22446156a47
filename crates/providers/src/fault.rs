//! What can go wrong with a provider, and how it is told: to the caller what to do, to the log what was answered, to
//! nobody the key.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use kernel::{Error, Kind};
use serde_json::Value;

use crate::Secret;
use crate::http::DAY;

/// What of an answer the log is told, in characters.
const EXCERPT: usize = 300;

/// Whom errors are about, and what of its settings they name.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    /// `OpenAI`, or what it is when it runs elsewhere.
    pub(crate) name: &'static str,
    /// The setting that holds its key.
    pub(crate) key_setting: &'static str,
    /// The setting that holds its address.
    pub(crate) address_setting: &'static str,
    /// Its key, so that it can be hidden.
    pub(crate) key: Secret,
    /// The model that is asked.
    pub(crate) model: String,
}

impl Who {
    /// An error that is told to the caller, with what only the log is told.
    pub(crate) fn error(&self, message: &str, detail: &str) -> Error {
        Error::new(Kind::Provider, format!("{} {message}", self.name)).because(self.excerpt(detail))
    }

    /// It answered, but not with what was asked for.
    pub(crate) fn unreadable(&self, reason: &str, answer: &[u8]) -> Error {
        let message = format!("gave an answer that cannot be read: check {}", self.address_setting);
        self.error(&message, &format!("{reason}; it began {:?}", self.excerpt(&String::from_utf8_lossy(answer))))
    }

    /// The beginning of a text, in one line and without the key.
    fn excerpt(&self, text: &str) -> String {
        let text = self.key.hide_in(text);
        let mut short = String::new();
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
            if short.len() > EXCERPT {
                break;
            }
            short.push_str(if short.is_empty() { "" } else { " " });
            short.extend(word.chars().take(EXCERPT + 1));
        }
        if let Some((end, _)) = short.char_indices().nth(EXCERPT) {
            short.truncate(end);
            short.push('…');
        }
        short
    }
}

/// An answer that is not a success, as far as it is understood.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The status of the answer.
    pub(crate) status: u16,
    retry_after: Option<Duration>,
    /// The words for programs in it: OpenAI's `code` and `type`, Google's `status` and `reason`.
    words: Vec<String>,
    /// The field of the request that it is about.
    pub(crate) param: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let body: Value = ports::json::parse(body).unwrap_or_default();
        let error = body.get("error").filter(|error| error.is_object()).unwrap_or(&body);
        let details = error["details"].as_array().map_or(&[][..], Vec::as_slice);
        let named = ["code", "type", "status"].into_iter().map(|name| &error[name]);
        let words = named.chain(details.iter().map(|detail| &detail["reason"])).filter_map(Value::as_str);
        // Google tells the wait in the body: "retryDelay": "34.07s".
        let delay = || {
            let told = details.iter().find_map(|detail| detail["retryDelay"].as_str())?;
            Duration::try_from_secs_f64(told.strip_suffix('s')?.parse().ok()?).ok()
        };
        Self {
            status,
            retry_after: retry_after.or_else(delay),
            words: words.map(str::to_owned).collect(),
            param: error["param"].as_str().map(str::to_owned),
        }
    }

    fn says(&self, word: &str) -> bool {
        self.words.iter().any(|said| said == word)
    }

    /// The account is empty: it will not pass by waiting.
    fn is_quota(&self) -> bool {
        self.status == 402 || self.says("insufficient_quota") || self.says("billing_not_active")
    }

    /// Google refuses a wrong key with 400.
    fn is_key(&self) -> bool {
        self.status == 401 || self.says("API_KEY_INVALID") || self.says("invalid_api_key")
    }

    fn may_pass(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502..=504 | 506..=599) && !self.is_quota()
    }
}

/// Why there is no answer to use.
#[derive(Debug)]
pub(crate) enum Cause {
    /// There is, but it is a refusal.
    Refused(Refusal),
    /// No connection could be made.
    Unreachable,
    /// The connection broke before the answer was whole.
    Broken,
    /// The time was over.
    TimedOut,
    /// It is larger than allowed.
    TooLarge,
    /// It is not what was asked for.
    Unreadable,
}

/// A call that failed, before it is told.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    detail: String,
}

impl Failure {
    pub(crate) fn new(cause: Cause, detail: String) -> Self {
        Self { cause, detail }
    }

    pub(crate) fn refused(refusal: Refusal, body: &[u8], who: &Who) -> Self {
        Self::new(Cause::Refused(refusal), who.excerpt(&String::from_utf8_lossy(body)))
    }

    pub(crate) fn transport(fault: reqwest::Error, who: &Who) -> Self {
        let cause = if fault.is_connect() {
            Cause::Unreachable
        } else if fault.is_timeout() {
            Cause::TimedOut
        } else {
            Cause::Broken
        };
        // An address can hold what is nobody's business.
        let fault = fault.without_url();
        let mut detail = fault.to_string();
        let mut source = fault.source();
        while let Some(inner) = source {
            let _ = write!(detail, ": {inner}");
            source = inner.source();
        }
        Self::new(cause, who.excerpt(&detail))
    }

    /// May the same request succeed in a moment?
    pub(crate) fn may_pass(&self) -> bool {
        match &self.cause {
            Cause::Refused(refusal) => refusal.may_pass(),
            Cause::Unreachable | Cause::Broken | Cause::TimedOut => true,
            Cause::TooLarge | Cause::Unreadable => false,
        }
    }

    /// How long the provider asked us to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match &self.cause {
            Cause::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// Tells it: who failed, what happened and what to do.
    pub(crate) fn tell(&self, who: &Who) -> Error {
        let address = who.address_setting;
        let message = match &self.cause {
            Cause::Refused(refusal) => refused(refusal, who),
            Cause::Unreachable => format!("cannot be reached: check that it runs, the network and {address}"),
            Cause::Broken => "broke the connection before its answer was whole: try again".to_owned(),
            Cause::TimedOut => "took too long to answer: try again".to_owned(),
            Cause::TooLarge => format!("gave an answer larger than is ever needed: check {address}"),
            Cause::Unreadable => format!("gave an answer that cannot be read: check {address}"),
        };
        who.error(&message, &self.detail)
    }
}

fn refused(refusal: &Refusal, who: &Who) -> String {
    let Who { key_setting, address_setting, model, .. } = who;
    let status = refusal.status;
    if refusal.is_quota() {
        return format!("says that the account's quota is used up ({status}): check its plan and billing");
    }
    if refusal.is_key() {
        return if who.key.is_empty() {
            format!("wants a key ({status}): set {key_setting}")
        } else {
            format!("refused the key ({status}): check {key_setting}")
        };
    }
    match status {
        300..=399 => format!(
            "sent us to another address ({status}), where the key must not go: set {address_setting} to the final one"
        ),
        403 => format!("does not allow it ({status}): check what the key of {key_setting} may do with model {model}"),
        404 => format!("does not know the model or the path ({status}): check model {model} and {address_setting}"),
        429 => {
            let wait = refusal.retry_after.map_or(60, |wait| wait.min(DAY).as_secs_f64().ceil().max(1.0) as u64);
            format!("is limiting our requests ({status}): try again in {wait} s")
        }
        400..=499 => format!("did not accept the request ({status}): check model {model}; the log has its answer"),
        _ => format!("is having trouble ({status}): try again in a few minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(key: &str) -> Who {
        Who {
            name: "OpenAI",
            key_setting: "OPENAI_API_KEY",
            address_setting: "OPENAI_BASE_URL",
            key: Secret::new(key),
            model: "m".into(),
        }
    }

    fn told(status: u16, body: &str) -> (bool, String) {
        let who = who("sk-1");
        let failure = Failure::refused(Refusal::new(status, None, body.as_bytes()), body.as_bytes(), &who);
        (failure.may_pass(), failure.tell(&who).message().to_owned())
    }

    #[test]
    fn each_refusal_says_what_to_do_and_whether_it_may_pass() {
        for (status, body, passes, words) in [
            (
                400,
                r#"{"error":{"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
                false,
                "check OPENAI_API_KEY",
            ),
            (429, r#"{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}"#, false, "billing"),
            (429, r#"{"error":{"details":[{"retryDelay":"33.2s"}]}}"#, true, "try again in 34 s"),
            (429, "", true, "try again in 60 s"),
            (400, r#"{"object":"error","code":400,"type":"BadRequestError","message":"x"}"#, false, "check model m"),
            (403, "<html>", false, "what the key of OPENAI_API_KEY may do"),
            (404, r#"{"error":"model \"m\" not found"}"#, false, "check model m and OPENAI_BASE_URL"),
            (301, "", false, "set OPENAI_BASE_URL"),
            (501, "", false, "having trouble"),
            (529, "", true, "having trouble"),
        ] {
            let (may_pass, message) = told(status, body);
            assert_eq!(may_pass, passes, "{status} {body}");
            assert!(message.starts_with("OpenAI ") && message.contains(words), "{message}");
        }
    }

    #[test]
    fn an_excerpt_is_short_one_line_and_without_the_key() {
        let who = who("sk-secret");
        assert_eq!(who.excerpt("wrong\r\n\tkey sk-secret\u{1b}[0m"), "wrong key [key] [0m");
        // A key across the end of the excerpt leaves no part of itself.
        let long = format!("{}sk-secret{}", "é".repeat(EXCERPT - 4), "x".repeat(50_000));
        let excerpt = who.excerpt(&long);
        assert_eq!(excerpt.chars().count(), EXCERPT + 1);
        assert!(!excerpt.contains("sk-"), "{excerpt}");
        assert!(who.excerpt(&"a ".repeat(50_000)).chars().count() <= EXCERPT + 1);
    }
}
