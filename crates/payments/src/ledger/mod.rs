//! The ledger: every movement of money as lines that sum to zero, written once and never changed.
//!
//! | posting | brand | escrow | creator | fees |
//! |---|---|---|---|---|
//! | `charge` | − amount | + amount | | |
//! | `payout` | | − amount | + amount − fee | + fee |
//! | `take_back` | | + amount | − amount + fee | − fee |
//! | `refund` | + amount | − amount | | |
//! | `refund_failed` (a refund that came back) | − amount | + amount | | |
//! | `dispute` (taken back by the payer's bank) | + amount | − amount | | |
//! | `dispute_won` (given back by it) | − amount | + amount | | |
//! | `recorded` (paid outside of a gateway) | − amount | | + amount | |
//! | `recorded_refund` | + amount | | − amount | |
//!
//! Escrow is less than 0 where the payer's bank, or somebody at the provider, took back what had gone to the creator already: so much is missing
//! to the server's owner. What the provider charges for disputes is theirs as well, and is not told here.
//!
//! Amounts are in hundredths of the major unit, whatever the currency. Postings are numbered without a gap, and the number of the last one is
//! kept elsewhere as well (the topic [`TOPIC`]): what is taken out, also from the end, is missed. Balances are sums, never stored.

mod posting;
mod read;
mod verify;

pub use posting::{Account, Posting, post};
pub use read::{Balance, Entry, Sought, balances, entries};
pub use verify::{Verified, verify};

/// The topic that counts postings.
pub const TOPIC: &str = "ledger";
