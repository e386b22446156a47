//! All SQL of webhooks.

pub(crate) mod attempts;
pub(crate) mod deliveries;
pub(crate) mod subscriptions;
