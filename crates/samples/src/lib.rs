//! Believable people: the small world that the demo shows, a coach with her audience, and crowds of any size for load tests and benchmarks.
//!
//! Everything is invented and marked as such by its addresses (`example.com`, `example.org`). Nothing here touches a database,
//! the network or the clock: the same arguments give the same people on every machine.
//!
//! ```
//! let world = samples::demo(1, "2026-01-15T10:30:00Z".parse().unwrap());
//! assert_eq!(world.creators[0].name, "Sarah Johnson");
//! assert_eq!(samples::crowd(1, 1000).count(), 1000);
//! ```

pub mod coach;
mod creator;
mod crowd;
mod demo;
mod draw;
mod figures;
mod files;
mod world;

pub use creator::Creator;
pub use crowd::{Crowd, crowd};
pub use demo::demo;
pub use files::{write_csv, write_jsonl};
pub use world::{Campaign, Outreach, Selection, World};
