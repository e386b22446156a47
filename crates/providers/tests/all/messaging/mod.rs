//! Providers of messages, against stand-ins on sockets that speak as the providers document, errors included.

mod bot_api;
mod fcm;
mod firebase;
mod graph;
mod telegram;
mod whatsapp;

use kernel::Clock;
use ports::messaging::{Content, Identity, IdentityKind, Outgoing};

/// A message of these words.
pub(crate) fn text(kind: IdentityKind, to: &str, words: &str) -> Outgoing {
    message(kind, to, Content::Text { text: words.into(), preview: false })
}

pub(crate) fn message(kind: IdentityKind, to: &str, content: Content) -> Outgoing {
    Outgoing { key: "msg-1".into(), to: [Identity::new(kind, to)].into_iter().collect(), reply_to: None, content }
}

fn clock() -> Clock {
    Clock::mock("2026-11-28T10:00:00Z".parse().unwrap(), 1)
}
