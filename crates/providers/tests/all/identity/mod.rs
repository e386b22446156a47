//! Log-in providers and Supabase Auth.

mod google;
mod meta;
pub(crate) mod service;
mod supabase;
mod tiktok;
mod tokens;

use kernel::{Clock, Error, Kind};
use ports::identity::Grant;

/// What must never be seen in an error: every secret and token of these tests holds it.
const HUSH: &str = "hush";

fn clock() -> Clock {
    Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 7)
}

fn token(text: &str) -> Grant {
    Grant::Token(text.to_owned())
}

fn code(text: &str) -> Grant {
    Grant::Code { code: text.to_owned(), redirect_uri: "https://app.example/back".to_owned(), verifier: None }
}

/// The error is of this kind, says this, and shows nothing that it must not.
#[track_caller]
fn assert_error(error: &Error, kind: Kind, words: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.message().contains(words), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(HUSH), "{shown}");
}
