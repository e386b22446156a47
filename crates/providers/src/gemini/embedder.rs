//! Vectors from `POST {base}/models/{model}:batchEmbedContents`.

use async_trait::async_trait;
use kernel::Result;
use ports::Embedder;
use serde::Deserialize;
use serde_json::json;

use super::resource;
use crate::EmbedderSettings;
use crate::batches::{self, Asked};
use crate::fault::Who;
use crate::json::Http;

/// Google's embedder.
#[derive(Debug)]
pub struct GeminiEmbedder {
    http: Http,
    settings: EmbedderSettings,
    model: String,
}

impl GeminiEmbedder {
    /// An embedder as the settings say. [`kernel::Kind::Invalid`] when the address or the key cannot be one; nothing is
    /// asked of the network yet.
    pub fn new(settings: EmbedderSettings) -> Result<Self> {
        let http = super::http(&settings.base_url, &settings.api_key, &settings.model, &settings.limits)?;
        let model = format!("gemini:{}:{}", settings.model, settings.dims);
        Ok(Self { http, settings, model })
    }
}

#[async_trait]
impl Embedder for GeminiEmbedder {
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

#[derive(Deserialize)]
struct Answer {
    embeddings: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    values: Vec<f32>,
}

#[async_trait]
impl Asked for GeminiEmbedder {
    fn who(&self) -> &Who {
        self.http.who()
    }

    async fn ask(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let model = resource(&self.settings.model);
        let request = |text: &&str| {
            let mut request = json!({"model": model, "content": {"parts": [{"text": text}]}});
            if self.settings.ask_dims {
                request["outputDimensionality"] = json!(self.settings.dims);
            }
            request
        };
        let body = json!({"requests": texts.iter().map(request).collect::<Vec<_>>()});
        let url = self.http.url(format!("{model}:batchEmbedContents").split('/'));
        let answer = self
            .http
            .post(url, body.to_string().as_bytes(), self.http.deadline())
            .await
            .map_err(|failure| failure.tell(self.http.who()))?;
        let parsed: Answer =
            ports::json::parse(&answer).map_err(|fault| self.http.who().unreadable(&fault.to_string(), &answer))?;
        Ok(parsed.embeddings.into_iter().map(|entry| entry.values).collect())
    }
}
