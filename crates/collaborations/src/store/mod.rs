//! All of the SQL of collaborations.

mod collaborations;
mod disputes;
mod files;
mod karma;
mod offers;
mod ratings;
mod standings;
mod submissions;
mod timeline;

pub use collaborations::{
    Counts, Wanted, by_application, by_contract, completed_by_category, counts_by_offer, due, find, have_agreed,
    insert, list, lock, of_pair, save, unanswered, unpaid,
};
pub use disputes::{add_statement, dispute, dispute_of, disputes, open_dispute, save_dispute, statements};
pub use files::{attach, begin_file, count_files, file, files, forget_file, keep_file, loose_files, sees_file};
pub use karma::{add_earned, earlier, gained, history, with_tier};
pub use offers::{campaign_of, set_campaign};
pub use ratings::{
    Shown, add_rating, given_by_creators, hide_feedback, ratings_of, ratings_of_all, save_rating, shown_ratings,
};
pub use standings::{hold, keep, standing};
pub use submissions::{add_submission, save_submission, submission, submissions};
pub use timeline::{Entry, record, timeline};
