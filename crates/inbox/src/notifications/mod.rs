//! What people are told.

mod mailing;
mod model;
mod notifier;
mod routes;
pub(crate) mod store;

pub(crate) use mailing::{ByMail, digest};
pub(crate) use model::NotificationBody;
pub use model::{Group, Notice, NotificationId, NotificationType, Related, Rest, Text, Texts};
pub use notifier::Notifier;
pub(crate) use routes::router;
