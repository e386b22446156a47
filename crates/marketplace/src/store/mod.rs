//! All of the SQL of the marketplace.

pub mod applications;
pub mod invitations;
pub mod offers;
pub mod recommendations;
pub mod views;
