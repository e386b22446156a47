//! The way to a provider of messages: whose key goes along comes with each question, and what sends is asked once.

use std::time::Duration;

use kernel::Result;
use ports::messaging::{Account, Decision, MediaFault, SendFault};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Request, Response, Url};
use serde_json::Value;

use crate::fault::{Cause, Failure, Who};
use crate::http::{Answer, Attempt, Line, in_time, read, retry_after};
use crate::{Limits, Secret};

/// A provider at its address.
#[derive(Debug)]
pub(crate) struct Wire {
    line: Line,
}

/// An answer, read as JSON whatever its status; null if it is none.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Value,
}

impl Told {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// An attempt of what sends, which is asked again only if nothing can have arrived; or of what may be asked twice.
struct Asked {
    answer: Result<Answer, Failure>,
    sends: bool,
}

impl Attempt for Asked {
    fn may_pass(&self) -> bool {
        match &self.answer {
            Ok(answer) => !self.sends && matches!(answer.status, 408 | 500 | 502..=504),
            Err(failure) if self.sends => matches!(failure.cause, Cause::Unreachable),
            Err(failure) => failure.may_pass(),
        }
    }

    fn wait(&self) -> Option<Duration> {
        self.answer.as_ref().ok().and_then(|answer| answer.retry_after)
    }
}

impl Wire {
    /// A client for the address. [`kernel::Kind::Invalid`] when it cannot be one.
    pub(crate) fn new(name: &'static str, address_setting: &'static str, base: &str, limits: Limits) -> Result<Self> {
        let who =
            Who { name, key_setting: "the channel", address_setting, key: Secret::default(), model: String::new() };
        Ok(Self { line: Line::new(base, who, &HeaderMap::new(), limits)? })
    }

    /// The address of a path below the base.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        self.line.url(segments)
    }

    /// Where the provider is.
    pub(crate) fn base(&self) -> &Url {
        self.line.base()
    }

    /// How it is called.
    pub(crate) fn name(&self) -> &'static str {
        self.line.who().name
    }

    /// What makes requests with files.
    pub(crate) fn client(&self) -> &Client {
        self.line.client()
    }

    /// `POST` of JSON.
    pub(crate) fn post(url: Url, body: &Value) -> Request {
        let mut request = Request::new(Method::POST, url);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
        request
    }

    /// `GET`.
    pub(crate) fn get(url: Url) -> Request {
        Request::new(Method::GET, url)
    }

    /// The request with the key of who asks. A key that no header can carry is a broken channel.
    pub(crate) fn with_key(mut request: Request, key: &str) -> Result<Request, SendFault> {
        let unfit = |_| {
            SendFault::ours(
                Decision::ChannelBroken,
                "bad_key",
                "The access token holds characters that no token has: copy it again",
            )
        };
        let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(unfit)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(request)
    }

    /// Asks what sends: once, unless no connection could be made.
    pub(crate) async fn once(
        &self,
        make: impl Fn() -> Result<Request, SendFault>,
        account: &Account,
    ) -> Result<Told, SendFault> {
        self.ask(make, account, true).await
    }

    /// Asks what may be asked twice.
    pub(crate) async fn again(
        &self,
        make: impl Fn() -> Result<Request, SendFault>,
        account: &Account,
    ) -> Result<Told, SendFault> {
        self.ask(make, account, false).await
    }

    async fn ask(
        &self,
        make: impl Fn() -> Result<Request, SendFault>,
        account: &Account,
        sends: bool,
    ) -> Result<Told, SendFault> {
        // What cannot be made is told as it is; what was made once can be made again.
        make()?;
        let deadline = self.line.deadline();
        let ask = |attempt| {
            let request = make().map_err(|fault| Failure::new(Cause::Unreadable, fault.says));
            async move {
                let exchange = async { self.line.exchange(request?).await };
                Asked { answer: in_time(deadline, attempt, exchange).await, sends }
            }
        };
        let asked = self.line.again(self.line.limits().attempts, deadline, ask).await;
        asked.answer.map(read_answer).map_err(|failure| self.unanswered(&failure, account, sends))
    }

    /// There was no answer.
    fn unanswered(&self, failure: &Failure, account: &Account, sends: bool) -> SendFault {
        let decision = match failure.cause {
            Cause::Unreachable => Decision::Later(None),
            _ if sends => Decision::Unknown,
            _ => Decision::Later(None),
        };
        let code = match failure.cause {
            Cause::Unreachable => "unreachable",
            Cause::TimedOut => "timed_out",
            _ => "unanswered",
        };
        let error = failure.tell(self.line.who());
        SendFault { decision, code: Some(code.into()), says: account.hide_in(error.message()) }
    }

    /// An answer with no words that the provider documents: what its status alone says.
    pub(crate) fn wordless(&self, told: &Told, sends: bool) -> SendFault {
        let (name, status) = (self.name(), told.status);
        let setting = self.line.who().address_setting;
        let (decision, says) = match status {
            429 => (Decision::Later(told.retry_after), format!("{name} is limiting our requests ({status})")),
            503 => (Decision::Later(told.retry_after), format!("{name} is having trouble ({status})")),
            // Something on the way gave up waiting; what waits behind it may have done it.
            408 | 500.. if sends => (Decision::Unknown, format!("{name} is having trouble ({status})")),
            408 | 500.. => (Decision::Later(None), format!("{name} is having trouble ({status})")),
            300..=399 => (
                Decision::ChannelBroken,
                format!("{name} sent us to another address ({status}), where the key must not go: check {setting}"),
            ),
            200..=299 if sends => {
                (Decision::Unknown, format!("{name} gave an answer that cannot be read: check {setting}"))
            }
            _ => (
                Decision::ChannelBroken,
                format!("{name} gave an answer that cannot be read ({status}): check {setting}"),
            ),
        };
        SendFault { decision, code: Some(status.to_string()), says }
    }

    /// A file of at most so many bytes, and its media type. An answer that is none is given back to be read.
    pub(crate) async fn file(
        &self,
        request: Request,
        most: usize,
    ) -> Result<Result<(Vec<u8>, Option<String>), Told>, MediaFault> {
        let deadline = self.line.deadline();
        let late = || MediaFault::Later(None, format!("{} took too long to give the file", self.name()));
        let later = |failure: &Failure| MediaFault::Later(None, failure.tell(self.line.who()).message().to_owned());
        let fetch = async {
            let mut response = self.line.open(request).await.map_err(|failure| later(&failure))?;
            if !response.status().is_success() {
                return Ok(Err(self.refused(response).await));
            }
            let size = response.content_length();
            if size.is_some_and(|size| size > most as u64) {
                return Err(MediaFault::TooLarge(size));
            }
            let mime = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
            match read(&mut response, most).await {
                Ok(bytes) => Ok(Ok((bytes, mime))),
                Err((_, None)) => Err(MediaFault::TooLarge(None)),
                Err((_, Some(fault))) => Err(later(&Failure::transport(fault, self.line.who()))),
            }
        };
        tokio::time::timeout_at(deadline, fetch).await.unwrap_or_else(|_| Err(late()))
    }

    async fn refused(&self, mut response: Response) -> Told {
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let body = read(&mut response, 64 << 10).await.unwrap_or_default();
        read_answer(Answer { status, retry_after, body })
    }
}

fn read_answer(answer: Answer) -> Told {
    let Answer { status, retry_after, body } = answer;
    Told { status, retry_after, body: ports::json::parse(&body).unwrap_or_default() }
}

/// A fault of an account as one of its files.
pub(crate) fn of_file(fault: SendFault) -> MediaFault {
    match fault.decision {
        Decision::ChannelBroken => MediaFault::ChannelBroken(fault.says),
        Decision::Later(wait) => MediaFault::Later(wait, fault.says),
        Decision::LaterThisPerson(_) | Decision::NotBefore24h | Decision::Unknown => {
            MediaFault::Later(None, fault.says)
        }
        _ => MediaFault::Gone(fault.says),
    }
}
