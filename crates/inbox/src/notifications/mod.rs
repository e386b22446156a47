//! What people are told.

mod mailing;
mod model;
mod notifier;
mod routes;
pub(crate) mod store;

pub(crate) use mailing::{ByMail, digest};
pub use model::{Group, NotificationId, NotificationType, Notice, Related, Text, Texts};
pub(crate) use model::{NotificationBody, NotificationRow};
pub use notifier::Notifier;
pub(crate) use notifier::Outcome;
pub(crate) use routes::router;
