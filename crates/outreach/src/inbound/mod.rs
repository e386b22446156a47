//! Mail that comes in: answers and bounces, from any provider, signed.

mod handle;
mod message;
mod scheme;
mod thread;

pub(crate) use handle::{Received, assign, receive};
pub(crate) use message::InboundMail;
pub(crate) use scheme::scheme;
pub(crate) use thread::{reference, reply_to};
