//! What payments and attempts are, how they move, and what may be written of one.

mod attempt;
mod body;
mod input;
mod payment;
mod share;
mod status;

pub use self::input::{Changes, NewPayment, PaymentDetails, ProcessInput, RefundInput};
pub use attempt::{Attempt, AttemptKind, AttemptStatus};
pub use body::{PaymentBody, ProcessedBody};
pub(crate) use payment::REPLACED;
pub(crate) use payment::must_be_exact;
pub use payment::{Payment, PayoutStatus};
pub use share::{part, split};
pub use status::{RefundStatus, Status};
