//! The chat of a website: one script tag, an iframe of our origin, messages up by POST and down by server-sent events.

mod assets;
mod entry;
mod identity;
mod live;
mod pages;
mod people;
mod routes;
mod session;
mod shapes;
mod stream;
mod visitor;

pub use live::Live;
pub(crate) use routes::router;
pub(crate) use visitor::forget;
