//! What contracts, their schedules and their deliverables are, how they move, and what may be written of one.

mod contract;
pub mod deliverables;
mod document;
mod input;
pub mod schedule;
mod status;

pub use self::input::{
    AmendInput, Changes, ContractText, DeliverableMove, Ending, NewContract, SendInput, SignInput, SignerInput, Text,
};
pub use contract::Contract;
pub use db::Json;
pub use deliverables::{Deliverable, Wanted};
pub use document::{Document, PartyText, hash};
pub use schedule::{Due, Line};
pub use status::{DeliverableStatus, Method, Party, SigningOrder, Status};
