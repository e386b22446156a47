//! The guarded client: requests to addresses that users give, and to no place that is not theirs to reach.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Error, Result};
use ports::outward::{Answer, Fault, Method, Outward, Request, Rules, Url};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE,
};
use reqwest::{Client, Response};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::http::{AGENT, built, read};

/// How long a connection may take to be opened.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection that nobody needs is kept.
const IDLE: Duration = Duration::from_secs(30);
/// How many of these a host gets.
const IDLE_OF_A_HOST: usize = 4;
/// Within this time a broken connection is taken for one that was kept open too long, and what may be sent twice is.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How many names are looked up at once. A look-up holds a thread until the system gives it up, whatever becomes of the request.
const LOOK_UPS: usize = 64;
/// Set by the client, or not meant for whoever is asked.
const OURS: [HeaderName; 7] = [HOST, CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING, TE, UPGRADE, EXPECT];

/// Who knows the addresses of a host.
#[async_trait]
pub trait Names: Send + Sync + fmt::Debug {
    /// Every address of this host.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Debug)]
struct System {
    turns: Arc<Semaphore>,
}

#[async_trait]
impl Names for System {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(io::Error::other)?;
        let host = host.to_owned();
        // A task of its own: the turn ends with the look-up, not with whoever waits for it.
        let found = tokio::spawn(async move {
            let found = tokio::net::lookup_host((host, 0)).await.map(|found| found.map(|place| place.ip()).collect());
            drop(turn);
            found
        });
        found.await.map_err(io::Error::other)?
    }
}

/// Looks names up and drops what is refused, so that what was judged is what is connected to: nothing is looked up in between.
struct Judge {
    names: Arc<dyn Names>,
    rules: Rules,
}

/// Everything that a host resolves to is refused.
#[derive(Debug)]
struct Refused(&'static str);

/// A host resolves to nothing.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not resolved")
    }
}

impl std::error::Error for Refused {}
impl std::error::Error for Unknown {}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, rules) = (Arc::clone(&self.names), self.rules);
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await.map_err(|_| Unknown)?;
            let mut refused = None;
            let mut good = Vec::new();
            for address in found {
                match rules.refuse(address) {
                    // The port is that of the address: 0 is replaced by it.
                    None => good.push(SocketAddr::new(address, 0)),
                    Some(why) => refused = Some(why),
                }
            }
            match refused {
                Some(why) if good.is_empty() => Err(Refused(why).into()),
                _ if good.is_empty() => Err(Unknown.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

/// Sends requests to public addresses alone. Follows no redirect, uses no proxy, keeps no cookies, unpacks nothing. Connections are kept open for
/// half a minute. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guarded {
    client: Client,
    rules: Rules,
}

impl Guarded {
    /// One that asks the system for the addresses of hosts.
    pub fn new(rules: Rules) -> Result<Self> {
        Self::with(rules, Arc::new(System { turns: Arc::new(Semaphore::new(LOOK_UPS)) }))
    }

    /// One that asks somebody else for them.
    pub fn with(rules: Rules, names: Arc<dyn Names>) -> Result<Self> {
        let judge = Arc::new(Judge { names, rules });
        let client = built(|| {
            Client::builder()
                .user_agent(AGENT)
                .connect_timeout(CONNECT)
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_OF_A_HOST)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .dns_resolver(Arc::clone(&judge))
        });
        Ok(Self { client: client.map_err(Error::internal)?, rules })
    }

    async fn open(&self, request: reqwest::Request, deadline: Instant, limit: Duration) -> Result<Response, Fault> {
        match timeout_at(deadline, self.client.execute(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(fault)) => Err(told(&fault, limit)),
            Err(_) => Err(Fault::Timeout(limit)),
        }
    }
}

#[async_trait]
impl Outward for Guarded {
    async fn send(&self, request: Request) -> Result<Answer, Fault> {
        let begun = Instant::now();
        let url = self.rules.judge(&request.url)?;
        let limit = request.timeout;
        let deadline = begun + limit;
        let mut opened = self.open(made(&request, &url)?, deadline, limit).await;
        if matches!(opened, Err(Fault::Cut)) && request.is_repeatable() && begun.elapsed() < AT_ONCE {
            opened = self.open(made(&request, &url)?, deadline, limit).await;
        }
        let mut response = opened?;
        let status = response.status().as_u16();
        let text =
            |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
        let headers = response.headers().iter().filter_map(text).collect();
        let (body, is_cut) = match timeout_at(deadline, read(&mut response, request.most_bytes)).await {
            Ok(Ok(body)) => (body, false),
            Ok(Err((head, _))) => (head, true),
            // The status has been heard, and counts.
            Err(_) => (Vec::new(), true),
        };
        Ok(Answer { status, headers, body: body.into(), is_cut, took: begun.elapsed() })
    }
}

fn made(request: &Request, url: &Url) -> Result<reqwest::Request, Fault> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let bad = || Fault::BadHeader(name.chars().filter(|letter| !letter.is_control()).take(60).collect());
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let value = HeaderValue::from_str(value).map_err(|_| bad())?;
        if !OURS.contains(&key) && !key.as_str().starts_with("proxy-") {
            headers.append(key, value);
        }
    }
    let mut made = reqwest::Request::new(method, url.clone());
    *made.headers_mut() = headers;
    if !request.body.is_empty() {
        *made.body_mut() = Some(request.body.clone().into());
    }
    Ok(made)
}

/// What went wrong, by everything that the client says of it.
fn told(fault: &reqwest::Error, limit: Duration) -> Fault {
    if fault.is_builder() {
        return Fault::BadAddress("cannot be asked".to_owned());
    }
    let mut deepest = String::new();
    let mut broken = false;
    let mut next = fault.source();
    while let Some(cause) = next {
        if let Some(Refused(why)) = cause.downcast_ref() {
            return Fault::RefusedAddress((*why).to_owned());
        }
        if cause.is::<Unknown>() {
            return Fault::Unresolvable;
        }
        if let Some(fault) = tls(cause) {
            return Fault::Tls(fault.to_string());
        }
        if let Some(fault) = cause.downcast_ref::<io::Error>() {
            broken |= matches!(
                fault.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionAborted
            );
        }
        deepest = cause.to_string();
        next = cause.source();
    }
    if fault.is_timeout() {
        return Fault::Timeout(if fault.is_connect() { CONNECT.min(limit) } else { limit });
    }
    if fault.is_connect() {
        return Fault::Connect(deepest);
    }
    // hyper's words for a connection that ended before its answer.
    if broken || deepest.contains("before message completed") || deepest.contains("connection closed") {
        return Fault::Cut;
    }
    Fault::Other(deepest)
}

/// The TLS library's fault, however many I/O errors wrap it: these do not name what they wrap as their source.
fn tls<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = cause;
    loop {
        if let Some(fault) = cause.downcast_ref::<rustls::Error>() {
            return Some(fault);
        }
        cause = cause.downcast_ref::<io::Error>()?.get_ref()?;
    }
}
