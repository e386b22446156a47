//! What a member is, and the rules of what is known of one.

mod badge;
mod ended;
mod identity;
mod import;
mod interaction;
mod member;
mod note;
mod permission;
mod profile;
mod score;
mod tag;
mod zone;

pub(crate) use badge::BadgeEarned;
pub use badge::{Badge, BadgeId};
pub use ended::{Ended, EndedId, How};
pub use identity::{Identity, IdentityKind, IdentityRow};
pub use import::ImportId;
pub(crate) use import::{Import, ImportStatus, Report};
pub use interaction::{Interaction, InteractionId, InteractionKind};
pub(crate) use member::ACTIVE_FOR;
pub use member::{Channel, Member, MemberId, Name, Seed};
pub use note::{Note, NoteId};
pub use permission::{Permission, Permitted, Purpose};
pub use profile::{cleaned, time_zone};
pub(crate) use profile::{external_id, language, name_of, profile, search_text, words, words_of};
pub(crate) use score::{ACTIVE_DAYS, QUESTION_DAYS};
pub(crate) use score::{NONE as NO_SCORE, score};
pub(crate) use tag::{TagRow, tag, tags};
