//! Who one is: sign-up, log-in, tokens, workspaces, keys, audit.
//!
//! Invariants: a password, a refresh token, a mailed token and a key are stored as hashes only. A refresh token is good once, and
//! its use after that was answered ends its log-in; an address that nobody proved opens nothing. What a token may do is looked up, never read out of it: an account, its workspace and its
//! role count as they stand now, and whatever ends or changes them moves the topic [`TOPIC`], by which every process follows at
//! once. Every log-in, refusal and change of rights stands in the audit log, written in the transaction that it tells of.

mod admin;
pub mod audit;
mod authenticate;
mod claims;
mod data;
pub mod events;
mod everybody_else;
mod guesses;
mod identity;
mod jobs;
pub mod keys;
mod letters;
mod migrations;
pub mod model;
pub mod passwords;
mod routes;
pub mod secrets;
pub mod session;
mod settings;
mod standing;
mod state;
pub mod store;
pub mod workspaces;

pub use admin::create_admin;
pub use identity::Vouching;
pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use model::{AccountRow, NewAccount, UserBody};
pub use routes::router;
pub use settings::{Algorithm, ConfirmWants, HashCost, Settings, is_well_known};
pub use standing::{Standing, Standings};
pub use state::{Accounts, Shared};

/// The topic that moves on whenever a log-in ends, or an account, its workspace or its role changes.
pub const TOPIC: &str = "sessions";

/// All of it, for the server; with what the other slices keep about people, which exports tell and erasures take away.
pub fn slice(accounts: &Accounts, others: &http_base::data::Data) -> http_base::Slice {
    let accounts = accounts.telling(others);
    http_base::Slice::new("accounts", router(accounts.clone())).jobs(jobs(&accounts)).data(data::own())
}
