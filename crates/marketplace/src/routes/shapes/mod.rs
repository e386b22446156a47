//! How offers and applications are told.

mod applications;
mod offers;
mod people;

pub(super) use applications::{ApplicationBody, ApplicationList, application_bodies, application_body};
pub(super) use offers::{MovedOffer, OfferBody, OfferList, Viewer, offer_bodies, offer_body};
use people::{PartyBody, People};
