//! Payments by milestone, through a gateway, over a double-entry ledger.
//!
//! - A payment belongs to a contract and has its currency. It is pending, processing, completed or failed; what went back of it is
//!   told beside that (`refund_status`). See [`model::Status`].
//! - Whatever is asked of a [`ports::gateway::Gateway`] is an attempt: a row that is there before the question leaves, with an id that
//!   is the gateway's idempotency key. An attempt that nobody heard of again is found by a job and settled.
//! - An attempt is settled once, by whoever hears of it first (the request, a webhook, the job), and writes the ledger in the same
//!   transaction. Every posting of the [`ledger`] balances; nothing in it is ever changed.
//! - Contracts stand above: they call [`plan`] when the last side has signed, [`replan`] when an amendment comes into force, [`delivered`]
//!   and [`call_off`], each in their own transactions.
//! - While a contract is disputed its payments are [frozen](Payments::freeze): nothing of them is charged, passed on, refunded or called off
//!   until the dispute is [decided](Payments::leave_creator).
//! - What is done at the provider without our asking (a refund or a reversal made there, a payer's dispute) is heard by its webhook and stands
//!   in the ledger as what it is.

mod closed;
mod contracts;
pub mod data;
pub mod events;
mod fees;
mod heard;
mod jobs;
pub mod ledger;
mod migrations;
mod mock;
pub mod model;
mod plan;
mod replan;
mod routes;
mod run;
mod settings;
mod settle;
mod state;
pub mod store;
mod verdict;

pub use closed::ClosedGateway;
pub use contracts::{Contract, Contracts, Payee};
pub use fees::Fees;
pub use jobs::jobs;
pub use migrations::MIGRATIONS;
pub use mock::MockGateway;
pub use model::{Payment, PaymentBody, Status};
pub use plan::{Delivered, Milestone, Plan, call_off, delivered, plan};
pub use replan::{Replanned, may_replan, replan};
pub use routes::router;
pub use settings::Settings;
pub use state::Payments;
pub use verdict::Verdict;

/// Payments name creators: whoever pays one works with their entry.
pub const REFERENCES: creators::References =
    creators::References("SELECT DISTINCT creator_id, workspace_id FROM payments WHERE TRUE");

/// All of it, for the server.
pub fn slice(payments: &Payments) -> http_base::Slice {
    http_base::Slice::new("payments", router(payments.clone())).jobs(jobs(payments)).data(data::kept())
}
