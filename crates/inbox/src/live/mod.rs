//! Live updates: what changes for an account, as server-sent events.
//!
//! - What is shown is the account's feed (`inbox_feed`), each entry with its number as the event's id. A stream that comes back with
//!   `Last-Event-ID` goes on behind it; one whose place is not kept any more is told to begin anew (`reset`).
//! - Everybody who works in a hub also receives the events of its conversations, from the event log. The id of a stream's event contains the
//!   position in the feed and the position in the log, so that a stream resumes both.
//! - One task of each process reads for all of its streams (`reader`): it is woken by this process's own commits at once, and sees those of others in the
//!   event log. A stream is a queue and a number; whoever does not empty its queue is cut off and comes back, so that nobody waits for them.
//! - Streams end with the log-in that opened them, and when the server stops.
//! - A browser's `EventSource` sends no headers. It asks for a ticket, which is good for half a minute, once, and proves nothing else.

mod frames;
mod hub;
mod reader;
mod routes;
mod seen;
pub(crate) mod tickets;

pub use hub::Hub;
pub(crate) use routes::router;
