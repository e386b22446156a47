//! Mail on its way out.

use async_trait::async_trait;

/// A message that is ready to go.
#[derive(Clone, Copy, Debug)]
pub struct Ready<'a> {
    /// The bare address that bounces go to: `no-reply@example.com`.
    pub from: &'a str,
    /// The bare address of who gets it.
    pub to: &'a str,
    /// The message itself, as RFC 5322 has it. The same mail is the same bytes at every attempt.
    pub message: &'a [u8],
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// A mail server has taken it over.
    Sent,
    /// It stays here, to be read in the outbox: nobody gets it.
    Kept,
}

/// Why a message was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It may be taken later: the server is away, busy, or not set up rightly.
    Later(String),
    /// It never will be: there is no such address, the server does not want it.
    Never(String),
}

/// How a [`Refusal::Never`] begins that is about the receiver (`RCPT`), and about nothing else of the mail.
pub const RECEIVER_REFUSED: &str = "the mail server refuses the receiver: ";

/// Hands messages over to a mail server, or keeps them.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Who sends: `smtp`, or `outbox`.
    fn name(&self) -> &'static str;
    /// Does it keep everything? Then its answer is known beforehand, and nothing is at risk of being sent twice.
    fn keeps(&self) -> bool {
        false
    }
    /// Hands a message over, within its time limits. After [`Refusal::Later`] it may have arrived all the same: a connection can
    /// break after the last byte.
    async fn send(&self, message: Ready<'_>) -> Result<Delivery, Refusal>;
}

/// The stand-in: every message is kept, none is sent, and it says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outbox;

#[async_trait]
impl Mailer for Outbox {
    fn name(&self) -> &'static str {
        "outbox"
    }

    fn keeps(&self) -> bool {
        true
    }

    async fn send(&self, _: Ready<'_>) -> Result<Delivery, Refusal> {
        Ok(Delivery::Kept)
    }
}
