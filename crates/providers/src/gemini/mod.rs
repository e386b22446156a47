//! Google's Gemini.

mod embedder;
mod llm;

pub use embedder::GeminiEmbedder;
pub use llm::GeminiLlm;

use kernel::Result;
use reqwest::header::HeaderName;

use crate::fault::Who;
use crate::json::Http;
use crate::{Limits, Secret};

fn http(base_url: &str, api_key: &Secret, model: &str, limits: &Limits) -> Result<Http> {
    let who = Who {
        name: "Gemini",
        key_setting: "GOOGLE_API_KEY",
        address_setting: "GEMINI_BASE_URL",
        key: api_key.clone(),
        model: model.to_owned(),
    };
    Http::new(base_url, who, (HeaderName::from_static("x-goog-api-key"), ""), limits.clone())
}

/// The model as a resource: `models/…`, unless it says of what kind it is (`tunedModels/…`).
fn resource(model: &str) -> String {
    if model.contains('/') { model.to_owned() } else { format!("models/{model}") }
}
