//! The real providers behind the traits of `ports`: whoever has a key (or a local Ollama) gets them, everyone else the
//! stand-ins.
//!
//! - [`OpenAiEmbedder`] and [`OpenAiLlm`] speak the OpenAI-compatible protocol (OpenAI, Ollama, vLLM …).
//! - [`GeminiEmbedder`] and [`GeminiLlm`] speak Google's.
//!
//! What all of them keep: every call ends within [`Limits::total`]; a fault that may pass is tried again within that time;
//! a fault is told as [`kernel::Kind::Provider`] and says who failed and what to do; a key is sent to the configured
//! address alone and appears in no error, log line or `Debug` text.

mod answer;
mod batches;
mod calling;
pub mod elevenlabs;
mod fault;
pub mod fcm;
pub mod files;
mod gemini;
mod http;
mod json;
mod keys;
pub mod messaging;
pub mod oauth;
mod openai;
pub mod outward;
pub mod redis;
mod secret;
mod settings;
pub mod smtp;
pub mod stripe;
pub mod supabase;
pub mod telegram;
pub mod twilio;
mod web;
pub mod whatsapp;

pub use gemini::{GeminiEmbedder, GeminiLlm};
pub use http::Limits;
pub use openai::{OpenAiEmbedder, OpenAiLlm};
pub use secret::Secret;
pub use settings::{EmbedderSettings, LlmSettings};
