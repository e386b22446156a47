//! How Stripe is asked: forms with an idempotency key, and answers told apart by whether something may have been done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::{Error, Kind, Result};
use ports::gateway::{Fault, Outcome};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;

use super::objects::{self, Read};
use super::settings::StripeSettings;
use crate::fault::{Cause, Failure, Who};
use crate::http::{Answer, Attempt, DAY, Line, in_time};

/// Stripe at its address, with the key.
#[derive(Debug)]
pub(super) struct Wire(Line);

/// An attempt, and whether by it or one before something may have been done.
struct Asked(Result<Answer, Failure>, bool);

impl Attempt for Asked {
    /// 409: another question with the same key is under way.
    fn may_pass(&self) -> bool {
        match &self.0 {
            Ok(answer) => matches!(answer.status, 409 | 429 | 500 | 502..=504),
            Err(failure) => failure.may_pass(),
        }
    }

    fn wait(&self) -> Option<Duration> {
        self.0.as_ref().ok().and_then(|answer| answer.retry_after)
    }
}

impl Wire {
    pub(super) fn new(settings: &StripeSettings) -> Result<Self> {
        let who = Who {
            name: "Stripe",
            key_setting: "STRIPE_SECRET_KEY",
            address_setting: "STRIPE_BASE_URL",
            key: settings.secret_key.clone(),
            model: String::new(),
        };
        let header = |text: &str, setting: &str| {
            HeaderValue::from_str(text).map_err(|_| {
                Error::new(Kind::Invalid, format!("{setting} holds characters that cannot be sent: copy it again"))
            })
        };
        let mut bearer = header(&format!("Bearer {}", who.key.reveal()), who.key_setting)?;
        bearer.set_sensitive(true);
        let version = header(&settings.api_version, "STRIPE_API_VERSION")?;
        let headers =
            HeaderMap::from_iter([(AUTHORIZATION, bearer), (HeaderName::from_static("stripe-version"), version)]);
        Line::new(&settings.base_url, who, &headers, settings.limits.clone()).map(Self)
    }

    fn url(&self, segments: &[&str]) -> Url {
        self.0.url(segments.iter().copied())
    }

    /// Reads an object or a list. Whatever goes wrong, nothing is known by it.
    pub(super) async fn get(&self, segments: &[&str], query: &[(&str, String)]) -> Result<Value, Fault> {
        let mut url = self.url(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let (answer, _) =
            self.ask(|| Request::new(Method::GET, url.clone())).await.map_err(|(error, _)| Fault::Unknown(error))?;
        if !(200..300).contains(&answer.status) {
            return Err(Fault::Unknown(self.told(&answer)));
        }
        ports::json::parse(&answer.body)
            .map_err(|error| Fault::Unknown(self.0.who().unreadable(&error.to_string(), &answer.body)))
    }

    /// Has something done, once for the key, and reads what came of it.
    pub(super) async fn post(
        &self,
        segments: &[&str],
        form: &[(&str, String)],
        key: &str,
        reader: Read,
    ) -> Result<Outcome, Fault> {
        let url = self.url(segments);
        let mut encoded = url.clone();
        // A form is written as a query is.
        encoded.set_query(None);
        encoded.query_pairs_mut().extend_pairs(form);
        let body = encoded.query().unwrap_or_default().to_owned();
        let key = HeaderValue::from_str(key).map_err(|error| Fault::NotDone(Error::internal(error)))?;
        let request = || {
            let mut request = Request::new(Method::POST, url.clone());
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
            request.headers_mut().insert(HeaderName::from_static("idempotency-key"), key.clone());
            *request.body_mut() = Some(body.clone().into());
            request
        };
        let (answer, uncertain) = self.ask(request).await.map_err(|(error, uncertain)| fault(error, uncertain))?;
        let object: Value = ports::json::parse(&answer.body).unwrap_or_default();
        match answer.status {
            200..=299 => self
                .read(&object, reader)
                .map_err(|_| Fault::Unknown(self.0.who().unreadable("it is not what was asked for", &answer.body))),
            // The same key with another body: what it stands for has been asked before.
            400 if object["error"]["type"] == "idempotency_error" => Err(Fault::Unknown(self.told(&answer))),
            400 | 402 | 404 if object["error"].is_object() => {
                let error = &object["error"];
                let id = error["payment_intent"]["id"].as_str().map(str::to_owned);
                Ok(objects::refusal(error, id))
            }
            409 | 500..=599 => Err(Fault::Unknown(self.told(&answer))),
            _ => Err(fault(self.told(&answer), uncertain)),
        }
    }

    /// Reads an outcome out of an object.
    pub(super) fn read(&self, object: &Value, reader: Read) -> Result<Outcome, Fault> {
        reader(object).ok_or_else(|| {
            Fault::Unknown(self.0.who().unreadable("it is not what was asked for", object.to_string().as_bytes()))
        })
    }

    /// Asks until there is an answer that will not pass, or the time is over. Tells also whether, on the way, something may have been done.
    async fn ask(&self, request: impl Fn() -> Request) -> Result<(Answer, bool), (Error, bool)> {
        let deadline = self.0.deadline();
        let uncertain = AtomicBool::new(false);
        let ask = |attempt| {
            let (asking, uncertain) = (in_time(deadline, attempt, self.0.exchange(request())), &uncertain);
            async move {
                let asked = asking.await;
                let may_be_done = match &asked {
                    Ok(answer) => matches!(answer.status, 409 | 500..=599),
                    Err(failure) => !matches!(failure.cause, Cause::Unreachable),
                };
                Asked(asked, uncertain.fetch_or(may_be_done, Ordering::Relaxed) | may_be_done)
            }
        };
        match self.0.again(self.0.limits().attempts, deadline, ask).await {
            Asked(Ok(answer), uncertain) => Ok((answer, uncertain)),
            Asked(Err(failure), uncertain) => Err((failure.tell(self.0.who()), uncertain)),
        }
    }

    /// A refusal of the question itself: who, what and what to do.
    fn told(&self, answer: &Answer) -> Error {
        let Who { key_setting, address_setting, .. } = self.0.who();
        let status = answer.status;
        let message = match status {
            300..=399 => {
                format!("sent us to another address ({status}), where the key must not go: check {address_setting}")
            }
            401 => format!("refused the key ({status}): check {key_setting}"),
            403 => format!("does not allow it ({status}): check what the key of {key_setting} may do"),
            409 => format!("is still busy with the same request ({status}): try again in a moment"),
            429 => {
                let wait = answer.retry_after.map_or(60, |wait| wait.min(DAY).as_secs_f64().ceil().max(1.0) as u64);
                format!("is limiting our requests ({status}): try again in {wait} s")
            }
            400..=499 => {
                format!("did not accept the request ({status}): check {address_setting}; the log has its answer")
            }
            _ => format!("is having trouble ({status}): try again in a few minutes"),
        };
        self.0.who().error(&message, &String::from_utf8_lossy(&answer.body))
    }
}

fn fault(error: Error, uncertain: bool) -> Fault {
    if uncertain { Fault::Unknown(error) } else { Fault::NotDone(error) }
}
