//! The demo's people ask the server within the process, through its routes, as people ask it.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::request::Builder;
use axum::http::{Method, StatusCode};
use kernel::{Error, Result};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tower_http::normalize_path::NormalizePath;

use crate::build::Server;
use crate::settings::Settings;

/// No answer to the demo is longer, in bytes.
const LONGEST: usize = 4 << 20;

/// Who asks in the demo's stead.
pub(crate) struct Told {
    service: NormalizePath<Router>,
}

/// Somebody with a token: a log-in of the demo, or a visitor of a chat.
pub(crate) struct Person {
    /// Their account; nothing for a visitor.
    pub(crate) id: String,
    /// What they prove themselves with.
    pub(crate) token: String,
}

impl Told {
    /// Whoever asks this server.
    pub(crate) fn of(server: &Server, settings: &Settings) -> Result<Self> {
        Ok(Self { service: server.service(server.about(settings, None), &settings.origins)? })
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Result<Person> {
        let body = json!({"email": email, "password": password});
        let answer = self.ask(Method::POST, "/api/v1/auth/login", None, &body).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Person { id: text(&answer["user"]["id"]), token: text(&answer["access_token"]) })
    }

    pub(crate) async fn get(&self, who: &Person, path: &str) -> Result<Value> {
        let request = of(Method::GET, path, Some(who)).body(Body::empty());
        read(&self.send(request.map_err(Error::internal)?).await?)
    }

    pub(crate) async fn post(&self, who: &Person, path: &str, body: &Value) -> Result<Value> {
        self.ask(Method::POST, path, Some(who), body).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, who: Option<&Person>, body: &Value) -> Result<Value> {
        let request = of(method, path, who).header(CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(body.to_string())).map_err(Error::internal)?;
        read(&self.send(request).await?)
    }

    /// Uploads a file with the fields of its form.
    pub(crate) async fn upload(
        &self,
        who: &Person,
        path: &str,
        fields: &[(&str, String)],
        (file_name, text): (&str, &str),
    ) -> Result<Value> {
        const PART: &str = "part-of-the-demo-5b0c1d9e";
        let mut form = String::new();
        for (name, value) in fields {
            let part = format!("--{PART}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            form.push_str(&part);
        }
        let file = format!(
            "--{PART}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{text}\r\n--{PART}--\r\n"
        );
        form.push_str(&file);
        let kind = format!("multipart/form-data; boundary={PART}");
        let request = of(Method::POST, path, Some(who)).header(CONTENT_TYPE, kind).body(Body::from(form));
        read(&self.send(request.map_err(Error::internal)?).await?)
    }

    /// Tells a webhook something, signed by this header.
    pub(crate) async fn tell(&self, path: &str, (header, signature): (&str, &str), body: String) -> Result<()> {
        let request = of(Method::POST, path, None).header(CONTENT_TYPE, "application/json").header(header, signature);
        self.send(request.body(Body::from(body)).map_err(Error::internal)?).await.map(drop)
    }

    /// Sends a request; everything but success is a fault of the demo.
    async fn send(&self, request: Request) -> Result<Bytes> {
        let path = request.uri().path().to_owned();
        let answer = match self.service.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), LONGEST).await.map_err(Error::internal)?;
        if status != StatusCode::OK && status != StatusCode::CREATED {
            let told = String::from_utf8_lossy(&bytes).into_owned();
            return Err(Error::internal(format!("the demo: {path} answers {status}: {told}")));
        }
        Ok(bytes)
    }
}

fn of(method: Method, path: &str, who: Option<&Person>) -> Builder {
    let request = Request::builder().method(method).uri(path).header(HOST, "localhost");
    match who {
        Some(person) => request.header(AUTHORIZATION, format!("Bearer {}", person.token)),
        None => request,
    }
}

fn read(bytes: &Bytes) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(Error::internal)
}
