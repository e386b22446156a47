//! What an entry of the log is, and the rules it keeps.

mod body;
mod entry;
mod states;
mod suggestion;

pub use body::OutreachBody;
pub use entry::{Entry, NewEntry};
pub use states::{CallStatus, Channel, EmailStatus, MessageType, Stage, Status};
pub use suggestion::{Suggestion, SuggestionStatus};
