//! What is stored.

mod enrolment;
mod program;

pub(crate) use enrolment::WHOLE;
pub use enrolment::{Enrolment, EnrolmentStatus};
pub use program::{Program, ProgramSettings, ProgramStatus, Version};
