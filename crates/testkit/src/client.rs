//! Asking a service in this process, without a socket.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use serde_json::Value;
use tokio::sync::OnceCell;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::document::Document;
use crate::{Form, Reply};

/// Asks a service, as an HTTP client on this machine would. Cheap to clone, so that many may ask at once.
///
/// If the service describes itself (`/openapi.json`), every answer must be as it says: one that is not fails the test.
#[derive(Clone)]
pub struct Client {
    service: BoxCloneSyncService<Request, Response, Infallible>,
    headers: HeaderMap,
    /// Read when the first answer is to be judged.
    document: Arc<OnceCell<Option<Document>>>,
}

impl Client {
    /// A client of this service: a router, or a router within what reads its paths.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        Self { service: BoxCloneSyncService::new(service), headers: on_this_machine(), document: Arc::default() }
    }

    /// The same client, for answers that come before any route is asked: they are not held against the document.
    #[must_use]
    pub fn before_routes(mut self) -> Self {
        self.document = Arc::new(OnceCell::from(None));
        self
    }

    /// The same client, with this header in all that it asks.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the name of a header");
        self.headers.insert(name, value.parse().expect("the value of a header"));
        self
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, None, Body::empty()).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.ask(Method::DELETE, path, None, Body::empty()).await
    }

    /// `POST` of a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.json(Method::POST, path, body).await
    }

    /// `PUT` of a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.json(Method::PUT, path, body).await
    }

    /// Any method with a JSON body.
    pub async fn json(&self, method: Method, path: &str, body: &Value) -> Reply {
        self.raw(method, path, "application/json", body.to_string()).await
    }

    /// Any method with any bytes, said to be of this type.
    pub async fn raw(&self, method: Method, path: &str, media_type: &str, body: impl Into<Body>) -> Reply {
        self.ask(method, path, Some(media_type), body.into()).await
    }

    /// `POST` of a form, as a browser uploads one.
    pub async fn upload(&self, path: &str, form: &Form) -> Reply {
        self.raw(Method::POST, path, &form.media_type(), form.bytes()).await
    }

    /// Any method with any body, and a type if one is to be said.
    pub async fn ask(&self, method: Method, path: &str, media_type: Option<&str>, body: Body) -> Reply {
        let mut headers = self.headers.clone();
        if let Some(media_type) = media_type {
            headers.insert(CONTENT_TYPE, media_type.parse().expect("a media type"));
        }
        let reply = self.send(method.clone(), path, headers, body).await;
        let document = self.document.get_or_init(|| self.describe()).await;
        if let Some(document) = document {
            let faults = document.faults(&method, path, &reply);
            assert!(
                faults.is_empty(),
                "{method} {path} is answered otherwise than documented: {faults:#?}\n{}",
                reply.brief()
            );
        }
        reply
    }

    async fn send(&self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Reply {
        let asked = format!("{method} {path}");
        Reply::read(asked, self.response(method, path, headers, body).await).await
    }

    pub(crate) async fn response(&self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path).body(body).expect("a path that can be asked for");
        request.headers_mut().extend(headers);
        match self.service.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// The headers of every request.
    pub(crate) fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    /// What the service says of itself, if it does.
    async fn describe(&self) -> Option<Document> {
        let reply = self.send(Method::GET, "/openapi.json", on_this_machine(), Body::empty()).await;
        (reply.status == 200).then(|| Document::new(reply.json()))
    }
}

fn on_this_machine() -> HeaderMap {
    HeaderMap::from_iter([(HOST, HeaderValue::from_static("localhost:8000"))])
}
