//! A client for streams of server-sent events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::header::HeaderValue;
use axum::http::{HeaderMap, Method};
use futures::StreamExt as _;
use serde_json::Value;

use crate::Client;

/// How long a test waits for the next event.
const SOON: Duration = Duration::from_secs(20);

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamEvent {
    /// The id that a later stream resumes after.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The data.
    pub data: Value,
}

/// An open stream. Dropping it closes it.
pub struct Stream {
    headers: HeaderMap,
    body: BodyDataStream,
    text: String,
}

impl Client {
    /// Opens a stream, after the event with this id if one is given. Returns the status if the server rejects it.
    pub async fn stream(&self, path: &str, last: Option<&str>) -> Result<Stream, u16> {
        let mut headers = self.headers();
        if let Some(last) = last {
            headers.insert("last-event-id", HeaderValue::from_str(last).expect("the id of an event"));
        }
        let response = self.response(Method::GET, path, headers, Body::empty()).await;
        if response.status() != 200 {
            return Err(response.status().as_u16());
        }
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["cache-control"], "no-store");
        Ok(Stream { headers, body: response.into_body().into_data_stream(), text: String::new() })
    }
}

impl Stream {
    /// Returns a header of the response, or an empty string.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// Returns the next chunk of the body; nothing at the end of the stream.
    pub async fn piece(&mut self) -> Option<String> {
        let piece = tokio::time::timeout(SOON, self.body.next()).await;
        let piece = piece.unwrap_or_else(|_| panic!("nothing more came behind {:?}", self.text))?.expect("a piece");
        Some(String::from_utf8(piece.to_vec()).expect("text"))
    }

    /// Returns the next event; nothing at the end of the stream.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let Some(name) = field("event:") else { continue };
                let data = serde_json::from_str(field("data:").expect("data")).expect("JSON");
                return Some(StreamEvent { id: field("id:").map(str::to_owned), name: name.to_owned(), data });
            }
            let piece = self.piece().await?;
            self.text.push_str(&piece);
        }
    }

    /// Returns the next event with this name and skips others.
    pub async fn find(&mut self, name: &str) -> StreamEvent {
        let found = async {
            loop {
                let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
                if event.name == name {
                    return event;
                }
            }
        };
        // Heartbeats come for ever.
        tokio::time::timeout(SOON, found).await.unwrap_or_else(|_| panic!("no {name} came"))
    }

    /// Returns all events up to the end of the stream.
    pub async fn end(&mut self) -> Vec<StreamEvent> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}
