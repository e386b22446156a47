//! Conversations: who has them, and how they change hands.

mod handling;
mod model;
mod routes;
mod shapes;
pub mod store;
mod summary;
mod talk;
pub(crate) mod typing;

pub(crate) use handling::{HAND_BACK, SCORE, assign, call, end_survey, hand_back_due, taken_elsewhere, welcome_back};
pub use model::{Conversation, ConversationId, Escalation, EscalationId, Handler, Move, Note, NoteId, Status, Why};
pub(crate) use routes::router;
pub(crate) use shapes::{ConversationBody, EscalationBody};
pub(crate) use talk::Talk;
