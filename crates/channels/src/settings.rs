//! Settings of channels.

use std::time::Duration;

use kernel::{Timestamp, Variables, time};

use crate::gate::{Quiet, Rules};
use crate::members::Medium;

/// How channels behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `CHANNEL_QUIET_HOURS`: when nothing automatic is sent, in the member's time zone; `off` for never.
    pub quiet: Quiet,
    /// `CHANNEL_REPLY_GRACE_MINUTES`: for so long after the member wrote an answer passes at night.
    pub grace: i64,
    /// `CHANNEL_PROACTIVE_PER_WEEK`: how many messages that nobody asked for a member gets in seven days.
    pub weekly: u32,
    /// `CHANNEL_HANDBACK_HOURS`: after so long without a word of a person a conversation goes back to the assistant.
    pub handback: i64,
    /// `CHANNEL_UNKNOWNS`: after so many questions in a row without an answer a person is called; 0 for never.
    pub unknowns: u32,
    /// `CHANNEL_SURVEY`: is the member asked how it was, when a person has ended?
    pub survey: bool,
    /// `CHANNEL_MEDIA_BYTES`: how large a file may be that a member sends.
    pub media_bytes: usize,
    /// `CHANNEL_WEBHOOK_BYTES`: how large a provider's webhook may be.
    pub webhook_bytes: usize,
    /// `CHANNEL_SENDERS`: how many messages are on their way at once, for each kind of provider, in each process.
    pub hands: usize,
    /// `CHANNEL_ANSWER_SECONDS`: how long an answer may take.
    pub answer: Duration,
    /// `WIDGET_SESSIONS_PER_MINUTE`: how many chats an address may begin; whoever comes back, or is proven by the website, does not count.
    pub sessions: u32,
    /// `WIDGET_MESSAGES_PER_MINUTE`: how much a visitor may write.
    pub visitor_messages: u32,
    /// `WIDGET_STREAMS`: how many visitors may be connected to each process.
    pub streams: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quiet: Quiet::default(),
            grace: 15 * time::MINUTE,
            weekly: 3,
            handback: 12 * time::HOUR,
            unknowns: 2,
            survey: true,
            media_bytes: 25 << 20,
            webhook_bytes: 1 << 20,
            hands: 16,
            answer: Duration::from_secs(20),
            sessions: 30,
            visitor_messages: 20,
            streams: 20_000,
        }
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        let usual = Self::default();
        let quiet = match from.text("CHANNEL_QUIET_HOURS") {
            None => usual.quiet,
            Some(text) => Quiet::parse(&text).unwrap_or_else(|| {
                from.fault("CHANNEL_QUIET_HOURS", "must be two times such as 21:00-08:00, or off");
                usual.quiet
            }),
        };
        Self {
            quiet,
            grace: from.number("CHANNEL_REPLY_GRACE_MINUTES", usual.grace / time::MINUTE, 0, 1_440) * time::MINUTE,
            weekly: from.number("CHANNEL_PROACTIVE_PER_WEEK", usual.weekly, 0, 1_000),
            handback: from.number("CHANNEL_HANDBACK_HOURS", usual.handback / time::HOUR, 1, 8_760) * time::HOUR,
            unknowns: from.number("CHANNEL_UNKNOWNS", usual.unknowns, 0, 100),
            survey: from.switch("CHANNEL_SURVEY", usual.survey),
            media_bytes: from.number("CHANNEL_MEDIA_BYTES", usual.media_bytes, 1_024, 1 << 30),
            webhook_bytes: from.number("CHANNEL_WEBHOOK_BYTES", usual.webhook_bytes, 65_536, 16 << 20),
            hands: from.number("CHANNEL_SENDERS", usual.hands, 1, 1_000),
            answer: Duration::from_secs(from.number("CHANNEL_ANSWER_SECONDS", usual.answer.as_secs(), 1, 300)),
            sessions: from.number("WIDGET_SESSIONS_PER_MINUTE", usual.sessions, 1, 1_000_000),
            visitor_messages: from.number("WIDGET_MESSAGES_PER_MINUTE", usual.visitor_messages, 1, 1_000_000),
            streams: from.number("WIDGET_STREAMS", usual.streams, 1, 1_000_000),
        }
    }

    /// The rules of the gate on channels of this type.
    pub fn rules(&self, medium: Medium) -> Rules {
        let pace = match medium {
            // One person about once in six seconds (131056).
            Medium::Whatsapp => 6 * time::SECOND,
            Medium::Telegram => time::SECOND,
            Medium::Web | Medium::Mobile => 0,
        };
        Rules {
            quiet: self.quiet,
            grace: self.grace,
            weekly: self.weekly,
            pace,
            recheck: 15 * time::MINUTE,
            windowed: medium == Medium::Whatsapp,
        }
    }

    /// When a conversation that a person has goes back.
    pub fn deadline(&self, now: Timestamp) -> Timestamp {
        now.plus(self.handback)
    }
}
