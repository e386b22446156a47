//! What offers and applications are, their rules, and how well a creator fits.

mod application;
mod figures;
mod fit;
mod input;
mod offer;
mod requirements;
pub mod words;

pub use application::{Application, Counter, NewApplication, ReviewAction};
pub use figures::{Figures, FiguresBody, Known, country_code};
pub use fit::{Categories, Fit, Rank, Seeker};
pub(crate) use input::country;
pub use input::{ContentSpecs, NewOffer, OfferChanges};
pub use offer::{Offer, OfferVersion, not_yours};
pub use requirements::{Eligibility, Least, Missing, Requirements};
pub use words::{ApplicationStatus, Category, Class, ClosedReason, FiguresSource, Format, Network, OfferStatus};
