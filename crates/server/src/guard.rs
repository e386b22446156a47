//! The demo answers without a token, so it answers nobody but this machine: not through a proxy or a tunnel, not for a page of
//! another site, and not under a name that someone else's DNS points here.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_base::ApiError;
use kernel::{Error, Kind};

/// Lets requests through that this machine makes to itself.
pub(crate) async fn this_machine_only(request: Request, next: Next) -> Response {
    match fault(request.headers()) {
        None => next.run(request).await,
        Some(why) => {
            let message = format!(
                "The demo answers this machine alone, and {why}. Use `influencerflow serve` to be reached from elsewhere"
            );
            ApiError(Error::new(Kind::Forbidden, message)).into_response()
        }
    }
}

fn fault(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"));
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip"];
    if forwarded.iter().any(|name| headers.contains_key(*name)) {
        return Some("this request came through a proxy");
    }
    if text(HOST).is_some_and(|host| !is_loopback(host)) {
        return Some("this request was made to another name than localhost");
    }
    let origin = text(ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    if origin.is_some_and(|host| !is_loopback(host)) {
        return Some("this request was made by a page of another site");
    }
    None
}

/// Is this `host` or `host:port` this machine?
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn judged(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        fault(&headers).is_none()
    }

    #[test]
    fn this_machine_alone() {
        for host in ["127.0.0.1:8000", "localhost", "LOCALHOST:80", "[::1]:8000", "127.0.0.2"] {
            assert!(judged(&[("host", host)]), "{host}");
        }
        for host in ["demo.example.com", "127.0.0.1.evil.example:8000", "192.168.0.7", "0.0.0.0:8000", ""] {
            assert!(!judged(&[("host", host)]), "{host}");
        }
        assert!(!judged(&[("host", "localhost"), ("x-forwarded-for", "1.2.3.4")]));
        assert!(!judged(&[("host", "localhost"), ("origin", "https://evil.example")]));
        assert!(!judged(&[("host", "localhost"), ("origin", "null")]));
        assert!(judged(&[("host", "localhost"), ("origin", "http://localhost:3000")]));
    }
}
