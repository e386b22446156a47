//! How providers of calls are asked: what only reads may be asked again, what rings is asked once.

use std::ops::Range;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Error, Kind, Result};
use ports::calls::{Audio, Unplaced};
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE};
use reqwest::{Method, Request, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::fault::{Cause, Failure, Who};
use crate::http::{Attempt, DAY, Line, read, retry_after};
use crate::{Limits, Secret};

/// What of a refusal is read at most: it is for people.
const REFUSAL_BYTES: usize = 16 << 10;
/// What of it is told, in characters.
const TOLD: usize = 240;

/// While someone waits for a call: 10 s in all.
pub(crate) fn patience() -> Limits {
    Limits {
        read: Duration::from_secs(10),
        total: Duration::from_secs(10),
        attempts: 3,
        max_answer_bytes: 32 << 20,
        ..Limits::default()
    }
}

/// A provider at its address.
#[derive(Debug)]
pub(crate) struct Wire {
    line: Line,
    /// The key in the form in which a header carries it; as secret as itself.
    in_header: Secret,
}

/// A success.
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
}

/// Anything else.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It was refused, with what the provider says of it.
    Refused { status: u16, retry_after: Option<Duration>, says: String },
    /// There was no answer.
    Unanswered(Failure),
}

impl Fault {
    /// Is there nothing of this name?
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// May it have been done all the same?
    fn is_uncertain(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status == 408 || *status >= 500,
            Self::Unanswered(failure) => !matches!(failure.cause, Cause::Unreachable),
        }
    }
}

impl<T> Attempt for Result<T, Fault> {
    fn may_pass(&self) -> bool {
        match self {
            Ok(_) => false,
            Err(Fault::Refused { status, .. }) => matches!(status, 408 | 429 | 500 | 502..=504),
            Err(Fault::Unanswered(failure)) => failure.may_pass(),
        }
    }

    fn wait(&self) -> Option<Duration> {
        match self {
            Err(Fault::Refused { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

fn late() -> Failure {
    Failure::new(Cause::TimedOut, "no answer in time".into())
}

/// The media type of sound as it is told on: MP3 and WAV go by several names. Nothing for what is a page or a message.
fn sound_type(told: &str) -> Option<String> {
    let told = told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match told.as_str() {
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some("audio/wav".into()),
        "" | "application/octet-stream" | "binary/octet-stream" | "audio/mp3" | "audio/mpeg3" | "audio/x-mpeg" => {
            Some("audio/mpeg".into())
        }
        told if told.starts_with("audio/") => Some(told.to_owned()),
        _ => None,
    }
}

/// `bytes 0-1023/146515`: which part, of how much; nothing if that is not told or cannot be.
fn part_of(told: &str) -> Option<(Range<u64>, Option<u64>)> {
    let (part, size) = told.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let size = match size.trim() {
        "*" => None,
        size => Some(size.parse().ok()?),
    };
    (first <= last && last < u64::MAX && size.is_none_or(|size| last < size)).then(|| (first..last + 1, size))
}

impl Wire {
    /// A client for the address, with these headers in all that it asks. [`Kind::Invalid`] when the address cannot be one.
    pub(crate) fn new(base_url: &str, who: Who, headers: &HeaderMap, limits: Limits) -> Result<Self> {
        Ok(Self { line: Line::new(base_url, who, headers, limits)?, in_header: Secret::default() })
    }

    /// Hides this form of the key, too, wherever the key is hidden.
    pub(crate) fn hiding(self, in_header: Secret) -> Self {
        Self { in_header, ..self }
    }

    /// The address of a path below the base.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>, query: &[(&str, &str)]) -> Url {
        let mut url = self.line.url(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Reads; asked again after a fault that may pass, within the time.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer, Fault> {
        self.again(|deadline| self.attempt(Request::new(Method::GET, url.clone()), deadline)).await
    }

    /// Reads sound, or one part of it, as it comes. Only its beginning has to come within the time; then it may take as long as
    /// it is never silent for too long. A part that the provider does not have is asked for as the whole.
    pub(crate) async fn sound(&self, url: Url, range: Option<&str>) -> Result<Audio, Fault> {
        match self.again(|deadline| self.begin(url.clone(), range, deadline)).await {
            Err(Fault::Refused { status: 416, .. }) if range.is_some() => {
                self.again(|deadline| self.begin(url.clone(), None, deadline)).await
            }
            begun => begun,
        }
    }

    async fn begin(&self, url: Url, range: Option<&str>, deadline: Instant) -> Result<Audio, Fault> {
        let mut request = Request::new(Method::GET, url);
        if let Some(range) = range.and_then(|range| HeaderValue::from_str(range).ok()) {
            request.headers_mut().insert(RANGE, range);
        }
        let opened = timeout_at(deadline, self.open(request)).await;
        let response = opened.map_err(|_| Fault::Unanswered(late()))??;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let media_type = sound_type(header(CONTENT_TYPE).unwrap_or_default());
        let unreadable = |what: &str| {
            Fault::Unanswered(Failure::new(Cause::Unreadable, format!("{what} where sound was asked for")))
        };
        let media_type = media_type.ok_or_else(|| unreadable(header(CONTENT_TYPE).unwrap_or_default()))?;
        let (size, part) = match response.status().as_u16() {
            206 => {
                let told = header(CONTENT_RANGE).unwrap_or_default();
                let (part, size) = part_of(told).ok_or_else(|| unreadable("a part that does not say which"))?;
                (size, Some(part))
            }
            _ => (response.content_length(), None),
        };
        let broken = |fault: reqwest::Error| {
            Error::new(Kind::Provider, "The recording broke off while it was read").because(fault.without_url())
        };
        let pieces = response.bytes_stream().map_err(broken).boxed();
        Ok(Audio { media_type, size, part, pieces })
    }

    async fn again<T, F: Future<Output = Result<T, Fault>>>(&self, ask: impl Fn(Instant) -> F) -> Result<T, Fault> {
        let deadline = self.line.deadline();
        self.line.again(self.line.limits().attempts, deadline, |_| ask(deadline)).await
    }

    /// Does something: asked once, for twice may ring twice.
    pub(crate) async fn post(&self, url: Url, media_type: &'static str, body: Vec<u8>) -> Result<Answer, Fault> {
        let mut request = Request::new(Method::POST, url);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        *request.body_mut() = Some(body.into());
        self.attempt(request, self.line.deadline()).await
    }

    async fn attempt(&self, request: Request, deadline: Instant) -> Result<Answer, Fault> {
        match timeout_at(deadline, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Unanswered(late())),
        }
    }

    /// The beginning of an answer that is a success.
    async fn open(&self, request: Request) -> Result<Response, Fault> {
        let mut response = self.line.open(request).await.map_err(Fault::Unanswered)?;
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Ok(response);
        }
        let retry_after = retry_after(response.headers());
        let body = read(&mut response, REFUSAL_BYTES).await.unwrap_or_else(|(head, _)| head);
        Err(Fault::Refused { status, retry_after, says: self.says(&body) })
    }

    async fn exchange(&self, request: Request) -> Result<Answer, Fault> {
        let mut response = self.open(request).await?;
        let bytes = self.line.body(&mut response).await.map_err(Fault::Unanswered)?;
        Ok(Answer { bytes })
    }

    /// What a refusal says for people: Twilio's `message`, ElevenLabs' `detail`, in one line and without the key.
    fn says(&self, body: &[u8]) -> String {
        let parsed: Value = ports::json::parse(body).unwrap_or_default();
        let detail = &parsed["detail"];
        let faults = detail.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(|fault| {
            let place = fault["loc"].as_array()?.iter().filter_map(Value::as_str).next_back()?;
            Some(format!("{place}: {}", fault["msg"].as_str()?))
        });
        let listed = faults.collect::<Vec<_>>().join("; ");
        let text = [parsed["message"].as_str(), detail["message"].as_str(), detail.as_str(), Some(&listed)];
        let text = text.into_iter().flatten().find(|text| !text.is_empty()).map(str::to_owned);
        let text = self.line.who().key.hide_in(&text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()));
        let text = self.in_header.hide_in(&text);
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").chars().take(TOLD).collect()
    }

    /// The JSON of an answer.
    pub(crate) fn json<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T> {
        ports::json::parse(&answer.bytes).map_err(|fault| self.line.who().unreadable(&fault.to_string(), &answer.bytes))
    }

    /// A fault as it is told: who failed, what happened, what to do.
    pub(crate) fn tell(&self, fault: Fault) -> Error {
        let Who { key_setting, address_setting, .. } = self.line.who();
        let (status, retry_after, says) = match fault {
            Fault::Unanswered(failure) => return failure.tell(self.line.who()),
            Fault::Refused { status, retry_after, says } => (status, retry_after, says),
        };
        let message = match status {
            300..=399 => {
                format!("sent us to another address ({status}), where the key must not go: check {address_setting}")
            }
            401 => format!("refused the key ({status}): check {key_setting}"),
            403 => format!("does not allow it ({status}): check what the account of {key_setting} may do"),
            404 => format!("does not know it ({status}): check the ids in the settings and {address_setting}"),
            429 => {
                let wait = retry_after.map_or(60, |wait| wait.min(DAY).as_secs_f64().ceil().max(1.0) as u64);
                format!("is limiting our requests ({status}): try again in {wait} s")
            }
            400..=499 => format!("did not accept the request ({status}): {says}"),
            _ => format!("is having trouble ({status}): try again in a few minutes"),
        };
        self.line.who().error(&message, &says)
    }

    /// A fault of placing a call.
    pub(crate) fn unplaced(&self, fault: Fault) -> Unplaced {
        if fault.is_uncertain() { Unplaced::Unknown(self.tell(fault)) } else { Unplaced::Refused(self.tell(fault)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_which_it_is() {
        for (told, part) in [
            ("bytes 0-1023/146515", Some((0..1024, Some(146_515)))),
            ("bytes 5-5/*", Some((5..6, None))),
            ("bytes 5-4/10", None),
            ("bytes 5-10/10", None),
            ("bytes */10", None),
            ("lines 0-1/2", None),
            ("bytes 0-18446744073709551615/*", None),
            ("", None),
        ] {
            assert_eq!(part_of(told), part, "{told}");
        }
    }

    #[test]
    fn sound_is_sound_under_its_several_names() {
        for (told, kept) in [
            ("audio/x-wav", Some("audio/wav")),
            ("AUDIO/MPEG; charset=x", Some("audio/mpeg")),
            ("", Some("audio/mpeg")),
            ("audio/ogg", Some("audio/ogg")),
            ("text/html", None),
            ("application/json", None),
        ] {
            assert_eq!(sound_type(told).as_deref(), kept, "{told}");
        }
    }
}
