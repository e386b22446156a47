//! Messages: what is said, how far it has come, and how it goes out.

mod courier;
pub(crate) mod media;
mod model;
pub(crate) mod outgoing;
mod shapes;
pub mod store;

pub(crate) use courier::{Carrier, broken, priced};
pub use model::{
    Author, Choice, Citation, Detail, LONGEST, MediaId, Message, MessageId, Price, Shape, Status, Suggestion,
    UsedTemplate,
};
pub(crate) use shapes::{MessageBody, MessagesQuery};
