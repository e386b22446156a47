//! Asking a service in this process, without a socket.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use serde_json::Value;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::{Form, Reply};

/// Asks a service, as an HTTP client on this machine would. Cheap to clone, so that many may ask at once.
#[derive(Clone)]
pub struct Client {
    service: BoxCloneSyncService<Request, Response, Infallible>,
    headers: HeaderMap,
}

impl Client {
    /// A client of this service: a router, or a router within what reads its paths.
    pub fn new<S>(service: S) -> Self
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("localhost:8000"))]);
        Self { service: BoxCloneSyncService::new(service), headers }
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
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path).body(body).expect("a path that can be asked for");
        request.headers_mut().extend(self.headers.clone());
        if let Some(media_type) = media_type {
            request.headers_mut().insert(CONTENT_TYPE, media_type.parse().expect("a media type"));
        }
        let response = match self.service.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        Reply::read(asked, response).await
    }
}
