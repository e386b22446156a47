//! Questions in JSON to a provider of models: whatever is no success is a fault.

use kernel::Result;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Request, Url};
use tokio::time::Instant;

use crate::fault::{Failure, Refusal, Who};
use crate::http::{Limits, Line, in_time, read, retry_after, secret_header};

/// What of an error's answer is read at most: it is for people.
const ERROR_BYTES: usize = 16 << 10;

/// A provider at its address, with its key.
#[derive(Debug)]
pub(crate) struct Http(Line);

impl Http {
    /// A client for the address, with the key in the header that `authorise` makes of it. [`kernel::Kind::Invalid`] when the
    /// address or the key cannot be one.
    pub(crate) fn new(base_url: &str, who: Who, auth: (HeaderName, &str), limits: Limits) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let has_key = !who.key.is_empty();
        if has_key {
            headers.insert(auth.0, secret_header(&format!("{}{}", auth.1, who.key.reveal()), who.key_setting)?);
        }
        let line = Line::new(base_url, who, &headers, limits)?;
        if has_key && line.is_open() {
            tracing::warn!("{} sends the key unencrypted: use https", line.who().address_setting);
        }
        Ok(Self(line))
    }

    pub(crate) fn who(&self) -> &Who {
        self.0.who()
    }

    /// The address of a path below the base; its query, if it has one, stays.
    pub(crate) fn url<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        self.0.url(segments)
    }

    /// When what starts now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        self.0.deadline()
    }

    /// Posts JSON and gives back the body of the answer. Faults that may pass are tried again until the deadline, so this is
    /// for requests that may arrive twice.
    pub(crate) async fn post(&self, url: Url, body: &[u8], deadline: Instant) -> Result<Vec<u8>, Failure> {
        let ask = |attempt| {
            let mut request = Request::new(Method::POST, url.clone());
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_vec().into());
            in_time(deadline, attempt, self.attempt(request))
        };
        self.0.again(self.0.limits().attempts, deadline, ask).await
    }

    async fn attempt(&self, request: Request) -> Result<Vec<u8>, Failure> {
        let mut response = self.0.open(request).await?;
        if response.status().is_success() {
            return self.0.body(&mut response).await;
        }
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let location = response.headers().get(LOCATION).cloned();
        let mut body = read(&mut response, ERROR_BYTES).await.unwrap_or_else(|(head, _)| head);
        if let Some(location) = location {
            body.extend_from_slice(b" location: ");
            body.extend_from_slice(location.as_bytes());
        }
        Err(Failure::refused(Refusal::new(status, retry_after, &body), &body, self.who()))
    }
}

#[cfg(test)]
mod tests {
    use kernel::Kind;

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
}
