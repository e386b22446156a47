//! Asking again without fetching again: every JSON answer to a GET carries an `ETag`, and whoever sends it back in
//! `If-None-Match` gets 304 and no body while nothing has changed.
//!
//! The tag is made of the answer's own bytes, after the handler made it: it can never be older than what it stands for. What saves
//! the making is [`Responses`](crate::Responses). Browsers keep an answer, but ask each time (`no-cache`), so that
//! nobody is shown what was before their own write.

use std::hash::BuildHasher;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use foldhash::fast::FixedState;
use kernel::Error;

use crate::ApiError;

/// Larger answers are written as they come and bear no tag.
const MOST: u64 = 4 << 20;

/// What the caller says that it has; nothing where no answer is tagged.
pub(crate) fn asked(request: &Request) -> Option<Option<HeaderValue>> {
    (request.method() == Method::GET).then(|| request.headers().get(header::IF_NONE_MATCH).cloned())
}

/// Tags what may be tagged, and answers 304 where the caller has it already.
pub(crate) async fn tag(known: Option<HeaderValue>, mut response: Response) -> Response {
    if response.status() != StatusCode::OK || !may_be_tagged(&response) {
        return response;
    }
    let body = match to_bytes(std::mem::take(response.body_mut()), MOST as usize).await {
        Ok(body) => body,
        Err(fault) => return ApiError(Error::internal(fault)).into_response(),
    };
    let tag = of(&body);
    if known.is_some_and(|known| names(&known, &tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    } else {
        *response.body_mut() = Body::from(body);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// JSON that is there as a whole, of a route that has no tag of its own and does not forbid keeping.
fn may_be_tagged(response: &Response) -> bool {
    let starts = |name, text: &str| value(response.headers(), name).is_some_and(|value| value.starts_with(text));
    let kept = !value(response.headers(), header::CACHE_CONTROL).is_some_and(|value| value.contains("no-store"));
    let whole = response.body().size_hint().exact().is_some_and(|size| size <= MOST);
    whole && kept && starts(header::CONTENT_TYPE, "application/json") && !response.headers().contains_key(header::ETAG)
}

fn value(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A weak tag, since compression may change the bytes that travel: a hash of the answer, and its length. It is not stable from one build
/// of the program to the next, which costs one fetch.
fn of(body: &[u8]) -> String {
    format!("W/\"{:x}-{:016x}\"", body.len(), FixedState::with_seed(0x1f10).hash_one(body))
}

/// Whether `If-None-Match` names this tag (RFC 9110, 13.1.2: compared weakly; `*` names any).
fn names(known: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let own = opaque(tag);
    known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim() == "*" || opaque(one) == own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let tag = of(b"{}");
        let bare = tag.trim_start_matches("W/").to_owned();
        for known in [tag.clone(), bare.clone(), format!("\"x\", {tag}"), format!("{bare} ,W/\"y\""), "*".to_owned()] {
            assert!(names(&HeaderValue::from_str(&known).unwrap(), &tag), "{known}");
        }
        for other in ["\"x\"".to_owned(), String::new(), of(b"{ }"), bare.trim_matches('"').to_owned()] {
            assert!(!names(&HeaderValue::from_str(&other).unwrap(), &tag), "{other}");
        }
    }
}
