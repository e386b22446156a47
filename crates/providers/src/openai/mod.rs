//! Whoever speaks OpenAI's protocol: OpenAI, Ollama, vLLM and many more.

mod embedder;
mod llm;

pub use embedder::OpenAiEmbedder;
pub use llm::OpenAiLlm;

use kernel::Result;
use reqwest::header::AUTHORIZATION;

use crate::fault::Who;
use crate::json::Http;
use crate::{Limits, Secret};

fn http(base_url: &str, api_key: &Secret, model: &str, limits: &Limits) -> Result<Http> {
    let own = base_url.contains("://api.openai.com");
    let who = Who {
        name: if own { "OpenAI" } else { "The OpenAI-compatible server" },
        key_setting: "OPENAI_API_KEY",
        address_setting: "OPENAI_BASE_URL",
        key: api_key.clone(),
        model: model.to_owned(),
    };
    Http::new(base_url, who, (AUTHORIZATION, "Bearer "), limits.clone())
}
