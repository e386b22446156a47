//! Channels: where a coach's audience writes and is answered, by a machine or by people.
//!
//! - What comes in is let in by its provider's signature, written down as it came (`inbound`), answered at once and worked afterwards, in its
//!   order for each channel. A message is there once for each channel, however often it is told; statuses only ever rise.
//! - Stop words are obeyed before anything else, on every channel, and confirmed once.
//! - Everything that goes out passes one [`gate`], when it is queued and once more when it is sent. A message is a row first, then a delivery.
//! - Who has a conversation (the assistant, the queue, a person) is changed under the lock of its row. A person who answers has it; it goes
//!   back by their word, or when nobody has written for too long.
//! - Secrets are sealed, and never told again. What members may be known by is the audience's; what they are answered with comes by
//!   [`ports::Answerer`].
//! - Figures are sums by day, moved in the transaction of what they count.

mod bot;
pub mod channels;
pub mod console;
pub mod conversations;
mod data;
pub mod days;
pub mod events;
pub mod gate;
mod inbound;
mod jobs_of_channels;
mod members;
pub mod messages;
mod migrations;
mod outside;
pub mod ports;
mod settings;
mod state;
#[doc(hidden)]
pub mod testing;
mod texts;
mod unanswered;
pub mod widget;

pub use data::Keeping;
pub use jobs_of_channels::jobs;
pub use migrations::MIGRATIONS;
pub use outside::{
    PersonCalled, Words, active, call_person, handler_of, held, reached, say, unanswered, withdraw, works_in, zones,
};
pub use settings::Settings;
pub use state::{Channels, Parts};
pub use unanswered::tell_answer;

use http_base::{Routes, Slice};

/// Every route of channels.
pub fn router(of: Channels) -> Routes {
    Routes::new()
        .merge(channels::router())
        .merge(days::router())
        .merge(inbound::router())
        .merge(conversations::router())
        .merge(widget::router())
        .with_state(of)
}

/// All of it, for the server.
pub fn slice(of: &Channels) -> Slice {
    let gauged = of.clone();
    Slice::new("channels", router(of.clone())).jobs(jobs(of)).data(data::kept()).gauges(move || {
        let channels = gauged.clone();
        async move {
            metrics::gauge!("widget_streams").set(channels.live().open() as f64);
            let counted = async { inbound::journal::counts(&mut channels.app().read().await?).await };
            if let Ok((waiting, given_up)) = counted.await {
                metrics::gauge!("channel_inbound", "status" => "waiting").set(waiting as f64);
                metrics::gauge!("channel_inbound", "status" => "given_up").set(given_up as f64);
            }
        }
    })
}
