//! Figures as a file: asked for, made by a job in parts, mailed of, fetched by a signed link, and forgotten.

mod link;
mod make;
mod model;
mod routes;
pub(crate) mod store;

pub(crate) use make::jobs;
pub(crate) use routes::router;
