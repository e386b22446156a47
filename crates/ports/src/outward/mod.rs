//! Requests to addresses that users give: webhooks, `http_request` nodes, files by URL.
//!
//! Whoever sends such a request uses [`Outward`] and nothing else. Its implementation resolves the host, refuses every address that is not
//! a public one ([`Rules`]), and connects to the address that it has judged and to no other; it follows no redirect and uses no proxy.
//! [`StandIn`] answers in tests without any network.

mod rules;
mod standin;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use rules::{Rules, target};
pub use standin::StandIn;
pub use url::Url;

/// The longest address that is taken, in bytes.
pub const LONGEST_URL: usize = 2048;
/// A request that has one of these headers may be sent twice: whoever gets it can tell that it is the same one.
pub const REPEATABLE: [&str; 2] = ["webhook-id", "idempotency-key"];

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends something.
    Post,
    /// Puts something in its place.
    Put,
    /// Changes a part.
    Patch,
    /// Takes something away.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Does asking twice do what asking once does, as HTTP defines it?
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }
}

/// A request to an address that a user gave.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// The address as it was given.
    pub url: String,
    /// Names and values. `Host`, `Content-Length`, `Connection` and `Transfer-Encoding` are set by the client, and dropped here.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Bytes,
    /// From the look-up of the host to the last byte of the answer.
    pub timeout: Duration,
    /// How many bytes of the answer are read; the rest is left (`Answer::is_cut`).
    pub most_bytes: usize,
}

impl Request {
    /// A request without headers and body: 15 seconds, 64 KiB of the answer.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
            timeout: Duration::from_secs(15),
            most_bytes: 64 << 10,
        }
    }

    /// May it be sent a second time at once, when a connection that was kept open turns out to be closed?
    pub fn is_repeatable(&self) -> bool {
        let is_known = |name: &str| REPEATABLE.iter().any(|known| name.eq_ignore_ascii_case(known));
        self.method.is_idempotent() || self.headers.iter().any(|(name, _)| is_known(name))
    }
}

/// What the other side answered, whatever the status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values as far as they are text.
    pub headers: Vec<(String, String)>,
    /// The body, or its beginning.
    pub body: Bytes,
    /// Was there more of the body than was to be read, or did it break off?
    pub is_cut: bool,
    /// From the beginning to the end.
    pub took: Duration,
}

impl Answer {
    /// Is the status a 2xx?
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. Each says in a sentence what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is no address that could be asked, and why.
    BadAddress(String),
    /// The host, or everything that it resolves to, is an address that is never asked: what kind of address it is.
    RefusedAddress(String),
    /// A header cannot be sent: its name.
    BadHeader(String),
    /// There is no such host, or its name could not be resolved.
    Unresolvable,
    /// Nobody listens there, or the connection was refused.
    Connect(String),
    /// The connection cannot be made secret: what the TLS library says.
    Tls(String),
    /// There was no whole answer within this time.
    Timeout(Duration),
    /// The connection broke off before there was an answer.
    Cut,
    /// Anything else, as the client says it.
    Other(String),
}

impl Fault {
    /// One word for lists and logs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BadAddress(_) => "bad_address",
            Self::RefusedAddress(_) => "refused_address",
            Self::BadHeader(_) => "bad_header",
            Self::Unresolvable => "unresolvable",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::Cut => "cut",
            Self::Other(_) => "other",
        }
    }

    /// May the same request be answered later, without anybody changing it?
    pub const fn may_pass(&self) -> bool {
        !matches!(self, Self::BadAddress(_) | Self::BadHeader(_))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadAddress(why) => write!(f, "The address {why}."),
            Self::RefusedAddress(what) => {
                write!(
                    f,
                    "The host is {what}, which is never asked: give a host that is reached over the public internet."
                )
            }
            Self::BadHeader(name) => {
                write!(f, "The header {name} cannot be sent: use letters, digits and - in names, one line in values.")
            }
            Self::Unresolvable => {
                f.write_str("The name of the host could not be resolved: check how it is written, and its DNS records.")
            }
            Self::Connect(why) => {
                write!(
                    f,
                    "No connection to the host could be opened ({why}): check that the server runs and its firewall lets us in."
                )
            }
            Self::Tls(why) => write!(
                f,
                "No secure connection could be agreed on ({why}): check the certificate and its chain. TLS 1.2 and 1.3 with ECDHE and \
                 AES-GCM or ChaCha20 are spoken here; older ciphers are not."
            ),
            Self::Timeout(limit) => {
                write!(
                    f,
                    "There was no whole answer within {} s: answer first, and work afterwards.",
                    limit.as_secs_f64()
                )
            }
            Self::Cut => f.write_str("The connection was closed before there was an answer: see the server's own log."),
            Self::Other(why) => write!(f, "The request failed ({why})."),
        }
    }
}

impl std::error::Error for Fault {}

/// Who sends requests to addresses that users give.
#[async_trait]
pub trait Outward: Send + Sync + fmt::Debug {
    /// Sends it, and answers within its timeout. An answer of any status is an [`Answer`].
    async fn send(&self, request: Request) -> Result<Answer, Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_told_apart_may_be_sent_twice() {
        let mut post = Request::new(Method::Post, "https://a.example");
        assert!(!post.is_repeatable());
        post.headers.push(("Webhook-Id".into(), "1".into()));
        assert!(post.is_repeatable());
        assert!(Request::new(Method::Get, "https://a.example").is_repeatable());
        assert!(!Request::new(Method::Patch, "https://a.example").is_repeatable());
    }

    #[test]
    fn every_fault_is_a_sentence() {
        for fault in [
            Fault::BadAddress("has no host".into()),
            Fault::RefusedAddress("a private address".into()),
            Fault::BadHeader("x y".into()),
            Fault::Unresolvable,
            Fault::Connect("refused".into()),
            Fault::Tls("no cipher".into()),
            Fault::Timeout(Duration::from_secs(15)),
            Fault::Cut,
            Fault::Other("x".into()),
        ] {
            let told = fault.to_string();
            assert!(told.ends_with('.') && told.starts_with(char::is_uppercase), "{told}");
            assert!(fault.word().bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_'));
        }
    }
}
