//! The providers against stand-ins on this machine that behave as the real ones are documented to, at their worst too.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod calling;
mod faults;
mod files;
mod gemini;
mod identity;
mod messaging;
mod openai_embedder;
mod openai_llm;
mod outward;
mod private_ca;
mod redis;
mod s3;
mod s3_server;
mod smtp;
mod smtp_server;
mod stand_in;
