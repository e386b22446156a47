//! The post office: every mail is a row first, then a delivery, and its fate is told to whoever wrote it.
//!
//! Without a mail server the row is all there is: an administrator, and the demo, read it in the outbox.
//!
//! - [`queue`] writes a mail and its delivery in the transaction of what it tells of.
//! - A mail goes `queued` → `sending` → `sent`; or is `kept` (no mail server is set), `withheld` (a [`Veto`]) or `failed`.
//! - It is sent at least once. Between the server's yes and the row that says so the process can die: then it is sent again, as the
//!   very same bytes with the same Message-ID, by which receivers know it for the one they have, and its row says that this was so.
//! - The server's own mails (verification, reset) go before those of workspaces, which have hands of their own
//!   (`MAIL_CONNECTIONS`): neither ten thousand mails nor a slow mail server hold up anything else.
//! - [`incoming`] reads mail that comes in, and tells people from machines.
//! - Once a mail server is set, the outbox shows no texts any more, those of the server's own mails are deleted when they are sent, and
//!   those of workspaces lose the secrets in their links: only their receiver may have them.

mod carrier;
pub mod data;
pub mod incoming;
mod jobs_of_mail;
mod message;
mod migrations;
mod model;
mod outbox;
mod post;
mod settings;
pub mod store;

pub use jobs_of_mail::jobs;
pub use migrations::MIGRATIONS;
pub use model::{About, Fate, Leaving, NewMail, Queued};
pub use outbox::router;
pub use post::{Post, Veto};
pub use settings::Settings;
pub use store::queue;

/// All of it, for the server.
pub fn slice(post: &Post) -> http_base::Slice {
    http_base::Slice::new("mail", router(post.clone())).jobs(jobs(post)).data(data::kept())
}
