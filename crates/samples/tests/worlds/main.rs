//! What the sample data promise.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod coach;
mod crowd;
mod demo;
mod files;
mod outreach;
