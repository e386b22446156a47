//! Mail that comes in: answers and bounces, from any provider, signed.

mod handle;
mod message;
mod mime;
mod scheme;

pub(crate) use handle::{Received, receive};
pub(crate) use message::{Bounce, InboundMail, Incoming};
pub(crate) use mime::parse as parse_mime;
pub(crate) use scheme::scheme;
