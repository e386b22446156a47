//! All SQL of the audience. Whose audience it is comes first, and stands in each statement; or a loaded member is the proof.

pub(crate) mod badges;
pub(crate) mod counts;
pub(crate) mod days;
pub(crate) mod found;
pub(crate) mod gone;
pub(crate) mod identities;
pub(crate) mod imports;
pub(crate) mod interactions;
pub(crate) mod listing;
pub(crate) mod members;
pub(crate) mod notes;
pub(crate) mod permissions;
pub(crate) mod tags;
pub(crate) mod visits;
