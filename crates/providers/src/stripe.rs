//! Stripe: charges and transfers.
