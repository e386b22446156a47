//! What people say to each other.

mod attachments;
mod model;
mod ops;
mod routes;
mod safety;
mod shapes;
pub(crate) mod store;

pub(crate) use attachments::sweep;
#[doc(hidden)]
pub use model::AttachmentMarker;
pub use model::{AttachmentId, ConversationId, MessageId};
pub(crate) use shapes::MessageBody;
pub use store::{hide, owner, restore, seen};

use crate::Inbox;
use http_base::Routes;

pub(crate) fn router() -> Routes<Inbox> {
    routes::router().merge(attachments::router())
}
