//! What the outside world is to the server, as traits. Each has a real implementation in `providers` and a local stand-in.

pub mod calls;
pub mod counters;
pub mod files;
pub mod gateway;
pub mod identity;
pub mod json;
pub mod mailer;
pub mod messaging;
pub mod metered;
pub mod outward;
pub mod seal;
pub mod webhook;

use async_trait::async_trait;
use kernel::Result;

/// Turns texts into vectors of one space.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// The name of the model: vectors of different models are never compared.
    fn model(&self) -> &str;
    /// How many parts its vectors have.
    fn dims(&self) -> usize;
    /// Is it in this process, and so quick that it may be asked within a request?
    fn is_local(&self) -> bool;
    /// A unit vector for each text, in order. Of a provider: [`kernel::Kind::Provider`] when it fails, within its time limit.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>>;
}

/// A language model that answers with JSON.
#[async_trait]
pub trait Llm: Send + Sync {
    /// Who answers: `openai:gpt-4o-mini`, `gemini:…`.
    fn name(&self) -> &str;
    /// The answer to a prompt, as JSON text. [`kernel::Kind::Provider`] when it fails or takes too long.
    async fn answer_json(&self, instructions: &str, prompt: &str) -> Result<String>;
}
