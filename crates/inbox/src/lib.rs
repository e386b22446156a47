//! What people are told and what they say to each other: notifications, messages, live updates.
//!
//! - A notification is one row for a person and a happening, written in the transaction of what happened ([`Notifier`]): whoever asks next
//!   sees it, and a handler that runs twice writes it once. Mails follow the event `notification.created`; digests are a job.
//! - Two people have one conversation. Its row puts their messages in order; what is unread is counted in the transaction that changes it.
//! - What changes for an account is one more entry of its feed, with the next number of the account. A live stream shows the feed from the
//!   number that it has: nothing is shown twice, and what was missed is shown after it came back ([`live`]).
//! - An inbox belongs to a person and not to a workspace: every statement names the account whose it is, and administrators read nobody's.
//! - It leans on no slice. What it has to know of people, and of what they do together, it asks through [`ports`].

pub mod data;
pub mod events;
mod feed;
mod jobs_of_inbox;
pub mod live;
pub mod messages;
mod migrations;
pub mod notifications;
mod pages;
pub mod ports;
pub mod preferences;
mod settings;
mod state;

pub use jobs_of_inbox::{jobs, subscribers};
pub use live::Hub;
pub use migrations::MIGRATIONS;
pub use notifications::{Group, Notice, NotificationType, Notifier, Related, Text, Texts};
pub use ports::{Doors, Letters, People, Person, Talks, Tie, Typing};
pub use settings::Settings;
pub use state::{Inbox, Parts};

use http_base::{Routes, Slice};

/// Every route of the inbox.
pub fn router(inbox: Inbox) -> Routes {
    Routes::new()
        .merge(notifications::router())
        .merge(preferences::router())
        .merge(messages::router())
        .merge(live::router())
        .with_state(inbox)
}

/// All of it, for the server.
pub fn slice(inbox: &Inbox) -> Slice {
    let gauged = inbox.clone();
    Slice::new("inbox", router(inbox.clone()))
        .jobs(jobs(inbox))
        .subscribers(subscribers(inbox))
        .data(data::kept())
        .gauges(move || {
            let inbox = gauged.clone();
            async move { metrics::gauge!("live_streams").set(inbox.hub().open() as f64) }
        })
}
