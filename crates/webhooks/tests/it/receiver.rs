//! A receiver: it remembers what came, verifies it, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Is one of the signatures of this key? As the specification has it, apart from our own code.
    pub(crate) fn is_signed_by(&self, key: &[u8]) -> bool {
        let signed = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body);
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(signed.as_bytes());
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|one| one == wanted)
    }
}

type Reply = (u16, Vec<(&'static str, String)>, &'static str);

/// A running receiver; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    usual: Arc<Mutex<u16>>,
    /// How long each answer takes.
    pub(crate) delay: Arc<Mutex<Duration>>,
    now: Arc<Mutex<(usize, usize)>>,
}

impl Receiver {
    /// One that answers 200.
    pub(crate) async fn start() -> Self {
        Self::start_at("127.0.0.1").await
    }

    /// The same at another address of this machine.
    pub(crate) async fn start_at(address: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let usual = Arc::new(Mutex::new(200));
        let receiver = Self {
            url,
            seen: Arc::default(),
            replies: Arc::default(),
            usual,
            delay: Arc::default(),
            now: Arc::default(),
        };
        let own = receiver.clone();
        let app = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let own = own.clone();
            async move { own.take_in(headers, &body).await }
        });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        receiver
    }

    async fn take_in(&self, headers: HeaderMap, body: &Bytes) -> Response<Body> {
        self.seen.lock().unwrap().push(Seen { headers, body: String::from_utf8(body.to_vec()).unwrap() });
        {
            let mut now = self.now.lock().unwrap();
            now.0 += 1;
            now.1 = now.1.max(now.0);
        }
        let delay = *self.delay.lock().unwrap();
        tokio::time::sleep(delay).await;
        self.now.lock().unwrap().0 -= 1;
        let usual = (*self.usual.lock().unwrap(), Vec::new(), "fine");
        let (status, headers, body) = self.replies.lock().unwrap().pop_front().unwrap_or(usual);
        let response =
            headers.iter().fold(Response::builder().status(status), |all, (name, value)| all.header(*name, value));
        response.body(Body::from(body)).unwrap()
    }

    /// It answers so once, behind what was said before.
    pub(crate) fn next(&self, status: u16, headers: &[(&'static str, &str)], body: &'static str) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.replies.lock().unwrap().push_back((status, headers, body));
    }

    /// It answers so from now on.
    pub(crate) fn usually(&self, status: u16) {
        *self.usual.lock().unwrap() = status;
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// How many requests there were at once, at most.
    pub(crate) fn at_once(&self) -> usize {
        self.now.lock().unwrap().1
    }
}
