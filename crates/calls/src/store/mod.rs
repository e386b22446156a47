//! All of this crate's SQL.

mod calls;
mod consents;
mod sessions;

pub use calls::{
    Named, asked_once, by_name, by_number, conversations, due, insert, last_mock_of, look_later, nameless, take,
    take_by_sid, update,
};
pub(crate) use calls::{last_rung, rang, sid_is_taken};
pub(crate) use consents::numbers_of;
pub use consents::{
    add_do_not_call, consents, do_not_call, insert_consent, is_do_not_call, remove_do_not_call, revoke_consent,
    revoke_consents_of, standing_consent,
};
pub use sessions::{Turn, active, end, half_heard, insert as insert_session, session, turn};
