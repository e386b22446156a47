//! What the providers are told: where, with which key, which model, within which limits.

use std::time::Duration;

use crate::{Limits, Secret};

/// How texts become vectors over the network.
#[derive(Clone, Debug)]
pub struct EmbedderSettings {
    /// The address that the paths of the protocol are appended to: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key; empty where none is needed, and then none is sent.
    pub api_key: Secret,
    /// The model's name, as the provider spells it.
    pub model: String,
    /// How many parts its vectors have; another number in an answer is an error.
    pub dims: usize,
    /// Ask the provider for that many parts. Only for models that can shorten their vectors.
    pub ask_dims: bool,
    /// What follows in a text after so many tokens, roughly counted, is not sent.
    pub max_tokens: usize,
    /// How many texts go in one request.
    pub batch: usize,
    /// The time and size limits; the total is for each batch.
    pub limits: Limits,
}

impl EmbedderSettings {
    /// OpenAI's `text-embedding-3-small`: 1536 parts, 8,192 tokens a text.
    pub fn openai(api_key: impl Into<Secret>) -> Self {
        Self {
            base_url: "https://api.openai.com/v1".into(),
            api_key: api_key.into(),
            model: "text-embedding-3-small".into(),
            dims: 1536,
            ask_dims: false,
            max_tokens: 8_000,
            batch: 128,
            limits: Limits::default(),
        }
    }

    /// `nomic-embed-text` of an Ollama on this machine: 768 parts, 2,048 tokens a text, no key.
    pub fn ollama() -> Self {
        Self {
            base_url: "http://localhost:11434/v1".into(),
            model: "nomic-embed-text".into(),
            dims: 768,
            max_tokens: 2_000,
            batch: 64,
            // Without a graphics card a batch takes its time, and says nothing until it is done.
            limits: Limits { read: Duration::from_mins(2), total: Duration::from_mins(2), ..Limits::default() },
            ..Self::openai("")
        }
    }

    /// Google's `gemini-embedding-001`, shortened to 1536 parts: 2,048 tokens a text, 100 texts a request.
    pub fn gemini(api_key: impl Into<Secret>) -> Self {
        Self {
            base_url: "https://generativelanguage.googleapis.com/v1beta".into(),
            model: "gemini-embedding-001".into(),
            ask_dims: true,
            max_tokens: 2_000,
            batch: 100,
            ..Self::openai(api_key)
        }
    }
}

/// Which language model answers, and within which limits.
#[derive(Clone, Debug)]
pub struct LlmSettings {
    /// The address that the paths of the protocol are appended to: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key; empty where none is needed, and then none is sent.
    pub api_key: Secret,
    /// The model's name, as the provider spells it.
    pub model: String,
    /// The time and size limits; the total is for an answer with all its attempts.
    pub limits: Limits,
}

impl LlmSettings {
    /// OpenAI's `gpt-4o-mini`, within 8 s.
    pub fn openai(api_key: impl Into<Secret>) -> Self {
        Self {
            base_url: "https://api.openai.com/v1".into(),
            api_key: api_key.into(),
            model: "gpt-4o-mini".into(),
            limits: Limits {
                read: Duration::from_secs(8),
                total: Duration::from_secs(8),
                max_answer_bytes: 1 << 20,
                ..Limits::default()
            },
        }
    }

    /// Google's current flash model, within 8 s.
    pub fn gemini(api_key: impl Into<Secret>) -> Self {
        Self {
            base_url: "https://generativelanguage.googleapis.com/v1beta".into(),
            model: "gemini-flash-latest".into(),
            ..Self::openai(api_key)
        }
    }
}
