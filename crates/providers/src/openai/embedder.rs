//! Vectors from `POST {base}/embeddings`.

use async_trait::async_trait;
use kernel::Result;
use ports::Embedder;
use serde::{Deserialize, Serialize};

use crate::EmbedderSettings;
use crate::batches::{self, Asked};
use crate::fault::Who;
use crate::json::Http;

/// An embedder behind OpenAI's protocol.
#[derive(Debug)]
pub struct OpenAiEmbedder {
    http: Http,
    settings: EmbedderSettings,
    model: String,
}

impl OpenAiEmbedder {
    /// An embedder as the settings say. [`kernel::Kind::Invalid`] when the address or the key cannot be one; nothing is
    /// asked of the network yet.
    pub fn new(settings: EmbedderSettings) -> Result<Self> {
        let http = super::http(&settings.base_url, &settings.api_key, &settings.model, &settings.limits)?;
        let model = format!("openai:{}:{}", settings.model, settings.dims);
        Ok(Self { http, settings, model })
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn model(&self) -> &str {
        &self.model
    }

    fn dims(&self) -> usize {
        self.settings.dims
    }

    fn is_local(&self) -> bool {
        false
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        batches::embed(self, texts, &self.settings).await
    }
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// Which text it is of; some servers leave it out and answer in order.
    index: Option<usize>,
    embedding: Vec<f32>,
}

#[async_trait]
impl Asked for OpenAiEmbedder {
    fn who(&self) -> &Who {
        self.http.who()
    }

    async fn ask(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let dimensions = self.settings.ask_dims.then_some(self.settings.dims);
        let request = Request { model: &self.settings.model, input: texts, dimensions };
        let body = serde_json::to_vec(&request).map_err(kernel::Error::internal)?;
        let answer = self
            .http
            .post(self.http.url(["embeddings"]), &body, self.http.deadline())
            .await
            .map_err(|failure| failure.tell(self.http.who()))?;
        let parsed: Answer =
            ports::json::parse(&answer).map_err(|fault| self.http.who().unreadable(&fault.to_string(), &answer))?;
        in_order(parsed.data).ok_or_else(|| self.http.who().unreadable("an index is missing or twice there", &answer))
    }
}

/// The vectors by the texts' order; nothing if their indices are not 0, 1, 2 …
fn in_order(entries: Vec<Entry>) -> Option<Vec<Vec<f32>>> {
    let mut vectors = vec![None; entries.len()];
    for (place, entry) in entries.into_iter().enumerate() {
        let slot = vectors.get_mut(entry.index.unwrap_or(place))?;
        if slot.replace(entry.embedding).is_some() {
            return None;
        }
    }
    vectors.into_iter().collect()
}
