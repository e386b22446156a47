//! What every route shares: the application, who asks, how bodies and queries are read, the one error body, lists, caches,
//! the layers around it all, and the API's own documentation.

pub mod app;
mod assets;
pub mod batches;
mod binary;
pub mod body;
pub mod cache;
pub mod calendar;
pub mod caller;
mod conditional;
pub mod connections;
pub mod core;
pub mod data;
pub mod docs;
mod done;
pub mod error;
pub mod idempotency;
pub mod layers;
pub mod limits;
pub mod list;
pub mod openapi;
pub mod pace;
pub mod page;
pub mod path;
pub mod peer;
pub mod policy;
pub mod ranges;
pub mod routes;
pub mod sheet;
pub mod slice;
pub mod telemetry;
pub mod upload;
pub mod uploads;
pub mod webhook;

pub use app::{App, Mode};
pub use binary::Binary;
pub use body::{Body, MaybeBody, Params};
pub use cache::Responses;
pub use caller::{Admin, Anyone, Authenticate, Caller, Fresh, Member, Newcomer, Person, Reader, Taking};
pub use done::{Done, done};
pub use error::{ApiError, ErrorBody};
pub use list::{Offsets, Page, Paged, Pages, Pagination};
pub use path::Named;
pub use peer::Peer;
pub use policy::{Policy, Rate, Who};
pub use routes::Routes;
pub use slice::{Check, Slice};
pub use webhook::{Signed, ToBeSigned, Webhook};

/// What a handler answers: a response, or the one error body.
pub type Answer<T> = std::result::Result<T, ApiError>;
