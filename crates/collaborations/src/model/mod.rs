//! What collaborations, submissions, disputes, ratings and karma are, and how they move.

mod agreement;
mod collaboration;
mod dispute;
mod standing;
mod status;

pub use agreement::{Agreement, Brief, ContractWish, OfferFacts};
pub use collaboration::{
    Collaboration, NO_SHOW, TO_ANSWER, TO_DECIDE, TO_RATE, TO_REVISE, TO_SCHEDULE, TO_SETTLE, TO_STATE, Waits,
};
pub use dispute::{Decision, Dispute, DisputeId, Statement};
pub use standing::{HALF_LIFE, POINT, Standing, faded};
pub use status::{By, Side, Status};
