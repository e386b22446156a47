//! What collaborations, submissions, disputes, ratings and karma are, and how they move.

mod agreement;
mod collaboration;
mod dispute;
mod input;
mod karma;
mod rating;
mod standing;
mod status;
mod submission;

pub use self::input::{
    ApproveInput, CancelInput, DecideInput, DisputeInput, MOST_LINKS, NewSubmission, RateInput, RejectInput,
    ReplyInput, ReportInput, ScheduleInput, StatementInput,
};
pub use agreement::{Agreement, Brief, ContractWish, OfferFacts};
pub use collaboration::{
    Collaboration, NO_SHOW, TO_ANSWER, TO_DECIDE, TO_PAY, TO_RATE, TO_REVISE, TO_SCHEDULE, TO_SETTLE, TO_STATE, Waits,
};
pub use dispute::{Decision, Dispute, DisputeId, Statement};
pub use karma::{
    CAP, CAP_DAYS, Circumstances, Earned, FALL_AFTER, FALL_BELOW, FULL_FEE, NEWCOMERS_CAP, PAIR_DAYS, PAIR_WEIGHTS,
    RATER_PARTNERS, RATER_WEIGHT, RULES_VERSION, Rule, TIERS, Tier, Weights, tier_of,
};
pub use rating::Rating;
pub use standing::{HALF_LIFE, POINT, Standing, faded};
pub use status::{By, Side, Status};
pub use submission::{Captions, ContentFile, FileId, Submission, SubmissionStatus};
